"""What Kubernetes' built-in role `view` is made of, as a 1.37 cluster answers.

Custom resources join it by their label; that is why the tiers select the label and not the role.
"""

from typing import Any

READ = ("get", "list", "watch")
VIEW = {
    "": (
        "bindings configmaps endpoints events limitranges namespaces namespaces/status "
        "persistentvolumeclaims persistentvolumeclaims/status pods pods/log pods/status "
        "replicationcontrollers replicationcontrollers/scale replicationcontrollers/status "
        "resourcequotas resourcequotas/status serviceaccounts services services/status"
    ),
    "apps": (
        "controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
        "deployments/status replicasets replicasets/scale replicasets/status statefulsets "
        "statefulsets/scale statefulsets/status"
    ),
    "autoscaling": "horizontalpodautoscalers horizontalpodautoscalers/status",
    "batch": "cronjobs cronjobs/status jobs jobs/status",
    "discovery.k8s.io": "endpointslices",
    "events.k8s.io": "events",
    # Gone from the API, and still in the role.
    "extensions": (
        "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses "
        "ingresses/status networkpolicies replicasets replicasets/scale replicasets/status "
        "replicationcontrollers/scale"
    ),
    "networking.k8s.io": "ingresses ingresses/status networkpolicies",
    "policy": "poddisruptionbudgets poddisruptionbudgets/status",
    "resource.k8s.io": "resourceclaims resourceclaims/status resourceclaimtemplates",
}


def role(name: str, granted: dict[str, str], label: str) -> dict[str, Any]:
    """Return a ClusterRole that lets its holders read `granted`, and carries `label`."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": {label: "true"}},
        "rules": [
            {"apiGroups": [group], "resources": resources.split(), "verbs": list(READ)}
            for group, resources in granted.items()
        ],
    }


def builtin_view() -> dict[str, Any]:
    """Return the role that a cluster's own `view` consists of."""
    label = "rbac.authorization.k8s.io/aggregate-to-view"
    return role("system:aggregate-to-view", VIEW, label)
