"""The measured cluster: what is scraped is what the cluster holds, and alerts travel."""

import re
import sys
from typing import Any

import pytest

from tests.cluster.bed import Bed
from tests.cluster.processes import listeners, processes
from tests.metrics.asking import api, awaited, fetch, instant, values
from tests.metrics.bed import MetricsBed

pytestmark = pytest.mark.peers

RELEASE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: measured, namespace: monitoring, labels: {app: measured}}
spec:
  replicas: 2
  selector: {matchLabels: {app: measured}}
  template:
    metadata: {labels: {app: measured}}
    spec: {containers: [{name: web, image: "registry.example.org/shop/web:1.5.0-error-40"}]}
"""


def targets(metrics: MetricsBed, pool: str) -> list[dict[str, Any]]:
    found = api(metrics.prometheus, "targets", state="active", scrapePool=pool)["activeTargets"]
    return [target for target in found if target["scrapePool"] == pool]


def test_both_tell_which_version_they_are(metrics_bed: MetricsBed) -> None:
    assert api(metrics_bed.prometheus, "status/buildinfo")["version"] == "3.13.0"
    status = fetch(f"{metrics_bed.alertmanager}/api/v2/status")
    assert status["versionInfo"]["version"] == "0.31.1"


def test_each_pod_that_has_an_address_is_a_target_with_its_labels(
    bed: Bed, metrics_bed: MetricsBed
) -> None:
    # Other tests leave pods behind that are about to go.
    awaited(lambda: found(metrics_bed) == expected(bed), "a target for each pod")
    assert len(found(metrics_bed)) > 10


def expected(bed: Bed) -> set[tuple[str | None, ...]]:
    pods = bed.kubectl.items("pods", "-A", "--field-selector=status.phase=Running")
    return {_target(pod) for pod in pods if "podIP" in pod["status"]}


def _target(pod: dict[str, Any]) -> tuple[str | None, ...]:
    metadata = pod["metadata"]
    labels = metadata.get("labels", {})
    own = (metadata["namespace"], metadata["name"], pod["status"]["podIP"], pod["spec"]["nodeName"])
    return *own, labels.get("app", "pods"), labels.get("pod-template-hash")


def found(metrics: MetricsBed) -> set[tuple[str | None, ...]]:
    names = ("namespace", "pod", "instance", "node", "job", "pod_template_hash")
    return {
        tuple(target["labels"].get(name) for name in names) for target in targets(metrics, "pods")
    }


def test_no_address_of_a_pod_is_ever_dialled(metrics_bed: MetricsBed) -> None:
    found = api(metrics_bed.prometheus, "targets", state="active")["activeTargets"]
    dialled = {re.match(r"http://[^/]+", target["scrapeUrl"])[0] for target in found}  # type: ignore[index]
    assert dialled == {metrics_bed.exporter, metrics_bed.prometheus, metrics_bed.alertmanager}


def test_what_crashes_or_answers_no_http_is_down_and_nothing_else_is(
    metrics_bed: MetricsBed,
) -> None:
    status = "server returned HTTP status "
    expected = {"db": f"{status}404 Not Found", "crashy": f"{status}503 Service Unavailable"}

    def down() -> dict[str, str]:
        return {
            target["labels"]["job"]: target["lastError"]
            for target in targets(metrics_bed, "pods")
            if target["labels"]["namespace"] == "shop" and target["health"] == "down"
        }

    def known_as_down() -> set[str]:
        return set(values(metrics_bed.prometheus, 'up{namespace="shop"} == 0', "job"))

    # A pod that other tests have left behind is down, too, from its end until that is discovered.
    awaited(lambda: down() == expected, "no other target that is down")
    awaited(lambda: known_as_down() == set(expected), "no other series of such a target")


@pytest.mark.parametrize(
    ("metric", "kind", "path"),
    [
        pytest.param("kube_deployment_spec_replicas", "deployment", "spec.replicas", id="wanted"),
        pytest.param(
            "kube_deployment_status_replicas", "deployment", "status.replicas", id="there"
        ),
        pytest.param("kube_replicaset_spec_replicas", "replicaset", "spec.replicas", id="sets"),
        pytest.param(
            "kube_deployment_metadata_generation", "deployment", "metadata.generation", id="changes"
        ),
    ],
)
def test_the_state_is_what_the_api_server_says(
    bed: Bed, metrics_bed: MetricsBed, metric: str, kind: str, path: str
) -> None:
    part, field = path.split(".")

    def alike() -> bool:
        listed = bed.kubectl.items(f"{kind}s", "-n=shop")
        expected = {each["metadata"]["name"]: each[part][field] for each in listed}
        told = values(metrics_bed.prometheus, f'{metric}{{namespace="shop"}}', kind)
        return bool(listed) and told == expected

    # What other tests have put back shortly before is told with the next scrape.
    awaited(alike, f"the {metric} of each {kind}")


def web(bed: Bed) -> set[str]:
    """Return the pods of web that run; other tests may have left it another number."""
    only = ("-n=shop", "-l=app=web", "--field-selector=status.phase=Running")
    return {each["metadata"]["name"] for each in bed.kubectl.items("pods", *only)}


def test_requests_are_counted_by_each_pod(bed: Bed, metrics_bed: MetricsBed) -> None:
    # Of the last two scrapes alone: Prometheus has not run for long.
    rate = 'sum by (pod) (irate(http_requests_total{namespace="shop",job="web"}[10s]))'

    def told() -> dict[str, float]:
        found = values(metrics_bed.prometheus, rate, "pod")
        return found if found.keys() == web(bed) else {}

    found = awaited(told, "a rate of the requests of each pod")
    assert all(2 <= each <= 20 for each in found.values())
    # Elsewhere a pod may have been made anew under its old name, and with its old address.
    resets = 'resets(http_requests_total{namespace="shop",job="web"}[5m]) > 0'
    assert values(metrics_bed.prometheus, resets, "pod") == {}


def test_the_native_histogram_holds_what_the_classic_one_holds(metrics_bed: MetricsBed) -> None:
    for what in ("count", "sum"):
        native = f"histogram_{what}(http_request_duration_seconds)"
        apart = instant(metrics_bed.prometheus, f"{native} - http_request_duration_seconds_{what}")
        assert {round(float(each["value"][1]), 9) for each in apart} == {0}
    quantiles = [
        "histogram_quantile(0.9, sum(http_request_duration_seconds))",
        "histogram_quantile(0.9, sum by (le) (http_request_duration_seconds_bucket))",
    ]
    fine, coarse = (values(metrics_bed.prometheus, each, "")[""] for each in quantiles)
    assert fine == pytest.approx(coarse, rel=0.5)


def test_containers_use_what_their_annotations_say(bed: Bed, metrics_bed: MetricsBed) -> None:
    own = '{namespace="shop",container="web"}'
    used = f"container_cpu_usage_seconds_total{own}"
    since = f"(timestamp({used}) - on (pod) container_start_time_seconds{own})"

    def told() -> dict[str, float]:
        found = values(metrics_bed.prometheus, f"{used} / on (pod) {since}", "pod")
        return found if found.keys() == web(bed) else {}

    found = awaited(told, "the use of each container")
    assert list(found.values()) == [pytest.approx(0.12, rel=0.02)] * len(found)
    memory = f"container_memory_working_set_bytes{own}"
    assert set(values(metrics_bed.prometheus, memory, "pod").values()) == {96 * 2**20}


def test_an_alert_waits_for_its_time_and_then_reaches_alertmanager(metrics_bed: MetricsBed) -> None:
    def states() -> set[tuple[str, str]]:
        alerts = api(metrics_bed.prometheus, "alerts")["alerts"]
        return {(alert["labels"]["alertname"], alert["state"]) for alert in alerts}

    def heard() -> list[tuple[str, str]]:
        found = fetch(f"{metrics_bed.alertmanager}/api/v2/alerts", filter='alertname="CrashLoop"')
        labels = [alert["labels"] for alert in found]
        return [(one["cluster"], one["pod"].rpartition("-")[0].split("-")[0]) for one in labels]

    expected = {("CrashLoop", "firing"), ("TargetDown", "firing"), ("ReplicasMissing", "pending")}
    # A scrape that a busy machine has missed ends an alert for some seconds.
    awaited(lambda: states() >= expected, "the alerts in their states")
    awaited(lambda: heard() == [("quarterdeck", "crashy")], "the one that crashes, and no other")


def test_a_release_that_fails_raises_an_alert_which_ends_with_it(
    bed: Bed, metrics_bed: MetricsBed
) -> None:
    def firing() -> bool:
        own = {"filter": 'job="measured"', "active": "true"}
        heard = fetch(f"{metrics_bed.alertmanager}/api/v2/alerts", **own)
        return [alert["labels"]["alertname"] for alert in heard] == ["ErrorsHigh"]

    bed.kubectl.out("apply", "-f=-", stdin=RELEASE)
    try:
        awaited(firing, "ErrorsHigh of the release")
        ratio = 'namespace_job:http_errors:ratio_rate30s{job="measured"}'
        [errors] = values(metrics_bed.prometheus, ratio, "job").values()
        assert errors == pytest.approx(0.4, abs=0.15)
    finally:
        bed.kubectl.out("delete", "-f=-", stdin=RELEASE)
    awaited(
        lambda: all(each["labels"]["job"] != "measured" for each in targets(metrics_bed, "pods")),
        "the end of the targets",
    )


def test_they_may_look_at_what_they_tell_of_and_at_nothing_else(
    bed: Bed, metrics_bed: MetricsBed
) -> None:
    who = "--as=system:serviceaccount:monitoring"
    for name, question, answer in (
        ("prometheus", "watch pods", "yes"),
        ("prometheus", "list deployments", "no"),
        ("prometheus", "get secrets", "no"),
        ("exporter", "watch deployments", "yes"),
        ("exporter", "list secrets", "no"),
        ("exporter", "patch deployments", "no"),
    ):
        done = bed.kubectl("auth", "can-i", *question.split(), "-A", f"{who}:{name}")
        assert done.stdout.split() == [answer], (name, question)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_listener_is_on_loopback(metrics_bed: MetricsBed) -> None:
    found = {name: listeners(pid) for pid, name in processes(metrics_bed.home).items()}
    assert {"prometheus", "alertmanager"} < set(found)
    assert {address for each in found.values() for address, _ in each} == {"127.0.0.1"}
