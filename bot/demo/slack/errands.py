"""Work that goes on beside the caller, and whose failures are never lost."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from bot.core.clock import Clock

T = TypeVar("T")


class Errands:
    """The tasks of one workspace: all of them end with it."""

    def __init__(self, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._running: set[asyncio.Task[Any]] = set()
        self._failures: list[Exception] = []

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work` as a task that is cancelled, at the latest, when the workspace closes."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait for its end.

        Raises:
            ExceptionGroup: errands failed; each failure is in it.
        """
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._failures:
            raise ExceptionGroup("errands of the simulated Slack failed", self._failures)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, Exception):
            self._failures.append(failure)
        self._announce()


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """Return what `work` returns, if that happens before `seconds` have passed on `clock`.

    Raises:
        TimeoutError: it did not; the work was cancelled.
    """
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()
        alarm.cancel()
        await asyncio.gather(task, alarm, return_exceptions=True)
