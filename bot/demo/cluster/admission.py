"""What mutating admission adds to an object that is created.

The rules are Kubernetes' `plugin/pkg/admission` and the `PrepareForCreate` of each kind. What they
look up (a ServiceAccount, what others have taken) is read from the store.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from bot.demo.cluster.allocation import allocated
from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.paths import at
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.store import Key, Store

# Without vowels and what looks like another: apimachinery's `pkg/util/rand`.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_PREFIX = "batch.kubernetes.io/"


class _Registry(Protocol):
    store: Store


def admitted(kind: Kind, item: JsonObject, registry: _Registry) -> JsonObject:
    """Return the new object, whose uid is set and defaults are filled in, with what is added to it.

    Raises:
        ApiRefusalError: 403, the pod's ServiceAccount does not exist.
    """
    add = _ADDED.get(kind.resource)
    return add(item, registry.store) if add else item


def _pod(pod: JsonObject, store: Store) -> JsonObject:
    rules, spec, metadata = data("defaults")["admission"], dict(pod["spec"]), pod["metadata"]
    spec["serviceAccount"] = spec.setdefault("serviceAccountName", "default")
    account = _account(metadata, spec["serviceAccount"], store)
    if spec.get("automountServiceAccountToken", account.get("automountServiceAccountToken", True)):
        volume = {"name": f"kube-api-access-{_letters(metadata['uid'])}", **rules["volume"]}
        _mount(spec, {"name": volume["name"], **rules["mount"]})
        if _mounted(spec, volume["name"]):
            spec["volumes"] = [*spec.get("volumes", ()), volume]
    if "imagePullSecrets" in account:
        spec.setdefault("imagePullSecrets", account["imagePullSecrets"])
    own = spec.get("tolerations", [])
    spec["tolerations"] = [*own, *(t for t in rules["tolerations"] if not _tolerated(t, own))]
    spec = {"priority": 0, "preemptionPolicy": "PreemptLowerPriority", **spec}
    status = pod["status"]
    if "schedulingGates" in spec:
        gated = rules["gated"] | {"lastTransitionTime": metadata["creationTimestamp"]}
        status = status | {"conditions": [gated]}
    return {**pod, "spec": spec, "status": status}


def _account(metadata: JsonObject, name: str, store: Store) -> JsonObject:
    # The real server generates names after admission.
    namespace, pod = metadata["namespace"], metadata.get("generateName") or metadata["name"]
    found = store.get(Key("serviceaccounts", namespace, name))
    if found is None:
        why = f'service account {namespace}/{name}: serviceaccount "{name}" not found'
        message = f'pods "{pod}" is forbidden: error looking up {why}'
        raise ApiRefusalError(403, "Forbidden", message, {"name": pod, "kind": "pods"})
    return found


def _mount(spec: JsonObject, mount: JsonObject) -> None:
    """Mount a volume in each container that has nothing there."""
    for field in {"initContainers", "containers"} & spec.keys():
        spec[field] = [
            each
            if mount["mountPath"] in {own.get("mountPath") for own in each.get("volumeMounts", ())}
            else each | {"volumeMounts": [*each.get("volumeMounts", ()), mount]}
            for each in spec[field]
        ]


def _mounted(spec: JsonObject, name: str) -> bool:
    containers = (*spec.get("containers", ()), *spec.get("initContainers", ()))
    return any(m.get("name") == name for each in containers for m in each.get("volumeMounts", ()))


def _tolerated(wanted: JsonObject, tolerations: Iterable[JsonObject]) -> bool:
    return any(
        all(each.get(field, wanted[field]) == wanted[field] for field in ("key", "effect"))
        for each in tolerations
    )


def _service(service: JsonObject, store: Store) -> JsonObject:
    return {**service, "spec": allocated(service["spec"], service["metadata"]["uid"], store)}


def _letters(uid: str) -> str:
    digest = hashlib.sha256(uid.encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:5])


def _job(job: JsonObject, store: Store) -> JsonObject:
    metadata, spec = job["metadata"], job["spec"]
    if spec["manualSelector"]:
        return job
    values = {"controller-uid": metadata["uid"], "job-name": metadata["name"]}
    template, selector = spec["template"], spec.get("selector", {})
    labels = values | {_PREFIX + name: value for name, value in values.items()}
    labels |= template["metadata"].get("labels", {})
    matched = {_PREFIX + "controller-uid": metadata["uid"]} | selector.get("matchLabels", {})
    labelled = template | {"metadata": template["metadata"] | {"labels": labels}}
    whole = spec | {"selector": selector | {"matchLabels": matched}, "template": labelled}
    return {**job, "metadata": {"labels": labels} | metadata, "spec": whole}


def _node(node: JsonObject, store: Store) -> JsonObject:
    taint, taints = data("defaults")["admission"]["taint"], at(node, "spec.taints", [])
    known = any(taint.items() <= each.items() for each in taints)
    return node if known else {**node, "spec": node["spec"] | {"taints": [*taints, taint]}}


def _namespace(namespace: JsonObject, store: Store) -> JsonObject:
    return {**namespace, "spec": {"finalizers": ["kubernetes"]}}


_ADDED: Mapping[str, Callable[[JsonObject, Store], JsonObject]] = {
    "pods": _pod,
    "services": _service,
    "jobs.batch": _job,
    "nodes": _node,
    "namespaces": _namespace,
}
