"""How an object is marked when it is deleted, and what still holds it.

Pure. The rules are apiserver's `pkg/registry/rest/delete.go` and the strategies of pods and
namespaces.
"""

from datetime import datetime, timedelta
from typing import Any

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import Cause, JsonObject

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""Holds the definition of a custom resource until the last of its objects is gone."""
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_ORPHAN, _FOREGROUND = "orphan", "foregroundDeletion"
_OF_PROPAGATION = {"Orphan": [_ORPHAN], "Foreground": [_FOREGROUND], "Background": []}


def marked(
    kind: Kind, item: JsonObject, now: datetime, propagation: str = "", grace: int | None = None
) -> JsonObject:
    """Return the object as its deletion leaves it; the same object if nothing is to be marked.

    `grace` is in seconds; None: what the object says. An empty `propagation` keeps the finalizers.
    """
    metadata = dict(item["metadata"])
    if propagation:
        metadata["finalizers"] = [
            *(f for f in metadata.get("finalizers", ()) if f not in (_ORPHAN, _FOREGROUND)),
            *_OF_PROPAGATION[propagation],
        ]
    if kind.resource == DEFINITIONS and "deletionTimestamp" not in metadata:
        metadata["finalizers"] = [*metadata.get("finalizers", ()), CLEANUP]
    if not metadata.get("finalizers"):
        metadata.pop("finalizers", None)
    if kind.resource == "pods":
        return {**item, "metadata": metadata | _of_pod(item, now, grace)}
    if kind.resource == "namespaces":
        metadata |= _begun(metadata, now)
        return {**item, "metadata": metadata, "status": item["status"] | {"phase": "Terminating"}}
    if not metadata.get("finalizers"):
        return item
    begun = _begun(metadata, now) | {"deletionGracePeriodSeconds": 0}
    return {**item, "metadata": metadata | begun}


def held(item: JsonObject) -> bool:
    """Tell whether finalizers or a grace that has not passed keep an object that is deleted."""
    metadata = item["metadata"]
    spec = item.get("spec") or {}
    return bool(
        metadata.get("finalizers")
        or metadata.get("deletionGracePeriodSeconds")
        or (item["kind"] == "Namespace" and spec.get("finalizers"))
    )


def added_finalizers(current: JsonObject, item: JsonObject) -> list[Cause]:
    """Return what is wrong with an update that would hold what is being deleted for longer."""
    before, after = current["metadata"], item["metadata"]
    new = [f for f in after.get("finalizers") or () if f not in before.get("finalizers", ())]
    if not new or "deletionTimestamp" not in before:
        return []
    rule = "no new finalizers can be added if the object is being deleted, found new finalizers"
    listed = ", ".join(f'"{each}"' for each in new)
    told = f"Forbidden: {rule} []string{{{listed}}}"
    return [Cause("metadata.finalizers", "FieldValueForbidden", told)]


def _begun(metadata: JsonObject, now: datetime) -> JsonObject:
    if "deletionTimestamp" in metadata:
        return {}
    mark: JsonObject = {"deletionTimestamp": now.strftime(_FORMAT)}
    # Its controllers are to look at it anew: rest.BeforeDelete.
    return mark | ({"generation": metadata["generation"] + 1} if "generation" in metadata else {})


def _of_pod(item: JsonObject, now: datetime, grace: int | None) -> JsonObject:
    metadata = item["metadata"]
    if "deletionTimestamp" in metadata:
        return _shortened(metadata, now, grace)
    period = _period(item, grace)
    begun = _begun(metadata, now + timedelta(seconds=period))
    return begun | {"deletionGracePeriodSeconds": period}


def _period(pod: JsonObject, grace: int | None) -> int:
    spec, status = pod["spec"], pod.get("status") or {}
    if not spec.get("nodeName") or status.get("phase") in ("Succeeded", "Failed"):
        return 0
    wanted: Any = spec.get("terminationGracePeriodSeconds", 0) if grace is None else grace
    return int(wanted) if wanted >= 0 else 1


def _shortened(metadata: JsonObject, now: datetime, grace: int | None) -> JsonObject:
    """Return a shorter grace; a longer one changes nothing."""
    before = metadata.get("deletionGracePeriodSeconds") or 0
    if grace is None or grace >= before:
        return {}
    ends = datetime.strptime(metadata["deletionTimestamp"], _FORMAT).replace(tzinfo=now.tzinfo)
    ends += timedelta(seconds=grace - before)
    if ends < now:
        # What has passed already is the shortest that is still graceful.
        ends, grace = now, min(grace, 1)
    return {"deletionTimestamp": ends.strftime(_FORMAT), "deletionGracePeriodSeconds": grace}
