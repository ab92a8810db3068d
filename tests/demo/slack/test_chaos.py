"""What goes wrong when a test asks for it, as the SDK and the people see it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import IdleClock, ManualClock
from tests.demo.slack.bots import bolt_app, running


async def test_a_post_may_be_stored_and_its_answer_lost(
    slack: Workspace, client: AsyncWebClient, ada: Person, shop: Channel
) -> None:
    client.retry_handlers.clear()
    slack.lose_next_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=shop.id, text="once")
    assert [message.text for message in ada.sees(shop)] == ["once"]
    assert [(call.method, call.error) for call in slack.wire.calls] == [("chat.postMessage", "")]


async def test_an_answer_may_be_slow(
    slack: Workspace, client: AsyncWebClient, clock: ManualClock
) -> None:
    slack.slow_next("auth.test", 20)
    asking = asyncio.create_task(client.auth_test())
    await clock.someone_sleeps(20)
    assert not asking.done()
    await clock.advance(20)
    assert (await asking)["ok"]


@pytest.fixture
async def hurried() -> AsyncIterator[Workspace]:
    async with Workspace(clock=IdleClock()) as slack:
        yield slack


async def test_a_dropped_envelope_is_a_timeout_for_the_person(hurried: Workspace) -> None:
    ada = hurried.user("ada")
    hurried.channel("shop", members=[ada, hurried.bot])
    async with running(hurried, bolt_app(hurried)):
        hurried.drop_next_envelope()
        answer = await ada.slash("#shop", "/kubectl get pods")
    assert answer.text == '/kubectl failed with the error "operation_timeout"'
    assert [one.seconds for one in hurried.wire.deliveries] == [3]


async def test_a_dropped_event_is_told_again_and_served_once(hurried: Workspace) -> None:
    ada, app = hurried.user("ada"), bolt_app(hurried)
    served: list[str] = []

    @app.event("message")
    async def told(event: dict[str, Any], say: AsyncSay) -> None:
        served.append(event["text"])
        await say("here")

    async with running(hurried, app):
        hurried.drop_next_envelope()
        answer = await ada.dm("hello")
    assert (answer.text, served) == ("here", ["hello"])
    assert [one.attempt for one in hurried.wire.deliveries] == [0, 1]


async def test_when_an_acknowledgement_is_lost_the_command_has_run_all_the_same(
    hurried: Workspace,
) -> None:
    ada, app = hurried.user("ada"), bolt_app(hurried)
    shop = hurried.channel("shop", members=[ada, hurried.bot])

    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, say: AsyncSay) -> None:
        await ack()
        await say("ran")

    async with running(hurried, app):
        hurried.lose_next_acknowledgement()
        await ada.slash(shop, "/kubectl get pods")
        (ran,) = [message for message in ada.sees(shop) if message.text == "ran"]
        await ran.until(lambda _: len(ada.sees(shop)) == 2)
    assert ada.sees(shop)[1].text == '/kubectl failed with the error "operation_timeout"'


@pytest.mark.parametrize(("skew", "served"), [(-240, True), (-310, False), (310, False)])
async def test_a_signature_of_a_clock_that_goes_wrong_is_refused(skew: int, served: bool) -> None:
    async with Workspace(transport="http", clock=ManualClock(datetime.now(UTC))) as slack:
        ada, app = slack.user("ada"), bolt_app(slack)
        shop = slack.channel("shop", members=[ada, slack.bot])

        @app.command("/kubectl")
        async def kubectl(ack: AsyncAck) -> None:
            await ack("ran")

        async with running(slack, app):
            slack.skew(skew)
            answer = await ada.slash(shop, "/kubectl get pods")
    assert (answer.text == "ran") == served
