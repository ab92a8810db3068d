"""The kinds that are served, those of kinds.yaml and of custom resources, and their discovery."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, data, without_empty

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
ALL_VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of object, as discovery tells of it and as the registry treats it.

    `returned`: what is deleted is answered with itself; `fields`: what a field selector may name;
    `columns`: of a custom resource, as columns.yaml has them.
    """

    kind: str
    plural: str
    group: str = ""
    version: str = "v1"
    short: Sequence[str] = ()
    categories: Sequence[str] = ()
    namespaced: bool = True
    verbs: Sequence[str] = ALL_VERBS
    subresources: Sequence[str] = ()
    generations: bool = False
    created_with_status: bool = False
    returned: bool = False
    custom: bool = False
    fields: Sequence[str] = ()
    singular: str | None = None
    columns: Sequence[Json] = field(default=(), compare=False)

    @property
    def resource(self) -> str:
        """Return `pods` or `deployments.apps`: what the store keeps the objects under."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """Return `v1` or `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def typed(self) -> Json:
        """Return what each object of the kind says of its type."""
        return {"kind": self.kind, "apiVersion": self.api_version}

    @property
    def apart(self) -> Sequence[str]:
        """Return what an update of the object leaves alone, and one of its status changes."""
        return ("status",) if "status" in self.subresources else ()

    def at(self, namespace: str, name: str) -> Key:
        """Return where an object of the kind is."""
        return Key(self.resource, namespace if self.namespaced else "", name)


KINDS = tuple(Kind(**row) for row in data("kinds"))


def below(subresource: str) -> Kind:
    """Return the kind that a subresource is of, such as `Scale`."""
    return Kind(plural="", **data("subresources")[subresource] | {"verbs": ()})


class Kinds(dict[str, Kind]):
    """The kinds that are served now, by their resource."""

    def __init__(self) -> None:
        super().__init__({kind.resource: kind for kind in KINDS})

    def of(self, item: Json) -> Kind | None:
        """Return the kind that an object, or a reference to one, says it is of."""
        named = (kind for kind in self.values() if kind.kind == item["kind"])
        return next((kind for kind in named if kind.api_version == item["apiVersion"]), None)

    def key_of(self, item: Json) -> Key:
        """Return where an object is. Raises LookupError: its kind is not served."""
        if (kind := self.of(item)) is None:
            raise LookupError(f"{item['kind']} of {item['apiVersion']} is not served")
        return kind.at(item["metadata"].get("namespace", ""), item["metadata"]["name"])


def groups(kinds: Iterable[Kind], *, core: bool) -> Json:
    """Return the `APIGroupDiscoveryList` of the core group, or of all others."""
    order = list(dict.fromkeys(kind.group for kind in kinds))
    there = sorted(kinds, key=lambda each: (order.index(each.group), each.plural))
    items = []
    for (group, version), found in groupby(there, lambda each: (each.group, each.version)):
        if (not group) is core:
            told = {"version": version, "freshness": "Current"}
            versions = [{**told, "resources": [*map(_resource, found)]}]
            items.append({"metadata": {"name": group} if group else {}, "versions": versions})
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2"}
    return {**head, "metadata": {}, "items": items}


def _resource(kind: Kind) -> Json:
    shape, below = {"group": "", "version": "", "kind": kind.kind}, []
    for name in kind.subresources:
        told = dict(data("subresources")[name])
        row = {"subresource": name, "verbs": told.pop("verbs"), "responseKind": shape | told}
        below.append(row)
    names = {"shortNames": kind.short, "categories": kind.categories, "subresources": below}
    return without_empty(names) | {
        "resource": kind.plural,
        "responseKind": shape,
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.kind.lower() if kind.singular is None else kind.singular,
        "verbs": kind.verbs,
    }


def resources_of_core(kinds: Iterable[Kind]) -> Json:
    """Return the `APIResourceList` of `v1`: of older discovery, what `kubectl drain` asks for."""
    rows: list[Json] = []
    for kind in (kind for kind in kinds if kind.api_version == "v1"):
        row = {"singularName": "", "namespaced": kind.namespaced, "kind": kind.kind}
        below = {f"{kind.plural}/{name}": data("subresources")[name] for name in kind.subresources}
        whole = {kind.plural: {"verbs": kind.verbs}} | below
        rows += [{**row, **told, "name": name} for name, told in whole.items()]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources": rows}
