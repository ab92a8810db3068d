"""Namespaces: what each of them begins with, and how it ends."""

from collections import Counter
from collections.abc import Iterator

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import leaving, with_condition
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_ABOUT = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
    "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
    "guaranteed across distributions of Kubernetes clusters."
)
_FINE = {
    "NamespaceDeletionDiscoveryFailure": (
        "ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": (
        "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}  # fmt: skip


def surrounding(hands: Hands, item: JsonObject) -> Iterator[Key]:
    """Yield the namespace of an object, if it may have to do with its beginning or end."""
    key = Key("namespaces", "", item["metadata"].get("namespace", ""))
    found = hands.find(key)
    if found and (leaving(found) or item["kind"] in ("ServiceAccount", "ConfigMap")):
        yield key


def reconcile(authority: str, hands: Hands, key: Key) -> None:
    """Furnish a namespace with what each has, and empty one that is being deleted."""
    found = hands.find(key)
    if found is None:
        return
    if leaving(found):
        _empty(hands, found)
        return
    if hands.find(Key("serviceaccounts", key.name, "default")) is None:
        hands.create("serviceaccounts", key.name, {"metadata": {"name": "default"}})
    if hands.find(Key("configmaps", key.name, "kube-root-ca.crt")) is None:
        annotations = {"kubernetes.io/description": _ABOUT}
        metadata = {"name": "kube-root-ca.crt", "annotations": annotations}
        item = {"metadata": metadata, "data": {"ca.crt": authority}}
        hands.create("configmaps", key.name, item)


def _empty(hands: Hands, namespace: JsonObject) -> None:
    name = namespace["metadata"]["name"]
    for item in _content(hands, name):
        if not leaving(item):
            hands.delete(item, "Background")
    rest = _content(hands, name)
    if not rest:
        spec: JsonObject = {"finalizers": []}
        hands.change(namespace, lambda x: x | {"spec": x["spec"] | spec})
        return
    now, conditions = hands.registry.stamp(), namespace["status"].get("conditions", [])
    bad = _remaining(hands, rest)
    for kind, fine in _FINE.items():
        reason, message = bad.get(kind, fine)
        status = "True" if kind in bad else "False"
        new = {"type": kind, "status": status, "reason": reason, "message": message}
        conditions = with_condition(conditions, new, now)
    hands.report(namespace, {"conditions": conditions})


def _content(hands: Hands, name: str) -> list[JsonObject]:
    kinds = [kind for kind in hands.registry.kinds if kind.namespaced]
    return [item for kind in kinds for item in hands.every(kind.resource, name)]


def _remaining(hands: Hands, items: list[JsonObject]) -> dict[str, tuple[str, str]]:
    kinds = Counter(f"{k.plural}.{k.group}" for k in map(hands.kind_of, items))
    holders = Counter(name for item in items for name in item["metadata"].get("finalizers", ()))
    listed = ", ".join(f"{kind} has {n} resource instances" for kind, n in sorted(kinds.items()))
    text = f"Some resources are remaining: {listed}"
    found = {"NamespaceContentRemaining": ("SomeResourcesRemain", text)}
    if holders:
        held = ", ".join(f"{name} in {n} resource instances" for name, n in sorted(holders.items()))
        text = f"Some content in the namespace has finalizers remaining: {held}"
        found["NamespaceFinalizersRemaining"] = ("SomeFinalizersRemain", text)
    return found
