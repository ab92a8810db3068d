"""What metrics.k8s.io says of nodes and pods: what pods' annotations say, as on the test bed."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from bot.core.units import Family, Quantity, parse_quantity
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.registry import Registry

LEAKS = "demo.quarterdeck.dev/leaks"
"""The annotation of a pod that uses more and more memory: how much more a minute."""
_CPU, _MEMORY = "kwok.x-k8s.io/usage-cpu", "kwok.x-k8s.io/usage-memory"
_USUAL = {_CPU: "1m", _MEMORY: "1Mi", LEAKS: "0"}


def pod_metrics(registry: Registry, namespace: str = "") -> list[JsonObject]:
    """Return the PodMetrics of the pods that run, of one namespace or of all."""
    found = []
    for pod in registry.store.list("pods", namespace):
        used = _used(pod, registry.clock.now())
        containers = [{"name": name, "usage": _usage(*each)} for name, each in used.items()]
        found += [_metrics(registry, pod, "Pod", containers=containers)] if used else []
    return found


def node_metrics(registry: Registry) -> list[JsonObject]:
    """Return the NodeMetrics: of each node, what its pods use together."""
    totals: dict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for pod in registry.store.list("pods"):
        for cores, size in _used(pod, registry.clock.now()).values():
            before = totals[pod["spec"]["nodeName"]]
            totals[pod["spec"]["nodeName"]] = before[0] + cores, before[1] + size
    return [
        _metrics(registry, node, "Node", usage=_usage(*totals[node["metadata"]["name"]]))
        for node in registry.store.list("nodes")
    ]


def until_out_of_memory(pod: JsonObject) -> float | None:
    """Return the seconds from the start until a leak reaches a container's limit."""
    limits = [
        parse_quantity(each["resources"]["limits"]["memory"]).value
        for each in pod["spec"]["containers"]
        if "memory" in each.get("resources", {}).get("limits", {})
    ]
    leak = _amount(pod, LEAKS)
    return float((min(limits) - _amount(pod, _MEMORY)) / leak * 60) if limits and leak else None


def _used(pod: JsonObject, now: datetime) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the cores and bytes that each container uses; what leaks grows in steps of 1 KiB."""
    found = {}
    for each in pod.get("status", {}).get("containerStatuses", ()):
        if "running" in each["state"]:
            since = now - datetime.fromisoformat(each["state"]["running"]["startedAt"])
            leaked = _amount(pod, LEAKS) * Decimal(max(since.total_seconds(), 0)) // 61440 * 1024
            found[each["name"]] = _amount(pod, _CPU), _amount(pod, _MEMORY) + leaked
    return found


def _amount(pod: JsonObject, name: str) -> Decimal:
    annotations = pod["metadata"].get("annotations", {})
    return parse_quantity(annotations.get(name, _USUAL[name])).value


def _metrics(registry: Registry, item: JsonObject, kind: str, **used: object) -> JsonObject:
    kept = ("name", "namespace", "labels")
    metadata = {key: item["metadata"][key] for key in kept if key in item["metadata"]}
    # The window is the resolution that metrics-server has on the real test bed.
    return {
        "kind": f"{kind}Metrics", "apiVersion": "metrics.k8s.io/v1beta1",
        "metadata": metadata | {"creationTimestamp": registry.stamp()},
        "timestamp": registry.stamp(), "window": "10s",
    } | used  # fmt: skip


def _usage(cores: Decimal, size: Decimal) -> dict[str, str]:
    return {"cpu": f"{int(cores * 10**9)}n", "memory": str(Quantity(size, Family.BINARY))}
