"""A generated object: what type it is of, and its fields in kubectl's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.ports import JsonObject, Resource

RBAC = "rbac.authorization.k8s.io"
NAMESPACE = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
CONFIG_MAP = Resource("", "v1", "configmaps", "ConfigMap", namespaced=True)
SECRET = Resource("", "v1", "secrets", "Secret", namespaced=True)
SERVICE = Resource("", "v1", "services", "Service", namespaced=True)
SERVICE_ACCOUNT = Resource("", "v1", "serviceaccounts", "ServiceAccount", namespaced=True)
QUOTA = Resource("", "v1", "resourcequotas", "ResourceQuota", namespaced=True)
DEPLOYMENT = Resource("apps", "v1", "deployments", "Deployment", namespaced=True)
JOB = Resource("batch", "v1", "jobs", "Job", namespaced=True)
CRON_JOB = Resource("batch", "v1", "cronjobs", "CronJob", namespaced=True)
INGRESS = Resource("networking.k8s.io", "v1", "ingresses", "Ingress", namespaced=True)
BUDGET = Resource("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", namespaced=True)
PRIORITY_CLASS = Resource(
    "scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", namespaced=False
)
ROLE = Resource(RBAC, "v1", "roles", "Role", namespaced=True)
ROLE_BINDING = Resource(RBAC, "v1", "rolebindings", "RoleBinding", namespaced=True)
CLUSTER_ROLE = Resource(RBAC, "v1", "clusterroles", "ClusterRole", namespaced=False)
CLUSTER_ROLE_BINDING = Resource(
    RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=False
)


@dataclass(frozen=True, slots=True)
class Generated:
    """An object to be created, and its type."""

    resource: Resource
    document: JsonObject

    @property
    def name(self) -> str:
        """Return the object's name; empty where none was given."""
        return str(self.document["metadata"].get("name", ""))


def generated(resource: Resource, metadata: JsonObject, **fields: Any) -> Generated:
    """Return an object of that type; its fields stand in the order in which they are given."""
    head = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
    return Generated(resource, head | fields)


def metadata(name: str, **fields: Mapping[str, str]) -> JsonObject:
    """Return an object's metadata, without what is empty; labels and annotations are sorted."""
    found = {key: dict(sorted(value.items())) for key, value in fields.items() if value}
    return ({"name": name} if name else {}) | found


def placed(one: Generated, namespace: str) -> Generated:
    """Return the object with its namespace, which stands behind its name; empty: as it was."""
    if not namespace or not one.resource.namespaced:
        return one
    was = one.document["metadata"]
    name = {"name": was["name"]} if "name" in was else {}
    now = {**name, "namespace": namespace, **was}
    return Generated(one.resource, one.document | {"metadata": now})
