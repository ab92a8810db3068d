"""The fixture: applied to a cluster, and waited for until every part of it is as it stays."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.kubectl import Kubectl
from tests.cluster.peers import ClusterError

Item = dict[str, Any]

HERE = Path(__file__).parent
DEPLOY = HERE.parent.parent / "deploy"
RIGHTS = (DEPLOY / "namespace.yaml", DEPLOY / "rbac.yaml")
FIXTURE = HERE / "fixture.yaml"
WIDGETS = HERE / "widgets.yaml"
_CONDITIONS = {
    "APIService": "Available",
    "CustomResourceDefinition": "Established",
    "Job": "Complete",
    "Node": "Ready",
}
WATCHED = "apiservices,nodes,clusterroles,deployments,statefulsets,daemonsets,jobs,pods"
MEASURED = "nodes.metrics.k8s.io,pods.metrics.k8s.io"
OUTSIDE = ("Ingress",)
"""What the fixture has and the simulated cluster has not (docs/simulated-cluster.md)."""
SETTLE_SECONDS = 50
PAUSE = 0.1
"""Seconds between two looks at the cluster."""


def furnish(
    kubectl: Kubectl,
    nodes: list[Item],
    *,
    seconds: float = SETTLE_SECONDS,
    simulated: Callable[[], list[Item]] | None = None,
) -> None:
    """Apply the nodes, the bot's rights and the fixture; return when all of it has settled.

    A simulated cluster has no schemas to validate by, and not every kind; what it holds is looked
    at without a kubectl for each look.

    Raises:
        ClusterError: it has not settled in time; the message names what has not.
    """
    deadline = time.monotonic() + seconds
    apply = ("apply", "--validate=false") if simulated else ("apply",)
    fixture = [item for file in (*RIGHTS, FIXTURE) for item in read(file)]
    served = [item for item in fixture if not (simulated and item["kind"] in OUTSIDE)]
    text = yaml.dump_all(nodes + served, Dumper=yaml.CSafeDumper)

    def found(kinds: str) -> list[Item]:
        return simulated() if simulated else kubectl.items(kinds, "-A")

    kubectl.out(*apply, "-f=-", stdin=text, seconds=SETTLE_SECONDS)
    _settle(deadline, lambda: unsettled(found("customresourcedefinitions")))
    kubectl.out(*apply, f"-f={WIDGETS}")
    _settle(deadline, lambda: unsettled(found(WATCHED)))
    if not simulated:
        # Its API is there before it has measured anything, which takes it two rounds.
        _settle(deadline, lambda: unmeasured(kubectl))


def read(file: Path) -> list[Item]:
    """Return the objects of a file."""
    return list(yaml.load_all(file.read_bytes(), yaml.CSafeLoader))


def _settle(deadline: float, waits_for: Callable[[], list[str]]) -> None:
    while waiting := waits_for():
        if time.monotonic() >= deadline:
            raise ClusterError(f"the cluster has not settled: {'; '.join(waiting)}")
        threading.Event().wait(PAUSE)


def unsettled(items: list[Item]) -> list[str]:
    """Return what is not yet as it stays, in words."""
    return [f"{item['kind']} {_name(item)} {lack}" for item in items for lack in _lacks(item)]


def moving(items: list[Item]) -> list[str]:
    """Return what is not yet as it stays, and what is about to go, in words."""
    ends = [item for item in items if "deletionTimestamp" in item["metadata"]]
    return unsettled(items) + [f"{item['kind']} {_name(item)} ends" for item in ends]


def unmeasured(kubectl: Kubectl) -> list[str]:
    """Return the nodes and the ready pods that metrics.k8s.io does not tell of yet, in words."""
    running = kubectl.items("pods", "-A", "--field-selector=status.phase=Running")
    ready = [pod for pod in running if not any(_condition(pod["status"], "Ready"))]
    measured = {_name(item) for item in kubectl.items(MEASURED, "-A")}
    wanted = kubectl.items("nodes") + ready
    return [f"{_name(item)} is not measured" for item in wanted if _name(item) not in measured]


def _name(item: Item) -> str:
    metadata = item["metadata"]
    return "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))


def _lacks(item: Item) -> Iterator[str]:
    status = item.get("status", {})
    match item["kind"]:
        case "Node":
            yield from _condition(status, "Ready")
        case "APIService":
            yield from _condition(status, "Available")
        case "ClusterRole" if "aggregationRule" in item and not item.get("rules"):
            yield "is not filled yet"
        case "Deployment" | "StatefulSet":
            yield from _replicas(item, item["spec"]["replicas"])
        case "DaemonSet":
            yield from _count(status, "numberReady", status.get("desiredNumberScheduled") or 1)
        case "Pod":
            yield from _pod(item)
        case kind if kind in _CONDITIONS:
            yield from _condition(status, _CONDITIONS[kind])
        case _:
            pass


def _condition(status: Item, kind: str) -> Iterator[str]:
    conditions = {each["type"]: each["status"] for each in status.get("conditions", ())}
    if conditions.get(kind) != "True":
        yield f"is not {kind}"


def _replicas(item: Item, wanted: int) -> Iterator[str]:
    status = item["status"]
    if status.get("observedGeneration") != item["metadata"]["generation"]:
        yield "was not looked at by its controller"
    yield from _count(status, "replicas", wanted)
    if _ends_as(item["spec"]["template"]["spec"]) is None:
        yield from _count(status, "readyReplicas", wanted)
        yield from _count(status, "updatedReplicas", wanted)
        yield from _count(status, "availableReplicas", wanted)


def _count(status: Item, field: str, wanted: int) -> Iterator[str]:
    if (is_now := status.get(field, 0)) != wanted:
        yield f"has {is_now} of {wanted} {field}"


def _ends_as(spec: Item) -> str | None:
    """Return the reason for which a pod never runs, by stages.yaml; None when it does."""
    tags = [container["image"].rpartition(":")[2] for container in spec["containers"]]
    if any(tag.startswith("bad") for tag in tags):
        return "ImagePullBackOff"
    return "CrashLoopBackOff" if any(tag.startswith("crash") for tag in tags) else None


def _pod(pod: Item) -> Iterator[str]:
    spec, status = pod["spec"], pod["status"]
    reasons = [
        each["state"].get("waiting", {}).get("reason")
        for each in status.get("containerStatuses", ())
    ]
    if reason := _ends_as(spec):
        if reason not in reasons:
            yield f"is not in {reason}"
    elif "nodeSelector" in spec and "nodeName" not in spec:
        if "PodScheduled" not in [each["type"] for each in status.get("conditions", ())]:
            yield "was not looked at by the scheduler"
    elif status["phase"] != "Succeeded":
        yield from _condition(status, "Ready")
