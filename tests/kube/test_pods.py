"""Which pod and which container a log is asked of, by tables."""

from typing import Any

import pytest

from bot.kube.pods import (
    best_for_logs,
    container_names,
    described_containers,
    label_selector,
    selector_of,
)
from tests.every import every

Json = dict[str, Any]


def pod(
    name: str,
    phase: str = "Running",
    *,
    node: str = "n1",
    ready: str = "",
    restarts: int = 0,
    created: str = "2026-01-01T00:00:00Z",
) -> Json:
    conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": ready}] if ready else []
    return {
        "metadata": {"name": name, "creationTimestamp": created},
        "spec": {"nodeName": node} if node else {},
        "status": {
            "phase": phase,
            "conditions": conditions,
            "containerStatuses": [{"restartCount": restarts}],
        },
    }


@every(
    ("better", "worse"),
    [
        (pod("a"), pod("b", node="")),
        (pod("a"), pod("b", "Pending")),
        (pod("a", "Unknown"), pod("b", "Pending")),
        (pod("a", ready="2026-01-02T00:00:00Z"), pod("b")),
        (pod("a", ready="2026-01-01T00:00:00Z"), pod("b", ready="2026-01-02T00:00:00Z")),
        (pod("a", restarts=3), pod("b", restarts=1)),
        (pod("a", created="2026-01-01T00:00:00Z"), pod("b", created="2026-01-02T00:00:00Z")),
        (pod("a", node="n1", phase="Pending"), pod("b", node="", phase="Running")),
    ],
    ids=[
        "scheduled",
        "running-before-pending",
        "unknown-before-pending",
        "ready",
        "longer-ready",
        "more-restarts",
        "older",
        "scheduled-counts-most",
    ],
)
def test_the_pod_whose_log_says_most_comes_first(better: Json, worse: Json) -> None:
    for pods in ([better, worse], [worse, better]):
        assert [found["metadata"]["name"] for found in best_for_logs(pods)] == ["a", "b"]


def test_a_pod_without_a_status_can_be_ranked() -> None:
    bare: Json = {"metadata": {}, "spec": {}}
    assert best_for_logs([bare, pod("a")])[0]["metadata"] == pod("a")["metadata"]


CONTAINERS: Json = {
    "spec": {
        "initContainers": [{"name": "setup"}],
        "containers": [{"name": "app"}, {"name": "sidecar"}],
        "ephemeralContainers": [{"name": "debug"}],
    }
}


def test_containers_are_listed_as_errors_list_them() -> None:
    assert container_names(CONTAINERS) == ["setup", "app", "sidecar", "debug"]
    assert container_names(CONTAINERS, init=False) == ["app", "sidecar", "debug"]
    assert described_containers(CONTAINERS) == "app, sidecar, debug (ephem), setup (init)"


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ({}, ""),
        ({"matchLabels": {"b": "2", "a": "1"}}, "a=1,b=2"),
        (
            {"matchExpressions": [{"key": "a", "operator": "In", "values": ["y", "x"]}]},
            "a in (x,y)",
        ),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["x"]}]}, "a notin (x)"),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "a"),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, "!a"),
        (
            {
                "matchLabels": {"app": "web"},
                "matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["db"]}],
            },
            "app=web,app notin (db)",
        ),
    ],
    ids=["none", "labels", "in", "notin", "exists", "absent", "one-key-twice"],
)
def test_a_selector_becomes_the_apis_text(selector: Json, text: str) -> None:
    assert label_selector(selector) == text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"kind": "Service", "spec": {"selector": {"b": "2", "a": "1"}}}, "a=1,b=2"),
        ({"kind": "Service", "spec": {}}, ""),
        ({"kind": "Deployment", "spec": {"selector": {"matchLabels": {"app": "web"}}}}, "app=web"),
        ({"kind": "ConfigMap"}, ""),
    ],
    ids=["service", "external-service", "deployment", "no-spec"],
)
def test_a_workload_selects_its_pods(item: Json, text: str) -> None:
    assert selector_of(item) == text
