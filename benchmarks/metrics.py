"""`python -m benchmarks.metrics`: what asking Prometheus costs beside the raw HTTP call.

It needs Prometheus of the peers. Nothing is asserted: a busy machine makes a slow run.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import orjson

from benchmarks.alone import Findings
from benchmarks.asking import room
from benchmarks.cost import Cost, Way, WrongAnswerError, in_process
from benchmarks.duels import duel
from benchmarks.figures import (
    Figure,
    no_more_memory_than,
    no_more_than_times_over,
    no_more_time_than,
    table,
)
from benchmarks.inside import Bot, Inside
from benchmarks.outside import output
from benchmarks.stand import Stand
from bot.core.clock import SystemClock
from bot.core.metrics import Metrics
from bot.engine.monitoring import Instruments
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from bot.render.drawing import Drawer
from bot.wiring import keep_turns_short
from tests.cluster.build import say
from tests.cluster.peers import METRICS, locate
from tests.metrics.sampled import sampled

TIMES, EXTRA_SECONDS = 1.5, 0.005
GROWTH_MEBIBYTES, STALL_SECONDS = 64, 0.020
SERIES, ROUNDS = 20, 400
EXPRESSION = 'sum by (pod) (up{namespace="shop"})'
FLOODS = {
    "large": "an answer of 200 MB",
    "many": "an answer of a million series",
    "series": "5,000 series, as many as are read",
    "points": "100,000 points, as many as are read",
}
_START = 1_700_000_000
_AT = datetime.fromtimestamp(_START, UTC)


def main() -> None:
    """Measure and print the table."""
    keep_turns_short()
    say(f"{table([*_beside_raw(), *_floods()])}\n")


def _beside_raw() -> list[Figure]:
    with sampled(locate(os.environ, METRICS), _samples()) as server:
        return asyncio.run(_duels(server.url))


def _samples() -> str:
    lines = (f'up{{namespace="shop",pod="web-{n}"}} {n} {_START}' for n in range(SERIES))
    return "\n".join(["# TYPE up gauge", *lines, "# EOF\n"])


async def _duels(url: str) -> list[Figure]:
    figures = []
    for narrow in (False, True):
        what = f"instant query, {SERIES} series" + (", narrowed" if narrow else "")
        say(f"{what} ...")
        async with aiohttp.ClientSession(url) as session, room(url, narrow=narrow) as metrics:
            costs = await duel({"raw": _Raw(session), "bot": _Room(metrics)}, ROUNDS)
        bot, raw = costs["bot"].wall, costs["raw"].wall
        figures.append(no_more_than_times_over(what, bot, raw, TIMES, EXTRA_SECONDS))
    return figures


async def typed(stand: Stand) -> list[Figure]:
    """Measure a typed query: bound, admitted, asked and drawn; nothing without Prometheus."""
    located = locate(os.environ, METRICS)
    if located.absent:
        say(f"no Prometheus: {', '.join(located.absent)} missing")
        return []
    with sampled(located, _samples()) as server:
        sources = PrometheusSources(Options(url=server.url), SystemClock())
        bot = Bot(str(stand.bed.bot_kubeconfig), Instruments(sources, Drawer(SystemClock())))
        phrase = f"prom query --at {_START} {EXPRESSION}"
        say(f"{phrase} ...")
        async with aiohttp.ClientSession(server.url) as session:
            ways: dict[str, Way] = {"raw": _Raw(session), "bot": Inside(bot, phrase, SERIES)}
            costs = await duel(ways, ROUNDS)
        await bot.close()
        await sources.close()
    wall = costs["bot"].wall
    what = f"prom query, {SERIES} series"
    return [no_more_than_times_over(what, wall, costs["raw"].wall, TIMES, EXTRA_SECONDS)]


@dataclass(frozen=True, slots=True)
class _Raw:
    """The HTTP call alone, parsed."""

    session: aiohttp.ClientSession

    async def ask(self) -> Cost:
        """Read and parse the answer."""
        return await in_process(self._read())

    async def _read(self) -> None:
        form = {"query": EXPRESSION, "time": str(_START)}
        async with self.session.post("/api/v1/query", data=form) as response:
            found = orjson.loads(await response.read())
        _check(len(found["data"]["result"]))


@dataclass(frozen=True, slots=True)
class _Room:
    """The bot's own way."""

    metrics: Metrics

    async def ask(self) -> Cost:
        """Ask as a command does."""
        return await in_process(self._read())

    async def _read(self) -> None:
        answer = await self.metrics.instant(EXPRESSION, _AT)
        _check(len(answer.series))


def _check(count: int) -> None:
    if count != SERIES:
        raise WrongAnswerError(f"{EXPRESSION}: {count} series, where {SERIES} are due")


def _floods() -> Iterator[Figure]:
    with _flooding() as url:
        for expression, what in FLOODS.items():
            say(f"{what} ...")
            command = [sys.executable, "-m", "benchmarks.asking", url, expression]
            found = Findings(**orjson.loads(output(command, dict(os.environ))))
            own = f"own work {found.work * 1000:.1f} ms"
            yield no_more_memory_than(f"{what}: growth", found.growth, GROWTH_MEBIBYTES)
            yield no_more_time_than(f"{what}: stall", found.stall, STALL_SECONDS, own)


@contextmanager
def _flooding() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.flood"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
