"""From a terminal, as the kubeconfig's user, on a cluster that a real Prometheus measures."""

import io
import json
import time
from dataclasses import replace

import pytest

from bot.terminal import open_terminal
from tests.cluster.bed import Bed
from tests.conformance.prometheus.comparing import arranged, check
from tests.metrics.asking import api
from tests.metrics.bed import MetricsBed

pytestmark = pytest.mark.peers

QUERIES = (
    "up",
    "sum by (namespace, job) (rate(http_requests_total[30s]))",
    "namespace_job:http_errors:ratio_rate30s",
    "histogram_quantile(0.9, sum by (le, job) (rate(http_request_duration_seconds_bucket[30s])))",
    "rate(http_request_duration_seconds[30s])",
    "sum by (namespace, pod) (container_memory_working_set_bytes)",
    "sum by (node) (rate(container_cpu_usage_seconds_total[30s]))",
    "kube_deployment_spec_replicas - kube_deployment_status_replicas_ready",
    'kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"} == 1',
    'ALERTS{alertstate="firing"}',
    "topk(3, kube_pod_container_resource_requests)",
    "http_requests_total[10s]",
)


async def run(bed: Bed, phrase: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        code = await replace(opened, out=out, err=err).run(phrase, yes=False)
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("expression", QUERIES)
async def test_a_terminal_prints_the_http_apis_data(
    bed: Bed, metrics_bed: MetricsBed, monkeypatch: pytest.MonkeyPatch, expression: str
) -> None:
    monkeypatch.setenv("QUARTERDECK_PROMETHEUS__URL", metrics_bed.prometheus)
    at = f"{time.time() - 2:.3f}"
    code, out, _ = await run(bed, f"prom query --at {at} -o json {expression}")
    wanted = api(metrics_bed.prometheus, "query", query=expression, time=at)
    check(arranged(json.loads(out), expression), arranged(wanted, expression))
    assert code == 0


async def test_a_terminals_table_stands_alone_on_standard_output(
    bed: Bed, metrics_bed: MetricsBed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_PROMETHEUS__URL", metrics_bed.prometheus)
    code, out, err = await run(
        bed, "prom query sum by (deployment) (kube_deployment_spec_replicas)"
    )
    assert out.splitlines()[0].split() == ["DEPLOYMENT", "VALUE"]
    assert ["broken", "1"] in [line.split() for line in out.splitlines()]
    assert err.startswith("Of all namespaces, at ")
    assert code == 0
