"""Aggregated discovery as an API server sends it, small: what `/api` and `/apis` answer."""

from typing import Any

READ = ["get", "list", "watch"]
WRITE = [*READ, "create", "delete", "patch", "update"]


def resource(plural: str, kind: str, *short: str, **more: Any) -> dict[str, Any]:
    """Return one resource of an APIGroupDiscoveryList."""
    return {
        "resource": plural,
        "responseKind": {"group": "", "version": "", "kind": kind},
        "scope": "Namespaced",
        "singularResource": kind.lower(),
        "verbs": WRITE,
        **({"shortNames": list(short)} if short else {}),
        **more,
    }


def cluster_wide(plural: str, kind: str, *short: str) -> dict[str, Any]:
    return resource(plural, kind, *short, scope="Cluster")


def group(name: str, *versions: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "metadata": {"name": name} if name else {},
        "versions": [{"version": version, "resources": found} for version, found in versions],
    }


def document(*groups: dict[str, Any]) -> dict[str, Any]:
    version = "apidiscovery.k8s.io/v2"
    return {"kind": "APIGroupDiscoveryList", "apiVersion": version, "items": groups}


ALL = {"categories": ["all"]}
SCALE = {
    "subresources": [
        {"subresource": "scale", "responseKind": {"kind": "Scale"}, "verbs": ["get", "patch"]},
        {"subresource": "status", "responseKind": {"kind": "Deployment"}, "verbs": ["get"]},
    ]
}
API = document(
    group(
        "",
        (
            "v1",
            [
                resource("configmaps", "ConfigMap", "cm"),
                resource("events", "Event", "ev"),
                cluster_wide("namespaces", "Namespace", "ns"),
                cluster_wide("nodes", "Node", "no"),
                resource("pods", "Pod", "po", **ALL),
                resource("secrets", "Secret"),
                resource("services", "Service", "svc", **ALL),
            ],
        ),
    )
)
APIS = document(
    group(
        "apps",
        (
            "v1",
            [
                resource("daemonsets", "DaemonSet", "ds", **ALL),
                resource("deployments", "Deployment", "deploy", **ALL, **SCALE),
                resource("replicasets", "ReplicaSet", "rs"),
                resource("statefulsets", "StatefulSet", "sts", **ALL),
            ],
        ),
        ("v1beta1", [resource("deployments", "Deployment", "deploy", **ALL)]),
    ),
    group(
        "authorization.k8s.io",
        (
            "v1",
            [
                cluster_wide("selfsubjectaccessreviews", "SelfSubjectAccessReview"),
                cluster_wide("selfsubjectrulesreviews", "SelfSubjectRulesReview"),
            ],
        ),
    ),
    group("events.k8s.io", ("v1", [resource("events", "Event", "ev")])),
    group("extensions.example.org", ("v1", [resource("deployments", "Deployment")])),
    group("metrics.k8s.io", ("v1beta1", [resource("pods", "PodMetrics", singularResource="")])),
    group("example.org", ("v1", [resource("widgets", "Widget", "wd", "svc", **ALL)])),
)
