"""How an object is marked when it is deleted, and what still holds it; pure.

The rules are apiserver's `pkg/registry/rest/delete.go` and the strategies of pods and namespaces.
"""

from datetime import datetime, timedelta

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""Holds the definition of a custom resource until the last of its objects is gone."""
STAMP = "%Y-%m-%dT%H:%M:%SZ"
"""How Kubernetes writes a time, in whole seconds."""
_OF_PROPAGATION = {"Orphan": {"orphan"}, "Foreground": {"foregroundDeletion"}}


def marked(
    kind: Kind, item: JsonObject, now: datetime, propagation: str = "", grace: int | None = None
) -> JsonObject:
    """Return the object as its deletion leaves it; the same object if nothing is to be marked.

    `grace` is in seconds; None: what the object says. An empty `propagation` keeps the finalizers.
    """
    metadata = dict(item["metadata"])
    finalizers = set(metadata.pop("finalizers", ()))
    finalizers |= {CLEANUP} if kind.resource == DEFINITIONS else set()
    if propagation:
        finalizers -= set().union(*_OF_PROPAGATION.values())
        finalizers |= _OF_PROPAGATION.get(propagation, set())
    if finalizers:
        metadata["finalizers"] = sorted(finalizers)
    if kind.resource == "namespaces":
        status = {**item["status"], "phase": "Terminating"}
        return {**item, "metadata": metadata | _ending(metadata, now), "status": status}
    if kind.resource == "pods":
        metadata |= _ending(metadata, now, _seconds(item, grace))
    elif finalizers:
        metadata |= _ending(metadata, now, 0)
    return {**item, "metadata": metadata}


def held(item: JsonObject) -> bool:
    """Tell whether finalizers or a grace that has not passed keep an object that is deleted."""
    metadata, spec = item["metadata"], item.get("spec") or {}
    of_namespace = item["kind"] == "Namespace" and spec.get("finalizers")
    holders = metadata.get("finalizers"), metadata.get("deletionGracePeriodSeconds"), of_namespace
    return any(holders)


def _ending(metadata: JsonObject, now: datetime, grace: int | None = None) -> JsonObject:
    """Return the mark of an end; of what is ending already, one that is to come sooner."""
    before = metadata.get("deletionGracePeriodSeconds") or 0
    fresh = "deletionTimestamp" not in metadata
    if not fresh and (grace is None or grace >= before):
        return {}
    mark: JsonObject = {"deletionTimestamp": f"{now + timedelta(seconds=grace or 0):{STAMP}}"}
    mark |= {} if grace is None else {"deletionGracePeriodSeconds": grace}
    # Its controllers are to look at it anew: rest.BeforeDelete.
    counted = fresh and "generation" in metadata
    return mark | ({"generation": metadata["generation"] + 1} if counted else {})


def _seconds(pod: JsonObject, wanted: int | None) -> int:
    spec, phase = pod["spec"], (pod.get("status") or {}).get("phase")
    if not spec.get("nodeName") or phase in ("Succeeded", "Failed"):
        return 0
    if wanted is None and "deletionTimestamp" in pod["metadata"]:
        return int(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
    seconds = int(spec.get("terminationGracePeriodSeconds", 0) if wanted is None else wanted)
    return seconds if seconds >= 0 else 1
