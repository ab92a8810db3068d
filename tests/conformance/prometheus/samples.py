"""An hour of a shop's metrics in OpenMetrics' text, by the names that exporters give them. Pure.

Every value follows from its series and its time: the same each time, and with what real ones have,
too: counters that start anew, series that end or come and go, NaN and infinities.
"""

import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

END = 1767268800
"""2026-01-01 12:00 UTC."""
STEP, LENGTH = 30, 3600
NAMESPACES = ("shop", "warehouse")
_NODES = ("node-a", "node-b")
_DISKS = (("sda1", "/", 1e11), ("sdb1", "/data", 1e12), ("tmpfs", "/run", 1e9))
_MODES = (("idle", 0.8), ("user", 0.15), ("system", 0.04), ("iowait", 0.01))
_TRAFFIC = (("receive_bytes", 5e4), ("transmit_bytes", 3e4), ("receive_drop", 0.1))
_LE = ("0.005", "0.05", "0.1", "0.5", "1", "5", "+Inf")

Labels = Mapping[str, str]
At = Callable[[int], float | None]
"""The value so many seconds after the beginning; None: there is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One series."""

    name: str
    labels: Labels
    value: At
    suffix: str = ""


def text(only: str = "") -> str:
    """Return all samples, or those of one namespace alone."""
    families: dict[tuple[str, str], list[Line]] = {}
    for kind, line in _lines():
        if not only or line.labels.get("namespace") == only:
            families.setdefault((line.name, kind), []).append(line)
    written = [piece for key, lines in families.items() for piece in _family(key, lines)]
    return "\n".join([*written, "# EOF\n"])


def _family(key: tuple[str, str], lines: list[Line]) -> Iterator[str]:
    name, kind = key
    yield f"# TYPE {name} {kind}"
    for line in lines:
        labels = ",".join(f'{key}="{value}"' for key, value in line.labels.items())
        for second in range(0, LENGTH + 1, STEP):
            value = line.value(second)
            if value is not None:
                yield f"{name}{line.suffix}{{{labels}}} {value!r} {END - LENGTH + second}"


def _lines() -> Iterator[tuple[str, Line]]:
    for namespace in NAMESPACES:
        for workload in ("api", "web"):
            for number in (1, 2):
                yield from _pod(namespace, workload, f"{workload}-{number}")
            yield from _deployment(namespace, workload)
        yield from _documented(namespace)
    for node in _NODES:
        yield from _machine(node)


# --- Shapes of values ---------------------------------------------------------------------------


def _grows(per_second: float, anew: int = 0) -> At:
    """Return a counter; it starts anew after so many seconds."""

    def value(second: int) -> float:
        return round((second % anew if anew else second) * per_second, 6)

    return value


def _swings(middle: float, by: float, seed: str) -> At:
    phase = zlib.crc32(seed.encode()) % 360

    def value(second: int) -> float:
        return round(middle + by * math.sin(math.radians(second / 10 + phase)), 6)

    return value


def _stays(value: float) -> At:
    return lambda _second: value


def _until(at: At, last: int, first: int = 0) -> At:
    return lambda second: at(second) if first <= second <= last else None


def _weight(*words: str) -> float:
    """Return a number from 1 to 10 that is the same for the same words."""
    return 1 + zlib.crc32("/".join(words).encode()) % 90 / 10


# --- What there is ------------------------------------------------------------------------------


def _pod(namespace: str, workload: str, pod: str) -> Iterator[tuple[str, Line]]:
    node = _NODES[zlib.crc32(pod.encode()) % 2]
    at = {"namespace": namespace, "pod": pod}
    target = {**at, "job": workload, "instance": f"{pod}.{namespace}:8080"}
    weight = _weight(namespace, pod)
    yield "gauge", Line("up", target, _stays(0.0 if pod == "web-2" else 1.0))
    yield from _requests(target, weight)
    yield from _containers({**at, "container": workload}, node, weight)
    yield from _state(at, node, workload)
    started = END - LENGTH - weight * 1000
    yield "gauge", Line("process_start_time_seconds", target, _stays(started))
    yield "gauge", Line("process_resident_memory_bytes", target, _swings(weight * 1e7, 1e6, pod))
    yield "counter", Line("process_cpu_seconds", target, _grows(weight / 100), "_total")


def _requests(target: Labels, weight: float) -> Iterator[tuple[str, Line]]:
    for method, code, part in (("GET", "200", 0.9), ("GET", "500", 0.02), ("POST", "404", 0.08)):
        labels = {**target, "method": method, "code": code, "handler": "/cart"}
        anew = 1500 if target["pod"] == "api-2" else 0
        yield "counter", Line("http_requests", labels, _grows(weight * part, anew), "_total")
    for rank, le in enumerate(_LE, start=1):
        labels = {**target, "handler": "/cart", "le": le}
        part = math.sqrt(rank / len(_LE))
        line = Line("http_request_duration_seconds", labels, _grows(weight * part), "_bucket")
        yield "histogram", line
    labels = {**target, "handler": "/cart"}
    for suffix, rate in (("_sum", weight * 0.2), ("_count", weight)):
        yield "histogram", Line("http_request_duration_seconds", labels, _grows(rate), suffix)


def _containers(at: Labels, node: str, weight: float) -> Iterator[tuple[str, Line]]:
    cadvisor = {**at, "node": node, "job": "cadvisor", "image": f"registry/{at['container']}:1"}
    name = "container_cpu_usage_seconds"
    yield "counter", Line(name, cadvisor, _grows(weight / 20), "_total")
    seed = at["pod"] + at["namespace"]
    for kind, part in (("working_set_bytes", 1.0), ("rss", 0.8), ("cache", 0.2)):
        value = _swings(weight * 2**24 * part, 2**20, seed)
        yield "gauge", Line(f"container_memory_{kind}", cadvisor, value)
    for kind, rate in (("cfs_throttled_periods", weight / 50), ("cfs_periods", 10.0)):
        yield "counter", Line(f"container_cpu_{kind}", cadvisor, _grows(rate), "_total")
    for kind in ("receive", "transmit"):
        labels = {**at, "interface": "eth0", "node": node, "job": "cadvisor"}
        del labels["container"]
        name = f"container_network_{kind}_bytes"
        yield "counter", Line(name, labels, _grows(weight * 1000), "_total")


def _state(at: Labels, node: str, workload: str) -> Iterator[tuple[str, Line]]:
    ours = {**at, "job": "kube-state-metrics"}
    info = {**ours, "node": node, "created_by_kind": "ReplicaSet", "created_by_name": workload}
    yield "gauge", Line("kube_pod_info", info, _stays(1.0))
    owner = {**ours, "owner_kind": "ReplicaSet", "owner_name": f"{workload}-7f9c"}
    yield "gauge", Line("kube_pod_owner", owner, _stays(1.0))
    yield "gauge", Line("kube_pod_labels", {**ours, "label_app": workload}, _stays(1.0))
    for phase in ("Running", "Pending"):
        is_it = (phase == "Running") == (at["pod"] != "web-2")
        yield "gauge", Line("kube_pod_status_phase", {**ours, "phase": phase}, _stays(float(is_it)))
    inside = {**ours, "container": workload, "node": node}
    for kind, size in (("requests", 0.5), ("limits", 1.0)):
        name = f"kube_pod_container_resource_{kind}"
        cpu = {**inside, "resource": "cpu", "unit": "core"}
        yield "gauge", Line(name, cpu, _stays(size))
        memory = {**inside, "resource": "memory", "unit": "byte"}
        yield "gauge", Line(name, memory, _stays(size * 2**28))
    restarts = _grows(1 / 600 if at["pod"] == "web-2" else 0.0)
    del inside["node"]
    yield "counter", Line("kube_pod_container_status_restarts", inside, restarts, "_total")
    if at["pod"] == "web-2":
        waiting = {**inside, "reason": "CrashLoopBackOff"}
        yield "gauge", Line("kube_pod_container_status_waiting_reason", waiting, _stays(1.0))


def _deployment(namespace: str, workload: str) -> Iterator[tuple[str, Line]]:
    labels = {"namespace": namespace, "deployment": workload, "job": "kube-state-metrics"}
    yield "gauge", Line("kube_deployment_spec_replicas", labels, _stays(2.0))
    available = 1.0 if workload == "web" else 2.0
    yield "gauge", Line("kube_deployment_status_replicas_available", labels, _stays(available))
    of = {"namespace": namespace, "workload": workload, "workload_type": "deployment"}
    for number in (1, 2):
        labels = {**of, "pod": f"{workload}-{number}"}
        yield (
            "gauge",
            Line("namespace_workload_pod:kube_pod_owner:relabel", labels, _stays(1.0)),
        )


def _documented(namespace: str) -> Iterator[tuple[str, Line]]:
    """Yield what the examples of PromQL's documentation are about."""
    here = {"namespace": namespace}
    errors = (("get", "500", 24), ("get", "404", 30), ("put", "501", 3), ("post", "500", 6),
              ("post", "404", 21))  # fmt: skip
    for method, code, value in errors:
        labels = {**here, "method": method, "code": code}
        yield "gauge", Line("method_code:http_errors:rate5m", labels, _stays(float(value)))
    for method, value in (("get", 600), ("del", 34), ("post", 120)):
        labels = {**here, "method": method}
        yield "gauge", Line("method:http_requests:rate5m", labels, _stays(float(value)))
    for app, proc in (("lion", "web"), ("elephant", "worker"), ("turtle", "api"), ("fox", "lb")):
        labels = {**here, "app": app, "proc": proc, "rev": "34d0f99", "env": "prod", "job": "fleet"}
        weight = _weight(namespace, app)
        grows = _grows(weight * 1e6)
        yield "counter", Line("instance_cpu_time_ns", labels, grows, "_total")
        for kind, size in (("limit", 2**30), ("usage", 2**26 * weight)):
            yield "gauge", Line(f"instance_memory_{kind}_bytes", labels, _stays(float(size)))
    for kind, odd in (("nan", math.nan), ("inf", math.inf), ("neg", -math.inf), ("zero", 0.0)):
        yield "gauge", Line("odd_values", {**here, "kind": kind}, _stays(odd))
    for kind, odd in (("tiny", 1.25e-7), ("huge", 1.7976931348623157e308), ("long", 0.1 + 0.2)):
        yield "gauge", Line("odd_values", {**here, "kind": kind}, _stays(odd))
    yield "gauge", Line("ended_early", here, _until(_swings(5, 2, namespace), 1800))
    comes = _until(_stays(3.0), LENGTH, LENGTH - 60)
    yield "gauge", Line("came_lately", here, comes)
    for version, pod in (("1.2.0", "a"), ("1.2.0", "b"), ("1.3.0", "c")):
        labels = {**here, "pod": pod, "version": version}
        yield "gauge", Line("build_version", labels, _stays(float(version[:3])))
    yield "gauge", Line("cpu_temp_celsius", {**here, "host": "zeus"}, _swings(60, 20, "zeus"))


def _machine(node: str) -> Iterator[tuple[str, Line]]:
    at = {"instance": f"{node}:9100", "job": "node-exporter", "node": node}
    weight = _weight(node)
    yield from _memory(at)
    for device, mount, size in _DISKS:
        yield from _file_system({**at, "device": device, "mountpoint": mount}, size, weight)
    for cpu, (mode, part) in product(("0", "1"), _MODES):
        labels = {**at, "cpu": cpu, "mode": mode}
        yield "counter", Line("node_cpu_seconds", labels, _grows(part), "_total")
    for device, (kind, rate) in product(("eth0", "lo"), _TRAFFIC):
        grows = _grows(rate * weight)
        labels = {**at, "device": device}
        yield "counter", Line(f"node_network_{kind}", labels, grows, "_total")
    disk = {**at, "device": "sda"}
    for kind, rate in (("io_time_seconds", 0.2), ("io_time_weighted_seconds", 0.4)):
        yield "counter", Line(f"node_disk_{kind}", disk, _grows(rate), "_total")
    yield "counter", Line("node_vmstat_pgmajfault", at, _grows(weight / 10), "_total")
    yield "gauge", Line("node_load1", at, _swings(1.5, 0.5, node))
    yield "gauge", Line("node_boot_time_seconds", at, _stays(END - weight * 86_400))
    yield from _of_cluster({"node": node, "job": "kube-state-metrics"})


def _memory(at: Labels) -> Iterator[tuple[str, Line]]:
    total = 2.0**33
    yield "gauge", Line("node_memory_MemTotal_bytes", at, _stays(total))
    for kind, part in (
        ("MemAvailable", 0.4),
        ("MemFree", 0.1),
        ("Buffers", 0.05),
        ("Cached", 0.25),
    ):
        value = _swings(total * part, 2**22, kind + at["node"])
        yield "gauge", Line(f"node_memory_{kind}_bytes", at, value)


def _file_system(labels: Labels, size: float, weight: float) -> Iterator[tuple[str, Line]]:
    labels = {**labels, "fstype": "tmpfs" if labels["device"] == "tmpfs" else "ext4"}

    def shrinks(second: int) -> float:
        return round(size * 0.3 - second * weight * 1e4, 3)

    yield "gauge", Line("node_filesystem_size_bytes", labels, _stays(size))
    yield "gauge", Line("node_filesystem_avail_bytes", labels, shrinks)


def _of_cluster(at: Labels) -> Iterator[tuple[str, Line]]:
    for resource, unit, size in (("cpu", "core", 4.0), ("memory", "byte", 2.0**33)):
        labels = {**at, "resource": resource, "unit": unit}
        yield "gauge", Line("kube_node_status_allocatable", labels, _stays(size))
    ready = {**at, "condition": "Ready", "status": "true"}
    yield "gauge", Line("kube_node_status_condition", ready, _stays(1.0))
