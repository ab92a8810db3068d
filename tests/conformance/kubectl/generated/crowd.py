"""Puts the generated objects on a cluster, a few kubectl runs for all of them, and removes them.

Nothing about them moves by itself: their nodes have no kubelet, their Deployments make no pods.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl
from tests.conformance.kubectl.generated import others
from tests.conformance.kubectl.generated.atoms import Json, Some, samples
from tests.conformance.kubectl.generated.pods import pod

KINDS = Path(__file__).with_name("kinds.yaml")
NAMESPACE = "generated"
COUNT = 104
"""Of each kind; a whole number of batches."""
BATCH = 26
"""So many are described by one command."""
BATCHES = COUNT // BATCH
NODES = 13
"""So many nodes are there at once and beside the first ones: the simulated kubelets are slow."""
SEED = 20_261_128
HOSTILE = 13
"""Events about so many of the first pods have texts that break a table."""
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
DESCRIBED = ("pods", "deployments", "services", "configmaps", "secrets")


@contextmanager
def crowded(kubectl: Kubectl) -> Iterator[None]:
    """Have the objects on the cluster until the block ends."""
    remove(kubectl, wait=True)
    try:
        _put(kubectl)
        yield
    finally:
        remove(kubectl, wait=False)


@contextmanager
def nodes(kubectl: Kubectl, batch: int) -> Iterator[None]:
    """Have a batch of nodes until the block ends; the first is always there."""
    wanted = _wanted("nodes")[batch * NODES : (batch + 1) * NODES]
    if not batch:
        yield
        return
    try:
        _created(kubectl, wanted)
        yield
    finally:
        kubectl.out("delete", "nodes", f"-l={_BATCH}={batch}", "--wait=false", seconds=90)


def phrase(kind: str, batch: int) -> str:
    """Return what describes a part of the objects of a kind."""
    return f"describe {kind} -n {NAMESPACE} -l {_BATCH}={batch}"


def _put(kubectl: Kubectl) -> None:
    kubectl.out("create", "namespace", NAMESPACE)
    for kind in _KINDS:
        wanted = _wanted(kind)[: NODES if kind == "nodes" else COUNT]
        created = _created(kubectl, wanted)
        _replace_status(kubectl, wanted, created)
        if kind == "pods":
            _bind(kubectl, wanted)
            _created(kubectl, list(_events(created)))
    kubectl.out("apply", f"-f={KINDS}", seconds=90)
    # What a Deployment has been: every other one of a batch gets a second ReplicaSet.
    changed = f"-l={_BATCH}=0"
    kubectl.out("set", "env", "deploy", "-n", NAMESPACE, changed, "CHANGED=1")
    seen = "--for=jsonpath={.status.conditions[0].type}"
    kubectl.out("wait", "deploy", "-n", NAMESPACE, "--all", "--timeout=60s", seen, seconds=90)


@cache
def _wanted(kind: str) -> Sequence[Json]:
    found = samples(_KINDS[kind], COUNT, SEED + sorted(_KINDS).index(kind))
    return [_named(one, kind, at) for at, one in enumerate(found)]


def _named(found: Json, kind: str, at: int) -> Json:
    name = f"generated-{at}"
    metadata = {**found["metadata"], "name": name}
    batch = at // (NODES if kind == "nodes" else BATCH)
    labels = {**(metadata.get("labels") or {}), _BATCH: str(batch)}
    if kind == "nodes":
        # A zone of their own: how many nodes of a zone are silent decides what is done there.
        return {**found, "metadata": {**metadata, "labels": labels | _ZONE}}
    metadata |= {"namespace": NAMESPACE, "labels": labels}
    if kind == "endpointslices":
        labels["kubernetes.io/service-name"] = name
    if kind == "pods":
        found = _placed(found, at)
    return {**found, "metadata": metadata}


def _placed(found: Json, at: int) -> Json:
    # They are bound later: what is bound while it is pending would be started.
    status = found["status"]
    if _node_of(status, at):
        status = {key: value for key, value in status.items() if key != "nominatedNodeName"}
    return {**found, "spec": {**found["spec"], "schedulerName": "nobody"}, "status": status}


def _node_of(status: Json, at: int) -> str:
    return f"generated-{at % 9}" if status["phase"] != "Pending" else ""


def _binding(name: str, node: str) -> Json:
    target = {"apiVersion": "v1", "kind": "Node", "name": node}
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Binding", "metadata": metadata, "target": target}


_ZONE = {"topology.kubernetes.io/region": NAMESPACE, "topology.kubernetes.io/zone": NAMESPACE}


def _events(pods: Sequence[Json]) -> Iterator[Json]:
    """Yield events about the first pods, each with a last time of its own: they have one order."""
    start = datetime(2026, 1, 2, tzinfo=UTC)
    for at, found in enumerate(samples(others.event(), COUNT, SEED)):
        pod, last = pods[at % BATCH], start + timedelta(minutes=at)
        if "series" in found:
            found["series"]["lastObservedTime"] = last.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        if at % BATCH >= HOSTILE:
            # In a column of its own such a text is a deliberate difference.
            found["message"] = " ".join(found["message"].translate(_CONTROLS).split())
        yield {
            **found,
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"generated-{at}", "namespace": NAMESPACE},
            "involvedObject": {**_reference(pod), **_PLACES[at % len(_PLACES)]},
            "lastTimestamp": last.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


_PLACES: Sequence[Json] = ({}, {"fieldPath": "spec.containers{first}"})
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")


def _reference(pod: Json) -> Json:
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace", "uid")}
    return {"apiVersion": "v1", "kind": "Pod", **metadata}


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


def _bind(kubectl: Kubectl, pods: Sequence[Json]) -> None:
    places = [(pod["metadata"]["name"], _node_of(pod["status"], at)) for at, pod in enumerate(pods)]
    bindings = [_binding(name, node) for name, node in places if node]
    kubectl.out("create", "-f=-", stdin=_list(bindings), seconds=120)


def _list(items: Sequence[Json]) -> str:
    listed: dict[str, Any] = {"apiVersion": "v1", "kind": "List", "items": list(items)}
    return json.dumps(listed)


def remove(kubectl: Kubectl, *, wait: bool) -> None:
    """Delete the namespace, the nodes and their leases, where there are any."""
    waiting = (f"--wait={str(wait).lower()}", "--ignore-not-found")
    # No kubelet would end the pods that are bound to these nodes.
    at_once = ("--grace-period=0", "--force")
    kubectl.out("delete", "pods", "-n", NAMESPACE, "--all", *at_once, *waiting, seconds=90)
    kubectl.out("delete", "nodes", f"-l={_BATCH}", *waiting, seconds=90)
    kubectl.out("delete", f"-f={KINDS}", *waiting, seconds=90)
    kubectl.out("delete", "namespace", NAMESPACE, *waiting, seconds=120)
