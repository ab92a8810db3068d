"""Messages that must arrive, as they are kept until they have: over restarts, by any replica.

The outcome of a change is one. It is kept before the change is made, as a warning that nobody
knows how it ended; what became of it takes the warning's place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import structlog

from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, SlackError, StoreError, UnreachableError
from bot.slack.blocks import Block, Message
from bot.slack.calls import ANSWER_LOST

_LOG = structlog.stdlib.get_logger(__name__)

# Whoever holds a letter renews it while it lives; when it died, the next one waits this long.
LEASE_SECONDS = 60.0
_RENEW_SECONDS = 20.0
# A letter whose own process could not deliver it goes to the next round of the postman.
_SOON = 5.0
_PASSING = frozenset({"ratelimited", ANSWER_LOST})


@dataclass(frozen=True, slots=True)
class Letter:
    """One message and where it belongs; JSON."""

    channel: str
    ts: str
    """The message whose place it takes; empty: it is posted."""
    thread: str
    person: str
    """Who is told directly when the channel does not take it."""
    request: str
    text: str
    blocks: tuple[Block, ...]
    ticket: str = ""
    """The case whose state it tells; empty: of none, and it stays true."""
    state: str = ""
    """How that stood; it is not told any more when the case has gone on."""

    @property
    def message(self) -> Message:
        """Return it as it is sent."""
        return Message(self.text, self.blocks)

    def body(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


def read_letter(body: Mapping[str, Any]) -> Letter:
    """Return the letter that was kept; what `Letter.body` returned."""
    return Letter(**{**body, "blocks": tuple(body["blocks"])})


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter that is up to this process until its lease ends."""

    id: int
    owner: str
    attempt: int
    letter: Letter


class Letters(Protocol):
    """Where letters are kept; every method raises `StoreError` when it cannot be written."""

    async def keep(self, key: str, letter: Letter, seconds: float) -> Kept | None:
        """Keep a letter, held for so long; None: one of this key was kept before."""
        ...

    async def revise(self, kept: Kept, letter: Letter, seconds: float) -> bool:
        """Put another version in its place and hold it anew; False: it is not held any more."""
        ...

    async def due(self, seconds: float) -> Sequence[Kept]:
        """Hold what waits and nobody holds, the oldest of each channel."""
        ...

    async def arrived(self, kept: Kept, ts: str) -> bool:
        """Forget it: it stands in Slack."""
        ...

    async def later(self, kept: Kept, seconds: float) -> bool:
        """Let it wait for so long."""
        ...

    async def give_up(self, kept: Kept) -> bool:
        """Forget it: it can never arrive."""
        ...


def passes(error: QuarterdeckError) -> bool:
    """Tell whether the same message may well arrive later."""
    if isinstance(error, UnreachableError):
        return True
    return isinstance(error, SlackError) and error.code in _PASSING


class Assurance:
    """Sees to it that one outcome arrives, whatever becomes of this process."""

    def __init__(self, letters: Letters, clock: Clock, request: str) -> None:
        self._letters = letters
        self._clock = clock
        self._request = request
        self._kept: Kept | None = None
        self._renew_at = 0.0

    async def begin(self, warning: Letter) -> None:
        """Keep what is to be said if this process ends before the outcome is known.

        Raises:
            StoreError: it cannot be kept; nothing may be changed then.
        """
        self._kept = await self._letters.keep(f"outcome/{self._request}", warning, LEASE_SECONDS)
        self._renew_at = self._clock.monotonic() + _RENEW_SECONDS

    async def renew(self) -> None:
        """Hold it on, if that is due."""
        if self._kept and self._clock.monotonic() >= self._renew_at:
            await self._revise(self._kept, self._kept.letter)

    async def outcome(self, letter: Letter) -> None:
        """Keep how it ended in the warning's place."""
        if self._kept:
            await self._revise(self._kept, letter)

    async def settle(self, ts: str, failure: QuarterdeckError | None) -> None:
        """Say how its delivery ended: forgotten, or left to the postman."""
        kept, self._kept = self._kept, None
        if kept is None:
            return
        try:
            if failure is None:
                await self._letters.arrived(kept, ts)
            elif passes(failure):
                await self._letters.later(kept, _SOON)
            else:
                await self._letters.give_up(kept)
        except StoreError as error:
            # It is delivered once more when the lease ends: the same text in the same place.
            _LOG.warning("slack_letter_not_settled", request=self._request, reason=error.text)

    async def _revise(self, kept: Kept, letter: Letter) -> None:
        self._renew_at = self._clock.monotonic() + _RENEW_SECONDS
        try:
            await self._letters.revise(kept, letter, LEASE_SECONDS)
        except StoreError as error:
            _LOG.warning("slack_letter_not_revised", request=self._request, reason=error.text)
