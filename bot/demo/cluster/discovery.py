"""What discovery tells of the kinds that are served; pure.

Of the older form there is what `kubectl drain` asks for: the resources of `v1`.
"""

from collections.abc import Iterable
from itertools import groupby

from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject, without_empty

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def groups(kinds: Iterable[Kind], *, core: bool) -> JsonObject:
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


def resources(kinds: Iterable[Kind]) -> JsonObject:
    """Return the `APIResourceList` of `v1`."""
    rows: list[JsonObject] = []
    for kind in (kind for kind in kinds if kind.api_version == "v1"):
        row = {"singularName": "", "namespaced": kind.namespaced, "kind": kind.kind}
        below = {f"{kind.plural}/{name}": data("subresources")[name] for name in kind.subresources}
        whole = {kind.plural: {"verbs": kind.verbs}} | below
        rows += [{**row, **told, "name": name} for name, told in whole.items()]
    head = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1"}
    return {**head, "resources": rows}


def _resource(kind: Kind) -> JsonObject:
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
