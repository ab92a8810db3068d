"""ControllerRevisions: the templates that a StatefulSet or a DaemonSet has had."""

from collections.abc import Collection

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import digest, reference
from bot.demo.cluster.refusals import JsonObject

_RESOURCE = "controllerrevisions.apps"


def newest(hands: Hands, owner: JsonObject, label: str) -> tuple[JsonObject, list[JsonObject]]:
    """Return the revision of the owner's template, and all of them in order.

    One that is there already, be it from before a rollback, gets the highest number.
    """
    data = {"spec": {"template": owner["spec"]["template"] | {"$patch": "replace"}}}
    known: list[JsonObject] = sorted(
        hands.owned(owner, _RESOURCE), key=lambda each: int(each["revision"])
    )
    number = known[-1]["revision"] + 1 if known else 1
    same = next((each for each in known if each["data"] == data), None)
    if same is not None and same is known[-1]:
        return same, known
    if same is not None:
        update = hands.change(same, lambda x: x | {"revision": number})
        return update, [*(each for each in known if each is not same), update]
    metadata, mark = owner["metadata"], digest(data)
    labels = owner["spec"]["template"]["metadata"].get("labels", {}) | {label: mark}
    about = {
        "name": f"{metadata['name']}-{mark}",
        "labels": labels,
        "ownerReferences": [reference(owner)],
    } | {key: metadata[key] for key in ("annotations",) if key in metadata}
    item = {"metadata": about, "data": data, "revision": number}
    made = hands.create(_RESOURCE, metadata["namespace"], item)
    return made, [*known, made]


def forget(
    hands: Hands, owner: JsonObject, known: Collection[JsonObject], live: Collection[str]
) -> None:
    """Delete the oldest revisions that are neither in use nor within the owner's limit."""
    unused = [each for each in known if each["metadata"]["name"] not in live]
    limit = owner["spec"].get("revisionHistoryLimit", 10)
    for each in unused[: max(len(unused) - limit, 0)]:
        hands.delete(each)
