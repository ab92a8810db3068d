"""How much is taken in at once: a few requests of each person, and a bounded number of all.

What is over the bound is refused at once, so that the person can be told: nothing queues unseen.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from bot.core.clock import Clock

_LOG = structlog.stdlib.get_logger(__name__)

# After the deadline, what was interrupted gets so long to say so.
_LAST_WORDS = 5.0


class Job(Protocol):
    """One request that was taken in."""

    @property
    def id(self) -> str:
        """Name it, for the button that cancels it."""
        ...

    @property
    def closing(self) -> bool:
        """Tell whether its last state is on its way: then it is not cancelled any more."""
        ...

    async def run(self) -> None:
        """Do the work."""
        ...

    async def finish(self) -> None:
        """See to it that the person got a last word; called however the work ended."""
        ...

    def interrupt(self) -> None:
        """Hear that it is going to be cancelled because the bot stops."""
        ...

    def withdraw(self) -> None:
        """Hear that it is going to be cancelled before it began, as its person wants."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests run or wait."""

    running_per_person: int = 2
    waiting_per_person: int = 5
    running: int = 32
    taken: int = 256

    @property
    def per_person(self) -> int:
        """Return how many of one person are taken in."""
        return self.running_per_person + self.waiting_per_person


class Intake:
    """The requests under way; each has a task that this object owns."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._jobs: dict[asyncio.Task[None], Job] = {}
        self._waiting: dict[asyncio.Task[None], str] = {}
        """What has not begun yet, and whose it is."""
        self._taken: Counter[str] = Counter()
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._running = asyncio.Semaphore(limits.running)
        self._open = True

    @property
    def open(self) -> bool:
        """Tell whether requests are taken in at all: not any more while the bot stops."""
        return self._open

    def has_room(self, person: str) -> bool:
        """Tell whether a request of this person can be taken in now."""
        within = self._taken[person] < self._limits.per_person
        return self._open and within and len(self._jobs) < self._limits.taken

    def take(self, person: str, build: Callable[[], Job]) -> bool:
        """Start a job in a task of its own; return False, building none, if there is no room."""
        if not self.has_room(person):
            return False
        job = build()
        self._taken[person] += 1
        task = asyncio.create_task(self._run(person, job))
        self._jobs[task] = job
        self._waiting[task] = person
        task.add_done_callback(lambda done: self._ended(done, person))
        return True

    def withdraw(self, person: str, job_id: str) -> bool:
        """Cancel that person's job if it waits for its turn; return whether it did."""
        for task, owner in self._waiting.items():
            job = self._jobs[task]
            if (owner, job.id) == (person, job_id):
                job.withdraw()
                return task.cancel()
        return False

    async def drain(self, seconds: float) -> None:
        """Take nothing more in; let what runs end, and after `seconds` interrupt the rest."""
        self._open = False
        await self._wait(seconds)
        for task, job in self._jobs.items():
            if not job.closing:
                job.interrupt()
                task.cancel()
        await self._wait(_LAST_WORDS)
        for task in self._jobs:
            task.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _run(self, person: str, job: Job) -> None:
        gate = self._gates.setdefault(person, asyncio.Semaphore(self._limits.running_per_person))
        try:
            async with gate, self._running:
                self._begins()
                await job.run()
        finally:
            self._begins()
            await job.finish()

    def _begins(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._waiting.pop(task, None)

    async def _wait(self, seconds: float) -> None:
        if not self._jobs:
            return
        alarm = asyncio.ensure_future(self._clock.sleep(seconds))
        everyone = asyncio.gather(*self._jobs, return_exceptions=True)
        waits: set[asyncio.Future[Any]] = {alarm, everyone}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        alarm.cancel()

    def _ended(self, task: asyncio.Task[None], person: str) -> None:
        del self._jobs[task]
        self._taken[person] -= 1
        if not self._taken[person]:
            del self._taken[person]
            self._gates.pop(person, None)
        failure = None if task.cancelled() else task.exception()
        if failure:
            _LOG.error("slack_request_broke", person=person, exc_info=failure)
