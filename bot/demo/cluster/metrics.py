"""What metrics.k8s.io says of nodes and pods: what pods' annotations say, as on the test bed."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

from bot.core.units import Family, Quantity, parse_quantity
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.values import Json, at

LEAKS = "demo.quarterdeck.dev/leaks"
"""The annotation of a pod that uses more and more memory: how much more a minute."""
_CPU, _MEMORY = "kwok.x-k8s.io/usage-cpu", "kwok.x-k8s.io/usage-memory"
_USUAL = {_CPU: "1m", _MEMORY: "1Mi", LEAKS: "0"}


def measured(registry: Registry, kind: Kind, namespace: str) -> list[Json]:
    """Return the PodMetrics of the pods that run, of one namespace or of all; or NodeMetrics."""
    now, found, totals = registry.clock.now(), [], dict[str, Counter[str]]()
    for pod in registry.store.list("pods", namespace):
        used = _used(pod, now)
        containers = [{"name": name, "usage": _usage(each)} for name, each in used.items()]
        found += [_metrics(registry, kind, pod, containers=containers)] if used else []
        for each in used.values():
            totals.setdefault(pod["spec"]["nodeName"], Counter()).update(each)
    if kind.plural == "pods":
        return found
    nodes = {node["metadata"]["name"]: node for node in registry.store.list("nodes")}
    usage = {name: _usage(totals.get(name, Counter())) for name in nodes}
    return [_metrics(registry, kind, node, usage=usage[name]) for name, node in nodes.items()]


def until_out_of_memory(pod: Json) -> float | None:
    """Return the seconds from the start until a leak reaches a container's limit."""
    memory = [at(each, "resources.limits.memory") for each in pod["spec"]["containers"]]
    limits, leak = [parse_quantity(each).value for each in memory if each], _amount(pod, LEAKS)
    return float((min(limits) - _amount(pod, _MEMORY)) / leak * 60) if limits and leak else None


def _used(pod: Json, now: datetime) -> dict[str, Counter[str]]:
    """Return the nanocores and bytes each container uses; what leaks grows in steps of 1 KiB."""
    found = {}
    for each in pod.get("status", {}).get("containerStatuses", ()):
        if "running" in each["state"]:
            since = now - datetime.fromisoformat(each["state"]["running"]["startedAt"])
            leaked = _amount(pod, LEAKS) * Decimal(max(since.total_seconds(), 0)) // 61440 * 1024
            size = int(_amount(pod, _MEMORY) + leaked)
            found[each["name"]] = Counter(cpu=int(_amount(pod, _CPU) * 10**9), memory=size)
    return found


def _amount(pod: Json, name: str) -> Decimal:
    annotations = pod["metadata"].get("annotations", {})
    return parse_quantity(annotations.get(name, _USUAL[name])).value


def _metrics(registry: Registry, kind: Kind, item: Json, **used: object) -> Json:
    kept, now = ("name", "namespace", "labels"), registry.stamp()
    metadata = {key: item["metadata"][key] for key in kept if key in item["metadata"]}
    # The window is the resolution that metrics-server has on the real test bed.
    head = kind.typed | {"timestamp": now, "window": "10s"} | used
    return head | {"metadata": metadata | {"creationTimestamp": now}}


def _usage(used: Counter[str]) -> dict[str, str]:
    memory = Quantity(Decimal(used["memory"]), Family.BINARY)
    return {"cpu": f"{used['cpu']}n", "memory": str(memory)}
