"""Signed HTTP as a bare endpoint of the bot sees it."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import orjson
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import (
    Recorder,
    actions,
    bolt_app,
    bolt_handler,
    button,
    client_of,
    listening,
)


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Workspace]:
    async with Workspace(transport="http", clock=clock) as workspace:
        yield workspace


@pytest.fixture
async def endpoint(slack: Workspace) -> AsyncIterator[Recorder]:
    recorder = Recorder()
    async with listening(slack, recorder.handle):
        yield recorder


async def test_a_request_is_signed_over_second_and_raw_body(
    slack: Workspace, endpoint: Recorder, ada: Person, shop: Channel, clock: ManualClock
) -> None:
    endpoint.answers.append(web.Response(text="ok"))
    await ada.slash(shop, "/kubectl get pods -l 'a=ä'")
    ((headers, body),) = endpoint.requests

    second = str(int(clock.now().timestamp()))
    signed = f"v0:{second}:{body}".encode()
    digest = hmac.new(slack.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-slack-request-timestamp"] == second
    assert headers["x-slack-signature"] == f"v0={digest}"
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)


async def test_a_command_is_a_form(endpoint: Recorder, ada: Person, shop: Channel) -> None:
    endpoint.answers.append(web.Response(text="two pods"))
    answer = await ada.slash(shop, "/kubectl get pods")
    ((headers, body),) = endpoint.requests
    assert answer.text == "two pods"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    form = parse_qs(body)
    assert (form["command"], form["text"], form["user_id"]) == (
        ["/kubectl"],
        ["get pods"],
        [ada.id],
    )


async def test_a_press_is_a_form_with_a_payload(
    slack: Workspace, endpoint: Recorder, ada: Person, shop: Channel
) -> None:
    blocks = [actions(button("Go", "go", value="1"))]
    await client_of(slack).chat_postMessage(channel=shop.id, text="x", blocks=blocks)
    (message,) = ada.sees(shop)
    endpoint.answers.append(web.Response(status=500))
    failed = await message.click("Go")
    ((_, body),) = endpoint.requests
    payload = orjson.loads(parse_qs(body)["payload"][0])
    assert payload["type"] == "block_actions"
    assert payload["message"]["ts"] == message.ts
    (action,) = payload["actions"]
    assert (action["action_id"], action["value"], action["block_id"]) == (
        "go",
        "1",
        message.blocks[0]["block_id"],
    )
    assert failed.text == 'Go failed with the error "dispatch_failed"'


async def test_an_event_is_json_and_is_told_again_three_times(
    slack: Workspace, endpoint: Recorder, ada: Person, shop: Channel, clock: ManualClock
) -> None:
    endpoint.answers += [web.Response(status=500) for _ in range(3)]
    writing = asyncio.create_task(ada.mention(shop, "get pods"))
    for pause in (60, 300):
        await clock.someone_sleeps(pause)
        await clock.advance(pause)
    await slack.delivered(4)
    await client_of(slack).chat_postMessage(channel=shop.id, text="at last")
    await writing

    retries = [headers.get("x-slack-retry-num") for headers, _ in endpoint.requests]
    reasons = [headers.get("x-slack-retry-reason") for headers, _ in endpoint.requests]
    assert retries == [None, "1", "2", "3"]
    assert reasons == [None, "http_error", "http_error", "http_error"]
    events = [orjson.loads(body)["event_id"] for _, body in endpoint.requests]
    assert len(set(events)) == 1


async def test_the_bot_can_refuse_to_be_told_again(
    slack: Workspace, endpoint: Recorder, ada: Person, shop: Channel
) -> None:
    endpoint.answers.append(web.Response(status=500, headers={"x-slack-no-retry": "1"}))
    writing = asyncio.create_task(ada.mention(shop, "get pods"))
    await slack.delivered(1)
    await client_of(slack).chat_postMessage(channel=shop.id, text="no")
    await writing
    assert len(endpoint.requests) == 1


async def test_an_address_is_verified_by_its_challenge(slack: Workspace) -> None:
    async with listening(slack, bolt_handler(bolt_app(slack))):
        assert await slack.verify_events_url()


async def test_another_challenge_verifies_nothing(slack: Workspace, endpoint: Recorder) -> None:
    endpoint.answers.append(web.json_response({"challenge": "another"}))
    assert not await slack.verify_events_url()


async def test_nobody_listening_is_a_failed_dispatch(
    slack: Workspace, ada: Person, shop: Channel
) -> None:
    slack.events_url = "http://127.0.0.1:1/slack/events"
    answer = await ada.slash(shop, "/kubectl get pods")
    assert answer.text == '/kubectl failed with the error "dispatch_failed"'


async def test_each_kind_may_have_an_address_of_its_own(
    slack: Workspace, endpoint: Recorder, ada: Person, shop: Channel
) -> None:
    slack.addresses.commands = slack.events_url
    slack.events_url = "http://127.0.0.1:1/slack/events"
    endpoint.answers.append(web.Response(text="ok"))
    assert (await ada.slash(shop, "/kubectl get pods")).text == "ok"


async def test_bolt_refuses_what_another_secret_has_signed(
    slack: Workspace, ada: Person, shop: Channel
) -> None:
    app = AsyncApp(client=client_of(slack), signing_secret="another")
    async with listening(slack, bolt_handler(app)):
        answer = await ada.slash(shop, "/kubectl get pods")
    assert answer.text == '/kubectl failed with the error "dispatch_failed"'


async def test_the_certificate_is_probed_with_a_form(slack: Workspace, endpoint: Recorder) -> None:
    assert await slack.check_ssl()
    (_, body) = endpoint.requests[-1]
    assert body.startswith("ssl_check=1&token=")
    endpoint.answers.append(web.Response(status=401))
    assert not await slack.check_ssl()
