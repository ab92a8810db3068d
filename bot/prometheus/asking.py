"""One server, asked from the event loop: in turn, in a thread, within a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.core.clock import Clock, deadline
from bot.core.errors import BusyError, QuarterdeckError, UnreachableError
from bot.prometheus import faults
from bot.prometheus.breaker import Breaker
from bot.prometheus.session import Call, PeerSession, calling
from bot.prometheus.threads import Threads
from bot.prometheus.turns import Turns

_Result = TypeVar("_Result")
_Work = Callable[[Call], _Result]

# How soon a question is put once more that got no answer: a restart of the server takes longer,
# a connection that it closed meanwhile is replaced at once.
_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Means:
    """What all servers share."""

    clock: Clock
    turns: Turns
    threads: Threads


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and for how long they wait at most."""

    person: str
    """Their key."""
    seconds: float


class Peer:
    """One server: its connections, and whether it is there."""

    def __init__(self, session: PeerSession, means: Means, patience: float) -> None:
        """Take connections, and after how many seconds of silence it counts as gone."""
        self.session = session
        self._means = means
        self._patience = patience
        self._breaker = Breaker(means.clock, session.peer)

    async def ask(
        self,
        asking: Asking,
        call: Callable[[], Call],
        work: _Work[_Result],
        *,
        again: bool = True,
    ) -> _Result:
        """Do the work in a thread and return what it returns.

        `call` makes a call anew for each attempt; a second one follows where no answer came,
        unless `again` is False.

        Raises:
            QuarterdeckError: the server, the network or our own limits say no.
        """
        self._breaker.check()
        clock, sent = self._means.clock, -1.0

        async def attempt() -> _Result:
            nonlocal sent
            ended = await self._means.turns.begin()
            sent = clock.monotonic()
            return await self._attempt(call(), work, ended)

        try:
            async with (
                deadline(clock, asking.seconds),
                self._means.turns.turn(asking.person),
            ):
                found = await self._repeated(attempt, again=again)
        except TimeoutError as error:
            raise self._late(asking, sent) from error
        except UnreachableError:
            self._breaker.failed()
            raise
        except BusyError:
            raise
        except QuarterdeckError:
            self._breaker.answered()
            raise
        self._breaker.answered()
        return found

    def _late(self, asking: Asking, sent: float) -> QuarterdeckError:
        """Return why there is no answer in time; `sent` below 0: nothing was sent."""
        if sent < 0:
            return BusyError(
                f"error: {self.session.peer} is asked too much at once",
                next_step="Try again in a minute.",
            )
        # Who had little time left learns nothing about the server.
        if self._means.clock.monotonic() - sent >= self._patience:
            self._breaker.failed()
        return faults.too_slow(self.session.peer, asking.seconds)

    async def _repeated(self, attempt: Callable[[], Awaitable[_Result]], *, again: bool) -> _Result:
        try:
            return await attempt()
        except faults.TryAgainError:
            if not again:
                raise
        await self._means.clock.sleep(_AGAIN_SECONDS)
        return await attempt()

    async def _attempt(
        self, call: Call, work: _Work[_Result], ended: Callable[[], None]
    ) -> _Result:
        def run() -> _Result:
            try:
                with calling(call):
                    return work(call)
            finally:
                ended()

        try:
            future = asyncio.get_running_loop().run_in_executor(self._means.threads, run)
        except RuntimeError as error:
            ended()
            raise BusyError(
                "error: this machine lets the bot do no more at once",
                next_step="Try again in a minute.",
            ) from error
        try:
            return await future
        finally:
            # Whether it is over or nobody waits any more: the thread is let out of it.
            call.end()
