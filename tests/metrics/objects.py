"""Objects of the API for tests that ask no API server."""

from datetime import UTC, datetime
from typing import Any

START = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
"""When each pod of here started, in seconds since 1970."""


def pod(name: str = "web-7d4b9c-x2x4q", image: str = "shop/web:1.4.2", **more: Any) -> Any:
    """Return a pod that is ready; `more` replaces parts of its status."""
    moment = "2026-01-01T12:00:00Z"
    replica_set = {"kind": "ReplicaSet", "name": "web-7d4b9c", "controller": True}
    running = {"name": "web", "image": image, "ready": True, "restartCount": 0}
    status = {
        "phase": "Running",
        "startTime": moment,
        "podIP": "10.0.0.7",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [running | {"state": {"running": {"startedAt": moment}}}],
    }
    return {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "uid": "u-1",
            "creationTimestamp": moment,
            "labels": {"app": "web", "pod-template-hash": "7d4b9c"},
            "annotations": {"kwok.x-k8s.io/usage-cpu": "120m"},
            "ownerReferences": [replica_set],
        },
        "spec": {
            "nodeName": "node-a",
            "containers": [
                {
                    "name": "web",
                    "image": image,
                    "resources": {
                        "requests": {"cpu": "100m", "memory": "64Mi"},
                        "limits": {"cpu": "500m", "memory": "128Mi"},
                    },
                }
            ],
        },
        "status": status | more,
    }
