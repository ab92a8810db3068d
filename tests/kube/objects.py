"""Objects as the API server sends them, small."""

from typing import Any

REVISION = "deployment.kubernetes.io/revision"
RESTARTED = "kubectl.kubernetes.io/restartedAt"


def web(**spec: Any) -> dict[str, Any]:
    """Return a Deployment of one container, with a list that nothing else has."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "namespace": "shop",
            "uid": "u-web",
            "resourceVersion": "7",
            "generation": 3,
            "labels": {"app": "web"},
        },
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"app": "web"}},
            "template": template("web:1"),
            "list": ["a", "b"],
            **spec,
        },
        "status": {"observedGeneration": 3},
    }


def template(image: str, restarted: str = "", **labels: str) -> dict[str, Any]:
    """Return a pod template of one container."""
    metadata: dict[str, Any] = {"labels": {"app": "web", **labels}}
    if restarted:
        metadata["annotations"] = {RESTARTED: restarted}
    return {"metadata": metadata, "spec": {"containers": [{"name": "web", "image": image}]}}


def replica_set(name: str, number: str, wanted: dict[str, Any], **marks: str) -> dict[str, Any]:
    """Return a ReplicaSet of `web` that keeps a revision; later numbers are younger."""
    metadata = {**wanted["metadata"], "labels": {**wanted["metadata"]["labels"]}}
    metadata["labels"]["pod-template-hash"] = name
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "uid": f"u-{name}",
            "creationTimestamp": f"2026-11-28T00:{int(name[1:]):02}:00Z",
            "ownerReferences": [{"kind": "Deployment", "uid": "u-web", "controller": True}],
            "annotations": {REVISION: number, **marks},
        },
        "spec": {"template": {**wanted, "metadata": metadata}},
    }
