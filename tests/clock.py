"""A clock that stands still until a test moves it."""

import asyncio
from datetime import UTC, datetime, timedelta

# One pass lets a woken task run to its next await; tasks that hand over to others need more.
SETTLING_PASSES = 20


class ManualClock:
    """Time for tests: `now` and `monotonic` move only by `advance`, which wakes the sleepers."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)) -> None:
        self._start = now
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """Return the start plus what was advanced, in UTC."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the seconds advanced so far."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has passed `seconds`; zero or less only yields once."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper = (self._elapsed + seconds, asyncio.get_running_loop().create_future())
        self._sleepers.append(sleeper)
        self._changed.set()
        try:
            await sleeper[1]
        finally:
            self._sleepers.remove(sleeper)

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass, waking each sleeper at its own moment and letting it run.

        Who sleeps again within the span is woken again: a task that sleeps one second in a
        loop runs ten times in `advance(10)`.
        """
        await _settle()
        target = self._elapsed + seconds
        while due := self._next_due(target):
            self._elapsed, sleeper = due
            sleeper.set_result(None)
            await _settle()
        self._elapsed = target

    async def asleep(self, count: int = 1) -> None:
        """Wait until at least `count` tasks sleep on this clock."""
        while len(self._sleepers) < count:
            self._changed.clear()
            await self._changed.wait()

    def _next_due(self, target: float) -> tuple[float, asyncio.Future[None]] | None:
        due = [s for s in self._sleepers if s[0] <= target and not s[1].done()]
        return min(due, key=lambda sleeper: sleeper[0], default=None)


async def _settle() -> None:
    for _ in range(SETTLING_PASSES):
        await asyncio.sleep(0)
