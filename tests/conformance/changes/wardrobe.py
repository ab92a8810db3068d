"""What stands in the twins before anything is typed, as YAML; none of it runs unless it must.

Workloads want no pods, since it would take hundreds of them to settle, and jobs are suspended.
"""

from typing import Any

import yaml

Item = dict[str, Any]


def written(item: Item) -> str:
    """Return an object as a document of YAML."""
    return f"{yaml.safe_dump(item, sort_keys=False)}---\n"


def _named(version: str, kind: str, name: str, labels: Item) -> Item:
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def workload(
    kind: str,
    name: str,
    tag: str = "1",
    *,
    spec: Item | None = None,
    place: Item | None = None,
    annotations: Item | None = None,
) -> str:
    """Return a workload of two containers, whose pods, if it has any, are at that place."""
    wanted: Item = {"selector": {"matchLabels": {"app": name}}}
    if kind != "DaemonSet":
        wanted["replicas"] = 0
    if kind == "StatefulSet":
        wanted["serviceName"] = name
    containers = [
        {"name": name, "image": f"{name}:{tag}"},
        {"name": "side", "image": "side:1", "env": [{"name": "LEVEL", "value": "debug"}]},
    ]
    nowhere = {"nodeSelector": {"no": "node"}} if kind == "DaemonSet" else {}
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": (nowhere if place is None else place) | {"containers": containers},
    }
    item = _named("apps/v1", kind, name, {"app": name, "tier": "front"})
    item["metadata"] |= {"annotations": annotations} if annotations else {}
    return written(item | {"spec": wanted | (spec or {}) | {"template": template}})


def pod(name: str, place: Item | None = None, annotations: Item | None = None) -> str:
    """Return a pod that nobody controls."""
    container = {"name": "main", "image": f"{name}:1", "env": [{"name": "LEVEL", "value": "debug"}]}
    item = _named("v1", "Pod", name, {"app": name, "tier": "front"})
    item["metadata"]["annotations"] = annotations or {}
    return written(item | {"spec": (place or {"nodeName": "node-a"}) | {"containers": [container]}})


def node(name: str, *, taints: tuple[str, ...] = (), cordoned: bool = False) -> str:
    """Return a node that takes only pods that bear with it."""
    labels = {"twin": "TWIN", "kubernetes.io/hostname": f"TWIN-{name}"}
    item = _named("v1", "Node", f"TWIN-{name}", labels)
    item["metadata"]["annotations"] = {"kwok.x-k8s.io/node": "fake"}
    kept = [{"key": "twin", "effect": "NoSchedule"}]
    kept += [{"key": key, "value": "value", "effect": "NoSchedule"} for key in taints]
    room = {"cpu": "8", "memory": "32Gi", "pods": "100"}
    status = {"capacity": room, "allocatable": room}
    return written(item | {"spec": {"taints": kept, "unschedulable": cordoned}, "status": status})


def on_the_node(name: str) -> Item:
    """Return the place of pods that are on a twin's own node and on no other."""
    tolerations = [{"key": "twin", "operator": "Exists"}]
    selector = {"kubernetes.io/hostname": f"TWIN-{name}"}
    return {"nodeSelector": selector, "tolerations": tolerations}


CONF = """
apiVersion: v1
kind: ConfigMap
metadata: {name: conf, labels: {tier: back}, annotations: {note: first}}
data: {level: debug, port: "80"}
---
"""
CRED = """
apiVersion: v1
kind: Secret
metadata: {name: cred, labels: {tier: back}}
stringData: {user: ada, word: not-for-the-channel}
---
"""
WEB = workload("Deployment", "web")
API = workload("Deployment", "api")
HELD = workload("Deployment", "held", spec={"paused": True})
DB = workload("StatefulSet", "db")
AGENT = workload("DaemonSet", "agent")
ALONE = workload("ReplicaSet", "alone")
HISTORY = "".join(workload("Deployment", "web", tag) for tag in "123")
DB_HISTORY = "".join(workload("StatefulSet", "db", tag) for tag in "123")
AGENT_HISTORY = "".join(workload("DaemonSet", "agent", tag) for tag in "123")
PROXY = pod("proxy")
SVC = """
apiVersion: v1
kind: Service
metadata: {name: front, labels: {tier: front}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: once, labels: {tier: back}}
spec:
  suspend: true
  template:
    spec: {restartPolicy: Never, containers: [{name: main, image: "once:1", command: [run]}]}
---
"""
CRON = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, labels: {tier: back}, annotations: {note: first}}
spec:
  schedule: "0 3 1 1 *"
  suspend: true
  jobTemplate:
    metadata: {labels: {from: nightly}, annotations: {kept: "yes"}}
    spec:
      suspend: true
      template:
        spec: {restartPolicy: OnFailure, containers: [{name: main, image: "nightly:1"}]}
---
"""
WIDGET = """
apiVersion: example.org/v1
kind: Widget
metadata: {name: gear, labels: {tier: back}}
spec: {size: 3}
---
"""
