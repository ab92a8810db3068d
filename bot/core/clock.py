"""Time as a collaborator, so that ten minutes can pass in a test that takes none."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time and lets it pass."""

    def now(self) -> datetime:
        """Return the wall-clock time, with UTC as its zone."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards; only differences mean something."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` have passed on this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        await asyncio.sleep(seconds)


def deadline(clock: Clock, seconds: float) -> AbstractAsyncContextManager[object]:
    """Let the block take so long on this clock.

    Raises:
        TimeoutError: it took longer, and was cancelled.
    """
    # The machine's clock is the event loop's own, whose timers need no task.
    own = isinstance(clock, SystemClock)
    return asyncio.timeout(seconds) if own else _until_woken(clock, seconds)


@asynccontextmanager
async def _until_woken(clock: Clock, seconds: float) -> AsyncIterator[None]:
    async with asyncio.timeout(None) as limit:

        async def expire() -> None:
            await clock.sleep(seconds)
            limit.reschedule(asyncio.get_running_loop().time())

        alarm = asyncio.create_task(expire())
        try:
            yield
        finally:
            alarm.cancel()
