"""One expression in a process of its own: how much it grows, and how long it holds others up.

`python -m benchmarks.asking URL EXPRESSION` prints its findings as JSON.
"""

import asyncio
import dataclasses
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from benchmarks.alone import ROUNDS, Findings, reset_peak, ticking
from bot.core.clock import SystemClock
from bot.core.errors import QuarterdeckError, TooLargeError
from bot.core.metrics import Metrics, Reach
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from bot.wiring import keep_turns_short
from tests.cluster.processes import memory

SECONDS = 120


@asynccontextmanager
async def room(url: str, *, narrow: bool = False) -> AsyncIterator[Metrics]:
    """Give the bot's own way to a Prometheus, with what is set where nothing is set."""
    sources = PrometheusSources(Options(url=url), SystemClock())
    reach = Reach(("shop",)) if narrow else Reach()
    try:
        yield sources.metrics("main", reach, "T1/U1", SECONDS)
    finally:
        await sources.close()


async def observe(url: str, expression: str) -> Findings:
    """Ask again and again beside a handler that only wants its turn."""
    async with room(url) as metrics:
        await _asked(metrics, "warm")
        keep_turns_short()
        before = reset_peak()
        await _asked(metrics, expression)
        growth = memory(name="VmHWM") - before
        waits, works = [], []
        for _ in range(ROUNDS):
            async with ticking() as late:
                await _asked(metrics, expression)
            waits.append(max(wait for wait, _ in late))
            works.append(max(work for _, work in late))
    return Findings(growth, statistics.median(waits), statistics.median(works))


async def _asked(metrics: Metrics, expression: str) -> None:
    """Ask for what is read, or is too much: another end is none that is measured."""
    too_large = expression in ("large", "many")
    try:
        answer = await metrics.instant(expression)
    except TooLargeError:
        if not too_large:
            raise
    else:
        if too_large or not answer.series:
            raise QuarterdeckError(f"error: {expression} was not as large as it is")


if __name__ == "__main__":
    try:
        found = asyncio.run(observe(sys.argv[1], sys.argv[2]))
    except QuarterdeckError as error:
        sys.exit(error.text)
    sys.stdout.buffer.write(orjson.dumps(dataclasses.asdict(found)))
