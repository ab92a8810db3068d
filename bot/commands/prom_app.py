"""`prom app`: how an app is doing, by what is measured of it."""

import math
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core.command import Access, Command, Effect, Family
from bot.core.metrics import Metrics, Span
from bot.core.monitoring import source_flag
from bot.core.parameters import apart
from bot.core.ports import Scope
from bot.core.reply import Aside, Part, Verdict
from bot.kube.podnames import pods_of
from bot.kube.workloads import with_span, workload_of
from bot.prometheus.choosing import questions, read_given
from bot.prometheus.moments import read_span
from bot.prometheus.signals import with_built_in
from bot.prometheus.surveying import survey
from bot.prometheus.templates import App, Pods
from bot.render import signals

# A phone shows so many blocks beside a value.
_BLOCKS = 24
_WINDOW = timedelta(minutes=5)
_SHORTEST_STEP = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom app`."""

    arguments: tuple[str, ...] = ()
    source: str = source_flag()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield what is measured of a workload: now, over the last while, and against its limits."""
    known = with_built_in(scope.monitoring.signals)
    unvalued, values = apart(options.arguments)
    given = read_given(values, known, "prom app")
    words, typed = with_span(unvalued)
    length = read_span(typed or "1h")
    workload = await workload_of(scope.cluster, scope.namespace, words, "prom app")
    span = _span(scope, length)
    names = await pods_of(scope.cluster, workload, span.start)
    metrics = await scope.monitoring.metrics(source=options.source)
    pods = Pods(names.names, names.owners, names.tail)
    app = App(
        workload.namespace,
        workload.name,
        pods,
        _WINDOW,
        span.end - span.start,
        given,
        label=metrics.label,
    )
    readings = await survey(metrics, known, app, span)
    told = f"{signals.judged(workload.told, readings)} {_place(workload.namespace, metrics)}"
    if scope.plain:
        yield Aside(told)
    else:
        yield Verdict(told)
    if any(reading.points for reading in readings):
        yield signals.table(readings, typed or "1h")
    for part in (*signals.chosen(known, given), *signals.remarks(readings)):
        yield part
    for asked in questions(known, given, scope.text, "prom app"):
        yield asked


def _place(namespace: str, metrics: Metrics) -> str:
    """Return where that is measured, and whose series could have been seen."""
    if metrics.reach.namespaces is None:
        return f"Measured in {namespace}, by whoever sees all namespaces."
    return f"Measured in {', '.join(metrics.reach.namespaces)}."


def _span(scope: Scope, length: timedelta) -> Span:
    """Return the time until now, in as many steps as there are blocks."""
    # Whole seconds: Prometheus is told no finer step, and the last point has to be the end.
    step = timedelta(seconds=math.ceil(length.total_seconds() / (_BLOCKS - 1)))
    step = max(step, _SHORTEST_STEP)
    return Span(scope.now - step * max(1, length // step), scope.now, step)


COMMAND = Command(
    phrase="prom app",
    summary="Show how an app is doing: traffic, errors, latency, resources, restarts",
    usage="(TYPE NAME | TYPE/NAME) [1h] [PARAMETER=VALUE ...]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(
        Access("list", "pods"),
        Access("list", "replicasets", "apps"),
        *(
            Access("get", plural, "apps")
            for plural in ("deployments", "statefulsets", "daemonsets")
        ),
    ),
    options=Options,
    run=run,
    examples=(
        "prom app deploy/web -n shop",
        "prom app deploy/web 6h -n shop",
        "prom app statefulset db -n shop",
    ),
)
