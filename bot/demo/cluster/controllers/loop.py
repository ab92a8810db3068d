"""Who looks at what, and when: a queue without duplicates, and timers on the clock."""

import asyncio
import heapq
import math
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

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
Trigger = Callable[[Key, JsonObject], Iterable[Key]]
"""Which keys are looked at when the object at that key appears, changes or goes."""


@dataclass(frozen=True, slots=True)
class Controller:
    """Something that makes the cluster what its objects say."""

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
        self._queue: dict[_Task, None] = {}
        self._due: dict[_Task, float] = {}
        self._timers: list[tuple[float, int, _Task]] = []
        self._order = count()
        self._failures: dict[_Task, int] = defaultdict(int)
        self._wake = asyncio.Event()
        self._triggers: dict[str, list[tuple[int, Trigger]]] = defaultdict(list)
        for number, each in enumerate(controllers):
            for resource, trigger in each.triggers.items():
                self._triggers[resource].append((number, trigger))
        for key, item in present(registry):
            self._add(key, item)
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
            self._due.pop(task, None)
            wait = self._look(task)
            if wait is not None:
                due = self._clock.monotonic() + wait
                # Never too early; not a whole step later either, for what floats leave over.
                self._due[task] = max(due, math.ceil(due * _GRID - 1e-6) / _GRID)
                heapq.heappush(self._timers, (self._due[task], next(self._order), task))

    def _look(self, task: _Task) -> float | None:
        number, key = task
        try:
            wait = self._controllers[number].reconcile(key)
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

    def _ring(self) -> None:
        now = self._clock.monotonic()
        while self._timers and self._timers[0][0] <= now:
            due, _, task = heapq.heappop(self._timers)
            # A later look may have set another time, or none.
            if self._due.get(task) == due:
                self._queue[task] = None

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
        for item in filter(None, (change.previous, change.object)):
            self._add(change.key, item)
        self._wake.set()

    def _add(self, key: Key, item: JsonObject) -> None:
        for place in (key.resource, EVERYTHING):
            for number, trigger in self._triggers.get(place, ()):
                self._queue.update(dict.fromkeys((number, found) for found in trigger(key, item)))


def present(registry: Registry) -> Iterator[tuple[Key, JsonObject]]:
    """Yield every object that is there already, with where it is."""
    for kind in registry.kinds:
        keys, items = registry.store.snapshot(kind.resource)
        yield from ((key, items[key]) for key in keys)
