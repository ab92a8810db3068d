"""Slack's rate limits, kept from our side: one writer per channel, and a budget per method."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.core.clock import Clock

# "About one message per second per channel" (docs.slack.dev, rate limits).
POST_SECONDS = 1.0
# Calls a minute for the workspace (MethodsRateLimits of the Java SDK); what is not named here is
# limited by nothing but Slack's own word.
TIERS: Mapping[str, int] = {
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "files.completeUploadExternal": 100,
    "files.getUploadURLExternal": 100,
    "views.publish": 100,
    "views.update": 100,
}
# Left of each tier for clocks that differ from Slack's.
SPARED = 2
# Edits that only show progress leave these for the last state of other messages.
EDITS_KEPT = 8
# A live message is edited this often when it is alone. When there are more, together they make
# 40 edits a minute: as many as `EDITS_KEPT` leaves of the tier.
EDIT_SECONDS, EDIT_SECONDS_EACH = 3.0, 1.5
_WINDOW = 60.0
_IDLE_LANES = 1000


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    waiting: int = 0


class Lanes:
    """One lane per channel: messages leave it one by one, in order, a second apart.

    Who holds a lane may wait in it, as after a 429; no other channel notices.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, channel: str) -> AsyncIterator[None]:
        """Hold the channel's lane from when a message may be sent until it is sent."""
        self._forget_idle()
        lane = self._lanes.setdefault(channel, _Lane())
        lane.waiting += 1
        try:
            async with lane.lock:
                await self._clock.sleep(lane.free_at - self._clock.monotonic())
                lane.free_at = self._clock.monotonic() + POST_SECONDS
                yield
        finally:
            lane.waiting -= 1

    def backlog(self, channel: str) -> float:
        """Return in how many seconds a message handed in now would be sent, at the earliest."""
        lane = self._lanes.get(channel)
        if lane is None:
            return 0.0
        ahead = max(0.0, lane.free_at - self._clock.monotonic())
        return ahead + max(0, lane.waiting - 1) * POST_SECONDS

    def _forget_idle(self) -> None:
        if len(self._lanes) < _IDLE_LANES:
            return
        now = self._clock.monotonic()
        self._lanes = {
            channel: lane
            for channel, lane in self._lanes.items()
            if lane.waiting or lane.free_at > now
        }


class Budget:
    """The calls of one method in the last minute, in all channels together."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._made: deque[float] = deque()
        self._closed_until = 0.0

    def spare(self, kept: int) -> bool:
        """Tell whether a call may be made now that leaves `kept` to others."""
        return self._wait(self._per_minute - kept) <= 0

    async def take(self) -> None:
        """Wait until a call may be made, and count it."""
        while (seconds := self._wait(self._per_minute)) > 0:
            await self._clock.sleep(seconds)
        self._made.append(self._clock.monotonic())

    def close_for(self, seconds: float) -> None:
        """Let nobody call for so long: Slack said so."""
        self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)

    def _wait(self, allowed: int) -> float:
        now = self._clock.monotonic()
        while self._made and now - self._made[0] >= _WINDOW:
            self._made.popleft()
        full = self._made[-allowed] + _WINDOW - now if len(self._made) >= allowed else 0.0
        return max(full, self._closed_until - now)


def budgets(clock: Clock) -> Mapping[str, Budget]:
    """Return a budget for each method that has a tier."""
    return {method: Budget(clock, limit - SPARED) for method, limit in TIERS.items()}


class LiveCards:
    """The messages that are edited while they grow; they share the edits fairly."""

    def __init__(self) -> None:
        self._cards: set[object] = set()

    def add(self, card: object) -> None:
        """Count a message, once."""
        self._cards.add(card)

    def discard(self, card: object) -> None:
        """Count a message no more."""
        self._cards.discard(card)

    @property
    def seconds(self) -> float:
        """How long each of them waits between two edits."""
        return max(EDIT_SECONDS, len(self._cards) * EDIT_SECONDS_EACH)
