"""What the containers of a node use, in the words of cAdvisor. Pure.

A pod uses what its annotations say (`kwok.x-k8s.io/usage-cpu`, `usage-memory`), as KWOK's kubelet
tells metrics.k8s.io, too: since it started, and all the time.
"""

from collections.abc import Iterable, Iterator

from tests.metrics.families import Family
from tests.metrics.state import Object, Row, amount, grouped, seconds

USAGE = "kwok.x-k8s.io/usage-"
USUAL = {"cpu": "1m", "memory": "1Mi"}
"""Of each container of a pod without annotations; KWOK's own numbers."""


def families(node: Object, pods: Iterable[Object], now: float) -> list[Family]:
    """Return what runs on the node; `now` is in Unix seconds."""
    name = node["metadata"]["name"]
    here = [pod for pod in pods if pod["spec"].get("nodeName") == name]
    return grouped([*_machine(node), *(row for pod in here for row in _pod(pod, now))])


def _machine(node: Object) -> Iterator[Row]:
    room = node["status"]["capacity"]
    yield "machine_cpu_cores", {}, amount(room["cpu"])
    yield "machine_memory_bytes", {}, amount(room["memory"])


def _pod(pod: Object, now: float) -> Iterator[Row]:
    running = {
        status["name"]
        for status in pod["status"].get("containerStatuses", ())
        if "running" in status["state"]
    }
    for container in pod["spec"]["containers"]:
        if container["name"] in running:
            yield from _container(pod, container, now)


def _container(pod: Object, container: Object, now: float) -> Iterator[Row]:
    metadata, started = pod["metadata"], seconds(pod["status"]["startTime"])
    own = {
        "namespace": metadata["namespace"],
        "pod": metadata["name"],
        "container": container["name"],
        "image": container["image"],
    }
    used = {
        name: amount(metadata.get("annotations", {}).get(f"{USAGE}{name}", usual))
        for name, usual in USUAL.items()
    }
    limits = container.get("resources", {}).get("limits", {})
    yield "container_start_time_seconds", own, started
    total = used["cpu"] * max(0.0, now - started)
    yield "container_cpu_usage_seconds_total", own | {"cpu": "total"}, total
    yield "container_memory_working_set_bytes", own, used["memory"]
    yield "container_memory_usage_bytes", own, used["memory"]
    yield "container_spec_memory_limit_bytes", own, amount(limits.get("memory", "0"))
    if "cpu" in limits:
        yield "container_spec_cpu_quota", own, amount(limits["cpu"]) * CPU_PERIOD
        yield "container_spec_cpu_period", own, CPU_PERIOD


CPU_PERIOD = 100_000
"""Microseconds, Linux's usual period of the scheduler."""
