"""A change, from what was typed to the patch that the API server answered.

It is held against the time during which at least one of its own requests was under way: what is
left is the bot's, the store on the disk and the record with it. Nobody has to press in between.
"""

import itertools
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.cost import WrongAnswerError
from benchmarks.figures import Figure, no_more_than_times
from benchmarks.stand import Stand
from bot.core.clock import SystemClock
from bot.core.reply import Proposal
from bot.kube.transport import Call, Hear, Transport
from tests.cluster.build import say
from tests.engine.rig import Answer
from tests.faults.doomed import Replica, replica, request
from tests.store.migrated import migrated

ROUNDS = 40
_TIMES = 1.5


@dataclass(slots=True)
class _Underway:
    """When requests were under way."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    def seconds(self) -> float:
        """Return for how long at least one was, and forget all."""
        total, until = 0.0, 0.0
        for start, end in sorted(self.spans):
            total += max(0.0, end - max(start, until))
            until = max(until, end)
        self.spans.clear()
        return total


async def changes(stand: Stand) -> list[Figure]:
    """Measure `scale` with a confirmation."""
    say("a change: scale, from typed to patched ...")
    stand.bed.kubectl.out("scale", "deploy/web", "--replicas=2", "-n", "shop")
    with tempfile.TemporaryDirectory() as folder, _watched() as underway:
        async with AsyncExitStack() as stack:
            bot, _ = await replica(
                stack, migrated(Path(folder)), str(stand.bed.bot_kubeconfig), SystemClock(), "bench"
            )
            costs = [await _once(bot, underway, replicas) for replicas in _counts()]
    wall, requests = (median(column) for column in zip(*costs[5:], strict=True))
    stand.bed.kubectl.out("scale", "deploy/web", "--replicas=3", "-n", "shop")
    what = "scale: typed to patched, p50"
    return [no_more_than_times(what, wall, "its requests", requests, _TIMES)]


def _counts() -> Iterator[int]:
    return itertools.islice(itertools.cycle((3, 2)), ROUNDS)


async def _once(bot: Replica, underway: _Underway, replicas: int) -> tuple[float, float]:
    """Return seconds, and those of them during which requests were under way."""
    began, shown, done = time.perf_counter(), Answer(), Answer()
    phrase = f"scale deploy/web --replicas={replicas} -n shop"
    await bot.engine.serve(request(phrase), shown)
    [ticket] = [part.ticket for part in shown.parts if isinstance(part, Proposal)] or [""]
    await bot.engine.confirm(ticket, request(""), done)
    if done.code:
        raise WrongAnswerError(f"{phrase}: {shown.text}{done.text}")
    return time.perf_counter() - began, underway.seconds()


@contextmanager
def _watched() -> Iterator[_Underway]:
    """Note when each request is under way, as long as the block runs."""
    underway, plain = _Underway(), Transport.request
    asked: Callable[[Transport, Call, Hear], Awaitable[bytes]] = plain

    async def request_(self: Transport, call: Call, hear: Hear = lambda _head: None) -> bytes:
        began = time.perf_counter()
        try:
            return await asked(self, call, hear)
        finally:
            underway.spans.append((began, time.perf_counter()))

    Transport.request = request_  # type: ignore[method-assign]
    try:
        yield underway
    finally:
        Transport.request = plain  # type: ignore[method-assign]
