"""What metrics.k8s.io says of nodes and pods."""

from collections.abc import Iterator
from decimal import Decimal

from bot.core.units import Family, Quantity
from bot.demo.cluster.controllers.objects import ended
from bot.demo.cluster.controllers.usage import cpu, memory
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.registry import Registry

# The resolution that metrics-server has on the real test bed.
_WINDOW = "10s"


def pod_metrics(registry: Registry, namespace: str = "") -> list[JsonObject]:
    """Return the PodMetrics of the pods that run, of one namespace or of all."""
    pods = registry.store.list("pods", namespace)
    used = ((pod, list(_containers(registry, pod))) for pod in pods if not ended(pod))
    return [
        _metrics(registry, pod, "PodMetrics")
        | {"containers": [{"name": name, "usage": _usage(*amounts)} for name, *amounts in each]}
        for pod, each in used
        if each
    ]


def node_metrics(registry: Registry) -> list[JsonObject]:
    """Return the NodeMetrics: of each node, what its pods use together."""
    totals: dict[str, tuple[Decimal, Decimal]] = {}
    for pod in registry.store.list("pods"):
        for _, cores, size in _containers(registry, pod):
            before = totals.get(pod["spec"]["nodeName"], (Decimal(0), Decimal(0)))
            totals[pod["spec"]["nodeName"]] = (before[0] + cores, before[1] + size)
    nodes = {node["metadata"]["name"]: node for node in registry.store.list("nodes")}
    return [
        _metrics(registry, node, "NodeMetrics")
        | {"usage": _usage(*totals.get(name, (Decimal(0), Decimal(0))))}
        for name, node in nodes.items()
    ]


def _containers(registry: Registry, pod: JsonObject) -> Iterator[tuple[str, Decimal, Decimal]]:
    for each in pod.get("status", {}).get("containerStatuses", ()):
        if "running" in each["state"]:
            yield each["name"], cpu(pod), memory(pod, each, registry.clock.now())


def _metrics(registry: Registry, item: JsonObject, kind: str) -> JsonObject:
    kept = ("name", "namespace", "labels")
    metadata = {key: item["metadata"][key] for key in kept if key in item["metadata"]}
    return {
        "kind": kind,
        "apiVersion": "metrics.k8s.io/v1beta1",
        "metadata": metadata | {"creationTimestamp": registry.stamp()},
        "timestamp": registry.stamp(),
        "window": _WINDOW,
    }


def _usage(cores: Decimal, size: Decimal) -> dict[str, str]:
    return {"cpu": f"{int(cores * 10**9)}n", "memory": str(Quantity(size, Family.BINARY))}
