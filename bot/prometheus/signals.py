"""What is measured of every app: HTTP by its usual names, cAdvisor, and kube-state-metrics.

A program's own metrics are expected with the label `pod` of what is measured, and the one by which
people see the series of their namespaces.
"""

from collections.abc import Iterable, Sequence

from bot.core.measures import Unit
from bot.core.signals import Signal

_MINE = "$namespace_label=$namespace,pod=~$pods"
_TO_IT = (
    'reporter="destination",destination_workload=$name,destination_workload_namespace=$namespace'
)
# A pod's sandbox and the sums of whole pods have no name of a container.
_CONTAINERS = f'{_MINE},container!="",container!="POD"'
_OPENTELEMETRY, _SPRING = "http_server_request_duration_seconds", "http_server_requests_seconds"
# What counts requests, what chooses those of the app, and its label for the status.
_COUNTED = (
    *(("http_requests_total", _MINE, label) for label in ("code", "status", "status_code")),
    *(
        ("http_request_duration_seconds_count", _MINE, label)
        for label in ("code", "status", "status_code")
    ),
    (f"{_SPRING}_count", _MINE, "status"),
    (f"{_OPENTELEMETRY}_count", _MINE, "http_response_status_code"),
    ("istio_requests_total", _TO_IT, "response_code"),
)


def _rates(counted: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    names = {name: mine for name, mine, _ in counted}
    return tuple(f"sum(rate({name}{{{mine}}}[$window]))" for name, mine in names.items())


def _failures(name: str, mine: str, status: str) -> str:
    """Return the share of the requests that fail; none fails: 0, and nothing without the label."""
    total = f'rate({name}{{{mine},{status}!=""}}[$window])'
    failed = f'rate({name}{{{mine},{status}=~"5.."}}[$window])'
    return f"sum({failed} or {total} * 0) / sum({total})"


def _slowest(name: str, mine: str) -> str:
    return f"histogram_quantile(0.95, sum by (le) (rate({name}_bucket{{{mine}}}[$window])))"


def _asked_for(what: str, resource: str, older: str) -> tuple[str, ...]:
    """Return the sum of requests or limits, by the names of now and of kube-state-metrics 1."""
    metric = f"kube_pod_container_resource_{what}"
    return (f'sum({metric}{{{_MINE},resource="{resource}"}})', f"sum({metric}_{older}{{{_MINE}}})")


BUILT_IN = (
    Signal("traffic", "Requests", _rates(_COUNTED), Unit(per_second=True)),
    Signal(
        *("errors", "Failed requests"),
        tuple(_failures(*each) for each in _COUNTED),
        Unit("ratio"),
        warning=0.01,
        critical=0.05,
    ),
    Signal(
        *("latency", "Latency (95%)"),
        (
            _slowest("http_request_duration_seconds", _MINE),
            _slowest(_SPRING, _MINE),
            _slowest(_OPENTELEMETRY, _MINE),
            f"{_slowest('istio_request_duration_milliseconds', _TO_IT)} / 1000",
            # Native histograms, and summaries, which nobody can add up.
            "histogram_quantile("
            f"0.95, sum(rate(http_request_duration_seconds{{{_MINE}}}[$window])))",
            f'max(http_request_duration_seconds{{{_MINE},quantile="0.95"}})',
        ),
        Unit("seconds"),
        warning=1.0,
        critical=5.0,
    ),
    Signal(
        *("cpu", "CPU"),
        (f"sum(rate(container_cpu_usage_seconds_total{{{_CONTAINERS}}}[$window]))",),
        Unit("cores"),
        request=_asked_for("requests", "cpu", "cpu_cores"),
        limit=_asked_for("limits", "cpu", "cpu_cores"),
    ),
    Signal(
        *("memory", "Memory"),
        (f"sum(container_memory_working_set_bytes{{{_CONTAINERS}}})",),
        Unit("bytes"),
        request=_asked_for("requests", "memory", "memory_bytes"),
        limit=_asked_for("limits", "memory", "memory_bytes"),
    ),
    Signal(
        *("saturation", "Fullest of its memory"),
        (
            f"max(container_memory_working_set_bytes{{{_CONTAINERS}}} "
            "/ on ($namespace_label, pod, container) "
            f'(kube_pod_container_resource_limits{{{_MINE},resource="memory"}} > 0))',
        ),
        Unit("ratio"),
        warning=0.9,
        critical=0.97,
    ),
    Signal(
        *("throttling", "CPU throttled"),
        (
            f"sum(rate(container_cpu_cfs_throttled_periods_total{{{_CONTAINERS}}}[$window])) "
            f"/ sum(rate(container_cpu_cfs_periods_total{{{_CONTAINERS}}}[$window]))",
        ),
        Unit("ratio"),
        warning=0.25,
    ),
    Signal(
        *("restarts", "Restarts"),
        (
            f"sum(max_over_time(kube_pod_container_status_restarts_total{{{_MINE}}}[$range]) "
            f"- min_over_time(kube_pod_container_status_restarts_total{{{_MINE}}}[$range]))",
        ),
        warning=1.0,
    ),
)


def with_built_in(own: Sequence[Signal]) -> tuple[Signal, ...]:
    """Return the built-in signals and one's own; of the same name one's own holds, in its place."""
    named = {signal.name: signal for signal in own}
    first = [named.pop(signal.name, signal) for signal in BUILT_IN]
    return (*first, *named.values())
