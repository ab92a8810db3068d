"""What discovery tells of the kinds that are served: `APIGroupDiscoveryList`; pure.

Of the older form there is what `kubectl drain` asks for: the resources of one version.
"""

import base64
from collections.abc import Iterable
from hashlib import sha256

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_READ_WRITE = ("get", "patch", "update")
# Group, version and kind (empty: the kind itself) and verbs of each subresource.
_SUBRESOURCES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "eviction": ("policy", "v1", "Eviction", ("create",)),
    "exec": ("", "", "PodExecOptions", ("create", "get")),
    "log": ("", "", "", ("get",)),
    "scale": ("autoscaling", "v1", "Scale", _READ_WRITE),
    "status": ("", "", "", _READ_WRITE),
    "token": ("authentication.k8s.io", "v1", "TokenRequest", ("create",)),
}


def verbs(kind: Kind, subresource: str) -> tuple[str, ...] | None:
    """Return what can be done with a kind or a subresource of it; None: there is none."""
    if not subresource:
        return kind.verbs
    return _SUBRESOURCES[subresource][3] if subresource in kind.subresources else None


def groups(kinds: Iterable[Kind], *, core: bool) -> JsonObject:
    """Return everything about the core group, or about all others."""
    found: dict[tuple[str, str], list[Kind]] = {}
    for kind in sorted(kinds, key=lambda each: each.plural):
        if (not kind.group) is core:
            found.setdefault((kind.group, kind.version), []).append(kind)
    order = list(dict.fromkeys(kind.group for kind in kinds))
    items = [
        {
            "metadata": {"name": group} if group else {},
            "versions": [
                {
                    "version": version,
                    "resources": [_resource(kind) for kind in found[group, version]],
                    "freshness": "Current",
                }
            ],
        }
        for group, version in sorted(found, key=lambda each: order.index(each[0]))
    ]
    version = "apidiscovery.k8s.io/v2"
    return {
        "kind": "APIGroupDiscoveryList", "apiVersion": version, "metadata": {}, "items": items,
    }  # fmt: skip


def resources(kinds: Iterable[Kind], api_version: str) -> JsonObject | None:
    """Return the `APIResourceList` of `v1` or `apps/v1`; None: nothing is served there."""
    rows: list[JsonObject] = []
    for kind in sorted(kinds, key=lambda each: each.plural):
        if kind.api_version != api_version:
            continue
        rows.append(_row(kind, kind.plural, kind.one, kind.verbs) | _names(kind))
        if "watch" in kind.verbs:
            rows[-1]["storageVersionHash"] = _hash(kind)
        for name in kind.subresources:
            group, version, own, allowed = _SUBRESOURCES[name]
            where = {"group": group, "version": version} if version else {}
            row = _row(kind, f"{kind.plural}/{name}", "", allowed)
            rows.append(row | where | {"kind": own or kind.kind})
    listed = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version}
    return listed | {"resources": rows} if rows else None


def _row(kind: Kind, name: str, singular: str, allowed: Iterable[str]) -> JsonObject:
    told = {"name": name, "singularName": singular, "namespaced": kind.namespaced}
    return told | {"kind": kind.kind, "verbs": list(allowed)}


def _hash(kind: Kind) -> str:
    """Return apiserver's `discovery.StorageVersionHash`."""
    text = f"{kind.group}/{kind.version}/{kind.kind}"
    return base64.b64encode(sha256(text.encode()).digest()[:8]).decode()


def _names(kind: Kind) -> JsonObject:
    names = {"shortNames": list(kind.short), "categories": list(kind.categories)}
    return {key: value for key, value in names.items() if value}


def _resource(kind: Kind) -> JsonObject:
    told = {
        "resource": kind.plural,
        "responseKind": {"group": "", "version": "", "kind": kind.kind},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.one,
        "verbs": list(kind.verbs),
        **_names(kind),
    }
    below = [_subresource(kind, each) for each in kind.subresources]
    return told | ({"subresources": below} if below else {})


def _subresource(kind: Kind, name: str) -> JsonObject:
    group, version, own, allowed = _SUBRESOURCES[name]
    shape = {"group": group, "version": version, "kind": own or kind.kind}
    return {"subresource": name, "responseKind": shape, "verbs": list(allowed)}
