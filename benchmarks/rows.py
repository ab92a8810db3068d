"""What is measured, row by row, and what each may cost at the most."""

from collections.abc import Mapping
from typing import Any

import orjson
import yaml

from benchmarks.alone import Findings
from benchmarks.cost import Cost, Way, in_process
from benchmarks.duels import duel
from benchmarks.figures import (
    Figure,
    no_more_memory_than,
    no_more_than_over,
    no_more_than_times,
    no_more_time_than,
)
from benchmarks.filling import NAMESPACES
from benchmarks.stand import Stand
from tests.cluster.build import say

SMALL, BIG, HUNDRED = NAMESPACES["small"], NAMESPACES["big"], NAMESPACES["hundred"]
GROWTH_MEBIBYTES, STALL_SECONDS = 60, 0.020
YAML_SECONDS, START_SECONDS = 0.25, 0.6
# The budget over what PyYAML's emitter alone took when it was set (0.17 s).
YAML_TIMES = 1.5


async def small_lists(stand: Stand) -> list[Figure]:
    """Measure a warm `get` of 20 pods, without and with their metadata."""
    plain = await _small(stand, "get pods -n small", metadata=False)
    labelled = await _small(stand, "get pods -n small --show-labels", metadata=True)
    return plain + labelled


async def _small(stand: Stand, phrase: str, *, metadata: bool) -> list[Figure]:
    say(f"20 pods: {phrase} ...")
    raw = stand.raw("small", metadata=metadata)
    bot, kubectl = stand.inside(phrase, SMALL), stand.kubectl(phrase)
    costs = await duel(
        {"raw": raw, "bot": bot, "kubectl": kubectl}, 400, seldom="kubectl", every=10
    )
    what, share = ("20 pods, labels", 1 / 15) if metadata else ("20 pods", 1 / 20)
    took, kubectls = costs["bot"], costs["kubectl"]
    return [
        no_more_than_over(f"{what}: p50", took.wall, costs["raw"].wall, 0.0012),
        no_more_than_times(f"{what}: p50", took.wall, "kubectl", kubectls.wall, share),
        no_more_than_times(f"{what}: CPU", took.cpu, "kubectl", kubectls.cpu, 1 / 40),
    ]


async def big_lists(stand: Stand) -> list[Figure]:
    """Measure a list of 10,000 pods, columns only and with metadata."""
    columns = await _big(stand, "get pods -n big", stand.raw("big"))
    everything = await _big(stand, "get pods -A", stand.raw("", metadata=True))
    return [
        *_beside("10,000 pods, columns", columns, raw=1.5, kubectl=1 / 12),
        *_beside("10,000 pods, -A", everything, raw=1.25, kubectl=1 / 3.5),
    ]


async def _big(stand: Stand, phrase: str, raw: Way) -> Mapping[str, Cost]:
    say(f"10,000 pods: {phrase} ...")
    stand.stir()
    return await duel(_ways(stand, phrase, raw, BIG), 9)


def _ways(stand: Stand, phrase: str, raw: Way, lines: int) -> dict[str, Way]:
    return {"raw": raw, "bot": stand.inside(phrase, lines), "kubectl": stand.kubectl(phrase)}


def _beside(
    what: str, costs: Mapping[str, Cost], *, raw: float, kubectl: float
) -> tuple[Figure, ...]:
    bot = costs["bot"].wall
    return (
        no_more_than_times(what, bot, "raw", costs["raw"].wall, raw),
        no_more_than_times(what, bot, "kubectl", costs["kubectl"].wall, kubectl),
    )


def alone(stand: Stand) -> list[Figure]:
    """Measure how a process grows, and how long others wait, while it answers."""
    figures: list[Figure] = []
    for phrase in ("get pods -n big", "get pods -A", "get pods -n big --sort-by=.metadata.name"):
        say(f"memory and stalls: {phrase} ...")
        found = stand.alone(phrase, BIG)
        what = f"10,000 pods, {phrase.removeprefix('get pods ')}"
        figures.append(no_more_memory_than(f"{what}: growth", found.growth, GROWTH_MEBIBYTES))
        figures.append(_stall(what, found))
    return figures


def _stall(what: str, found: Findings) -> Figure:
    own = f"own work {found.work * 1000:.1f} ms"
    return no_more_time_than(f"{what}: stall", found.stall, STALL_SECONDS, own)


async def documents(stand: Stand) -> list[Figure]:
    """Measure `-o yaml` of 100 pods beside the emitter that it uses."""
    phrase = "get pods -n hundred -o yaml"
    say(f"100 pods: {phrase} ...")
    emitter = Emitter(await _objects(stand))
    inside, kubectl = stand.inside(phrase, 50 * HUNDRED), stand.kubectl(phrase)
    costs = await duel({"emitter": emitter, "bot": inside, "kubectl": kubectl}, 15)
    bot, beside = costs["bot"].wall, f"kubectl {costs['kubectl'].wall:.2f} s"
    what = "100 pods, -o yaml"
    found = stand.alone(phrase, 50 * HUNDRED)
    return [
        no_more_time_than(what, bot, YAML_SECONDS, beside),
        no_more_than_times(what, bot, "PyYAML", costs["emitter"].wall, YAML_TIMES),
        _stall(what, found),
    ]


class Emitter:
    """PyYAML's C emitter, which has the objects already."""

    def __init__(self, objects: list[Any]) -> None:
        self._objects = objects

    async def ask(self) -> Cost:
        """Write them all as one document."""
        return await in_process(self._write())

    async def _write(self) -> None:
        yaml.dump(self._objects, Dumper=yaml.CSafeDumper, default_flow_style=False)


async def _objects(stand: Stand) -> list[Any]:
    listed = orjson.loads(await stand.bot.answer("get pods -n hundred -o json"))
    return list(listed["items"])


async def starts(stand: Stand) -> list[Figure]:
    """Measure how long a terminal takes from nothing to the answer."""
    figures = []
    for phrase in ("version --client", "get pods -n small"):
        say(f"a terminal: run -- {phrase} ...")
        ways = {"bot": stand.terminal(phrase), "kubectl": stand.kubectl(phrase)}
        costs = await duel(ways, 15)
        beside = f"kubectl {costs['kubectl'].wall * 1000:.1f} ms"
        figures.append(
            no_more_time_than(f"run -- {phrase}", costs["bot"].wall, START_SECONDS, beside)
        )
    return figures
