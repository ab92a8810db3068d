"""`python -m benchmarks.box`: how quick the simulated cluster is, beside what it may take.

It needs no peers. Nothing is asserted: a busy machine makes a slow run.
"""

import asyncio
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from benchmarks.figures import Figure, no_more_time_than, table
from benchmarks.pods import pod
from bot.demo.cluster import scenes
from bot.terminal import open_terminal
from bot.wiring import keep_turns_short
from tests.cluster.boxes import RunningBox, running_box
from tests.cluster.build import say
from tests.conformance.cluster.connection import connected
from tests.conformance.cluster.writing import TABLE

PODS = 5_000
RUNS = 5
"""The median of so many is told, after one that does not count."""
START, RUN, LIST, PROMPT = 2.0, 60.0, 0.5, 5.0
"""Seconds that each may take."""


def main() -> None:
    """Measure and print the table."""
    say(f"{table([*_starts(), *_lists(), *_demo()])}\n")


def _starts() -> Iterator[Figure]:
    def start(scene: Sequence[str]) -> None:
        with running_box(scene):
            pass

    yield no_more_time_than("start and stop, empty", _median(lambda: start(())), START)
    yield no_more_time_than("start and stop, shop", _median(lambda: start(scenes.SHOP)), START)


def _lists() -> Iterator[Figure]:
    with running_box(("nodes",)) as running, tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        running.do(_fill(running), 10 * RUN)
        yield no_more_time_than(f"run {PODS} pods", time.perf_counter() - began, RUN)
        keep_turns_short()
        kubectl = running.kubectl(Path(home))
        words = ("get", "pods", "-A")
        assert len(kubectl.out(*words).splitlines()) == PODS + 1
        what = f"{PODS} pods, get pods -A"
        raw = asyncio.run(_answered(running.box.kubeconfig))
        yield no_more_time_than(f"{what}: the answers alone", raw, LIST)
        yield no_more_time_than(f"{what}: kubectl", _median(lambda: kubectl(*words)), LIST)
        bot = running.do(_typed(running, "get pods -A"))
        yield no_more_time_than(f"{what}: bot", bot, LIST)


async def _fill(running: RunningBox) -> None:
    """Return when all the pods run."""
    registry = running.box.registry
    while not registry.store.list("serviceaccounts", "default"):
        await asyncio.sleep(0.1)
    scenes.put(registry, (pod(number, "default") for number in range(PODS)))
    while any(each["status"]["phase"] != "Running" for each in registry.store.list("pods")):
        await asyncio.sleep(0.1)


async def _answered(kubeconfig: Path) -> float:
    """Return the median of the seconds that the pages take which kubectl asks for."""
    found = []
    async with connected(kubeconfig) as connection:
        for _ in range(RUNS + 1):
            began, query = time.perf_counter(), {"limit": "500"}
            while query.get("continue") != "":
                async with connection.session.get(
                    f"{connection.server}/api/v1/pods",
                    params=query,
                    headers={**connection.credentials, "Accept": TABLE},
                ) as answer:
                    page = orjson.loads(await answer.read())
                query["continue"] = page["metadata"].get("continue", "")
            found.append(time.perf_counter() - began)
    return statistics.median(found[1:])


async def _typed(running: RunningBox, phrase: str) -> float:
    """Return the median of the seconds that the phrase takes in a warm terminal."""
    found = []
    async with open_terminal(str(running.box.kubeconfig)) as opened:
        for _ in range(RUNS + 1):
            terminal = replace(opened, out=io.StringIO(), err=io.StringIO())
            began = time.perf_counter()
            await terminal.run(phrase, yes=False)
            found.append(time.perf_counter() - began)
    return statistics.median(found[1:])


def _demo() -> Iterator[Figure]:
    def demo() -> None:
        words = [sys.executable, "-m", "bot", "demo"]
        subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)

    yield no_more_time_than("demo, from nothing to the prompt and out", _median(demo), PROMPT)


def _median(work: Callable[[], object]) -> float:
    found = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found[1:])


if __name__ == "__main__":
    main()
