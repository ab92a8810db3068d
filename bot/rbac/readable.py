"""The types that a phrase may name where a command leaves the type to it, by their API group.

RBAC's `*` would reach Secrets, which are not among them; `rbac render --also` adds a type.
"""

OF_VIEW = {
    "": (
        "configmaps endpoints events limitranges namespaces persistentvolumeclaims pods "
        "replicationcontrollers resourcequotas serviceaccounts services"
    ),
    "apps": "controllerrevisions daemonsets deployments replicasets statefulsets",
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "discovery.k8s.io": "endpointslices",
    "events.k8s.io": "events",
    "networking.k8s.io": "ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
    "resource.k8s.io": "resourceclaims resourceclaimtemplates",
}
"""What Kubernetes' own role `view` reads (1.37), subresources and what is gone left out."""
OF_TIERS = {
    "": "nodes persistentvolumes",
    "apiextensions.k8s.io": "customresourcedefinitions",
    "metrics.k8s.io": "nodes pods",
    "networking.k8s.io": "ingressclasses",
    "scheduling.k8s.io": "priorityclasses",
    "storage.k8s.io": "storageclasses",
}
"""What the tiers of deploy/rbac.yaml read beside that."""
SCALABLE = {"": "replicationcontrollers", "apps": "deployments replicasets statefulsets"}
"""The types of Kubernetes itself that have a number of replicas."""


def each(*tables: dict[str, str]) -> list[tuple[str, str]]:
    """Return the (API group, resource) of some tables, one by one."""
    return [
        (group, resource)
        for table in tables
        for group, resources in table.items()
        for resource in resources.split()
    ]
