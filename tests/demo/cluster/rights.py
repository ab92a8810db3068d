"""A registry with roles and bindings in it, without a server."""

from typing import Any

from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key, Store
from tests.clock import ManualClock

GROUP = "rbac.authorization.k8s.io"
Item = dict[str, Any]


def registry(clock: ManualClock | None = None) -> Registry:
    return Registry(Store(), Kinds(), clock or ManualClock())


def put(found: Registry, resource: str, item: Item) -> Item:
    metadata = item["metadata"]
    key = Key(resource, metadata.get("namespace", ""), metadata["name"])
    return found.store.put(key, found.kinds[resource].typed | item)


def rule(verbs: str, resources: str, group: str = "", **more: Any) -> Item:
    return {"verbs": verbs.split(), "apiGroups": [group], "resources": resources.split(), **more}


def bind(
    found: Registry, user: str, *rules: Item, namespace: str = "", name: str = "given"
) -> None:
    """Give a user rules in a namespace, or in the whole cluster."""
    scope = "" if namespace else "Cluster"
    where = {"name": name} | ({"namespace": namespace} if namespace else {})
    put(found, f"{scope.lower()}roles.{GROUP}", {"metadata": where, "rules": list(rules)})
    binding = {
        "metadata": where,
        "roleRef": {"apiGroup": GROUP, "kind": f"{scope}Role", "name": name},
        "subjects": [{"kind": "User", "name": user}],
    }
    put(found, f"{scope.lower()}rolebindings.{GROUP}", binding)
