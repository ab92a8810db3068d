"""Clocks for tests: one stands still until a test moves it, one hurries, one skips idle time."""

import asyncio
import heapq
import select
import selectors
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

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

    async def someone_sleeps(self, seconds: float) -> None:
        """Wait until someone has exactly so many seconds left to sleep.

        Raises:
            TimeoutError: nobody had within ten real seconds.
        """
        async with asyncio.timeout(10):
            while self._elapsed + seconds not in (moment for moment, _ in self._sleepers):
                self._changed.clear()
                await self._changed.wait()

    def _next_due(self, target: float) -> tuple[float, asyncio.Future[None]] | None:
        due = [s for s in self._sleepers if s[0] <= target and not s[1].done()]
        return min(due, key=lambda sleeper: sleeper[0], default=None)


async def _settle() -> None:
    for _ in range(SETTLING_PASSES):
        await asyncio.sleep(0)


class HurriedClock:
    """The machine's clock, running so many times faster from now on."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began, self._origin = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        """Return the moment at which this clock was made plus its own seconds, in UTC."""
        return self._began + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return this clock's seconds since it was made."""
        return (time.monotonic() - self._origin) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many of this clock's seconds."""
        await asyncio.sleep(seconds / self._speed)


# A real timer that is due so soon belongs to work that goes on: it is waited for, not skipped.
_SOON_SECONDS = 0.1
# How often, and for how many real seconds each time, sockets stay silent before time is skipped:
# what was written to a loopback socket can be read at once, unless the kernel is very busy.
_LOOKS, _LOOK_SECONDS = 3, 0.001
# Whoever creates a future in these modules has given work to a thread that will answer it.
_THREADED = ("aiosqlite", "sqlalchemy.dialects.sqlite.aiosqlite")
# Two loops that look at one another: the second sees that the first waits.
_TURN = threading.Lock()


class IdleClock:
    """Time that passes only while nobody has anything to do: it skips to the next sleeper.

    Nobody has, when no callback is ready, no socket can be read, no thread of an executor or of
    aiosqlite owes an answer and no real timer is due within a tenth of a second, in each of the
    loops that have slept on it. That is known inside of one process only: with peers in other
    processes, `hold` the clock while they work.
    """

    def __init__(self, now: datetime | None = None) -> None:
        self._start = now or datetime.now(UTC)
        self._elapsed = 0.0
        self._numbers = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._held = 0
        self.watches: list[_Watch] = []

    def now(self) -> datetime:
        """Return the start plus what has passed, in UTC."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until all else waits too and nobody's sleep ends before this one."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with _TURN:
            watch = _watch(loop)
            if watch not in self.watches:
                self.watches.append(watch)
                watch.clocks.append(self)
            heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._numbers), future))
        await future

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let no time pass while the block runs."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Let time pass, within a `hold`, while the block runs."""
        self._held -= 1
        try:
            yield
        finally:
            self._held += 1

    def leave(self, watch: "_Watch") -> None:
        """Forget a loop that is closed, and whoever slept in it."""
        self.watches.remove(watch)
        self._sleepers = [one for one in self._sleepers if one[2].get_loop() is not watch.loop]
        heapq.heapify(self._sleepers)

    def skip(self) -> bool:
        """Go to the moment of the next sleeper and wake whoever sleeps until then, in order.

        Returns whether anybody was woken.
        """
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)  # cancelled
        if self._held or not self._sleepers:
            return False
        self._elapsed = self._sleepers[0][0]
        while self._sleepers and self._sleepers[0][0] <= self._elapsed:
            future = heapq.heappop(self._sleepers)[2]
            future.get_loop().call_soon_threadsafe(_wake, future)
        return True


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class _Watch:
    """Stands where an event loop waits for its sockets, and lets idle clocks skip instead."""

    def __init__(self, loop: Any) -> None:
        self.loop = loop
        self.clocks: list[IdleClock] = []
        self._owed: set[asyncio.Future[Any]] = set()
        self._waits = False
        self._selector: selectors.BaseSelector = loop._selector
        self._news = select.poll()
        self._news.register(loop._selector.fileno(), select.POLLIN)
        self._create_future, self._run = loop.create_future, loop.run_in_executor
        loop._selector = self
        loop.create_future = self._created
        loop.run_in_executor = self._ran

    def select(self, timeout: float | None = None) -> list[Any]:
        """Wait as the loop asks for, or skip time where nothing else can happen."""
        if self._owed or (timeout is not None and timeout <= _SOON_SECONDS):
            return self._selector.select(timeout)
        for _ in range(_LOOKS):
            events = self._selector.select(_LOOK_SECONDS)
            if events or self._owed:
                return events
        with _TURN:
            self._waits = True
            skipped = [clock.skip() for clock in self.clocks if all(map(_idle, clock.watches))]
        try:
            return self._selector.select(0 if any(skipped) else timeout)
        finally:
            self._waits = False

    def idle(self) -> bool:
        """Tell whether the loop waits, and nothing has come that will wake it."""
        return self._waits and not self._news.poll(0)

    def close(self) -> None:
        """Take no more part in anything."""
        with _TURN:
            for clock in self.clocks:
                clock.leave(self)
        self._selector.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)

    def _created(self) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._create_future()
        if sys._getframe(1).f_globals.get("__name__", "").startswith(_THREADED):
            self._owe(future)
        return future

    def _ran(self, executor: Any, function: Any, *arguments: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._run(executor, function, *arguments)
        self._owe(future)
        return future

    def _owe(self, future: asyncio.Future[Any]) -> None:
        self._owed.add(future)
        future.add_done_callback(self._owed.discard)


def _idle(watch: _Watch) -> bool:
    return watch.idle()


def _watch(loop: asyncio.AbstractEventLoop) -> _Watch:
    selector: Any = getattr(loop, "_selector")  # noqa: B009 - no public name leads to it
    return selector if isinstance(selector, _Watch) else _Watch(loop)
