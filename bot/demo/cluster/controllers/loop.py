"""Who looks at what, and when: a queue without duplicates, and timers on the clock."""

import asyncio
import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

import structlog

from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Change, Key

_LOG = structlog.stdlib.get_logger(__name__)
# A long queue is worked off in parts, so that requests are answered meanwhile.
_SLICE = 20
# Moments in a second that timers go off at, so that many of them are one batch.
_GRID = 20
# Seconds until a failed look is repeated: doubled each time, up to the last.
_FIRST_RETRY, _LAST_RETRY = 0.1, 60.0

EVERYTHING = "*"
"""Stands for all resources, those of custom ones, too."""
Trigger = Callable[[JsonObject], Iterable[Key]]
"""Which keys are looked at when that object appears, changes or goes."""


@dataclass(frozen=True, slots=True)
class Controller:
    """Something that makes the cluster what its objects say."""

    name: str
    triggers: Mapping[str, Trigger]
    """By resource."""
    reconcile: Callable[[Key], float | None]
    """Does what is due; returns the seconds after which to look again, if ever."""


_Task = tuple[int, Key]


class Loop:
    """Runs controllers until it is cancelled."""

    def __init__(self, registry: Registry, controllers: Sequence[Controller]) -> None:
        self._clock = registry.clock
        self._controllers = controllers
        self._triggers: dict[str, list[tuple[int, Trigger]]] = defaultdict(list)
        self._queue: dict[_Task, None] = {}
        self._due: dict[_Task, float] = {}
        self._timers: list[tuple[float, int, _Task]] = []
        self._order = count()
        self._failures: dict[_Task, int] = {}
        self._wake = asyncio.Event()
        for number, each in enumerate(controllers):
            for resource, trigger in each.triggers.items():
                self._triggers[resource].append((number, trigger))
        for kind in registry.kinds:
            for item in registry.store.list(kind.resource):
                self._add(kind.resource, item)
        registry.store.listen(self._heard)

    async def run(self) -> None:
        """Look at whatever changes or is due, for ever."""
        while True:
            self.settle(_SLICE)
            await (asyncio.sleep(0) if self._queue else self._rest())

    def settle(self, most: int = 1_000_000) -> None:
        """Look at what is due now, until nothing is or `most` looks were taken."""
        self._ring()
        for _ in range(most):
            if not self._queue:
                return
            task = next(iter(self._queue))
            del self._queue[task]
            self._look(task)

    def _look(self, task: _Task) -> None:
        number, key = task
        try:
            wait = self._controllers[number].reconcile(key)
        except ApiRefusalError as refusal:
            _LOG.info("a change was refused", key=str(key), why=refusal.message)
            wait = self._again(task)
        except Exception:  # noqa: BLE001 - what is wrong with one object must not stop the others
            name = self._controllers[number].name
            _LOG.exception("a look failed", controller=name, key=str(key))
            wait = self._again(task)
        else:
            self._failures.pop(task, None)
        self._due.pop(task, None)
        if wait is not None:
            due = self._clock.monotonic() + wait
            # Never too early; not a whole step later either, for what floats leave over.
            self._due[task] = max(due, math.ceil(due * _GRID - 1e-6) / _GRID)
            heapq.heappush(self._timers, (self._due[task], next(self._order), task))

    def _again(self, task: _Task) -> float:
        failures = self._failures[task] = self._failures.get(task, 0) + 1
        return min(_FIRST_RETRY * float(2 ** min(failures, 16)), _LAST_RETRY)

    def _ring(self) -> None:
        now = self._clock.monotonic()
        while self._timers and self._timers[0][0] <= now:
            due, _, task = heapq.heappop(self._timers)
            # A later look may have set another time, or none.
            if self._due.get(task) == due:
                self._queue[task] = None

    async def _rest(self) -> None:
        self._wake.clear()
        wakers = [asyncio.create_task(self._wake.wait())]
        if self._timers:
            wait = self._timers[0][0] - self._clock.monotonic()
            wakers.append(asyncio.create_task(self._alarm(wait)))
        try:
            await asyncio.wait(wakers, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waker in wakers:
                waker.cancel()

    async def _alarm(self, wait: float) -> Literal[True]:
        await self._clock.sleep(wait)
        return True

    def _heard(self, change: Change) -> None:
        for item in filter(None, (change.previous, change.object)):
            self._add(change.key.resource, item)
        self._wake.set()

    def _add(self, resource: str, item: JsonObject) -> None:
        for place in (resource, EVERYTHING):
            for number, trigger in self._triggers.get(place, ()):
                for key in trigger(item):
                    self._queue[number, key] = None
