"""Which calls are made again, after how long, and what their failure is called."""

import asyncio
from collections.abc import Sequence

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict, CIMultiDictProxy
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from yarl import URL

from bot.core.errors import SlackError, UnreachableError
from bot.slack.calls import ANSWER_LOST, Caller, Fate, read_trouble, retry_after
from tests.clock import ManualClock
from tests.every import every

_KEY = ConnectionKey("slack.test", 443, True, True, None, None, None)
_REFUSED = aiohttp.ClientConnectorError(_KEY, OSError("refused"))


def said(code: str, status: int = 200, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="https://slack.test/api/x",
        req_args={},
        data={"ok": False, "error": code} if code else {},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        status_code=status,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


def answered(status: int, retry: str = "") -> aiohttp.ClientResponseError:
    url, headers = URL("https://hooks.slack.test/secret"), CIMultiDict({"Retry-After": retry})
    info = aiohttp.RequestInfo(url, "POST", CIMultiDictProxy(CIMultiDict()), url)
    return aiohttp.ClientResponseError(info, (), status=status, headers=headers)


@every(
    ("error", "fate", "code"),
    [
        pytest.param(said("not_in_channel"), Fate.REFUSED, "not_in_channel", id="refused"),
        pytest.param(said("ratelimited"), Fate.LIMITED, "ratelimited", id="limited-with-200"),
        pytest.param(said("", 429), Fate.LIMITED, "ratelimited", id="limited-with-429"),
        pytest.param(said("internal_error"), Fate.LOST, "internal_error", id="slack-broke"),
        pytest.param(said("", 502), Fate.LOST, "", id="gateway"),
        pytest.param(answered(404), Fate.REFUSED, "HTTP 404", id="hook-refused"),
        pytest.param(answered(429, "9"), Fate.LIMITED, "ratelimited", id="hook-limited"),
        pytest.param(answered(503), Fate.LOST, "", id="hook-broke"),
        pytest.param(_REFUSED, Fate.UNSENT, "", id="no-connection"),
        pytest.param(aiohttp.ConnectionTimeoutError(), Fate.UNSENT, "", id="connect-timeout"),
        pytest.param(aiohttp.ServerDisconnectedError(), Fate.LOST, "", id="disconnected"),
        pytest.param(ConnectionResetError(), Fate.LOST, "", id="reset"),
        pytest.param(TimeoutError(), Fate.LOST, "", id="timeout"),
    ],
)
def test_a_failure_says_whether_it_was_done(error: Exception, fate: Fate, code: str) -> None:
    trouble = read_trouble(error)
    assert (trouble.fate, trouble.code) == (fate, code)


@pytest.mark.parametrize(
    ("header", "seconds"), [("30", 30), ("0", 1), (None, 1), ("soon", 1), ("1.5", 1)]
)
def test_the_wait_is_what_slack_asks_for(header: str | None, seconds: float) -> None:
    assert retry_after(header) == seconds


class Flaky:
    """Fails as it is told, call by call, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures: Sequence[Exception] = failures
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= len(self.failures):
            raise self.failures[self.calls - 1]
        return "done"


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(
    "failure", [said("ratelimited"), _REFUSED], ids=["limited", "not-connected"]
)
async def test_what_was_certainly_not_done_is_done_again(
    failure: Exception, repeatable: bool
) -> None:
    clock, flaky = ManualClock(), Flaky(failure, failure)
    call = asyncio.ensure_future(Caller(clock).call(flaky, repeatable=repeatable))
    await clock.advance(10)
    assert await call == "done"
    assert flaky.calls == 3


@pytest.mark.parametrize(("repeatable", "calls"), [(True, 3), (False, 1)])
async def test_what_was_perhaps_done_is_repeated_only_where_that_does_no_harm(
    repeatable: bool, calls: int
) -> None:
    clock, flaky = ManualClock(), Flaky(*[ConnectionResetError()] * 3)
    call = asyncio.ensure_future(Caller(clock).call(flaky, repeatable=repeatable))
    await clock.advance(10)
    with pytest.raises(SlackError) as raised:
        await call
    assert raised.value.code == ANSWER_LOST
    assert flaky.calls == calls


async def test_a_refusal_is_final() -> None:
    flaky = Flaky(said("is_archived"))
    with pytest.raises(SlackError) as raised:
        await Caller(ManualClock()).call(flaky, repeatable=True)
    assert raised.value.code == "is_archived"
    assert flaky.calls == 1


async def test_each_wait_that_slack_asks_for_is_passed_on() -> None:
    clock, heard = ManualClock(), list[float]()
    flaky = Flaky(said("", 429, Retry_After="7"), said("ratelimited"))
    caller = Caller(clock)
    call = asyncio.ensure_future(caller.call(flaky, repeatable=True, limited=heard.append))
    await clock.advance(10)
    assert await call == "done"
    assert heard == [7.0, 1.0]


async def test_nobody_waits_for_an_hour() -> None:
    flaky = Flaky(said("", 429, Retry_After="3600"))
    with pytest.raises(SlackError) as raised:
        await Caller(ManualClock()).call(flaky, repeatable=True)
    assert raised.value.code == "ratelimited"


async def test_what_never_left_is_unreachable() -> None:
    clock, flaky = ManualClock(), Flaky(*[_REFUSED] * 3)
    call = asyncio.ensure_future(Caller(clock).call(flaky, repeatable=False))
    await clock.advance(10)
    with pytest.raises(UnreachableError):
        await call


async def test_the_address_of_a_failed_call_is_not_told() -> None:
    with pytest.raises(SlackError) as raised:
        await Caller(ManualClock()).call(Flaky(answered(404)), repeatable=False)
    assert "hooks" not in str(raised.value)
