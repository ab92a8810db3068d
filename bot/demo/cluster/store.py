"""The objects, their versions and their changes: what etcd is to a real API server.

Knows nothing of kinds. An object that was stored is never changed in place: who wants another one
stores another one. One event loop uses it, and nothing here waits.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, NamedTuple, TypeAlias

from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.values import Json

# A watch may start from a version that is not older than so many changes.
_HISTORY = 20_000
# The versions before a cluster's first one are forgotten, as they are in one that has run a while.
_FIRST = 100


class Key(NamedTuple):
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

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    key: Key
    object: Json
    previous: Json | None
    revision: int


Listener: TypeAlias = Callable[[Change], None]
"""Is told of each change at once. It must not change the store itself."""


class Store:
    """All objects of one cluster, by resource, namespace and name."""

    def __init__(self, history: int = _HISTORY) -> None:
        self._objects: dict[str, dict[Key, Json]] = defaultdict(dict)
        # The keys of a resource in etcd's order, until one comes or goes.
        self._order: dict[str, Sequence[Key]] = {}
        self._history: deque[Change] = deque(maxlen=history)
        self._listeners: list[Listener] = []
        self.revision = _FIRST
        """The version of the newest change."""

    def get(self, key: Key) -> Json | None:
        """Return the object, or None."""
        return self._objects[key.resource].get(key)

    def put(self, key: Key, item: Json) -> Json:
        """Store the object under a new version, and return it with that version in it."""
        previous, stored = self.get(key), self._versioned(item)
        self._objects[key.resource][key] = stored
        if previous is None:
            self._order.pop(key.resource, None)
        change = Change("MODIFIED" if previous else "ADDED", key, stored, previous, self.revision)
        return self._told(change)

    def remove(self, key: Key) -> Json:
        """Forget the object; return its last state, under the version of its deletion."""
        previous = self._objects[key.resource].pop(key)
        self._order.pop(key.resource, None)
        last = self._versioned(previous)
        return self._told(Change("DELETED", key, last, previous, self.revision))

    def listen(self, listener: Listener, *, anew: bool = False) -> Callable[[], None]:
        """Tell the listener of each change from now on; return what ends it.

        `anew`: it is told first of what there is, as if that had just been added.
        """
        for objects in tuple(self._objects.values()) if anew else ():
            for key, item in tuple(objects.items()):
                listener(Change("ADDED", key, item, None, 0))
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changes(self, since: int) -> Sequence[Change]:
        """Return the changes after a version. Raises: 410, they are forgotten."""
        full = len(self._history) == self._history.maxlen
        oldest = self._history[0].revision - 1 if full else _FIRST
        if since < oldest:
            raise refusal("expired", since=since, oldest=oldest)
        return [change for change in self._history if change.revision > since]

    def keys(self, resource: str, namespace: str = "") -> Sequence[Key]:
        """Return where the objects of one resource are, in etcd's order; no namespace means all."""
        if resource not in self._order:
            self._order[resource] = sorted(self._objects[resource], key=attrgetter("path"))
        there = self._order[resource]
        return [key for key in there if key.namespace == namespace] if namespace else there

    def list(self, resource: str, namespace: str = "") -> list[Json]:
        """Return the objects of one resource in etcd's order; no namespace means all."""
        return list(map(self._objects[resource].__getitem__, self.keys(resource, namespace)))

    def _versioned(self, item: Json) -> Json:
        self.revision += 1
        return {**item, "metadata": {**item["metadata"], "resourceVersion": str(self.revision)}}

    def _told(self, change: Change) -> Json:
        self._history.append(change)
        for listener in tuple(self._listeners):
            listener(change)
        return change.object
