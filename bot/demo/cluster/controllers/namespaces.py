"""Namespaces: what each of them begins with, and how it ends."""

from collections.abc import Iterable

from bot.demo.cluster.controllers.hands import EVERYTHING, Hands, leaving
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, data


def around(hands: Hands, _resource: str, key: Key, item: Json) -> Iterable[Key]:
    """Return the namespace of an object, if it may have to do with its beginning or end."""
    found = hands.find(home := Key("namespaces", "", key.namespace))
    begins = item["kind"] in ("ServiceAccount", "ConfigMap")
    return (home,) if found and (begins or leaving(found)) else ()


def reconcile(hands: Hands, it: Json) -> None:
    """Furnish a namespace with what each has, and empty one that is being deleted."""
    name = it["metadata"]["name"]
    if not leaving(it):
        notes = {"kubernetes.io/description": data("controllers")["authority"]}
        root = {"metadata": {"name": "kube-root-ca.crt", "annotations": notes}}
        _furnish(hands, "serviceaccounts", name, {"metadata": {"name": "default"}})
        _furnish(hands, "configmaps", name, root | {"data": {"ca.crt": hands.authority}})
        return
    kinds = [kind.resource for kind in hands.registry.kinds.values() if kind.namespaced]
    for item in (item for kind in kinds for item in hands.every(kind, name)):
        if not leaving(item):
            hands.delete(item, "Background")
    if not any(hands.every(kind, name) for kind in kinds):
        hands.patch(it, {"spec": {"finalizers": []}})


def _furnish(hands: Hands, resource: str, namespace: str, item: Json) -> None:
    if hands.find(Key(resource, namespace, item["metadata"]["name"])) is None:
        hands.create(resource, namespace, item)


CONTROLLERS = [("namespaces", reconcile, {EVERYTHING: around})]
