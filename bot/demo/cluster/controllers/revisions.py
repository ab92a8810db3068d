"""ControllerRevisions: the templates that a StatefulSet or a DaemonSet has had."""

from collections.abc import Sequence

from bot.demo.cluster.controllers.hands import Hands, reference
from bot.demo.cluster.values import Json, digest

HASH = "controller-revision-hash"
_RESOURCE = "controllerrevisions.apps"


def newest(hands: Hands, owner: Json, label: str = HASH) -> str:
    """Store the owner's template as its newest revision, and return the mark of that one's pods."""
    metadata, known = owner["metadata"], hands.owned(owner, _RESOURCE)
    data = {"spec": {"template": owner["spec"]["template"] | {"$patch": "replace"}}}
    mark, last = digest(data), max((each["revision"] for each in known), default=0)
    name = f"{metadata['name']}-{mark}"
    if same := next((each for each in known if each["metadata"]["name"] == name), None):
        # After a rollback it is the newest once more.
        number = last + (same["revision"] != last)
        hands.patch(same, {"revision": number})
        return mark
    labels = owner["spec"]["template"]["metadata"].get("labels", {}) | {label: mark}
    about = {"name": name, "labels": labels, "ownerReferences": [reference(owner)]}
    about |= {"annotations": metadata.get("annotations", {})}
    item = {"metadata": about, "data": data, "revision": last + 1}
    hands.create(_RESOURCE, metadata["namespace"], item)
    return mark


def forget(hands: Hands, owner: Json, pods: Sequence[Json]) -> None:
    """Delete the oldest revisions that no pod has and that are beyond the owner's limit."""
    used = {f"{owner['metadata']['name']}-{mark_of(pod)}" for pod in pods}
    known = sorted(hands.owned(owner, _RESOURCE), key=lambda each: int(each["revision"]))
    unused = [each for each in known[:-1] if each["metadata"]["name"] not in used]
    for each in unused[: max(len(unused) - owner["spec"].get("revisionHistoryLimit", 10), 0)]:
        hands.delete(each)


def mark_of(pod: Json) -> str:
    """Return the mark of the pod's revision."""
    return str(pod["metadata"]["labels"].get(HASH, ""))
