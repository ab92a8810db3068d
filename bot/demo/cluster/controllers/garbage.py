"""Garbage: what has lost its owners goes, and owners wait or let go as they were deleted."""

from collections.abc import Iterator
from itertools import filterfalse

from bot.demo.cluster.controllers.hands import EVERYTHING, Hands, leaving
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json

_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"


def concerned(hands: Hands, _resource: str, key: Key, item: Json) -> Iterator[Key]:
    """Yield what may have to go when an object changes: itself, or those around it."""
    if hands.find(key) is not None:
        yield key
        return
    yield from map(hands.key_of, hands.dependents(item["metadata"]["uid"]))
    yield from (owner for owner, _ in hands.owners(item))


def reconcile(hands: Hands, it: Json) -> None:
    """Delete an object without owners; end the deletion of one that waits for others."""
    uid, finalizers = it["metadata"]["uid"], it["metadata"].get("finalizers", [])
    owners = [owner for _, owner in hands.owners(it)]
    if not leaving(it) and owners and not any(owners):
        hands.delete(it, "Background")
    elif _ORPHAN in finalizers:
        for each in hands.dependents(uid):
            kept = [other for other in each["metadata"]["ownerReferences"] if other["uid"] != uid]
            hands.patch(each, {"metadata": {"ownerReferences": kept or None}})
        hands.release(it, _ORPHAN)
    elif _FOREGROUND in finalizers:
        for each in filterfalse(leaving, hands.dependents(uid)):
            hands.delete(each, "Foreground")
        every = (each["metadata"]["ownerReferences"] for each in hands.dependents(uid))
        links = [link for references in every for link in references if link["uid"] == uid]
        if not any(link.get("blockOwnerDeletion") for link in links):
            hands.release(it, _FOREGROUND)


CONTROLLERS = [("", reconcile, {EVERYTHING: concerned})]
