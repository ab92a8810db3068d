"""Nothing that is not proved to come from Slack gets further than its headers."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.http import INTERACTIVE_BYTES, MOST_AGE, SLASH_BYTES, SignedRequests
from tests.clock import ManualClock
from tests.slack.rig import rig
from tests.slack.scripted import plays

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET, OLD_SECRET = "new-secret", "old-secret"
FORM = "application/x-www-form-urlencoded"
BODY = b"command=%2Fkubectl&text=get+pods"


class Gate:
    """The handler on a real port, and what got through it."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.passed: list[AsyncBoltRequest] = []
        self.status = 200
        secrets = [SecretStr(SECRET), SecretStr(OLD_SECRET)]
        self.handler = SignedRequests(self._dispatch, secrets, self.clock)
        self.url = ""

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        self.passed.append(request)
        return BoltResponse(status=self.status, body="taken")

    async def post(
        self,
        body: bytes = BODY,
        *,
        secret: str = SECRET,
        at: datetime = NOW,
        content_type: str = FORM,
        **headers: str,
    ) -> tuple[int, str]:
        stamp = str(int(at.timestamp()))
        signed = b"v0:" + stamp.encode() + b":" + body
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        sent = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": content_type,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=BytesIO(body), headers=sent) as response,
        ):
            return response.status, await response.text()


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    made = Gate()
    app = web.Application()
    app.router.add_post("/slack/events", made.handler.handle)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/slack/events"))
        yield made


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET], ids=["current", "being-rotated-out"])
async def test_a_signed_request_gets_through(gate: Gate, secret: str) -> None:
    assert await gate.post(secret=secret) == (200, "taken")
    assert gate.passed[0].body == {"command": "/kubectl", "text": "get pods"}


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"secret": "guess"}, id="wrong-secret"),
        pytest.param({"X_Slack_Signature": "v0=" + "0" * 64}, id="wrong-signature"),
        pytest.param({"X_Slack_Signature": ""}, id="no-signature"),
        pytest.param({"X_Slack_Signature": "v0=" + "A" * 64}, id="upper-case"),
        pytest.param({"X_Slack_Signature": "v1=" + "0" * 64}, id="other-version"),
        pytest.param({"X_Slack_Signature": "v0=" + "ä" * 64}, id="not-ascii"),
        pytest.param({"X_Slack_Request_Timestamp": ""}, id="no-time"),
        pytest.param({"X_Slack_Request_Timestamp": "now"}, id="no-number"),
        pytest.param({"X_Slack_Request_Timestamp": "9" * 5000}, id="5000-digits"),
        pytest.param({"X_Slack_Request_Timestamp": "１２３４５６７８９０"}, id="other-digits"),
        pytest.param({"X_Slack_Request_Timestamp": "1767225600"}, id="another-time-than-signed"),
        pytest.param({"at": datetime(2025, 12, 31, 23, 54, 59, tzinfo=UTC)}, id="too-old"),
        pytest.param({"at": datetime(2026, 1, 1, 0, 5, 1, tzinfo=UTC)}, id="from-the-future"),
    ],
)
async def test_a_forged_request_learns_nothing(
    gate: Gate, forged: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    changes: dict[str, str] = {**forged}
    if "X_Slack_Request_Timestamp" in changes and changes["X_Slack_Request_Timestamp"].isdigit():
        changes.setdefault("secret", "guess")
    assert await gate.post(**changes) == (401, "")  # type: ignore[arg-type]
    assert gate.passed == []
    assert gate.handler._taken == {}
    assert "kubectl" not in caplog.text


@pytest.mark.parametrize("age", [-300, 300])
async def test_a_clock_may_differ_by_five_minutes(gate: Gate, age: int) -> None:
    at = datetime.fromtimestamp(NOW.timestamp() + age, UTC)
    assert (await gate.post(at=at))[0] == 200


async def test_the_same_request_a_second_time_is_acknowledged_and_no_more(gate: Gate) -> None:
    assert await gate.post() == (200, "taken")
    assert await gate.post() == (200, "")
    assert len(gate.passed) == 1


async def test_what_was_not_taken_in_may_come_again(gate: Gate) -> None:
    gate.status = 503
    assert (await gate.post())[0] == 503
    gate.status = 200
    assert await gate.post(X_Slack_Retry_Num="1") == (200, "taken")


@pytest.mark.parametrize(
    ("start", "size", "content_type", "status"),
    [
        pytest.param(b"text=", SLASH_BYTES, FORM, 200, id="a-command-that-fits"),
        pytest.param(b"text=", SLASH_BYTES + 1, FORM, 413, id="a-command-too-large"),
        pytest.param(b"payload=", INTERACTIVE_BYTES, FORM, 200, id="an-interaction-that-fits"),
        pytest.param(b"payload=", INTERACTIVE_BYTES + 1, FORM, 413, id="too-large-interaction"),
        pytest.param(b"payload=", 8 * INTERACTIVE_BYTES, FORM, 413, id="eight-megabytes"),
    ],
)
async def test_bodies_are_read_only_up_to_their_size(
    gate: Gate, start: bytes, size: int, content_type: str, status: int
) -> None:
    body = start + b"%7B%7D" + b"x" * (size - len(start) - 6)
    if start == b"payload=":
        body = start + b"%7B%7D" + b"+" * (size - len(start) - 6)
    got, text = await gate.post(body, content_type=content_type)
    assert got == status
    assert len(gate.passed) == (status == 200)
    assert status == 200 or text == ""


async def test_a_body_that_does_not_come_is_not_waited_for(gate: Gate) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield b"text="
        await gate.clock.sleep(3600)

    sent = {"X-Slack-Request-Timestamp": str(int(NOW.timestamp())), "Content-Type": FORM}
    sent["X-Slack-Signature"] = "v0=" + "0" * 64
    async with aiohttp.ClientSession() as session:
        asking = asyncio.ensure_future(session.post(gate.url, data=stalling(), headers=sent))
        await gate.clock.someone_sleeps(5)
        await gate.clock.advance(5)
        async with await asking as response:
            assert (response.status, await response.text()) == (413, "")
    assert gate.passed == []


QUESTION = urlencode({"payload": '{"type":"block_suggestion","value":"we"}'}).encode()


async def test_a_menu_may_ask_the_same_twice(gate: Gate) -> None:
    assert [await gate.post(QUESTION) for _ in range(2)] == [(200, "taken")] * 2


async def test_a_question_that_nobody_waits_for_any_more_is_not_answered(gate: Gate) -> None:
    assert await gate.post(QUESTION) == (200, "taken")
    await gate.clock.advance(3.5)
    assert await gate.post(QUESTION) == (200, "")


@pytest.mark.parametrize(
    "form",
    [
        {"payload": '{"type":"block_actions","value":"{\\"type\\":\\"block_suggestion\\"}"}'},
        {"text": '"type":"block_suggestion"'},
    ],
    ids=["pressed", "typed"],
)
async def test_words_that_look_like_a_menus_question_are_none(
    gate: Gate, form: dict[str, str]
) -> None:
    body = urlencode(form).encode()
    assert [await gate.post(body) for _ in range(2)] == [(200, "taken"), (200, "")]


async def test_signatures_are_forgotten_once_they_are_too_old_to_be_good(gate: Gate) -> None:
    for number in range(3):
        assert (await gate.post(b"text=%d" % number))[0] == 200
    await gate.clock.advance(2 * MOST_AGE)
    assert (await gate.post(b"text=new", at=gate.clock.now()))[0] == 200
    assert len(gate.handler._taken) == 1


async def test_a_signed_body_that_is_no_text_is_refused(gate: Gate) -> None:
    assert (await gate.post(b"text=\xff"))[0] == 400


async def test_slack_can_verify_the_address() -> None:
    async with rig("http", plays()) as story:
        assert await story.slack.verify_events_url()
