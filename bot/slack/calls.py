"""One call to Slack: repeated where that can do no harm, translated where it fails."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, SlackError, UnreachableError

T = TypeVar("T")

FAILURES = (SlackError, UnreachableError)
"""What a call raises."""
ANSWER_LOST = "answer_lost"
"""Our own code: the call may have been carried out or not, Slack's answer did not arrive."""

# Pauses before the second and third attempt; a 429 brings its own.
_PAUSES = (0.5, 2.0)
# Whoever waits in a channel's lane waits behind this one; beyond, the person is told instead.
_LONGEST_WAIT = 60.0
# These codes come with HTTP 200 when Slack itself broke: the call may have been carried out.
_BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_NEXT = {
    "not_in_channel": "Invite the bot with `/invite`, or write to it directly.",
    "channel_not_found": "Invite the bot with `/invite`, or write to it directly.",
    "is_archived": "Use another channel.",
    "missing_scope": "Ask whoever runs the bot to reinstall the Slack app with that scope.",
}
_UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_FAILURES = (SlackApiError, aiohttp.ClientError, OSError)


class Fate(Enum):
    """What is known of a call that failed."""

    LIMITED = "limited"
    """Refused for now; nothing was done."""
    UNSENT = "unsent"
    """It never left; nothing was done."""
    REFUSED = "refused"
    """Refused for good; nothing was done."""
    LOST = "lost"
    """Perhaps done."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failed call, read."""

    fate: Fate
    code: str
    wait: float = 0.0
    """Seconds after which Slack wants to be asked again."""
    detail: str = ""

    def may_repeat(self, repeatable: bool) -> bool:
        """Tell whether doing the call again cannot do it twice."""
        if self.fate is Fate.LIMITED:
            return self.wait <= _LONGEST_WAIT
        return self.fate is Fate.UNSENT or (self.fate is Fate.LOST and repeatable)

    def error(self) -> QuarterdeckError:
        """Return the failure as the house's own error."""
        if self.fate is Fate.UNSENT:
            return UnreachableError(f"Slack cannot be reached: {self.detail}")
        if self.fate is Fate.LOST:
            text = f"Slack's answer did not arrive: {self.detail}"
            return SlackError(text, code=ANSWER_LOST)
        detail = f" ({self.detail})" if self.detail else ""
        text = f"Slack refused the message: {self.code}{detail}"
        return SlackError(text, code=self.code, next_step=_NEXT.get(self.code, ""))


class Caller:
    """Makes calls; at most three attempts each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def call(
        self,
        send: Callable[[], Awaitable[T]],
        *,
        repeatable: bool,
        limited: Callable[[float], None] = lambda _seconds: None,
    ) -> T:
        """Return what `send` returns; `limited` hears of each 429 and its seconds.

        Raises:
            SlackError: Slack refused, or (`ANSWER_LOST`) may or may not have done it.
            UnreachableError: it was certainly not done.
        """
        for pause in _PAUSES:
            try:
                return await send()
            except _FAILURES as error:
                trouble = read_trouble(error)
                if not trouble.may_repeat(repeatable):
                    raise trouble.error() from error
            if trouble.fate is Fate.LIMITED:
                limited(trouble.wait)
            await self._clock.sleep(trouble.wait or pause)
        return await self.once(send)

    async def once(self, send: Callable[[], Awaitable[T]]) -> T:
        """Return what `send` returns, at the first attempt.

        Raises:
            SlackError: as `call`.
            UnreachableError: as `call`.
        """
        try:
            return await send()
        except _FAILURES as error:
            raise read_trouble(error).error() from error


def read_trouble(error: Exception) -> Trouble:
    """Return what a failure of aiohttp or of the SDK says about the call."""
    if isinstance(error, SlackApiError):
        return _refusal(error)
    # The type alone: aiohttp's texts carry URLs, and a response URL is a secret.
    detail = type(error).__name__
    if isinstance(error, _UNSENT):
        return Trouble(Fate.UNSENT, "", detail=detail)
    if isinstance(error, aiohttp.ClientResponseError):
        return _status(
            error.status, "", error.headers.get("Retry-After") if error.headers else None
        )
    return Trouble(Fate.LOST, "", detail=detail)


def _refusal(error: SlackApiError) -> Trouble:
    response = error.response
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", ""))
    trouble = _status(response.status_code, code, response.headers.get("Retry-After"))
    if code == "missing_scope":
        return replace(trouble, detail=str(data.get("needed", "")))
    return trouble


def _status(status: int, code: str, header: str | None) -> Trouble:
    # Slack says it with HTTP 429 on some paths and with HTTP 200 on others.
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Trouble(Fate.LIMITED, "ratelimited", retry_after(header))
    if status >= 500 or code in _BROKEN:
        return Trouble(Fate.LOST, code, detail=code or f"HTTP {status}")
    return Trouble(Fate.REFUSED, code or f"HTTP {status}")


def retry_after(header: str | None) -> float:
    """Return the seconds that a Retry-After header asks for, at least one."""
    return max(1.0, float(header)) if header and header.isdecimal() else 1.0
