"""What makes the cluster move: one file per controller, found by its `CONTROLLERS`.

A controller is a function of what is stored: it looks at one object and at what belongs to it, and
does the next thing that is due; it may be called at any time and any number of times. A queue
without duplicates says who looks at what, and timers on the clock, when. Rules and sentences are
those of Kubernetes 1.37.
"""

import asyncio
import heapq
import math
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeAlias

import structlog

from bot.demo.cluster.controllers.hands import EVERYTHING, Hands
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.store import Change, Key
from bot.demo.cluster.values import Json

_LOG = structlog.stdlib.get_logger(__name__)
# A long queue is worked off in parts, so that requests are answered meanwhile.
_SLICE = 20
# Moments in a second that timers go off at, so that many of them are one batch.
_GRID = 20
# Seconds until a failed look is repeated: doubled each time, up to the last.
_FIRST_RETRY, _LAST_RETRY = 0.1, 60.0


@dataclass(frozen=True, slots=True)
class Controller:
    """Something that makes the cluster what its objects say.

    `reconcile`: looks at an object of the resource, does what is due, and returns the seconds after
    which to look again, if ever; `watches`: by other resources, which keys of its own are looked at
    when an object there appears, changes or goes. A round of the scheduler looks at no object.
    """

    resource: str
    reconcile: Callable[[Hands, Json], float | None]
    watches: Mapping[str, Callable[[Hands, str, Key, Json], Iterable[Key]]]


CONTROLLERS: Sequence[Controller] = [
    Controller(*row)
    for module in iter_modules(__path__)
    for row in getattr(import_module(f"{__name__}.{module.name}"), "CONTROLLERS", ())
]
_Task: TypeAlias = tuple[int, Key]


class Loop:
    """Runs controllers until it is cancelled."""

    def __init__(self, hands: Hands, controllers: Sequence[Controller]) -> None:
        self._hands, self._clock, self._controllers = hands, hands.clock, controllers
        self._queue: dict[_Task, None] = {}
        self._due: dict[_Task, float] = {}
        self._timers: list[tuple[float, _Task]] = []
        self._failures: dict[_Task, int] = defaultdict(int)
        self._wake = asyncio.Event()
        hands.registry.store.listen(self._heard, anew=True)

    async def run(self) -> None:
        """Look at whatever changes or is due, for ever."""
        while True:
            self.settle(_SLICE)
            await (asyncio.sleep(0) if self._queue else self._rest())

    def settle(self, most: int = 1_000_000) -> None:
        """Look at what is due now, until nothing is or `most` looks were taken."""
        while self._timers and self._timers[0][0] <= self._clock.monotonic():
            due, task = heapq.heappop(self._timers)
            # A later look may have set another time, or none.
            if self._due.get(task) == due:
                self._queue[task] = None
        for _ in range(most):
            if not self._queue:
                return
            task = next(iter(self._queue))
            del self._queue[task]
            self._due.pop(task, None)
            if (wait := self._look(task)) is not None:
                due = self._clock.monotonic() + wait
                # Never too early; not a whole step later either, for what floats leave over.
                self._due[task] = max(due, math.ceil(due * _GRID - 1e-6) / _GRID)
                heapq.heappush(self._timers, (self._due[task], task))

    def _look(self, task: _Task) -> float | None:
        number, key = task
        it = self._hands.find(key) if key.resource else {}
        try:
            wait = None if it is None else self._controllers[number].reconcile(self._hands, it)
        except ApiRefusalError as refusal:
            _LOG.info("a change was refused", key=str(key), why=refusal.message)
        except Exception as bug:  # noqa: BLE001 - wrong with one object must not stop the others
            # On one line: a pretty traceback with all variables takes seconds.
            _LOG.error("a look failed", key=str(key), bug="".join(traceback.format_exception(bug)))
        else:
            self._failures.pop(task, None)
            return wait
        self._failures[task] += 1
        return min(_FIRST_RETRY * float(2 ** min(self._failures[task], 16)), _LAST_RETRY)

    async def _rest(self) -> None:
        self._wake.clear()
        alarm = asyncio.create_task(self._alarm())
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    async def _alarm(self) -> None:
        if self._timers:
            await self._clock.sleep(self._timers[0][0] - self._clock.monotonic())
            self._wake.set()

    def _heard(self, change: Change) -> None:
        key = change.key
        for item in filter(None, (change.previous, change.object)):
            for number, each in enumerate(self._controllers):
                if key.resource == each.resource:
                    self._queue[number, key] = None
                for place in (key.resource, EVERYTHING):
                    if watch := each.watches.get(place):
                        for found in watch(self._hands, each.resource, key, item):
                            self._queue[number, found] = None
        self._wake.set()
