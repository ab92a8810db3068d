"""Response URLs: how often, how long, and what they may do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import actions, bolt_app, button, over_socket_mode

GO = [actions(button("Go", "go"))]


class Bot:
    """Keeps the response URLs that it is given, and says one word at each."""

    def __init__(self, app: AsyncApp, blocks: list[dict[str, Any]]) -> None:
        self.urls: list[str] = []

        @app.command("/kubectl")
        async def kubectl(ack: AsyncAck, command: dict[str, Any]) -> None:
            self.urls.append(command["response_url"])
            await ack({"text": "asked", "blocks": blocks, "response_type": command["text"]})

        @app.action("go")
        async def go(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            self.urls.append(body["response_url"])
            await self.say(text="heard")

    async def say(self, **content: Any) -> tuple[int, str]:
        answer = await AsyncWebhookClient(self.urls[-1]).send_dict(content)
        return answer.status_code, answer.body


@pytest.fixture
async def bot(slack: Workspace) -> AsyncIterator[Bot]:
    app = bolt_app(slack)
    bot = Bot(app, GO)
    async with over_socket_mode(slack, app):
        yield bot


async def typed(ada: Person, shop: Channel, how: str = "ephemeral") -> SeenMessage:
    return await ada.slash(shop, f"/kubectl {how}")


async def test_the_sixth_use_is_refused(
    bot: Bot, slack: Workspace, ada: Person, shop: Channel
) -> None:
    await typed(ada, shop)
    answers = [await bot.say(text=f"{number}") for number in range(1, 7)]
    assert answers[:5] == [(200, "ok")] * 5
    assert answers[5] == (404, '{"ok":false,"error":"used_url"}')
    assert [seen.text for seen in ada.sees(shop)] == ["asked", "1", "2", "3", "4", "5"]
    assert slack.wire.calls[-1].error == "used_url"


async def test_after_thirty_minutes_it_is_over(
    bot: Bot, ada: Person, shop: Channel, clock: ManualClock
) -> None:
    await typed(ada, shop)
    await clock.advance(30 * 60 - 1)
    assert await bot.say(text="in time") == (200, "ok")
    await clock.advance(1)
    assert await bot.say(text="late") == (404, '{"ok":false,"error":"expired_url"}')


async def test_what_slack_refuses_uses_nothing_up(bot: Bot, ada: Person, shop: Channel) -> None:
    await typed(ada, shop)
    for _ in range(6):
        status, body = await bot.say(text="x", blocks=[{"type": "nope"}])
        assert (status, body) == (400, '{"ok":false,"error":"invalid_blocks"}')
    assert await bot.say(text="x") == (200, "ok")


async def test_an_unknown_address_is_not_found(bot: Bot, slack: Workspace) -> None:
    bot.urls.append(f"{slack.base_url.removesuffix('api/')}commands/T0/nothing")
    assert (await bot.say(text="x"))[0] == 404


async def test_after_a_command_nothing_can_be_replaced(
    bot: Bot, ada: Person, shop: Channel
) -> None:
    await typed(ada, shop)
    await bot.say(text="more", replace_original=True)
    assert [seen.text for seen in ada.sees(shop)] == ["asked", "more"]


async def test_a_new_message_is_for_the_person_unless_said_otherwise(
    bot: Bot, ada: Person, eve: Person, shop: Channel
) -> None:
    await typed(ada, shop)
    await bot.say(text="private")
    await bot.say(text="public", response_type="in_channel")
    assert [seen.text for seen in eve.sees(shop)] == ["/kubectl ephemeral", "public"]


@pytest.mark.parametrize("how", ["ephemeral", "in_channel"])
async def test_a_press_can_replace_and_delete_its_message(
    bot: Bot, ada: Person, shop: Channel, how: str
) -> None:
    message = await typed(ada, shop, how)
    answer = await message.click("Go")
    assert (answer.text, answer.ephemeral) == ("heard", True)

    await bot.say(text="replaced", replace_original="true")
    assert (message.text, message.buttons) == ("replaced", ())
    await bot.say(delete_original=True)
    assert message.gone
