"""One phrase in a process of its own: how much it grows, and how long it holds others up.

`python -m benchmarks.alone KUBECONFIG LINES PHRASE` prints its findings as JSON. The process has
imported what the bot imports, and its collector is set as the bot's.
"""

import asyncio
import dataclasses
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.inside import Bot, Inside
from bot.wiring import keep_turns_short
from tests.cluster.processes import memory

ROUNDS = 7
TICK = 0.001
_CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was seen of one phrase."""

    growth: float
    """MiB: the process's peak during the first answer, less what it held before."""
    stall: float
    """Seconds: the longest wait of another handler during one answer; the median of answers."""
    work: float
    """Seconds: the same without the time in which other processes had the processor."""


async def observe(kubeconfig: str, phrase: str, lines: int) -> Findings:
    """Answer the phrase again and again beside a handler that only wants its turn."""
    bot = Bot(kubeconfig)
    await Inside(bot, "get pods -n small", 20).ask()
    keep_turns_short()
    way = Inside(bot, phrase, lines)
    before = reset_peak()
    await way.ask()
    growth = memory(name="VmHWM") - before
    waits, works = [], []
    for _ in range(ROUNDS):
        async with ticking() as late:
            await way.ask()
        waits.append(max(wait for wait, _ in late))
        works.append(max(work for _, work in late))
    await bot.close()
    return Findings(growth, statistics.median(waits), statistics.median(works))


@asynccontextmanager
async def ticking() -> AsyncIterator[list[tuple[float, float]]]:
    """Yield how much later than it wanted the other handler had its turns, and for what work."""
    late = [(0.0, 0.0)]

    async def tick() -> None:
        while True:
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK)
            late.append((time.perf_counter() - wall - TICK, time.thread_time() - cpu))

    task = asyncio.create_task(tick())
    try:
        yield late
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def reset_peak() -> float:
    """Return what the process holds, in MiB; its peak is that from now on."""
    _CLEAR.write_text("5")  # proc(5): resets VmHWM
    return memory()


if __name__ == "__main__":
    found = asyncio.run(observe(sys.argv[1], sys.argv[3], int(sys.argv[2])))
    sys.stdout.buffer.write(orjson.dumps(dataclasses.asdict(found)))
