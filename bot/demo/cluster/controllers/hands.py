"""What controllers read off objects, and what they do to the cluster: their hands in it."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count, filterfalse

from bot.demo.cluster.patches import merged
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.store import Change, Key
from bot.demo.cluster.values import Json

# Pods that are made in one look, so that requests are answered meanwhile; they ask for the next.
_BURST = 50
EVERYTHING = "*"
"""Stands for all resources, those of custom ones, too."""
STOPPED = "demo.quarterdeck.dev/stopped"
"""The annotation of a node whose kubelet is down."""


def controller(item: Json) -> Json:
    """Return the reference to the object's controller; empty without one."""
    references = item["metadata"].get("ownerReferences", ())
    return next((each for each in references if each.get("controller")), {})


def reference(owner: Json) -> Json:
    """Return the reference that makes the owner a controller."""
    return named(owner) | {"controller": True, "blockOwnerDeletion": True}


def named(item: Json, *more: str) -> Json:
    """Return a reference to the object; `more`: its namespace and resourceVersion, too."""
    parts = ("kind", "apiVersion", "name", "uid", *more)
    return {part: each for part, each in (item | item["metadata"]).items() if part in parts}


def pod_of(owner: Json, labels: Mapping[str, str], **spec: object) -> Json:
    """Return a pod by the owner's template, with more labels and more in its spec."""
    template = owner["spec"]["template"]
    given = template.get("metadata", {})
    metadata = {"generateName": f"{owner['metadata']['name']}-"} | given
    metadata |= {"labels": given.get("labels", {}) | labels, "ownerReferences": [reference(owner)]}
    return {"metadata": metadata, "spec": template["spec"] | spec}


def phase(pod: Json) -> str:
    """Return the pod's phase; empty before it has a status."""
    return str(pod.get("status", {}).get("phase", ""))


def ended(pod: Json) -> bool:
    """Tell whether the pod will never run again."""
    return phase(pod) in ("Succeeded", "Failed")


def leaving(item: Json) -> bool:
    """Tell whether the object is being deleted."""
    return "deletionTimestamp" in item["metadata"]


def active(pod: Json) -> bool:
    """Tell whether the pod counts: it has not ended and is not being deleted."""
    return not ended(pod) and not leaving(pod)


def condition(item: Json, kind: str) -> Json:
    """Return the object's condition of that type; empty without one."""
    conditions = item.get("status", {}).get("conditions", ())
    return next((each for each in conditions if each.get("type") == kind), {})


def ready(item: Json) -> bool:
    """Tell whether the pod or node is ready."""
    return condition(item, "Ready").get("status") == "True"


def share(value: int | str, whole: int, *, up: bool = False) -> int:
    """Return a number, or `25%` of the whole, rounded down unless `up`."""
    if isinstance(value, int):
        return value
    return (math.ceil if up else math.floor)(int(value.removesuffix("%")) * whole / 100)


def left(since: str, seconds: float, now: datetime) -> float:
    """Return how many of the seconds since a time are left; negative when they have passed."""
    return (datetime.fromisoformat(since) + timedelta(seconds=seconds) - now).total_seconds()


def age(item: Json) -> tuple[str, str]:
    """Return what puts objects in the order of their creation, then of their names."""
    return item["metadata"]["creationTimestamp"], item["metadata"]["name"]


class Hands:
    """The registry as controllers use it, with an index of who owns what and runs where."""

    def __init__(self, registry: Registry, authority: str) -> None:
        self.registry, self.clock, self.authority = registry, registry.clock, authority
        self.find, self.every = registry.store.get, registry.store.list
        self.key_of, self.now, self.numbers = registry.kinds.key_of, registry.stamp, count(1)
        self._told: dict[tuple[str, ...], Key] = {}
        self._index: dict[str, dict[Key, None]] = defaultdict(dict)
        self._written: dict[Key, float] = {}
        registry.store.listen(self._heard, anew=True)

    def left(self, item: Json, seconds: float) -> float:
        """Return how many of the seconds since the object was written are left."""
        return round(self._written[self.key_of(item)] + seconds - self.clock.monotonic(), 3)

    def owners(self, item: Json) -> Iterator[tuple[Key, Json | None]]:
        """Yield where each owner should be, and the owner if it is there."""
        for each in item["metadata"].get("ownerReferences", ()):
            if kind := self.registry.kinds.of(each):
                key = kind.at(item["metadata"].get("namespace", ""), each["name"])
                found = self.find(key)
                yield key, found if found and found["metadata"]["uid"] == each["uid"] else None

    def dependents(self, uid: str) -> list[Json]:
        """Return the objects that name the owner in their references."""
        return self._all(f"owner {uid}")

    def owned(self, owner: Json, resource: str) -> list[Json]:
        """Return the objects of a resource that the owner controls."""
        return self._all(f"{resource} {owner['metadata']['uid']}")

    def pods_on(self, node: str) -> list[Json]:
        """Return the pods of a node; of the node without a name: those that wait for one."""
        return self._all(f"node {node}")

    @property
    def anyone_waits(self) -> bool:
        """Tell whether a pod waits for a node."""
        return bool(self._index.get("node "))

    def pods_of(self, _resource: str, node: Key, _item: Json) -> Iterable[Key]:
        """Return where the pods of a node are: what a controller watches, like the next two."""
        return list(self._index.get(f"node {node.name}", ()))

    def keeper(self, resource: str, key: Key, item: Json) -> Iterable[Key]:
        """Return the controller of the object, if it is one of the resource."""
        owner = controller(item)
        mine = owner and owner["kind"] == self.registry.kinds[resource].kind
        return (Key(resource, key.namespace, owner["name"]),) if mine else ()

    def near(self, resource: str, key: Key, _item: Json) -> Iterable[Key]:
        """Return the objects of the resource in the namespace of another."""
        return self.registry.store.keys(resource, key.namespace)

    def selected(self, namespace: str, selector: Json) -> list[Json]:
        """Return the pods that a selector means."""
        there = self.every("pods", namespace)
        return [x for x in there if selector_matches(selector, x["metadata"].get("labels", {}))]

    def create(self, resource: str, namespace: str, item: Json) -> Json:
        """Create an object, and return it."""
        return self.registry.create(resource, namespace, item, manager=_manager(resource))

    def patch(self, item: Json, patch: Json, subresource: str = "") -> Json:
        """Merge a patch into the object as it is now, and return it; None takes a part out."""
        key, edit = self.key_of(item), partial(merged, patch=patch)
        manager = _manager(key.resource, subresource)
        return self.registry.change(key, edit, subresource=subresource, manager=manager)

    def report(self, item: Json, status: Json, **metadata: object) -> Json:
        """Merge parts of the object's status, and of its metadata."""
        return self.patch(item, {"status": status, "metadata": metadata}, "status")

    def conditions(self, item: Json, *rows: Sequence[str], **more: object) -> list[Json]:
        """Return the object's conditions with others of a type, status, reason and message.

        One that says the same stays as it is, and its transition time while its status stays.
        """
        found = {each["type"]: each for each in item.get("status", {}).get("conditions", ())}
        for row in rows:
            new: Json = dict(zip(("type", "status", "reason", "message"), row, strict=False))
            old = found.get(new["type"], {})
            if any(old.get(each) != new.get(each) for each in ("status", "reason", "message")):
                since = old.get("lastTransitionTime") if old.get("status") == row[1] else None
                found[new["type"]] = {"lastTransitionTime": since or self.now()} | new | more
        return list(found.values())

    def release(self, item: Json, finalizer: str) -> None:
        """Let go of an object that the finalizer holds."""
        kept = [each for each in item["metadata"]["finalizers"] if each != finalizer]
        self.patch(item, {"metadata": {"finalizers": kept or None}})

    def delete(self, item: Json, propagation: str = "", grace: int | None = None) -> None:
        """Delete the object, if it is still there."""
        found = self.find(key := self.key_of(item))
        if found is not None and found["metadata"]["uid"] == item["metadata"]["uid"]:
            options = {"propagationPolicy": propagation, "gracePeriodSeconds": grace}
            self.registry.delete(key, options)

    def adjust(self, owner: Json, start: Sequence[Json], stop: Iterable[Json]) -> None:
        """Create pods of the owner, delete others, and tell of it."""
        for pod in start[:_BURST]:
            made = self.create("pods", owner["metadata"]["namespace"], pod)
            self._note(owner, "Create", made["metadata"]["name"])
        for pod in filterfalse(leaving, stop):
            self.delete(pod)
            self._note(owner, "Delete", pod["metadata"]["name"])

    def _note(self, owner: Json, verb: str, pod: str) -> None:
        name, told = owner["metadata"]["name"], f"{verb}d pod: {pod}"
        if owner["kind"] == "StatefulSet":
            told = f"{verb} Pod {pod} in StatefulSet {name} successful"
        self.tell(owner, f"Successful{verb}", told)

    def tell(self, about: Json, why: str, message: str, kind: str = "Normal", by: str = "") -> None:
        """Write an event about an object, or count the one that says the same."""
        metadata, now = about["metadata"], self.now()
        space = metadata.get("namespace", "default")
        if (home := self.find(Key("namespaces", "", space))) is None or leaving(home):
            return
        source = by or f"{about['kind'].lower()}-controller"
        same = (metadata["uid"], source, why, message)
        if (known := self._told.get(same)) and (seen := self.find(known)):
            self.patch(seen, {"count": seen["count"] + 1, "lastTimestamp": now})
            return
        name = f"{metadata['name']}.{next(self.numbers):016x}"
        self._told[same] = Key("events", space, name)
        # The scheduler alone names its instance.
        instance = f"{source}-demo" if source == "default-scheduler" else ""
        involved = named(about, "namespace", "resourceVersion")
        self.create("events", space, {
            "metadata": {"name": name}, "involvedObject": involved,
            "reason": why, "message": message, "type": kind, "source": {"component": source},
            "reportingComponent": source, "reportingInstance": instance, "eventTime": None,
            "firstTimestamp": now, "lastTimestamp": now, "count": 1,
        })  # fmt: skip

    def _all(self, place: str) -> list[Json]:
        found = map(self.find, self._index.get(place, ()))
        return [item for item in found if item is not None]

    def _heard(self, change: Change) -> None:
        key = change.key
        for place in _places(key, change.previous) if change.previous else ():
            self._index[place].pop(key, None)
        self._written.pop(key, None)
        if change.type != "DELETED":
            self._written[key] = self.clock.monotonic()
            for place in _places(key, change.object):
                self._index[place][key] = None


def _manager(resource: str, subresource: str = "") -> str:
    # Nobody asks whose these fields are, and there are many of these objects.
    often = ("events", "leases.coordination.k8s.io", "pods/status")
    return "" if f"{resource}/{subresource}".rstrip("/") in often else "kube-controller-manager"


def _places(key: Key, item: Json) -> Iterator[str]:
    references = item["metadata"].get("ownerReferences", ())
    yield from (f"owner {each['uid']}" for each in references)
    if keeper := controller(item):
        yield f"{key.resource} {keeper['uid']}"
    if key.resource == "pods":
        yield f"node {item['spec'].get('nodeName', '')}"
