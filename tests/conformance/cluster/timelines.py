"""What cases of controllers wait for, and what they show."""

from typing import Any

from tests.conformance.cluster.case import Check, Pointers, Request, Until
from tests.conformance.cluster.writing import (
    APPS,
    BATCH,
    CORE,
    IMAGE,
    TABLE,
    Item,
    at,
    condition,
    config_map,
    containers,
    count,
    daemon_set,
    item,
    patch,
    template,
)

DEPLOYMENT, SETS = f"{APPS}/deployments/web", f"{APPS}/replicasets"
STATEFUL, DAEMON, REVISIONS = (
    f"{APPS}/statefulsets/web", f"{APPS}/daemonsets/web", f"{APPS}/controllerrevisions",
)  # fmt: skip
JOB, PODS = f"{BATCH}/jobs/web", f"{CORE}/pods?labelSelector=app%3Dweb"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices"
NEXT, BAD = "registry.example.org/shop/web:2", "registry.example.org/shop/web:bad"
SEEN: Pointers = ("/status", "/metadata/annotations", "/metadata/generation")
STATUS: Pointers = ("/status",)
ON_A = {"kubernetes.io/hostname": "node-a"}
# Other cases make nodes of their own.
_HOST = {
    "key": "kubernetes.io/hostname",
    "operator": "In",
    "values": ["node-a", "node-b", "node-c"],
}
_THREE = {"nodeSelectorTerms": [{"matchExpressions": [_HOST]}]}


def seen(**numbers: int) -> Check:
    """Pass when the controller has seen the newest generation, and the status has the numbers."""

    def check(code: int, body: Any) -> bool:
        status = body.get("status", {}) if code == 200 else {}
        newest = status.get("observedGeneration") == body.get("metadata", {}).get("generation", 0)
        return newest and all(status.get(name, 0) == number for name, number in numbers.items())

    return check


def rolled(replicas: int, where: str = DEPLOYMENT, keep: Pointers = SEEN) -> Until:
    """Wait until a Deployment's rollout is over and its old pods are gone."""
    numbers = {"replicas": replicas, "updatedReplicas": replicas, "availableReplicas": replicas}
    return Until(where, seen(**numbers, terminatingReplicas=0), keep)


def image(name: str, where: str = DEPLOYMENT) -> Request:
    """Change the image of a workload."""
    return patch(where, {"spec": {"template": {"spec": containers(name)}}}, keep=())


def spec(where: str = DEPLOYMENT, **parts: Any) -> Request:
    """Change the spec of a workload."""
    return patch(where, {"spec": parts}, keep=())


# The cell of an event's row that says how often it was told.
_COUNT = 8


def events(kind: str, number: int) -> Until:
    """Show what was told of the objects of a kind, as kubectl does, once it was so many times."""
    where = f"{CORE}/events?fieldSelector=involvedObject.kind={kind}&includeObject=None"

    def check(code: int, body: Any) -> bool:
        rows = body["rows"] or () if code == 200 else ()
        return bool(sum(row["cells"][_COUNT] for row in rows) == number)

    return Until(where, check, keep=("/rows",), accept=TABLE)


def sets(number: int) -> Until:
    """Show the ReplicaSets, once there are so many and each has seen its newest generation."""
    return Until(SETS, count(number, _at_rest), keep=("/items",))


def _at_rest(_code: int, body: Any) -> bool:
    status = body.get("status", {})
    settled: bool = status.get("observedGeneration") == body["metadata"]["generation"]
    return settled and status.get("replicas", 0) == body["spec"]["replicas"]


def stateful(replicas: int, **numbers: int) -> Until:
    """Wait until a StatefulSet has so many pods, ready and of its newest revision."""
    wanted = {"replicas": replicas, "readyReplicas": replicas, "updatedReplicas": replicas}
    return Until(STATEFUL, seen(**wanted | numbers), STATUS)


def daemons(name: str = IMAGE) -> Item:
    """Return a DaemonSet for the bed's three nodes."""
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": _THREE}}
    return daemon_set("web", template=template("web", name, affinity=affinity))


def everywhere(**numbers: int) -> Until:
    """Wait until a DaemonSet of the bed's three nodes is ready on all."""
    wanted = {"desiredNumberScheduled": 3, "numberAvailable": 3, "updatedNumberScheduled": 3}
    return Until(DAEMON, seen(**wanted | numbers), STATUS)


def settled_pods(number: int) -> Until:
    """Show the first pod labelled `app: web`, once there are so many and all are ready."""
    parts = (
        "metadata/generateName",
        "metadata/ownerReferences",
        "spec/containers",
        "spec/hostname",
    )
    shown = tuple(f"/items/0/{part}" for part in (*parts, "spec/tolerations", "status"))
    return Until(PODS, count(number, _is_ready), keep=shown)


def _is_ready(_code: int, body: Any) -> bool:
    return condition("Ready")(200, body)


def phase(name: str) -> Check:
    """Pass when the pod is in the phase."""
    return at("/status/phase", name)


def waiting(reason: str) -> Check:
    """Pass when the pod's first container waits for that reason."""
    return at("/status/containerStatuses/0/state/waiting/reason", reason)


def budget(**parts: Any) -> Item:
    """Return a PodDisruptionBudget for the pods labelled `app: web`."""
    selector = {"selector": {"matchLabels": {"app": "web"}}}
    return item("policy/v1", "PodDisruptionBudget", "web", spec=selector | parts)


def node(name: str) -> Item:
    """Return a node that the bed's kubelet takes care of."""
    room = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    status = {"allocatable": room, "capacity": room}
    marks = {"kwok.x-k8s.io/node": "fake"}
    return item("v1", "Node", name, annotations=marks, spec={"unschedulable": True}, status=status)


def owned(name: str, owner: str) -> Item:
    """Return a ConfigMap of another, whose uid was saved as `uid`."""
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": owner, "uid": "{uid}"}
    blocking = reference | {"blockOwnerDeletion": True}
    return config_map(name, ownerReferences=[blocking])
