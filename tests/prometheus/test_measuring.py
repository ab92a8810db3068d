"""The unit of an expression's values."""

import pytest

from bot.core.measures import NUMBER, unit_name
from bot.core.metrics import Described
from bot.prometheus.measuring import guess_unit, unmeasured
from tests.every import every

_CPU = 'node_cpu_seconds_total{mode="idle"}[5m]'


@every(
    ("expression", "unit"),
    [
        ("up", "number"),
        ("1 + 1", "number"),
        ('"hello"', "number"),
        ("foo{", "number"),
        ("process_resident_memory_bytes", "bytes"),
        ("x_seconds", "seconds"),
        ("x_seconds_sum", "seconds"),
        ("x_seconds_count", "number"),
        ("x_seconds_bucket", "number"),
        ("envoy_upstream_rq_time_ms", "milliseconds"),
        ("x_ratio", "ratio"),
        ("x_percent", "percent"),
        ("node_hwmon_temp_celsius", "celsius"),
        ("kube_pod_info", "number"),
        ("process_start_time_seconds", "timestamp"),
        ("kube_pod_created", "timestamp"),
        ("time()", "timestamp"),
        ("timestamp(up)", "timestamp"),
        ("time() - process_start_time_seconds", "seconds"),
        ("time() - node_boot_time_seconds > 3600", "seconds"),
        ("time() - kube_pod_created", "seconds"),
        ("rate(http_requests_total[5m])", "number/s"),
        ('sum by (pod) (rate(http_requests_total{job="api"}[5m]))', "number/s"),
        ("increase(http_requests_total[1h])", "number"),
        ("increase(x_bytes_total[1h])", "bytes"),
        ("rate(node_network_receive_bytes_total[5m])", "bytes/s"),
        ("deriv(x_bytes[5m])", "bytes/s"),
        ("rate(process_cpu_seconds_total[5m])", "cores"),
        ("rate(node_disk_io_time_seconds_total[5m])", "seconds/s"),
        ("rate(process_cpu_seconds_total[5m]) * 100", "percent"),
        (f"1 - avg(rate({_CPU}))", "ratio"),
        (f"100 - (avg by (instance) (irate({_CPU})) * 100)", "percent"),
        ("rate(x_total[5m]) * 60", "number"),
        ("rate(x_bytes_total[5m]) * 8", "number"),
        ("x_bytes / 1024 / 1024", "number"),
        ("x_bytes / 1e6", "number"),
        ("x_bytes * 2", "bytes"),
        ("x_bytes * 0", "number"),
        ("x_seconds * 1000", "milliseconds"),
        ("x_milliseconds / 1000", "seconds"),
        ("x_percent / 100", "ratio"),
        ("x_ratio * x_bytes", "bytes"),
        ("x_bytes * on(pod) group_left(app) kube_pod_labels", "bytes"),
        ("x_bytes * y_seconds", "number"),
        ("histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))", "seconds"),
        ("histogram_quantile(0.9, rate(x_seconds[5m]))", "seconds"),
        ("histogram_quantile(0.9, rate(x_bucket[5m]))", "number"),
        ("histogram_avg(rate(x_bytes[5m]))", "bytes"),
        ("histogram_sum(rate(x_seconds[5m]))", "seconds/s"),
        ("histogram_count(rate(x_seconds[5m]))", "number/s"),
        ("histogram_count(x_seconds)", "number"),
        ("histogram_fraction(0, 0.1, rate(x_seconds[5m]))", "ratio"),
        ("rate(x_seconds_sum[5m]) / rate(x_seconds_count[5m])", "seconds"),
        ('sum(rate(x_total{code=~"5.."}[5m])) / sum(rate(x_total[5m]))', "ratio"),
        ("100 * sum(rate(a_total[5m])) / sum(rate(b_total[5m]))", "percent"),
        ("sum(rate(a_total[5m])) / sum(rate(b_total[5m])) * 100", "percent"),
        ("1000 * sum(rate(a_total[5m])) / sum(rate(b_total[5m]))", "number"),
        ("(1 - x_bytes / y_bytes) * 100", "percent"),
        ("x_bytes / rate(y_bytes_total[1h])", "seconds"),
        ("x_bytes / y_seconds", "bytes/s"),
        ("x_bytes / count(up)", "bytes"),
        ("1 / x_seconds", "number"),
        ("x_bytes / 0", "bytes"),
        ("x_bytes ^ 2", "number"),
        ("x_bytes - y_bytes", "bytes"),
        ("x_bytes + y_seconds", "number"),
        ("x_bytes + 5", "bytes"),
        ("kube_pod_created + 5", "timestamp"),
        ("5 - 3", "number"),
        ("count(x_bytes)", "number"),
        ('count_values("v", x_bytes)', "number"),
        ("topk(5, x_bytes)", "bytes"),
        ("quantile(0.9, x_seconds)", "seconds"),
        ("stdvar(x_seconds)", "number"),
        ("count_over_time(x_bytes[5m])", "number"),
        ("avg_over_time(x_bytes[5m])", "bytes"),
        ("quantile_over_time(0.9, x_bytes[5m])", "bytes"),
        ("max_over_time(sum(rate(x_bytes_total[1m]))[1h:1m])", "bytes/s"),
        ("predict_linear(x_bytes[1h], 4 * 3600) < 0", "bytes"),
        ("5 < x_bytes", "bytes"),
        ("x_bytes > bool 1", "number"),
        ("x_bytes and on(pod) up", "bytes"),
        ("x_bytes or vector(0)", "bytes"),
        ("vector(0) or x_bytes", "bytes"),
        ("-x_bytes", "bytes"),
        ("(x_bytes)", "bytes"),
        ("absent(x_bytes)", "number"),
        ("scalar(sum(x_bytes))", "bytes"),
        ("x_bytes[5m]", "bytes"),
        ('kube_pod_container_resource_limits{resource="cpu"}', "cores"),
        ('kube_pod_container_resource_limits{unit="byte"}', "bytes"),
        (
            "sum(rate(container_cpu_usage_seconds_total[5m]))"
            ' / sum(kube_pod_container_resource_limits{resource="cpu"})',
            "ratio",
        ),
        ("instance:node_cpu_utilisation:rate5m", "ratio"),
        ("instance:node_network_receive_bytes:rate1m", "bytes/s"),
        ("job:request_errors:ratio_rate5m", "ratio"),
        ("pod:container_cpu_usage_seconds_total:sum_irate", "cores"),
        ('{__name__="x_bytes", pod="a"}', "bytes"),
        ('{__name__=~"x_bytes|y_bytes"}', "number"),
    ],
)
def test_a_unit_follows_from_names_and_functions(expression: str, unit: str) -> None:
    """What a person would say that it is, and a plain number where they could not."""
    assert unit_name(guess_unit(expression, {})) == unit


@pytest.mark.parametrize(
    ("metric", "described", "unit"),
    [
        ('{"http.server.duration"}', Described("histogram", unit="s"), "seconds"),
        ('{"process.memory"}', Described("gauge", unit="By"), "bytes"),
        ("queue_count", Described("gauge", unit="bytes"), "bytes"),
        ("x_bytes", Described("gauge", unit="furlongs"), "bytes"),
    ],
)
def test_what_a_metric_says_of_itself_comes_first(
    metric: str, described: Described, unit: str
) -> None:
    """Names are only believed where nothing was said."""
    name = metric.strip('{}"')
    assert unit_name(guess_unit(metric, {name: described})) == unit


def test_only_metrics_that_say_nothing_are_asked_about() -> None:
    """A name that says what it measures costs no request."""
    expression = "x_bytes + up * rate(y_total[5m]) + sum(kube_pod_info) + build"
    assert unmeasured(expression) == ("build",)
    assert unmeasured("foo{") == ()


def test_what_is_nested_too_deeply_is_a_plain_number() -> None:
    """The parser is recursive: it would take the whole process with it."""
    deep = "(" * 100_000 + "x_bytes" + ")" * 100_000
    assert guess_unit(deep, {}) == NUMBER
    assert unmeasured(deep) == ()
