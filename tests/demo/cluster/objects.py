"""A store, a registry and objects for tests that need no server."""

from typing import Any

from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key, Store
from tests.clock import ManualClock

KINDS = Kinds()
SHOP = "shop"


def kind(resource: str) -> Kind:
    """Return the kind of `pods` or `deployments.apps`."""
    found = KINDS.get(resource)
    assert found is not None
    return found


MAPS, PODS, SPACES = kind("configmaps"), kind("pods"), kind("namespaces")


def registry(clock: ManualClock | None = None, history: int = 1000) -> Registry:
    """Return a registry with the namespace `shop` and its default ServiceAccount."""
    made = Registry(Store(history), Kinds(), clock or ManualClock())
    made.create(SPACES.resource, "", {"metadata": {"name": SHOP}})
    made.create(kind("serviceaccounts").resource, SHOP, {"metadata": {"name": "default"}})
    return made


def config_map(name: str, **data: str) -> dict[str, Any]:
    """Return a ConfigMap to be created."""
    return {"metadata": {"name": name}, "data": data}


def pod(name: str, node: str = "") -> dict[str, Any]:
    """Return a Pod to be created."""
    spec = {"containers": [{"name": "app", "image": "web:1"}]}
    return {"metadata": {"name": name}, "spec": spec | ({"nodeName": node} if node else {})}


def put(store: Store, name: str, namespace: str = SHOP, **parts: Any) -> dict[str, Any]:
    """Store a ConfigMap as it is."""
    key = Key("configmaps", namespace, name)
    item = {"kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, **parts}
    return store.put(key, item)


def key(name: str, namespace: str = SHOP) -> Key:
    """Return where a ConfigMap is."""
    return Key("configmaps", namespace, name)
