"""Slack's rate limits, kept from our side: one writer per channel, and a shared edit budget."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.core.clock import Clock

# "About one message per second per channel" (docs.slack.dev, rate limits).
POST_SECONDS = 1.0
# chat.update is Tier 3: 50 a minute for the workspace. Two are left for clocks that differ.
EDITS_PER_MINUTE = 48
# Edits that only show progress leave these for the last state of other messages.
EDITS_KEPT = 10
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


class EditBudget:
    """The edits of the last minute, in all channels together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: deque[float] = deque()
        self._closed_until = 0.0

    def spare(self) -> bool:
        """Tell whether an edit that only shows progress may be made now."""
        return self._wait(EDITS_PER_MINUTE - EDITS_KEPT) <= 0

    async def take(self) -> None:
        """Wait until an edit may be made, and count it."""
        while (seconds := self._wait(EDITS_PER_MINUTE)) > 0:
            await self._clock.sleep(seconds)
        self._made.append(self._clock.monotonic())

    def close_for(self, seconds: float) -> None:
        """Let nobody edit for so long: Slack said so."""
        self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)

    def _wait(self, allowed: int) -> float:
        now = self._clock.monotonic()
        while self._made and now - self._made[0] >= _WINDOW:
            self._made.popleft()
        full = self._made[-allowed] + _WINDOW - now if len(self._made) >= allowed else 0.0
        return max(full, self._closed_until - now)
