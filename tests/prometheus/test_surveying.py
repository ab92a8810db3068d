"""What is built in finds the numbers of an app by each convention, on a real Prometheus."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.core.clock import SystemClock
from bot.core.errors import UnreachableError
from bot.core.metrics import Metrics, Reach, Span
from bot.core.signals import Signal
from bot.prometheus.options import Options
from bot.prometheus.signals import BUILT_IN
from bot.prometheus.sources import PrometheusSources
from bot.prometheus.surveying import Reading, measure, survey
from bot.prometheus.templates import App, Pods
from tests.metrics.fixtures import Sampled
from tests.prometheus.measured import BUCKETS, COUNTERS, END, MIB, REPLICA_SET, samples

PODS = Pods(owners=(REPLICA_SET,), tail="-[a-z0-9]{5}")
HOUR = timedelta(hours=1)
SPAN = Span(END - timedelta(minutes=50), END, timedelta(minutes=5))


@pytest_asyncio.fixture
async def opened(sampled_prometheus: Sampled) -> AsyncIterator[PrometheusSources]:
    sources = PrometheusSources(Options(url=sampled_prometheus(samples()).url), SystemClock())
    yield sources
    await sources.close()


def metrics(opened: PrometheusSources, *namespaces: str) -> Metrics:
    return opened.metrics("main", Reach(namespaces or None), "T1/U1", 60)


def app(namespace: str, **fields: Any) -> App:
    return replace(App(namespace, "web", PODS, timedelta(minutes=5), HOUR), **fields)


def by_name(readings: list[Reading]) -> dict[str, Reading]:
    return {reading.signal.name: reading for reading in readings}


@pytest.mark.parametrize("namespace", COUNTERS)
async def test_requests_and_failures_are_found_by_each_convention(
    opened: PrometheusSources, namespace: str
) -> None:
    for seen in (metrics(opened, namespace), metrics(opened)):
        found = by_name(await survey(seen, BUILT_IN[:3], app(namespace), SPAN))
        assert found["traffic"].now == pytest.approx(2)
        assert found["errors"].now == pytest.approx(0.25)
        assert len(found["traffic"].points) == 11
        if namespace in BUCKETS:
            assert found["latency"].now == pytest.approx(0.195)
        else:
            assert found["latency"].points == ()
        assert all(reading.failure is None for reading in found.values())


async def test_containers_are_measured_against_requests_and_limits(
    opened: PrometheusSources,
) -> None:
    found = by_name(await survey(metrics(opened, "by-code"), BUILT_IN, app("by-code"), SPAN))
    cpu, memory = found["cpu"], found["memory"]
    assert (cpu.now, cpu.request, cpu.limit) == pytest.approx((0.4, 0.5, 1.0))
    assert (memory.now, memory.request, memory.limit) == (180 * MIB, 128 * MIB, 200 * MIB)
    assert found["saturation"].now == pytest.approx(0.9)
    assert found["throttling"].now == pytest.approx(0.3)
    assert found["restarts"].now == 2


async def test_a_source_may_have_another_label_for_the_namespace(
    sampled_prometheus: Sampled,
) -> None:
    # What stands in `namespace` is the exporter's own there.
    renamed = samples().replace('{namespace="', '{namespace="monitoring",kube_ns="')
    options = Options(url=sampled_prometheus(renamed).url, namespace_label="kube_ns")
    sources = PrometheusSources(options, SystemClock())
    for seen in (metrics(sources, "by-code"), metrics(sources)):
        found = by_name(await survey(seen, BUILT_IN, app("by-code", label=seen.label), SPAN))
        measured = ("traffic", "errors", "cpu", "memory", "saturation", "throttling", "restarts")
        assert [name for name, one in found.items() if one.points] == list(measured)
        assert (found["traffic"].now, found["saturation"].now) == pytest.approx((2, 0.9))
        assert found["memory"].limit == 200 * MIB
    await sources.close()


async def test_names_of_an_older_kube_state_metrics_are_known(opened: PrometheusSources) -> None:
    [cpu] = [signal for signal in BUILT_IN if signal.name == "cpu"]
    used = replace(cpu, expressions=("vector(1)",))
    [found] = await survey(metrics(opened, "by-status"), [used], app("by-status"), SPAN)
    assert (found.request, found.limit) == (0.5, 1.0)


async def test_no_failure_is_none_and_no_request_is_no_number(opened: PrometheusSources) -> None:
    healthy = Pods(names=("web-6d5f-aaaaa",))
    [errors] = [signal for signal in BUILT_IN if signal.name == "errors"]
    fine = replace(errors, expressions=(errors.expressions[0].replace('"5.."', '"9.."'),))
    [found] = await survey(metrics(opened), [fine], app("by-code", pods=healthy), SPAN)
    assert set(found.points) == {0.0}
    nobody = Pods(names=("web-6d5f-zzzzz",))
    [found] = await survey(metrics(opened), [errors], app("by-code", pods=nobody), SPAN)
    assert (found.points, found.now) == ((), None)


async def test_a_narrow_reach_measures_nothing_elsewhere(opened: PrometheusSources) -> None:
    found = await survey(metrics(opened, "by-status"), BUILT_IN, app("by-code"), SPAN)
    assert [reading.points for reading in found] == [()] * len(BUILT_IN)


async def test_a_moment_is_measured(opened: PrometheusSources) -> None:
    at = END - timedelta(minutes=40)
    found = by_name(await measure(metrics(opened), BUILT_IN, app("by-code", range=HOUR), at))
    assert found["traffic"].now == pytest.approx(2)
    assert found["restarts"].now == 0


async def test_a_signal_of_several_series_is_told_and_spoils_no_other(
    opened: PrometheusSources,
) -> None:
    many = Signal("many", "Many", ("http_requests_total{namespace=$namespace}",))
    wrong = Signal("wrong", "Wrong", ("sum(http_requests_total) + on () http_requests_total",))
    one = Signal("one", "One", ("vector(1)",))
    found = await survey(metrics(opened), [many, wrong, one], app("by-code"), SPAN)
    assert "has 4 series and has to be one number" in str(found[0].failure)
    assert found[1].failure is not None
    assert found[2].now == 1


async def test_where_nothing_can_be_asked_the_first_reason_is_told() -> None:
    sources = PrometheusSources(Options(url="http://127.0.0.1:1"), SystemClock())
    with pytest.raises(UnreachableError):
        await survey(metrics(sources), BUILT_IN, app("by-code"), SPAN)
    await sources.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}
