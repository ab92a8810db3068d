"""What controllers do to the cluster: look objects up, claim, make, change and delete them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count

from bot.demo.cluster.controllers.loop import Trigger
from bot.demo.cluster.controllers.objects import controller, leaving, reference, with_metadata
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.store import Change, Key

_MANAGER = "kube-controller-manager"
Edit = Callable[[JsonObject], JsonObject]


class Hands:
    """The registry as controllers use it, with an index of who owns what and runs where."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.clock = registry.clock
        self.told: dict[tuple[str, ...], Key] = {}
        """Where the event is that says so: its object, source, type, reason and message."""
        self.numbers = count()
        self._index: dict[str, dict[Key, None]] = defaultdict(dict)
        for kind in registry.kinds:
            for item in registry.store.list(kind.resource):
                self._add(self.key_of(item), item)
        registry.store.listen(self._heard)

    def find(self, key: Key) -> JsonObject | None:
        """Return the object, if it is there."""
        return self.registry.store.get(key)

    def every(self, resource: str, namespace: str = "") -> list[JsonObject]:
        """Return the objects of a resource, by namespace and name."""
        return self.registry.store.list(resource, namespace)

    def dependents(self, uid: str) -> list[JsonObject]:
        """Return the objects that name the owner in their references."""
        return self._all(self._index.get(f"owner {uid}", ()))

    def pods_on(self, node: str) -> list[JsonObject]:
        """Return the pods of a node; of the node without a name: those that wait for one."""
        return self._all(self._index.get(f"node {node}", ()))

    @property
    def anyone_waits(self) -> bool:
        """Tell whether a pod waits for a node."""
        return bool(self._index.get("node "))

    def pods_of(self, node: JsonObject) -> Iterator[Key]:
        """Yield where the pods of a node are: a trigger."""
        return iter(list(self._index.get(f"node {node['metadata']['name']}", ())))

    def owned(self, owner: JsonObject, resource: str) -> list[JsonObject]:
        """Return the objects of a resource that the owner controls."""
        uid = owner["metadata"]["uid"]
        keys = [key for key in self._index.get(f"owner {uid}", ()) if key.resource == resource]
        return [item for item in self._all(keys) if controller(item).get("uid") == uid]

    def claimed(self, owner: JsonObject, resource: str) -> list[JsonObject]:
        """Return what the owner controls, after it has adopted and released by its selector."""
        for item in self.owned(owner, resource):
            if not _means(owner, item):
                self.change(item, lambda x: _disowned(x, owner))
        orphans = self._index.get(f"orphan {owner['metadata']['namespace']} {resource}", ())
        for item in () if leaving(owner) else self._all(orphans):
            if _means(owner, item) and not leaving(item):
                self.change(item, lambda x: _adopted(x, owner))
        return self.owned(owner, resource)

    def keepers(self, resource: str) -> Trigger:
        """Return the trigger for the objects of a resource that control another, or may do so."""
        kind = self._kind(resource).kind

        def keys(item: JsonObject) -> Iterator[Key]:
            namespace, keeper = item["metadata"]["namespace"], controller(item)
            if keeper.get("kind") == kind:
                yield Key(resource, namespace, keeper["name"])
            elif not keeper:
                found = self.every(resource, namespace)
                yield from (self.key_of(each) for each in found if _means(each, item))

        return keys

    def neighbours(self, resource: str) -> Trigger:
        """Return the trigger for the objects of a resource in the namespace of another."""
        return lambda item: map(
            self.key_of, self.every(resource, item["metadata"].get("namespace", ""))
        )

    def itself(self, item: JsonObject) -> Iterator[Key]:
        """Yield where the object that changed is: the simplest trigger."""
        yield self.key_of(item)

    def create(self, resource: str, namespace: str, item: JsonObject) -> JsonObject:
        """Create an object, and return it."""
        # Nobody asks which fields of an event are whose, and there are many events.
        manager = "" if resource == "events" else _MANAGER
        return self.registry.create(self._kind(resource), namespace, item, manager=manager)

    def change(self, item: JsonObject, edit: Edit, *, subresource: str = "") -> JsonObject:
        """Store what `edit` makes of the object as it is now, and return it."""
        key, kind = self.key_of(item), self.kind_of(item)
        return self.registry.change(
            kind, key.namespace, key.name, edit, subresource=subresource, manager=_MANAGER
        )

    def report(self, item: JsonObject, status: JsonObject, **metadata: object) -> JsonObject:
        """Store these parts of the object's status, and of its metadata; None takes a part out."""

        def edit(current: JsonObject) -> JsonObject:
            merged = current.get("status", {}) | status
            present = {k: v for k, v in merged.items() if v is not None}
            return with_metadata(current, **metadata) | {"status": present}

        return self.change(item, edit, subresource="status")

    def delete(self, item: JsonObject, propagation: str = "", grace: int | None = None) -> None:
        """Delete the object, if it is still there."""
        key, found = self.key_of(item), self.find(self.key_of(item))
        if found is not None and found["metadata"]["uid"] == item["metadata"]["uid"]:
            self.registry.delete(
                self.kind_of(item), key.namespace, key.name, propagation=propagation, grace=grace
            )

    def key_of(self, item: JsonObject) -> Key:
        """Return where the object is."""
        metadata = item["metadata"]
        return Key(self.kind_of(item).resource, metadata.get("namespace", ""), metadata["name"])

    def kind_of(self, item: JsonObject) -> Kind:
        """Return the object's kind."""
        kind = self.registry.kinds.of(item["apiVersion"], item["kind"])
        if kind is None:
            raise LookupError(f"no kind {item['kind']} of {item['apiVersion']} is served")
        return kind

    def _kind(self, resource: str) -> Kind:
        kind = self.registry.kinds.find(resource)
        if kind is None:
            raise LookupError(f"no {resource} are served")
        return kind

    def _all(self, keys: Iterable[Key]) -> list[JsonObject]:
        return [item for key in list(keys) if (item := self.find(key)) is not None]

    def _heard(self, change: Change) -> None:
        for place in _places(change.key, change.previous) if change.previous else ():
            self._index[place].pop(change.key, None)
        if change.type != "DELETED":
            self._add(change.key, change.object)

    def _add(self, key: Key, item: JsonObject) -> None:
        for place in _places(key, item):
            self._index[place][key] = None


def _places(key: Key, item: JsonObject) -> Iterator[str]:
    references = item["metadata"].get("ownerReferences", ())
    yield from (f"owner {each['uid']}" for each in references)
    if not controller(item):
        yield f"orphan {key.namespace} {key.resource}"
    if key.resource == "pods":
        yield f"node {item['spec'].get('nodeName', '')}"


def _means(owner: JsonObject, item: JsonObject) -> bool:
    selector = owner["spec"].get("selector")
    return bool(selector) and selector_matches(selector, item["metadata"].get("labels", {}))


def _adopted(item: JsonObject, owner: JsonObject) -> JsonObject:
    references = [*item["metadata"].get("ownerReferences", ()), reference(owner)]
    return with_metadata(item, ownerReferences=references)


def _disowned(item: JsonObject, owner: JsonObject) -> JsonObject:
    uid = owner["metadata"]["uid"]
    references = [each for each in item["metadata"]["ownerReferences"] if each["uid"] != uid]
    return with_metadata(item, ownerReferences=references)
