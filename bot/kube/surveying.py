"""What is read around a change, as the person who asks and in parallel.

What they may not see counts as not there: a change must not depend on more rights than its own.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.core.errors import KubernetesError
from bot.core.plan import Target
from bot.core.ports import Form, JsonObject, Query, Reader, Resource
from bot.kube.foreseeing import Surroundings, owned

T = TypeVar("T")

# So many of a list are looked at: a card has to come.
_LISTED, _PAGE = 2_000, 500
_AROUND = (
    "pods",
    "services",
    "poddisruptionbudgets.policy",
    "horizontalpodautoscalers.autoscaling",
)
OWNERS = (
    "deployments",
    "statefulsets",
    "daemonsets",
    "replicasets",
    "jobs",
    "cronjobs",
    "replicationcontrollers",
)
# What these own in turn.
_OWNED = ("replicasets.apps", "jobs.batch", "pods")
_CUSTOM_OWNED = ("configmaps", "persistentvolumeclaims")
# What comes and goes with other objects, or by itself.
_UNCOUNTED = ("events", "endpoints", "endpointslices", "leases", "controllerrevisions")
_BUILT_IN = ("", "apps", "autoscaling", "batch", "policy")


@dataclass(slots=True)
class Survey:
    """What is read of one cluster, each namespace once."""

    cluster: Reader
    _around: dict[str, asyncio.Task[Surroundings]] = field(default_factory=dict)

    async def object(self, target: Target, subresource: str = "") -> JsonObject | None:
        """Return the object, or its subresource; None where it is not to be seen."""
        query = Query(_resource(target), target.namespace, target.name, subresource)
        return await _allowed(self.cluster.fetch(query))

    async def items(self, typed: str, namespace: str) -> Sequence[JsonObject]:
        """Return the objects of a type; none where there are too many to look at, or no right."""
        return await _allowed(self._items(typed, namespace)) or ()

    async def _items(self, typed: str, namespace: str) -> list[JsonObject]:
        resource = await self.cluster.resource(typed)
        items: list[JsonObject] = []
        async for page in self.cluster.pages(Query(resource, namespace), limit=_PAGE):
            items += page.get("items") or ()
            if len(items) > _LISTED:
                return []
        return items

    async def count(self, resource: Resource, namespace: str) -> int:
        """Return how many objects of a type there are; 0 where they are not to be seen."""
        return await _allowed(self._count(resource, namespace)) or 0

    async def _count(self, resource: Resource, namespace: str) -> int:
        count = 0
        async for page in self.cluster.pages(Query(resource, namespace), Form.TABLE_CELLS):
            count += len(page.get("rows") or ())
        return count

    async def around(self, namespace: str) -> Surroundings:
        """Return what else is in a namespace; it is read once, whoever asks."""
        if namespace not in self._around:
            self._around[namespace] = asyncio.create_task(self._surroundings(namespace))
        return await self._around[namespace]

    async def _surroundings(self, namespace: str) -> Surroundings:
        lists = await asyncio.gather(*(self.items(typed, namespace) for typed in _AROUND))
        return Surroundings(namespace, *lists)

    async def contents(self, namespace: str) -> Mapping[str, int]:
        """Return how many objects of each kind are in a namespace, the most frequent first."""
        types = [
            each
            for each in await self.cluster.resources()
            if each.namespaced
            and {"list", "delete"} <= {*each.verbs}
            and each.plural not in _UNCOUNTED
        ]
        counts = await asyncio.gather(*(self.count(each, namespace) for each in types))
        found = Counter[str]()
        for resource, count in zip(types, counts, strict=True):
            found[resource.kind] = max(found[resource.kind], count)
        return {kind: count for kind, count in found.most_common() if count}

    async def instances(self, definition: JsonObject) -> Mapping[str, int]:
        """Return how many custom objects go with their definition."""
        spec = definition["spec"]
        version = next((each["name"] for each in spec["versions"] if each.get("served")), "")
        names, scoped = spec["names"], spec["scope"] == "Namespaced"
        resource = Resource(spec["group"], version, names["plural"], names["kind"], scoped)
        count = await self.count(resource, "")
        return {resource.kind: count} if count else {}

    async def owned(self, target: Target) -> Mapping[str, int]:
        """Return how many objects of each kind the garbage collector takes after the object."""
        custom = not target.group.endswith(".k8s.io") and target.group not in _BUILT_IN
        if not target.namespace or not (custom or target.resource in OWNERS):
            return {}
        types = [await self.cluster.resource(typed) for typed in _OWNED]
        if custom:
            types = [*await self.cluster.category("all")]
            types += [await self.cluster.resource(typed) for typed in _CUSTOM_OWNED]
        lists = await asyncio.gather(
            *(self.items(_typed(each), target.namespace) for each in types)
        )
        pairs = (
            (each.kind, item) for each, items in zip(types, lists, strict=True) for item in items
        )
        return owned(target.uid, pairs)


async def _allowed(work: Awaitable[T]) -> T | None:
    try:
        return await work
    except KubernetesError:
        return None


def _resource(target: Target) -> Resource:
    names = (target.group, target.version, target.resource, target.kind)
    return Resource(*names, namespaced=bool(target.namespace))


def _typed(resource: Resource) -> str:
    names = (resource.plural, resource.version, resource.group)
    return ".".join(names) if resource.group else resource.plural
