"""When the fixture has settled."""

from typing import Any

import pytest

from tests.cluster.workloads import unsettled
from tests.every import every

Item = dict[str, Any]


def pod(image: str = "web:1", status: Item | None = None, **spec: Any) -> Item:
    return {
        "kind": "Pod",
        "metadata": {"namespace": "shop", "name": "web-1"},
        "spec": {"containers": [{"image": image}], **spec},
        "status": status or {"phase": "Pending"},
    }


def ready(kind: str = "Ready", phase: str = "Running") -> Item:
    return {"phase": phase, "conditions": [{"type": kind, "status": "True"}]}


def waiting(reason: str) -> Item:
    return {"phase": "Running", "containerStatuses": [{"state": {"waiting": {"reason": reason}}}]}


def deployment(status: dict[str, int], image: str = "web:1") -> Item:
    return {
        "kind": "Deployment",
        "metadata": {"namespace": "shop", "name": "web", "generation": 2},
        "spec": {"replicas": 3, "template": {"spec": {"containers": [{"image": image}]}}},
        "status": status,
    }


ALL = {
    "observedGeneration": 2,
    "replicas": 3,
    "readyReplicas": 3,
    "updatedReplicas": 3,
    "availableReplicas": 3,
}


@every(
    "item",
    [
        pytest.param(pod(status=ready()), id="ready"),
        pytest.param(pod(status={"phase": "Succeeded"}), id="completed"),
        pytest.param(pod("web:bad-1", waiting("ImagePullBackOff")), id="image"),
        pytest.param(pod("web:crash-1", waiting("CrashLoopBackOff")), id="crash"),
        pytest.param(pod(status=ready("PodScheduled"), nodeSelector={"a": "b"}), id="homeless"),
        pytest.param(deployment(ALL), id="deployment"),
        pytest.param(deployment({"observedGeneration": 2, "replicas": 3}, "web:bad"), id="broken"),
        pytest.param({"kind": "ServiceAccount", "metadata": {"name": "web"}}, id="other"),
    ],
)
def test_what_stays_as_it_is_has_settled(item: Item) -> None:
    assert unsettled([item]) == []


@every(
    ("item", "words"),
    [
        pytest.param(pod(), ["Pod shop/web-1 is not Ready"], id="new"),
        pytest.param(
            pod("web:bad-1", ready()), ["Pod shop/web-1 is not in ImagePullBackOff"], id="image"
        ),
        pytest.param(
            pod(nodeSelector={"a": "b"}),
            ["Pod shop/web-1 was not looked at by the scheduler"],
            id="homeless",
        ),
        pytest.param(
            pod(nodeSelector={"a": "b"}, nodeName="node-a"),
            ["Pod shop/web-1 is not Ready"],
            id="selected",
        ),
        pytest.param(
            deployment(ALL | {"observedGeneration": 1}),
            ["Deployment shop/web was not looked at by its controller"],
            id="generation",
        ),
        pytest.param(
            deployment(ALL | {"readyReplicas": 1}),
            ["Deployment shop/web has 1 of 3 readyReplicas"],
            id="replicas",
        ),
        pytest.param(
            {"kind": "Node", "metadata": {"name": "node-a"}, "status": {}},
            ["Node node-a is not Ready"],
            id="node",
        ),
        pytest.param(
            {"kind": "ClusterRole", "metadata": {"name": "tier"}, "aggregationRule": {}},
            ["ClusterRole tier is not filled yet"],
            id="tier",
        ),
        pytest.param(
            {"kind": "DaemonSet", "metadata": {"name": "agent"}, "status": {}},
            ["DaemonSet agent has 0 of 1 numberReady"],
            id="daemonset",
        ),
    ],
)
def test_what_has_not_settled_is_named(item: Item, words: list[str]) -> None:
    assert unsettled([item]) == words
