"""An hour of samples of one app, by each convention that names of metrics follow.

Each namespace has its own convention. The app `web` answers two requests a second, of which a
quarter fails, each in between 0.1 and 0.2 seconds; it has two pods of one template.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

START, STEP, COUNT = 1_700_000_000, 60, 61
END = datetime.fromtimestamp(START + STEP * (COUNT - 1), UTC)
REPLICA_SET = "web-6d5f"
PODS = (f"{REPLICA_SET}-aaaaa", f"{REPLICA_SET}-bbbbb")
MIB = 1024.0 * 1024

COUNTERS = {
    "by-code": ("http_requests_total", "code"),
    "by-status": ("http_requests_total", "status"),
    "by-status-code": ("http_requests_total", "status_code"),
    "histogram": ("http_request_duration_seconds_count", "code"),
    "spring": ("http_server_requests_seconds_count", "status"),
    "opentelemetry": ("http_server_request_duration_seconds_count", "http_response_status_code"),
    "istio": ("istio_requests_total", "response_code"),
}
"""What counts requests in a namespace, and the label of how they ended."""
BUCKETS = {
    "histogram": ("http_request_duration_seconds_bucket", 1.0),
    "spring": ("http_server_requests_seconds_bucket", 1.0),
    "opentelemetry": ("http_server_request_duration_seconds_bucket", 1.0),
    "istio": ("istio_request_duration_milliseconds_bucket", 1000.0),
}
"""What has buckets of durations, and how many of its units are a second."""


def samples() -> str:
    """Return all of it in OpenMetrics' text, in which untyped samples may have any name."""
    lines = [*_counted(), *_timed(), *_contained(), *_told()]
    # Samples of one metric stand together; each series is in its order already.
    return "\n".join([*sorted(lines, key=lambda line: line.partition("{")[0]), "# EOF", ""])


OLD_SET, NEW_SET = "web-6d5f", "web-7c9b"
ROLLED_OUT = COUNT // 2
"""In which step the pods of the new template took the place of the old ones'."""


def rollout() -> str:
    """Return samples of an app in `shop` of which a new template fails three requests in ten."""
    lines: list[str] = []
    for pod, failing, when in (
        (f"{OLD_SET}-aaaaa", 0.01, range(ROLLED_OUT + 1)),
        (f"{NEW_SET}-bbbbb", 0.3, range(ROLLED_OUT, COUNT)),
    ):
        own = _of("shop", pod)
        lines += _rising("http_requests_total", {**own, "code": "200"}, 4 * (1 - failing), when)
        lines += _rising("http_requests_total", {**own, "code": "500"}, 4 * failing, when)
    return "\n".join([*lines, "# EOF", ""])


def _counted() -> Iterator[str]:
    for namespace, (name, label) in COUNTERS.items():
        for pod in PODS:
            for status, rate in (("200", 0.75), ("503", 0.25)):
                yield from _rising(name, {**_of(namespace, pod), label: status}, rate)


def _timed() -> Iterator[str]:
    for namespace, (name, second) in BUCKETS.items():
        for pod in PODS:
            for bound, rate in ((0.1 * second, 0.0), (0.2 * second, 1.0), (float("inf"), 1.0)):
                written = "+Inf" if bound == float("inf") else f"{bound:g}"
                yield from _rising(name, {**_of(namespace, pod), "le": written}, rate)


def _contained() -> Iterator[str]:
    for pod in PODS:
        own = _of("by-code", pod)
        for container, cores, memory in (("app", 0.2, 90.0), ("POD", 0.5, 1.0), ("", 0.7, 91.0)):
            labels = {**own, "container": container}
            yield from _rising("container_cpu_usage_seconds_total", labels, cores)
            yield from _level("container_memory_working_set_bytes", labels, memory * MIB)
            yield from _rising("container_cpu_cfs_periods_total", labels, 10)
            yield from _rising("container_cpu_cfs_throttled_periods_total", labels, 3)


def _told() -> Iterator[str]:
    for pod in PODS:
        own = {**_of("by-code", pod), "container": "app"}
        for what, cores, memory in (("requests", 0.25, 64.0), ("limits", 0.5, 100.0)):
            metric = f"kube_pod_container_resource_{what}"
            yield from _level(metric, {**own, "resource": "cpu"}, cores)
            yield from _level(metric, {**own, "resource": "memory"}, memory * MIB)
            older = _of("by-status", pod)
            yield from _level(f"{metric}_cpu_cores", older, cores)
        yield from _steps("kube_pod_container_status_restarts_total", own)


def _of(namespace: str, pod: str) -> Mapping[str, str]:
    if namespace == "istio":
        return {
            "namespace": namespace,
            "pod": pod,
            "reporter": "destination",
            "destination_workload": "web",
            "destination_workload_namespace": namespace,
        }
    return {"namespace": namespace, "pod": pod}


def _rising(
    name: str, labels: Mapping[str, str], rate: float, when: range = range(COUNT)
) -> Iterator[str]:
    for index in when:
        yield _line(name, labels, rate * STEP * (index - when.start), index)


def _level(name: str, labels: Mapping[str, str], value: float) -> Iterator[str]:
    for index in range(COUNT):
        yield _line(name, labels, value, index)


def _steps(name: str, labels: Mapping[str, str]) -> Iterator[str]:
    """Yield a counter that goes from 4 to 5 in the middle."""
    for index in range(COUNT):
        yield _line(name, labels, 4.0 + (index > COUNT // 2), index)


def _line(name: str, labels: Mapping[str, str], value: float, index: int) -> str:
    written = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{written}}} {value} {START + STEP * index}"
