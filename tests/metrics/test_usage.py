"""Pods and nodes use the same by Prometheus as by the metrics API, on a real cluster."""

import asyncio
from typing import Any

import pytest

from bot.core.clock import SystemClock
from bot.core.errors import QuarterdeckError
from bot.core.metrics import Metrics, Reach
from bot.kube import measured, usage
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from tests.cluster.bed import Bed
from tests.metrics.asking import awaited, values
from tests.metrics.bed import MetricsBed

pytestmark = pytest.mark.peers

Used = dict[str, tuple[int, int]]
"""What each uses of processors, in thousandths, and of memory, in MiB."""
MISSING = QuarterdeckError("error: Metrics API not available")


class Everything:
    """Somebody who may see all metrics."""

    def __init__(self, sources: PrometheusSources) -> None:
        self.sources = sources

    async def metrics(self, *, everywhere: bool = False) -> Metrics:
        return self.sources.metrics("main", Reach(), "T1/U1", 20)


async def told(metrics: MetricsBed, asked: Any, *arguments: Any) -> list[Any]:
    sources = PrometheusSources(Options(url=metrics.prometheus), SystemClock())
    try:
        return list((await asked(Everything(sources), *arguments, MISSING)).items)
    finally:
        await sources.close()


def by_kubectl(bed: Bed, *words: str) -> Used:
    lines = bed.kubectl.out("top", *words, "--no-headers").splitlines()
    return {line.split()[0]: _numbers(line.split()) for line in lines}


def _numbers(cells: list[str]) -> tuple[int, int]:
    cpu, memory = (one for one in cells[1:] if one.endswith(("m", "Mi")))
    return int(cpu.removesuffix("m")), int(memory.removesuffix("Mi"))


def test_pods_use_what_the_metrics_api_says(bed: Bed, metrics_bed: MetricsBed) -> None:
    def all_told() -> tuple[Used, Used] | None:
        wanted = by_kubectl(bed, "pod", "-n=shop")
        items = asyncio.run(told(metrics_bed, measured.pods, "shop"))
        rows = usage.pod_rows(items, ("cpu", "memory"), "", namespaces=False, containers=False)
        found = {row[0]: _numbers(list(row)) for row in rows}
        # The metrics API also tells of pods that crash, which run no container.
        running = {name for name, used in found.items() if used[0]}
        return (found, wanted) if len(running) >= 3 and found.keys() <= wanted.keys() else None

    both = awaited(all_told, "a rate of each pod")
    assert both is not None
    found, wanted = both
    for name, (cpu, memory) in found.items():
        assert cpu == pytest.approx(wanted[name][0], rel=0.1, abs=1), name
        assert memory == wanted[name][1], name


def test_a_pod_that_is_gone_is_not_told_though_its_rate_is_still_known(
    bed: Bed, metrics_bed: MetricsBed
) -> None:
    def told_of() -> set[str]:
        items = asyncio.run(told(metrics_bed, measured.pods, "shop"))
        return {item["metadata"]["name"] for item in items}

    create = ("run", "passing", "--image=registry.example.org/shop/web:1.4.2", "-n=shop")
    bed.kubectl.out(*create)
    try:
        awaited(lambda: "passing" in told_of(), "the pod")
    finally:
        bed.kubectl.out("delete", "pod", "passing", "-n=shop", "--now")
    awaited(lambda: "passing" not in told_of(), "its end")
    rate = 'irate(container_cpu_usage_seconds_total{pod="passing"}[5m])'
    assert values(metrics_bed.prometheus, rate, "pod").keys() == {"passing"}


def test_every_node_is_told_by_its_name(bed: Bed, metrics_bed: MetricsBed) -> None:
    names = {
        line.removeprefix("node/") for line in bed.kubectl.out("get", "nodes", "-o=name").split()
    }

    def used() -> dict[str, str]:
        items = asyncio.run(told(metrics_bed, measured.nodes))
        return {item["metadata"]["name"]: item["usage"]["memory"] for item in items}

    awaited(lambda: used().keys() == names, "a rate of each node")
    assert "0" not in used().values()
