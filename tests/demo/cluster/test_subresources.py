from typing import Any

import pytest

from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.verbs import evict, scale_of, scaled
from tests.demo.cluster.objects import PODS, SHOP, kind, pod, registry

BUDGETS = kind("poddisruptionbudgets.policy")
EVICTION = {"metadata": {"name": "web"}}


def with_pod(phase: str, *, ready: bool) -> Registry:
    box = registry()
    box.create(PODS.resource, SHOP, pod("web", node="node-a"))
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    status = {"phase": phase, "conditions": [condition]}
    box.change(PODS.at(SHOP, "web"), lambda x: x | {"status": status}, subresource="status")
    return box


def protect(box: Registry, name: str = "web", **status: int) -> None:
    spec = {"minAvailable": 1, "selector": {}}
    box.create(BUDGETS.resource, SHOP, {"metadata": {"name": name}, "spec": spec})
    told = {"observedGeneration": 1, "disruptionsAllowed": 0, **status}
    box.change(BUDGETS.at(SHOP, name), lambda x: x | {"status": told}, subresource="status")


@pytest.mark.parametrize(
    ("phase", "ready", "healthy", "goes"),
    [
        ("Running", True, 1, False),
        ("Running", False, 1, True),
        ("Running", False, 0, False),
        ("Pending", False, 0, True),
        ("Succeeded", True, 0, True),
        ("Failed", False, 0, True),
    ],
)
def test_a_budget_holds_the_pods_that_it_counts(
    phase: str, ready: bool, healthy: int, goes: bool
) -> None:
    box = with_pod(phase, ready=ready)
    protect(box, currentHealthy=healthy, desiredHealthy=1)
    if goes:
        assert evict(box, PODS.at(SHOP, "web"), EVICTION)["status"] == "Success"
    else:
        with pytest.raises(ApiRefusalError, match="would violate") as refusal:
            evict(box, PODS.at(SHOP, "web"), EVICTION)
        assert refusal.value.code == 429
    pods = box.store.list("pods")
    assert (not pods or "deletionTimestamp" in pods[0]["metadata"]) is goes


def test_an_eviction_is_drawn_from_the_budget() -> None:
    box = with_pod("Running", ready=True)
    protect(box, currentHealthy=2, desiredHealthy=1, disruptionsAllowed=1)
    evict(box, PODS.at(SHOP, "web"), EVICTION)
    assert box.get(BUDGETS.at(SHOP, "web"))["status"]["disruptionsAllowed"] == 0


def test_a_dry_run_draws_nothing_and_evicts_nobody() -> None:
    box = with_pod("Running", ready=True)
    protect(box, currentHealthy=2, desiredHealthy=1, disruptionsAllowed=1)
    before = box.store.revision
    evict(box, PODS.at(SHOP, "web"), EVICTION | {"deleteOptions": {"dryRun": ["All"]}})
    assert box.store.revision == before


def test_an_eviction_of_another_pod_of_that_name_is_a_conflict() -> None:
    box = with_pod("Running", ready=True)
    options = {"deleteOptions": {"preconditions": {"uid": "other"}}}
    with pytest.raises(ApiRefusalError, match="UID in the precondition") as refusal:
        evict(box, PODS.at(SHOP, "web"), EVICTION | options)
    assert refusal.value.code == 409
    assert "deletionTimestamp" not in box.get(PODS.at(SHOP, "web"))["metadata"]


def workload(**spec: Any) -> dict[str, Any]:
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": [
        {"key": "tier", "operator": "In", "values": ["b", "a"]},
    ]}  # fmt: skip
    metadata = {"name": "web", "resourceVersion": "7", "labels": {"a": "b"}}
    return {"metadata": metadata, "spec": {"selector": selector, **spec}}


def test_a_scale_shows_the_selector_as_text() -> None:
    scale = scale_of(workload(replicas=3))
    assert scale["spec"] == {"replicas": 3}
    assert scale["status"] == {"replicas": 0, "selector": "app=web,tier in (a,b)"}
    assert "labels" not in scale["metadata"]


def test_a_scale_changes_the_replicas_alone() -> None:
    before = workload(replicas=3, paused=True)
    after = scaled(before, {"spec": {"replicas": 5}})
    assert after["spec"] == before["spec"] | {"replicas": 5}
    assert scaled(before, {"metadata": {"resourceVersion": "6"}, "spec": {}})["metadata"] == {
        **before["metadata"], "resourceVersion": "6",
    }  # fmt: skip
