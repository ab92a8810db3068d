"""Conditions whose turns somebody wants to be told of, and when that is worth a message.

What is decided here is pure: a watch and what was seen go in, the watch as it stands then and what
to say come out. Nothing to tell it by is neither true nor false.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.core.metrics import Series
from bot.core.request import Place

SHORTEST_EVERY, DEFAULT_EVERY = timedelta(seconds=15), timedelta(seconds=30)
LONGEST_EVERY = timedelta(hours=1)
LONGEST = timedelta(hours=24)
"""What is to be watched for longer is a rule of Prometheus."""
QUIET = timedelta(minutes=1)
"""At most one message in this time is told of a watch, however often it turns."""
PER_PERSON, PER_PLACE = 10, 20
"""How many watches somebody may have, and a place."""
_BLIND_AFTER = 3
"""After so many looks that failed, one after the other, that is said."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look at a condition showed."""

    holds: bool | None
    """None: there is nothing to tell it by."""
    series: Sequence[Series] = ()
    """Those of which it is true."""
    failure: str = ""
    """Why nobody could look."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a watch stands after its last look."""

    holds: bool | None = None
    """Whether it was true when that was last known; None: it never was."""
    since: datetime | None = None
    """When that was first seen."""
    told: bool | None = None
    """What was last said of it; None: nothing yet."""
    told_at: datetime | None = None
    turns: int = 0
    """How often it has turned since then."""
    trues: int = 0
    """How often it became true while it was watched."""
    nothing_said: bool = False
    """Whether it was said that there is nothing to tell it by."""
    blind: int = 0
    """How many looks have failed, one after the other."""
    blind_said: bool = False
    """Whether that was said."""
    messages: int = 0
    """How many were told."""

    def spoken(self, now: datetime) -> "Standing":
        """Return it after one more message."""
        return replace(self, told_at=now, messages=self.messages + 1)

    def may_speak(self, now: datetime) -> bool:
        """Tell whether the last message is long enough ago."""
        return self.told_at is None or now - self.told_at >= QUIET


@dataclass(frozen=True, slots=True)
class Watch:
    """A condition whose turns somebody wants to be told of."""

    id: str
    """Empty: it is not kept yet."""
    expression: str
    every: timedelta
    until: datetime
    person: str
    """The key of whoever asked, as whom it is evaluated."""
    name: str
    """For people to read."""
    place: Place
    """Where it was asked for."""
    context: str
    namespace: str
    """Whose series are meant; empty: those of all namespaces."""
    phrase: str
    """The command as it was understood."""
    at: datetime
    """When it was asked for."""
    private: bool = False
    """Whether it is told to its person alone, by what the policy said at the last look."""
    source: str = ""
    """Which Prometheus of several is asked; empty: the first of the context."""
    standing: Standing = field(default_factory=Standing)


class Word(StrEnum):
    """What there is to say of a watch."""

    TRUE = "true"
    FALSE = "false"
    NOTHING = "nothing"
    BLIND = "blind"
    """Nobody could look for some time."""
    OVER = "over"
    """Its time has passed."""
    STOPPED = "stopped"
    """It cannot go on."""


@dataclass(frozen=True, slots=True)
class News:
    """One message about a watch."""

    watch: Watch
    """As it stands."""
    word: Word
    turns: int = 1
    """How often it has turned since the message before."""
    before: timedelta | None = None
    """How long it was the opposite, where it turned once."""
    series: Sequence[Series] = ()
    reason: str = ""

    @property
    def final(self) -> bool:
        """Tell whether nothing more will be told."""
        return self.word in (Word.OVER, Word.STOPPED)

    @property
    def key(self) -> str:
        """Return what is the same for each attempt to tell this message, and for no other one."""
        number = "end" if self.final else self.watch.standing.messages
        return f"watch/{self.watch.id}/{number}"


def began(watch: Watch, sight: Sight, now: datetime) -> Watch:
    """Return a new watch after its first look, of which its person is told at once."""
    nothing = sight.holds is None
    standing = Standing(sight.holds, None if nothing else now, sight.holds, nothing_said=nothing)
    return replace(watch, standing=standing)


def looked(watch: Watch, sight: Sight, now: datetime) -> tuple[Watch, News | None]:
    """Return the watch after a look, and what there is to say of it."""
    if sight.failure:
        return _failed(watch, sight, now)
    standing = replace(watch.standing, blind=0, blind_said=False)
    if sight.holds is None:
        return _saw_nothing(watch, standing, now)
    before = None
    if sight.holds is not standing.holds:
        before = now - standing.since if standing.since else None
        turns, trues = standing.turns + 1, standing.trues + sight.holds
        standing = replace(standing, holds=sight.holds, since=now, turns=turns, trues=trues)
    if not standing.turns or not standing.may_speak(now):
        return replace(watch, standing=standing), None
    turns = standing.turns
    after = replace(watch, standing=replace(standing.spoken(now), told=sight.holds, turns=0))
    word = Word.TRUE if sight.holds else Word.FALSE
    # Of several turns the last one alone would tell too little.
    return after, News(after, word, turns, before if turns == 1 else None, sight.series)


def _saw_nothing(watch: Watch, standing: Standing, now: datetime) -> tuple[Watch, News | None]:
    if standing.nothing_said or not standing.may_speak(now):
        return replace(watch, standing=standing), None
    after = replace(watch, standing=replace(standing.spoken(now), nothing_said=True))
    return after, News(after, Word.NOTHING)


def over(watch: Watch) -> News:
    """Return the last word on a watch whose time has passed."""
    return News(watch, Word.OVER, watch.standing.turns)


def stopped(watch: Watch, reason: str) -> News:
    """Return the last word on a watch that cannot go on."""
    return News(watch, Word.STOPPED, watch.standing.turns, reason=reason)


def _failed(watch: Watch, sight: Sight, now: datetime) -> tuple[Watch, News | None]:
    standing = replace(watch.standing, blind=watch.standing.blind + 1)
    if standing.blind < _BLIND_AFTER or standing.blind_said or not standing.may_speak(now):
        return replace(watch, standing=standing), None
    after = replace(watch, standing=replace(standing.spoken(now), blind_said=True))
    return after, News(after, Word.BLIND, reason=sight.failure)


class Watches(Protocol):
    """The watches of a place, kept over restarts, for the person who asks."""

    async def add(
        self,
        expression: str,
        span: timedelta,
        every: timedelta,
        *,
        everywhere: bool = False,
        source: str = "",
    ) -> Watch:
        """Look once, and keep a watch as the person, in their place.

        Whose series of which source are meant is decided as in `core.monitoring.Monitoring`.

        Raises:
            RefusedError: they or their place have too many.
            QuarterdeckError: it cannot be evaluated, or not be kept.
        """
        ...

    async def all(self) -> Sequence[Watch]:
        """Return those of the place, and the person's own, the next to end first."""
        ...

    async def end(self, id: str) -> Watch | None:
        """Forget one of the person's own, or of their place; None: there is none of that id."""
        ...


class KeptWatches(Protocol):
    """Where watches are kept, shared by all replicas; every call raises `StoreError`."""

    async def put(self, watch: Watch) -> Watch:
        """Keep it under a new id.

        Raises:
            RefusedError: its person or its place have too many.
        """
        ...

    async def all(self) -> Sequence[Watch]:
        """Return every one, the next to end first."""
        ...

    async def remove(self, id: str) -> Watch | None:
        """Forget it; None to all but one caller."""
        ...

    async def due(self, seconds: float) -> Sequence[Watch]:
        """Hold for so long what is to be looked at now and nobody holds."""
        ...

    async def note(self, watch: Watch, due: datetime) -> bool:
        """Keep how it stands, to be looked at again then; False: it is not held any more."""
        ...


class Herald(Protocol):
    """What tells people of their watches."""

    async def tell(self, news: News) -> None:
        """See to it that the message arrives once, over restarts.

        Raises:
            StoreError: it cannot be kept, so it is told later.
        """
        ...
