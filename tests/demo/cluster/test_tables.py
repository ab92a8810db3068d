"""Tables tell what kubectl's users read; whole tables are compared in the recordings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo.cluster.kinds import KINDS, Kind
from bot.demo.cluster.tables import table
from bot.demo.cluster.values import Json, data
from tests.every import every

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
BY_RESOURCE = {kind.resource: kind for kind in KINDS}


def ago(**age: float) -> str:
    return (NOW - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%SZ")


def row(resource: str, item: Json) -> dict[str, Any]:
    """Return the cells of an object, by their columns' names."""
    metadata = {"name": "one", "creationTimestamp": ago(days=3)} | item.get("metadata", {})
    shown = table(BY_RESOURCE[resource], [item | {"metadata": metadata}], NOW, "None", {})
    names = [each["name"] for each in shown["columnDefinitions"]]
    return dict(zip(names, shown["rows"][0]["cells"], strict=True))


def pod(*states: Json, **status: Any) -> Json:
    containers = [{"name": each["name"], "image": "web:1"} for each in states]
    return {"spec": {"containers": containers}, "status": {"containerStatuses": states} | status}


def restarted(count: int, when: str) -> Json:
    last = {"terminated": {"exitCode": 1, "finishedAt": when}}
    return {"name": when, "restartCount": count, "lastState": last, "state": {"running": {}}}


def test_a_pod_tells_how_often_it_restarted_and_when_last() -> None:
    one = pod(restarted(2, ago(hours=5)), restarted(1, ago(minutes=5)), phase="Running")
    assert row("pods", one)["Restarts"] == "3 (5m ago)"
    assert row("pods", pod(phase="Pending"))["Restarts"] == "0"


def test_the_restarts_of_an_init_container_count_only_until_the_pod_runs() -> None:
    ended = {"terminated": {"exitCode": 0}}
    init = [restarted(4, ago(minutes=5)) | {"state": ended}]
    one = pod(restarted(1, ago(hours=1)), phase="Running", initContainerStatuses=init)
    assert row("pods", one)["Restarts"] == "1 (60m ago)"


def test_a_pod_that_has_ended_says_so_in_its_row() -> None:
    one = pod(phase="Failed") | {"metadata": {"name": "one"}}
    shown = table(BY_RESOURCE["pods"], [one], NOW, "None", {})["rows"][0]
    assert shown["conditions"] == [
        {"type": "Completed", "status": "True", "reason": "Failed", "message": "The pod failed."}
    ]
    assert shown["object"] is None


def job(*conditions: str, metadata: Json | None = None, **status: Any) -> Json:
    true = [{"type": each, "status": "True"} for each in conditions]
    return {"spec": {}, "metadata": metadata or {}, "status": {"conditions": true} | status}


@pytest.mark.parametrize(
    ("item", "status"),
    [
        (job(), "Running"),
        (job("Complete"), "Complete"),
        (job("Failed", "FailureTarget"), "Failed"),
        (job("FailureTarget"), "FailureTarget"),
        (job("Suspended"), "Suspended"),
        (job("Suspended", metadata={"deletionTimestamp": ago(seconds=1)}), "Terminating"),
    ],
)
def test_a_job_tells_its_state(item: Json, status: str) -> None:
    assert row("jobs.batch", item)["Status"] == status


def test_a_job_tells_how_long_it_took_or_takes() -> None:
    took = job(startTime=ago(hours=1), completionTime=ago(minutes=57))
    assert row("jobs.batch", took)["Duration"] == "3m"
    assert row("jobs.batch", job(startTime=ago(seconds=90)))["Duration"] == "90s"
    assert row("jobs.batch", job())["Duration"] == ""


@pytest.mark.parametrize(
    ("conditions", "spec", "status"),
    [
        ([], {}, "Unknown"),
        ([{"type": "Ready", "status": "True"}], {}, "Ready"),
        ([{"type": "Ready", "status": "Unknown"}], {}, "NotReady"),
        (
            [{"type": "Ready", "status": "True"}],
            {"unschedulable": True},
            "Ready,SchedulingDisabled",
        ),
    ],
)
def test_a_node_tells_its_state(conditions: Any, spec: Json, status: str) -> None:
    assert row("nodes", {"spec": spec, "status": {"conditions": conditions}})["Status"] == status


def test_a_node_tells_what_it_runs_on() -> None:
    addresses = [{"type": "InternalIP", "address": "192.0.2.7"}]
    info = {"kernelVersion": "6.1", "architecture": "arm64"}
    shown = row("nodes", {"spec": {}, "status": {"addresses": addresses, "nodeInfo": info}})
    assert shown["Kernel-Version"] == "6.1 (arm64)"
    assert (shown["Internal-IP"], shown["External-IP"]) == ("192.0.2.7", "<none>")
    assert (shown["Roles"], shown["OS-Image"]) == ("<none>", "<unknown>")


@pytest.mark.parametrize(
    ("spec", "ingress", "external"),
    [
        ({"type": "ClusterIP"}, [], "<none>"),
        ({"type": "NodePort", "externalIPs": ["192.0.2.4"]}, [], "192.0.2.4"),
        ({"type": "LoadBalancer"}, [], "<pending>"),
        ({"type": "LoadBalancer"}, [{"ip": "192.0.2.9"}], "192.0.2.9"),
        ({"type": "ExternalName", "externalName": "db.example.org"}, [], "db.example.org"),
    ],
)
def test_a_service_tells_where_it_is_reached(spec: Json, ingress: Any, external: str) -> None:
    item = {"spec": spec, "status": {"loadBalancer": {"ingress": ingress}}}
    assert row("services", item)["External-IP"] == external


def metric(source: str, target: Json, **more: Any) -> Json:
    return {"type": source[0].upper() + source[1:], source: {"target": target, **more}}


@pytest.mark.parametrize(
    ("metrics", "targets"),
    [
        ([], "<none>"),
        ([metric("resource", {"averageUtilization": 80}, name="cpu")], "cpu: <unknown>/80%"),
        ([metric("object", {"value": "3"})], "<unknown>/3"),
        ([metric("pods", {"averageValue": "3"})] * 4, "<unknown>/3, <unknown>/3 + 2 more..."),
    ],
)
def test_an_autoscaler_tells_what_it_aims_at(metrics: Any, targets: str) -> None:
    item = {"spec": {"metrics": metrics}}
    assert row("horizontalpodautoscalers.autoscaling", item)["Targets"] == targets


def test_a_slice_tells_three_of_its_ports_and_addresses() -> None:
    ports = [{"port": 80}, {"name": "x"}, {}, {"port": 81}]
    item = {"ports": ports, "endpoints": [{"addresses": ["a", "b"]}, {"addresses": ["c", "d"]}]}
    shown = row("endpointslices.discovery.k8s.io", item)
    assert (shown["Ports"], shown["Endpoints"]) == ("80,x,* + 1 more...", "a,b,c + 1 more...")


def test_an_event_that_goes_on_tells_when_it_was_last_seen() -> None:
    series = {"count": 7, "lastObservedTime": ago(minutes=2)}
    item = {"involvedObject": {"kind": "Pod"}, "eventTime": ago(hours=1), "series": series}
    shown = row("events", item)
    assert (shown["Last Seen"], shown["First Seen"], shown["Count"]) == ("2m", "60m", 7)
    assert shown["Object"] == "pod"


def test_the_usage_of_a_pod_is_that_of_its_containers() -> None:
    containers = [{"name": n, "usage": {"cpu": "1500n", "memory": "2Mi"}} for n in "ab"]
    shown = row("pods.metrics.k8s.io", {"containers": containers, "window": "10s"})
    assert shown == {"Name": "one", "cpu": "3u", "memory": "4Mi", "Window": "10s"}


@every(
    ("type_", "value", "cell"),
    [
        ("string", "red", "red"),
        ("string", 3, "3"),
        ("string", True, "true"),
        ("string", ["a", "b"], '["a","b"]'),
        ("integer", 3.7, 3),
        ("integer", "3", None),
        ("integer", True, None),
        ("number", 0.5, 0.5),
        ("boolean", False, False),
        ("boolean", "yes", None),
        ("date", ago(minutes=5), "5m"),
        ("string", None, None),
    ],
)
def test_a_custom_column_shows_only_values_of_its_type(type_: str, value: Any, cell: Any) -> None:
    column = {"name": "C", "cell": ["custom", type_, ".spec.c"]}
    kind = Kind("W", "ws", "x.org", custom=True, columns=[column])
    shown = table(kind, [{"metadata": {"name": "one"}, "spec": {"c": value}}], NOW, "Metadata", {})
    assert shown["rows"][0]["cells"] == ["one", cell]


def test_a_custom_resource_without_columns_shows_its_age() -> None:
    kind = Kind("W", "ws", "x.org", custom=True)
    item = {"metadata": {"name": "one", "creationTimestamp": ago(days=3)}}
    shown = table(kind, [item], NOW, "Metadata", {})
    assert shown["rows"][0]["cells"] == ["one", "3d"]
    assert [each["name"] for each in shown["columnDefinitions"]] == ["Name", "Age"]


@every("resource", [k.resource for k in KINDS if "list" in k.verbs])
def test_every_kind_that_is_listed_has_columns(resource: str) -> None:
    assert resource in data("columns")
