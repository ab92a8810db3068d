"""Which ReplicaSets a Deployment has had, and which of them is the present one. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.core.ports import JsonObject

_HASH = "pod-template-hash"


def owned(owner: JsonObject, found: Iterable[JsonObject]) -> list[JsonObject]:
    """Return those of the objects whose controller the owner is, oldest first."""
    uid = owner["metadata"].get("uid")
    mine = [each for each in found if _controller(each) == uid]
    return sorted(mine, key=_age)


def newest_replica_set(deployment: JsonObject, sets: Sequence[JsonObject]) -> JsonObject | None:
    """Return the ReplicaSet with the Deployment's own template: the oldest, if there are several.

    `sets` are the Deployment's own, oldest first.
    """
    wanted = _without_hash(deployment["spec"]["template"])
    return next((each for each in sets if _without_hash(each["spec"]["template"]) == wanted), None)


def _controller(item: JsonObject) -> str | None:
    owners = item["metadata"].get("ownerReferences") or ()
    return next((owner.get("uid") for owner in owners if owner.get("controller")), None)


def _age(item: JsonObject) -> tuple[str, str]:
    return item["metadata"].get("creationTimestamp", ""), item["metadata"]["name"]


def _without_hash(template: JsonObject) -> dict[str, Any]:
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != _HASH}
    # Nothing and an empty map are the same to Go; `creationTimestamp: null` is no difference.
    metadata |= {"labels": labels}
    metadata = {key: value for key, value in metadata.items() if value}
    return {**template, "metadata": metadata}
