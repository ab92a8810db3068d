"""What a workload has been: its revisions, and which of them is the present one. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.core.ports import JsonObject

_HASH = "pod-template-hash"
_REVISION = "deployment.kubernetes.io/revision"
CHANGE_CAUSE = "kubernetes.io/change-cause"


def owned(owner: JsonObject, found: Iterable[JsonObject]) -> list[JsonObject]:
    """Return those of the objects whose controller the owner is, oldest first."""
    uid = owner["metadata"].get("uid")
    mine = [each for each in found if _controller(each) == uid]
    return sorted(mine, key=_age)


def newest_replica_set(deployment: JsonObject, sets: Sequence[JsonObject]) -> JsonObject | None:
    """Return the ReplicaSet with the Deployment's own template: the oldest, if there are several.

    `sets` are the Deployment's own, oldest first.
    """
    wanted = plain_template(deployment["spec"]["template"])
    return next((each for each in sets if plain_template(each["spec"]["template"]) == wanted), None)


def revisions(owner: JsonObject, found: Iterable[JsonObject]) -> Mapping[int, JsonObject]:
    """Return the objects that keep a workload's revisions, by number, the oldest first.

    `found` are ReplicaSets for a Deployment, else ControllerRevisions.
    """
    numbered = [(number_of(each), each) for each in owned(owner, found)]
    return dict(sorted((number, each) for number, each in numbered if number is not None))


def template_of(kept: JsonObject) -> JsonObject:
    """Return the pod template that a revision keeps, with the cause of the change."""
    if kept["kind"] != "ReplicaSet":
        template = dict((kept["data"].get("spec") or {}).get("template") or {})
        template.pop("$patch", None)
        return template
    template = dict(kept["spec"]["template"])
    if cause := change_cause(kept):
        metadata = dict(template.get("metadata") or {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), CHANGE_CAUSE: cause}
        template["metadata"] = metadata
    return template


def change_cause(kept: JsonObject) -> str:
    """Return what was noted as the cause of a revision; empty for nothing."""
    return str((kept["metadata"].get("annotations") or {}).get(CHANGE_CAUSE, ""))


def number_of(kept: JsonObject) -> int | None:
    """Return the number of a revision; None: it cannot be read."""
    if kept["kind"] != "ReplicaSet":
        return int(kept.get("revision", 0))
    text = (kept["metadata"].get("annotations") or {}).get(_REVISION, "0")
    return int(text) if text.isdecimal() else None


def plain_template(template: JsonObject) -> dict[str, Any]:
    """Return a pod template without the mark of its ReplicaSet, and without what is empty."""
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != _HASH}
    # Nothing and an empty map are the same to Go; `creationTimestamp: null` is no difference.
    metadata |= {"labels": labels}
    metadata = {key: value for key, value in metadata.items() if value}
    return {**template, "metadata": metadata}


def _controller(item: JsonObject) -> str | None:
    owners = item["metadata"].get("ownerReferences") or ()
    return next((owner.get("uid") for owner in owners if owner.get("controller")), None)


def _age(item: JsonObject) -> tuple[str, str]:
    return item["metadata"].get("creationTimestamp", ""), item["metadata"]["name"]
