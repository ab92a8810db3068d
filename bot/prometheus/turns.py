"""Whose question is next: so many of one person at once, and so many of all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.core.errors import BusyError


@dataclass(frozen=True, slots=True)
class Room:
    """How many questions there is room for."""

    per_person: int
    waiting_per_person: int
    in_all: int


@dataclass(slots=True)
class _Line:
    free: asyncio.Semaphore
    there: int = 0
    """Those that run and those that wait."""


class Turns:
    """Lets questions through, in the order in which they came."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._lines: dict[str, _Line] = {}
        self._free = asyncio.Semaphore(room.in_all)

    @asynccontextmanager
    async def turn(self, person: str) -> AsyncIterator[None]:
        """Wait until the person may ask.

        Raises:
            BusyError: too many questions of that person wait already.
        """
        line = self._lines.setdefault(person, _Line(asyncio.Semaphore(self._room.per_person)))
        if line.there >= self._room.per_person + self._room.waiting_per_person:
            raise BusyError(
                f"error: {line.there} questions of yours to Prometheus are under way",
                next_step="Try again when one of them is answered.",
            )
        line.there += 1
        try:
            async with line.free:
                yield
        finally:
            line.there -= 1
            if not line.there:
                del self._lines[person]

    async def begin(self) -> Callable[[], None]:
        """Wait until one more thread may run, and return what is to be called at its end.

        From whatever thread: one that hangs goes on taking up room.
        """
        await self._free.acquire()
        loop = asyncio.get_running_loop()

        def ended() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._free.release)

        return ended
