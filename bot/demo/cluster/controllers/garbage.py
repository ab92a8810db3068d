"""Garbage: what has lost its owners goes, and owners wait or let go as they were deleted."""

from collections.abc import Collection, Iterator
from functools import partial

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import leaving, left, with_metadata
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"
# Seconds that an event is kept (event-ttl of the API server).
_EVENT_SECONDS = 3600


def concerned(hands: Hands, item: JsonObject) -> Iterator[Key]:
    """Yield what may have to go when an object changes: itself, or those around it."""
    if hands.find(hands.key_of(item)) is not None:
        yield hands.key_of(item)
        return
    yield from map(hands.key_of, hands.dependents(item["metadata"]["uid"]))
    yield from (key for key, _ in _owners(hands, item))


def reconcile(hands: Hands, key: Key) -> None:
    """Delete an object without owners; end the deletion of one that waits for others."""
    it = hands.find(key)
    if it is None:
        return
    owners = [owner for _, owner in _owners(hands, it)]
    if leaving(it):
        _end(hands, it, it["metadata"].get("finalizers", ()))
    elif owners and not any(owners):
        hands.delete(it, "Background")


def _end(hands: Hands, it: JsonObject, finalizers: Collection[str]) -> None:
    if _ORPHAN in finalizers:
        for each in hands.dependents(it["metadata"]["uid"]):
            others = [x for x in each["metadata"]["ownerReferences"] if not _is(x, it)]
            hands.change(each, partial(with_metadata, ownerReferences=others))
        _release(hands, it, _ORPHAN)
    if _FOREGROUND in finalizers:
        for each in hands.dependents(it["metadata"]["uid"]):
            if not leaving(each):
                hands.delete(each, "Foreground")
        if not any(_blocks(each, it) for each in hands.dependents(it["metadata"]["uid"])):
            _release(hands, it, _FOREGROUND)


def expire(hands: Hands, key: Key) -> float | None:
    """Delete an event that is an hour old."""
    event = hands.find(key)
    if event is None:
        return None
    since = max(event.get("lastTimestamp") or "", event["metadata"]["creationTimestamp"])
    rest = left(since, _EVENT_SECONDS, hands.clock.now())
    if rest <= 0:
        hands.delete(event)
    return rest if rest > 0 else None


def _owners(hands: Hands, item: JsonObject) -> Iterator[tuple[Key, JsonObject | None]]:
    """Yield where each owner should be, and the owner if it is there."""
    for each in item["metadata"].get("ownerReferences", ()):
        kind = hands.registry.kinds.of(each["apiVersion"], each["kind"])
        if kind is not None:
            space = item["metadata"].get("namespace", "") if kind.namespaced else ""
            key = Key(kind.resource, space, each["name"])
            found = hands.find(key)
            yield key, found if found and _is(each, found) else None


def _is(reference: JsonObject, owner: JsonObject) -> bool:
    return bool(reference["uid"] == owner["metadata"]["uid"])


def _blocks(item: JsonObject, owner: JsonObject) -> bool:
    references = item["metadata"]["ownerReferences"]
    return any(_is(each, owner) and each.get("blockOwnerDeletion") for each in references)


def _release(hands: Hands, it: JsonObject, finalizer: str) -> None:
    kept = [each for each in it["metadata"]["finalizers"] if each != finalizer]
    hands.change(it, lambda x: with_metadata(x, finalizers=kept))
