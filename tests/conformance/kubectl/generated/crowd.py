"""Puts the generated objects on a cluster, a few kubectl runs for all of them, and removes them.

Nothing about them moves by itself: their nodes have no kubelet, their Deployments make no pods.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.cluster.kubectl import Kubectl
from tests.conformance.kubectl.generated import others
from tests.conformance.kubectl.generated.atoms import Json, Some, samples
from tests.conformance.kubectl.generated.pods import pod

NAMESPACE = "generated"
COUNT = 104
"""Of each kind; a whole number of batches."""
BATCH = 26
"""So many are described by one command."""
BATCHES = COUNT // BATCH
SEED = 20_261_128
_BATCH = "example.org/batch"
_KINDS: dict[str, Some] = {
    "nodes": others.node(),
    "pods": pod(),
    "deployments": others.deployment(),
    "services": others.service(),
    "endpointslices": others.endpoints(),
    "configmaps": others.config_map(),
    "secrets": others.secret(),
}
DESCRIBED = ("nodes", "pods", "deployments", "services", "configmaps", "secrets")


@contextmanager
def crowded(kubectl: Kubectl) -> Iterator[None]:
    """Have the objects on the cluster until the block ends."""
    remove(kubectl, wait=True)
    try:
        _put(kubectl)
        yield
    finally:
        remove(kubectl, wait=False)


def phrase(kind: str, batch: int) -> str:
    """Return what describes a part of the objects of a kind."""
    return f"describe {kind} -n {NAMESPACE} -l {_BATCH}={batch}"


def _put(kubectl: Kubectl) -> None:
    kubectl.out("create", "namespace", NAMESPACE)
    for kind, strategy in _KINDS.items():
        wanted = [_named(found, kind, at) for at, found in enumerate(_generated(kind, strategy))]
        created = _created(kubectl, wanted)
        _replace_status(kubectl, wanted, created)
    _created(kubectl, [_lease(at) for at in range(0, COUNT, 3)])
    # What a Deployment has been: every other one of a batch gets a second ReplicaSet.
    changed = f"-l={_BATCH}=0"
    kubectl.out("set", "env", "deploy", "-n", NAMESPACE, changed, "CHANGED=1")
    seen = "--for=jsonpath={.status.conditions[0].type}"
    kubectl.out("wait", "deploy", "-n", NAMESPACE, "--all", "--timeout=60s", seen, seconds=90)


def _generated(kind: str, strategy: Some) -> Sequence[Json]:
    return samples(strategy, COUNT, SEED + sorted(_KINDS).index(kind))


def _named(found: Json, kind: str, at: int) -> Json:
    name = f"generated-{at}"
    metadata = {**found["metadata"], "name": name}
    labels = {**(metadata.get("labels") or {}), _BATCH: str(at // BATCH)}
    if kind == "nodes":
        # A zone of their own: how many nodes of a zone are silent decides what is done there.
        return {**found, "metadata": {**metadata, "labels": labels | _ZONE}}
    metadata |= {"namespace": NAMESPACE, "labels": labels}
    if kind == "endpointslices":
        labels["kubernetes.io/service-name"] = name
    if kind == "pods":
        place = {"schedulerName": "nobody"} if at % 3 == 0 else {"nodeName": f"generated-{at % 9}"}
        found = {**found, "spec": {**found["spec"], **place}}
    return {**found, "metadata": metadata}


_ZONE = {"topology.kubernetes.io/region": NAMESPACE, "topology.kubernetes.io/zone": NAMESPACE}


def _lease(at: int) -> Json:
    times = ({}, {"renewTime": "2026-01-02T03:04:05.000006Z"}, {"leaseDurationSeconds": 40})
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": f"generated-{at}", "namespace": "kube-node-lease"},
        "spec": {"holderIdentity": f"generated-{at}", **times[at % 2]},
    }


def _created(kubectl: Kubectl, wanted: Sequence[Json]) -> list[Json]:
    # One document behind the other.
    text = kubectl.out("create", "-f=-", "-o=json", stdin=_list(wanted), seconds=120)
    found, at = list[Json](), 0
    while at < len(text):
        created, end = json.JSONDecoder().raw_decode(text, at)
        found.append(created)
        at = end + 1
    return found


def _replace_status(kubectl: Kubectl, wanted: Sequence[Json], created: Sequence[Json]) -> None:
    replaced = []
    for ours, theirs in zip(wanted, created, strict=True):
        if ours.get("status"):
            metadata = {k: v for k, v in theirs["metadata"].items() if k != "resourceVersion"}
            status = {**theirs["status"], **ours["status"]}
            replaced.append({**theirs, "metadata": metadata, "status": status})
    if replaced:
        kubectl.out("replace", "--subresource=status", "-f=-", stdin=_list(replaced), seconds=120)


def _list(items: Sequence[Json]) -> str:
    listed: dict[str, Any] = {"apiVersion": "v1", "kind": "List", "items": list(items)}
    return json.dumps(listed)


def remove(kubectl: Kubectl, *, wait: bool) -> None:
    """Delete the namespace, the nodes and their leases, where there are any."""
    waiting = (f"--wait={str(wait).lower()}", "--ignore-not-found")
    kubectl.out("delete", "nodes", f"-l={_BATCH}", *waiting, seconds=90)
    leases = [f"lease/generated-{at}" for at in range(0, COUNT, 3)]
    kubectl.out("delete", *leases, "-n=kube-node-lease", *waiting, seconds=90)
    kubectl.out("delete", "namespace", NAMESPACE, *waiting, seconds=120)
