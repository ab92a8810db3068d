"""The objects, their versions and their changes: what etcd is to a real API server.

Knows nothing of kinds. An object that was stored is never changed in place: who wants another one
stores another one. One event loop uses it, and nothing here waits.
"""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.demo.cluster.refusals import ApiRefusalError, JsonObject

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]
# A watch may start from a version that is not older than so many changes.
HISTORY = 20_000
# The versions before a cluster's first one are forgotten, as they are in one that has run a while.
_FIRST = 100


@dataclass(frozen=True, slots=True)
class Key:
    """Where an object is: `pods` or `deployments.apps`, its namespace (or none) and its name."""

    resource: str
    namespace: str
    name: str

    @property
    def path(self) -> str:
        """Return what etcd orders the objects of one resource by."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the object after it (deleted: its last state), and what it replaced."""

    type: ChangeType
    key: Key
    object: JsonObject
    previous: JsonObject | None
    revision: int


Listener: TypeAlias = Callable[[Change], None]
"""Is told of each change at once. It must not change the store itself."""


Keys: TypeAlias = list[Key]


class Store:
    """All objects of one cluster, by resource, namespace and name."""

    def __init__(self, history: int = HISTORY) -> None:
        self._objects: dict[str, dict[Key, JsonObject]] = defaultdict(dict)
        self._order: dict[str, Keys] = {}
        """The keys of a resource in etcd's order, until one comes or goes."""
        self._history: deque[Change] = deque(maxlen=history)
        self._listeners: dict[str, list[Listener]] = defaultdict(list)
        self._compacted = _FIRST
        self.revision = _FIRST
        """The version of the newest change."""

    def get(self, key: Key) -> JsonObject | None:
        """Return the object, or None."""
        return self._objects[key.resource].get(key)

    def snapshot(
        self, resource: str, namespace: str = "", *, after: str = "", revision: int = 0
    ) -> tuple[Keys, Mapping[Key, JsonObject]]:
        """Return the keys of one resource in etcd's order, and where its objects are by key.

        No namespace means all; `after` is the path that the keys begin behind; with a revision
        the objects are as they were then.

        Raises:
            ApiRefusalError: 410 `Expired`, what was then is forgotten already.
        """
        found, order = self._objects[resource], self._ordered(resource)
        if revision and revision < self.revision:
            found = self._as_of(resource, revision)
            order = sorted(found, key=_path)
        first = bisect_right(order, after, key=_path) if after else 0
        return [key for key in order[first:] if namespace in ("", key.namespace)], found

    def put(self, key: Key, item: JsonObject) -> JsonObject:
        """Store the object under a new version, and return it with that version in it."""
        previous = self.get(key)
        stored = self._versioned(item)
        if previous is None:
            self._order.pop(key.resource, None)
        self._objects[key.resource][key] = stored
        kind: ChangeType = "MODIFIED" if previous else "ADDED"
        self._tell(Change(kind, key, stored, previous, self.revision))
        return stored

    def remove(self, key: Key) -> JsonObject:
        """Forget the object; return its last state, under the version of its deletion."""
        previous = self._objects[key.resource].pop(key)
        self._order.pop(key.resource, None)
        last = self._versioned(previous)
        self._tell(Change("DELETED", key, last, previous, self.revision))
        return last

    def listen(self, listener: Listener, resource: str = "") -> Callable[[], None]:
        """Tell the listener of each change from now on, of one resource or of all.

        Returns what ends it.
        """
        self._listeners[resource].append(listener)
        return lambda: self._listeners[resource].remove(listener)

    def changes(self, resource: str, since: int) -> list[Change]:
        """Return the changes of one resource after the version `since`, the oldest first.

        Raises:
            ApiRefusalError: 410 `Expired`, changes after that version are forgotten already.
        """
        found = [c for c in self._newest_first(since) if c.key.resource == resource]
        return found[::-1]

    def list(self, resource: str, namespace: str = "") -> list[JsonObject]:
        """Return the objects of one resource in etcd's order; no namespace means all."""
        keys, found = self.snapshot(resource, namespace)
        return [found[key] for key in keys]

    def compact(self) -> None:
        """Forget every change until now, as etcd does every five minutes."""
        self._history.clear()
        self._compacted = self.revision

    def _ordered(self, resource: str) -> Keys:
        if resource not in self._order:
            self._order[resource] = sorted(self._objects[resource], key=_path)
        return self._order[resource]

    def _as_of(self, resource: str, revision: int) -> dict[Key, JsonObject]:
        """Return the objects as they were, by undoing what has changed since."""
        found = dict(self._objects[resource])
        for change in self._newest_first(revision):
            if change.key.resource != resource:
                continue
            if change.previous is None:
                found.pop(change.key)
            else:
                found[change.key] = change.previous
        return found

    def _versioned(self, item: JsonObject) -> JsonObject:
        self.revision += 1
        return {**item, "metadata": {**item["metadata"], "resourceVersion": str(self.revision)}}

    def _newest_first(self, since: int) -> Iterator[Change]:
        if since < self._oldest():
            message = f"too old resource version: {since} ({self._oldest()})"
            raise ApiRefusalError(410, "Expired", message)
        for change in reversed(self._history):
            if change.revision <= since:
                return
            yield change

    def _oldest(self) -> int:
        full = len(self._history) == self._history.maxlen
        return self._history[0].revision - 1 if full else self._compacted

    def _tell(self, change: Change) -> None:
        self._history.append(change)
        for resource in ("", change.key.resource):
            for listener in tuple(self._listeners.get(resource, ())):
                listener(change)


def _path(key: Key) -> str:
    return key.path
