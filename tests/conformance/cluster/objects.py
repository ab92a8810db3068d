"""Objects that several rooms' cases change."""

from typing import Any

from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    IMAGE,
    Item,
    config_map,
    create,
    item,
)

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
ONE = f"{CORE}/configmaps/one"
WEB = f"{APPS}/deployments/web"
DATA = ("/data",)
MADE = create(config_map("one", data={"a": "1", "b": "2"}), keep=())
TEMPLATE = "/spec/template/spec"


def web(**spec: Any) -> Item:
    """Return a Deployment without pods, so that nothing but the case changes it."""
    container = {
        "name": "app",
        "image": IMAGE,
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
        "ports": [{"containerPort": 80}, {"containerPort": 90, "name": "other"}],
        "args": ["one", "two"],
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {
            "containers": [container],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
            "tolerations": [{"key": "a", "operator": "Exists"}],
        },
    }
    parts = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return item("apps/v1", "Deployment", "web", spec=parts | spec)
