"""What pods and nodes use, by Prometheus, where a cluster has no metrics API.

As that API's objects, so that `top` shows them as ever. They are the kubelet's metrics (cAdvisor).
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.alerting import Matcher
from bot.core.errors import QuarterdeckError
from bot.core.metrics import Answer
from bot.core.monitoring import Monitoring
from bot.core.ports import JsonObject

_CPU, _MEMORY = "container_cpu_usage_seconds_total", "container_memory_working_set_bytes"
_POD = ("namespace", "pod", "container")
# As different set-ups name the node; an instance is its address, often with a port.
_NODE = ("node", "kubernetes_io_hostname", "instance")
_NANO = 10**9


@dataclass(frozen=True, slots=True)
class Measured:
    """What Prometheus knows, and what is said of it."""

    items: list[JsonObject]
    note: str


async def pods(monitoring: Monitoring, namespace: str, missing: QuarterdeckError) -> Measured:
    """Return what the pods of a namespace use; an empty one: of all.

    Raises:
        QuarterdeckError: Prometheus does not know; the error is `missing`, with the reason.
    """
    where = [Matcher("container", "", equal=False), Matcher("pod", "", equal=False)]
    if namespace:
        where.append(Matcher("namespace", namespace))
    chosen = ",".join(map(str, where))
    # From the last two samples, as the metrics-server does: an average of minutes would say of a
    # pod that has just begun that it uses next to nothing.
    by = f"sum by ({', '.join(_POD)})"
    cpu = f"{by} (irate({_CPU}{{{chosen}}}[5m]))"
    memory = f"{by} ({_MEMORY}{{{chosen}}})"
    found, source = await _asked(monitoring, (cpu, memory), missing, everywhere=not namespace)
    containers: dict[tuple[str, str], list[JsonObject]] = defaultdict(list)
    for (place, pod, container), used in _usage(*found, _POD).items():
        containers[place, pod].append({"name": container, "usage": used})
    items = [
        {"metadata": {"namespace": place, "name": pod}, "containers": each}
        for (place, pod), each in sorted(containers.items())
    ]
    return Measured(items, _note(source))


async def nodes(monitoring: Monitoring, missing: QuarterdeckError) -> Measured:
    """Return what the nodes use, and raise likewise."""
    # The whole machine, where the kubelet tells of it; else all that runs in containers.
    machine, containers = (Matcher("id", "/"), Matcher("container", "", equal=False))
    by = f"sum by ({', '.join(_NODE)})"
    cpu = " or ".join(f"{by} (irate({_CPU}{{{one}}}[5m]))" for one in (machine, containers))
    memory = " or ".join(f"{by} ({_MEMORY}{{{one}}})" for one in (machine, containers))
    found, source = await _asked(monitoring, (cpu, memory), missing, everywhere=True)
    items = {
        (node or host or instance.partition(":")[0]): used
        for (node, host, instance), used in _usage(*found, _NODE).items()
    }
    return Measured(
        [{"metadata": {"name": name}, "usage": used} for name, used in sorted(items.items())],
        _note(source),
    )


async def _asked(
    monitoring: Monitoring,
    expressions: tuple[str, str],
    missing: QuarterdeckError,
    *,
    everywhere: bool,
) -> tuple[tuple[Answer, Answer], str]:
    try:
        prometheus = await monitoring.metrics(everywhere=everywhere)
        cpu, memory = [await prometheus.instant(one) for one in expressions]
    except QuarterdeckError as error:
        reason = error.text.removeprefix("error: ")
        step = f"{missing.next_step} Prometheus was asked instead: {reason}."
        raise QuarterdeckError(missing.text, next_step=step) from error
    if not cpu.series and not memory.series:
        step = f"{missing.next_step} Prometheus was asked instead, and knows no {_CPU} there."
        raise QuarterdeckError(missing.text, next_step=step)
    return (cpu, memory), prometheus.source


def _usage(
    cpu: Answer, memory: Answer, labels: Sequence[str]
) -> Mapping[tuple[str, ...], dict[str, str]]:
    """Return what each uses of which both are known, as the metrics-server tells it.

    A rate outlives what it is of by the rate's window; the memory of what is gone is stale at once.
    """
    used: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for name, answer, factor, suffix in (("cpu", cpu, _NANO, "n"), ("memory", memory, 1, "")):
        for series in answer.series:
            key = tuple(series.labels.get(label, "") for label in labels)
            value = series.points[-1][1]
            if isinstance(value, float) and math.isfinite(value):
                used[key][name] = f"{round(value * factor)}{suffix}"
    return {key: both for key, both in used.items() if len(both) == 2}


def _note(source: str) -> str:
    return f"From Prometheus ({source}), since this cluster has no metrics API."
