"""Pods as a real cluster holds them: with environment, probes, volumes and annotations.

Pure. With what the API server and the kubelet add, each is about 5.7 KB of JSON in a list.
"""

import hashlib
from typing import Any

Document = dict[str, Any]

TEAMS = ("checkout", "catalogue", "payments", "search")
NODES = ("node-a", "node-b")
"""Of tests/cluster/nodes.py; named in the pods, so that no scheduler is asked."""


def pod(index: int, namespace: str) -> Document:
    """Return the manifest of the pod with that number; the same number gives the same pod."""
    team = TEAMS[index % len(TEAMS)]
    digest = hashlib.sha256(str(index).encode()).hexdigest()
    app = f"{team}-{index // 40 % 25:02d}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{app}-{digest[:9]}-{index:05d}",
            "namespace": namespace,
            "labels": {
                "app.kubernetes.io/name": app,
                "app.kubernetes.io/part-of": team,
                "app.kubernetes.io/version": f"4.{index % 7}.2",
                "pod-template-hash": digest[:9],
            },
            "annotations": {
                "checksum/config": digest,
                "prometheus.io/scrape": "true",
            },
        },
        "spec": _spec(index, app, team),
    }


def _spec(index: int, app: str, team: str) -> Document:
    return {
        "nodeName": NODES[index % len(NODES)],
        "containers": [_application(index, app, team)],
        "volumes": [
            {"name": "configuration", "configMap": {"name": app, "optional": True}},
            {"name": "scratch", "emptyDir": {"sizeLimit": "256Mi"}},
        ],
    }


def _application(index: int, app: str, team: str) -> Document:
    return {
        "name": "app",
        "image": f"registry.example.org/{team}/{app}:4.{index % 7}.2",
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": [
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "resources": {
            "requests": {"cpu": "50m", "memory": "96Mi"},
            "limits": {"memory": "256Mi"},
        },
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
        "livenessProbe": {"httpGet": {"path": "/live", "port": "http"}},
        "volumeMounts": [
            {"name": "configuration", "mountPath": "/etc/app", "readOnly": True},
            {"name": "scratch", "mountPath": "/tmp"},
        ],
    }
