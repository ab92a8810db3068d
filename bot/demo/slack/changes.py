"""Waiting for something to become true, without polling and never for ever."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A bell that rings whenever anything that can be seen or heard has changed."""

    def __init__(self) -> None:
        # A dict for its order: who waited first looks first, and takes the first answer.
        self._waiting: dict[asyncio.Future[None], None] = {}

    def announce(self) -> None:
        """Wake everyone who waits, so that they look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, probe: Callable[[], T | None], patience: float) -> T:
        """Return the first answer of `probe` that is not None, looking after each change.

        `patience` is in real seconds, whatever the workspace's clock does: it only ends a wait
        that would otherwise hang a test.

        Raises:
            TimeoutError: patience ran out.
        """
        async with asyncio.timeout(patience):
            while (found := probe()) is None:
                await self._next()
            return found

    async def _next(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting[future] = None
        try:
            await future
        finally:
            self._waiting.pop(future, None)
