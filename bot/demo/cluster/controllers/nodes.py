"""Node lifecycle: a node that is not heard of is tainted, and its pods are evicted in time."""

from collections.abc import Iterator

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.fitting import bears, tolerated
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    condition,
    leaving,
    left,
    ready,
    soonest,
    with_condition,
)
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_SOURCE, _LEASES = "node-controller", "kube-node-lease"
# Seconds without a renewed lease (node-monitor-grace-period).
_PATIENCE = 50
_KINDS = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
_TAINTS = {
    "node.kubernetes.io/not-ready": ("NoSchedule", "NoExecute"),
    "node.kubernetes.io/unreachable": ("NoSchedule", "NoExecute"),
    "node.kubernetes.io/unschedulable": ("NoSchedule",),
}


def holder(lease: JsonObject) -> Iterator[Key]:
    """Yield the node that renews a lease."""
    if lease["metadata"]["namespace"] == _LEASES:
        yield Key("nodes", "", lease["metadata"]["name"])


def host(pod: JsonObject) -> Iterator[Key]:
    """Yield the node that a pod runs on."""
    yield Key("nodes", "", pod["spec"].get("nodeName", ""))


def reconcile(hands: Hands, key: Key) -> float | None:
    """Judge the node by its lease, keep its taints, and evict the pods that do not bear them."""
    node = hands.find(key)
    if node is None:
        return None
    rest = _heard_in(hands, node)
    if rest <= 0 and condition(node, "Ready").get("status") != "Unknown":
        node = _lose(hands, node)
    node = _taint(hands, node)
    return soonest([rest, *(_evict_in(hands, node, pod) for pod in hands.pods_on(key.name))])


def _heard_in(hands: Hands, node: JsonObject) -> float:
    name = node["metadata"]["name"]
    lease = hands.find(Key("leases.coordination.k8s.io", _LEASES, name))
    heard = lease["spec"]["renewTime"] if lease else node["metadata"]["creationTimestamp"]
    return left(heard, _PATIENCE, hands.clock.now())


def _lose(hands: Hands, node: JsonObject) -> JsonObject:
    now = hands.registry.stamp()
    conditions: list[JsonObject] = node.get("status", {}).get("conditions", [])
    for kind in _KINDS:
        new = {"type": kind, "status": "Unknown", "reason": "NodeStatusUnknown"}
        new |= {"message": "Kubelet stopped posting node status."}
        beat = condition(node, kind).get("lastHeartbeatTime", now)
        conditions = with_condition(conditions, new | {"lastHeartbeatTime": beat}, now)
    node = hands.report(node, {"conditions": conditions})
    name = node["metadata"]["name"]
    tell(hands, _SOURCE, node, Told("NodeNotReady", f"Node {name} status is now: NodeNotReady"))
    for pod in filter(ready, hands.pods_on(name)):
        old = condition(pod, "Ready") | {"status": "False", "lastTransitionTime": now}
        others = [old if x["type"] == "Ready" else x for x in pod["status"]["conditions"]]
        hands.report(pod, {"conditions": others})
        tell(hands, _SOURCE, pod, Told("NodeNotReady", "Node is not ready", "Warning"))
    return node


def _taint(hands: Hands, node: JsonObject) -> JsonObject:
    status = condition(node, "Ready").get("status", "False")
    due = {
        "node.kubernetes.io/not-ready": status == "False",
        "node.kubernetes.io/unreachable": status == "Unknown",
        "node.kubernetes.io/unschedulable": bool(node["spec"].get("unschedulable")),
    }
    before = node["spec"].get("taints", [])
    known = [(each["key"], each["effect"]) for each in before]
    kept = [each for each in before if due.get(each["key"], True)]
    new = [
        {"key": key, "effect": effect, "timeAdded": hands.registry.stamp()}
        for key, effects in _TAINTS.items() if due[key]
        for effect in effects if (key, effect) not in known
    ]  # fmt: skip
    if not new and len(kept) == len(before):
        return node
    rest = {k: v for k, v in node["spec"].items() if k != "taints"}
    spec = rest | ({"taints": [*kept, *new]} if kept or new else {})
    return hands.change(node, lambda x: x | {"spec": spec})


def _evict_in(hands: Hands, node: JsonObject, pod: JsonObject) -> float | None:
    """Delete the pod if its time has come; return the seconds until then."""
    if leaving(pod):
        return None
    waits: list[float] = [0.0 for _ in bears(pod["spec"], node, "NoExecute")]
    for taint in node["spec"].get("taints", ()):
        seconds = (tolerated(pod["spec"], taint) or {}).get("tolerationSeconds")
        if taint["effect"] == "NoExecute" and seconds is not None:
            waits.append(left(taint["timeAdded"], seconds, hands.clock.now()))
    if not waits or min(waits) > 0:
        return min(waits, default=None)
    metadata = pod["metadata"]
    text = f"Marking for deletion Pod {metadata['namespace']}/{metadata['name']}"
    tell(hands, "taint-eviction-controller", pod, Told("TaintManagerEviction", text))
    hands.delete(pod)
    return None
