"""Nodes: their heartbeat, and what becomes of one that is not heard of, and of its pods."""

from collections.abc import Iterable

from bot.demo.cluster.controllers.hands import STOPPED, Hands, condition, leaving, left, ready
from bot.demo.cluster.controllers.scheduler import bears, tolerated
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, data, micro

_LEASES, _HOME = "leases.coordination.k8s.io", "kube-node-lease"
# How long a kubelet keeps what it read: not at all in a small cluster (ttl controller).
_TTL = "node.alpha.kubernetes.io/ttl"
# Seconds between heartbeats, that a lease lasts, and without one until a node is given up
# (node-monitor-grace-period).
_BEAT, _LEASE, _PATIENCE = 10, 40, 50


def of(_hands: Hands, _resource: str, key: Key, item: Json) -> Iterable[Key]:
    """Return the node of a lease or of a pod."""
    if item["kind"] == "Lease":
        return (Key("nodes", "", key.name),) if key.namespace == _HOME else ()
    return (Key("nodes", "", item["spec"].get("nodeName", "")),)


def attend(hands: Hands, node: Json) -> float | None:
    """Report that a node is well, and renew its lease, as its kubelet does."""
    metadata, now = node["metadata"], hands.now()
    if STOPPED in metadata.get("annotations", {}):
        return None
    if not ready(node):
        rows, notes = data("controllers")["node"], metadata.get("annotations", {}) | {_TTL: "0"}
        conditions = hands.conditions(node, *rows, lastHeartbeatTime=now)
        hands.report(node, {"conditions": conditions, "phase": "Running"}, annotations=notes)
    spec = {"holderIdentity": metadata["name"], "leaseDurationSeconds": _LEASE}
    spec |= {"renewTime": micro(hands.clock.now())}
    if lease := hands.find(Key(_LEASES, _HOME, metadata["name"])):
        hands.patch(lease, {"spec": spec})
    else:
        owner = {"apiVersion": "v1", "kind": "Node", **{k: metadata[k] for k in ("name", "uid")}}
        about = {"name": metadata["name"], "ownerReferences": [owner]}
        hands.create(_LEASES, _HOME, {"metadata": about, "spec": spec})
    return _BEAT


def reconcile(hands: Hands, node: Json) -> float | None:
    """Judge the node by its lease, keep its taints, and evict the pods that do not bear them."""
    name, now = node["metadata"]["name"], hands.clock.now()
    lease = hands.find(Key(_LEASES, _HOME, name))
    heard = lease["spec"]["renewTime"] if lease else node["metadata"]["creationTimestamp"]
    rest = left(heard, _PATIENCE, now)
    if rest <= 0 and condition(node, "Ready").get("status") != "Unknown":
        node = _lose(hands, node)
    node = _taint(hands, node)
    waits = [rest]
    for pod in hands.pods_on(name):
        wait = _bears_for(hands, node, pod)
        if wait is not None and wait <= 0 and not leaving(pod):
            metadata = pod["metadata"]
            text = f"Marking for deletion Pod {metadata['namespace']}/{metadata['name']}"
            hands.tell(pod, "TaintManagerEviction", text, by="taint-eviction-controller")
            hands.delete(pod)
        waits.append(wait or 0)
    return min((wait for wait in waits if wait > 0), default=None)


def _lose(hands: Hands, node: Json) -> Json:
    name, now = node["metadata"]["name"], hands.now()
    told = f"Node {name} status is now: NodeNotReady"
    hands.tell(node, "NodeNotReady", told, by="node-controller")
    for pod in filter(ready, hands.pods_on(name)):
        conditions = hands.conditions(pod, ("Ready", "False"), lastProbeTime=None)
        hands.report(pod, {"conditions": conditions})
        hands.tell(pod, "NodeNotReady", "Node is not ready", "Warning", "node-controller")
    rows, beat = data("controllers")["lost"], condition(node, "Ready").get("lastHeartbeatTime", now)
    conditions = hands.conditions(node, *rows, lastHeartbeatTime=beat)
    return hands.report(node, {"conditions": conditions})


def _taint(hands: Hands, node: Json) -> Json:
    status, before = condition(node, "Ready").get("status", "False"), node["spec"].get("taints", [])
    due = {
        "node.kubernetes.io/not-ready": status == "False",
        "node.kubernetes.io/unreachable": status == "Unknown",
        "node.kubernetes.io/unschedulable": bool(node["spec"].get("unschedulable")),
    }
    known = [(each["key"], each["effect"]) for each in before]
    taints = [each for each in before if due.get(each["key"], True)] + [
        {"key": key, "effect": effect, "timeAdded": hands.now()}
        for key, effects in data("controllers")["taints"].items() if due[key]
        for effect in effects if (key, effect) not in known
    ]  # fmt: skip
    return hands.patch(node, {"spec": {"taints": taints or None}})


def _bears_for(hands: Hands, node: Json, pod: Json) -> float | None:
    """Return for how many seconds the pod still bears the node's taints; None: for ever."""
    waits = [0.0 for _ in bears(pod["spec"], node, "NoExecute")]
    for taint in node["spec"].get("taints", ()):
        seconds = (tolerated(pod["spec"], taint) or {}).get("tolerationSeconds")
        if taint["effect"] == "NoExecute" and seconds is not None:
            waits.append(left(taint["timeAdded"], seconds, hands.clock.now()))
    return min(waits, default=None)


CONTROLLERS = [("nodes", attend, {}), ("nodes", reconcile, {_LEASES: of, "pods": of})]
