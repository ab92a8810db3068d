"""What the API server's objects say, in the words of kube-state-metrics. Pure.

The names and labels that dashboards use most; each row is a metric's name, its labels, its value.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.core.units import parse_quantity
from tests.metrics.families import Family, Sample

Object = Mapping[str, Any]
Row = tuple[str, dict[str, str], float]

PHASES = ("Failed", "Pending", "Running", "Succeeded", "Unknown")
CONDITION = {"true": "True", "false": "False", "unknown": "Unknown"}
UNITS = {"cpu": "core", "memory": "byte", "ephemeral-storage": "byte"}
"""Of resources; what is not here is counted."""


def families(objects: Mapping[str, Iterable[Object]]) -> list[Family]:
    """Return the state of all objects, given by the resources' names (`pods`)."""
    told = {"pods": _pod, "deployments": _deployment, "replicasets": _replica_set, "nodes": _node}
    return grouped(
        row for name, rows in told.items() for each in objects[name] for row in rows(each)
    )


def grouped(rows: Iterable[Row]) -> list[Family]:
    """Return the rows as families; a name that ends in `_total` counts."""
    found: dict[str, list[Sample]] = {}
    for name, labels, value in rows:
        found.setdefault(name, []).append(Sample(labels, value))
    return [
        Family(name, "counter" if name.endswith("_total") else "gauge", _help(name), tuple(samples))
        for name, samples in found.items()
    ]


def amount(quantity: object) -> float:
    """Return a quantity of the API in its base unit."""
    return float(parse_quantity(str(quantity)).value)


def seconds(moment: str) -> float:
    """Return a moment of the API in seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()


def _help(name: str) -> str:
    return f"{name.removeprefix('kube_').replace('_', ' ').capitalize()}."


def _identity(kind: str, each: Object) -> dict[str, str]:
    metadata = each["metadata"]
    place = {"namespace": metadata["namespace"]} if "namespace" in metadata else {}
    return place | {kind: metadata["name"]}


def _labels(each: Object) -> dict[str, str]:
    def plain(name: str) -> str:
        return "".join(letter if letter.isalnum() else "_" for letter in name)

    found = each["metadata"].get("labels", {})
    return {f"label_{plain(name)}": value for name, value in found.items()}


def _owner(prefix: str, own: dict[str, str], each: Object) -> Row:
    owners = each["metadata"].get("ownerReferences", ())
    owner: Object = next((one for one in owners if one.get("controller")), {})
    told = {
        "owner_kind": owner.get("kind", ""),
        "owner_name": owner.get("name", ""),
        "owner_is_controller": "true" if owner else "",
    }
    return f"{prefix}_owner", own | told, 1


def _pod(pod: Object) -> Iterator[Row]:
    metadata, spec, status = pod["metadata"], pod["spec"], pod["status"]
    own = _identity("pod", pod) | {"uid": metadata["uid"]}
    owner: Object = next(iter(metadata.get("ownerReferences", ())), {})
    info = {
        "host_ip": status.get("hostIP", ""),
        "pod_ip": status.get("podIP", ""),
        "node": spec.get("nodeName", ""),
        "created_by_kind": owner.get("kind", ""),
        "created_by_name": owner.get("name", ""),
        "priority_class": spec.get("priorityClassName", ""),
        "host_network": str(spec.get("hostNetwork", False)).lower(),
    }
    yield "kube_pod_info", own | info, 1
    yield "kube_pod_labels", own | _labels(pod), 1
    yield "kube_pod_created", own, seconds(metadata["creationTimestamp"])
    if "startTime" in status:
        yield "kube_pod_start_time", own, seconds(status["startTime"])
    yield _owner("kube_pod", own, pod)
    for phase in PHASES:
        yield "kube_pod_status_phase", own | {"phase": phase}, status["phase"] == phase
    for kind, name in (("Ready", "ready"), ("PodScheduled", "scheduled")):
        yield from _condition(f"kube_pod_status_{name}", own, status, kind)
    for container in spec["containers"]:
        yield from _resources(own | {"container": container["name"]}, container, spec)
    for container in status.get("containerStatuses", ()):
        yield from _container(own | {"container": container["name"]}, container)


def _condition(name: str, own: dict[str, str], status: Object, kind: str) -> Iterator[Row]:
    is_now = {each["type"]: each["status"] for each in status.get("conditions", ())}.get(kind)
    if is_now is not None:
        for label, value in CONDITION.items():
            yield name, own | {"condition": label}, is_now == value


def _resources(own: dict[str, str], container: Object, spec: Object) -> Iterator[Row]:
    node = {"node": spec.get("nodeName", "")}
    for which in ("requests", "limits"):
        for resource, quantity in container.get("resources", {}).get(which, {}).items():
            told = own | node | {"resource": resource, "unit": UNITS.get(resource, "integer")}
            yield f"kube_pod_container_resource_{which}", told, amount(quantity)


def _container(own: dict[str, str], container: Object) -> Iterator[Row]:
    prefix, state = "kube_pod_container_status", container["state"]
    yield "kube_pod_container_info", own | {"image": container["image"]}, 1
    yield f"{prefix}_restarts_total", own, container["restartCount"]
    yield f"{prefix}_ready", own, container["ready"]
    for name in ("running", "waiting", "terminated"):
        yield f"{prefix}_{name}", own, name in state
    for name in ("waiting", "terminated"):
        if reason := state.get(name, {}).get("reason"):
            yield f"{prefix}_{name}_reason", own | {"reason": reason}, 1
    if reason := container.get("lastState", {}).get("terminated", {}).get("reason"):
        yield f"{prefix}_last_terminated_reason", own | {"reason": reason}, 1


def _deployment(deployment: Object) -> Iterator[Row]:
    own, status = _identity("deployment", deployment), deployment.get("status", {})
    metadata, spec = deployment["metadata"], deployment["spec"]
    yield "kube_deployment_created", own, seconds(metadata["creationTimestamp"])
    yield "kube_deployment_labels", own | _labels(deployment), 1
    yield "kube_deployment_metadata_generation", own, metadata["generation"]
    yield "kube_deployment_status_observed_generation", own, status.get("observedGeneration", 0)
    yield "kube_deployment_spec_replicas", own, spec["replicas"]
    yield "kube_deployment_spec_paused", own, spec.get("paused", False)
    yield "kube_deployment_status_replicas", own, status.get("replicas", 0)
    for name in ("ready", "available", "unavailable", "updated"):
        yield f"kube_deployment_status_replicas_{name}", own, status.get(f"{name}Replicas", 0)
    for each in status.get("conditions", ()):
        told = {"condition": each["type"], "reason": each.get("reason", "")}
        for label, value in CONDITION.items():
            is_it = each["status"] == value
            yield "kube_deployment_status_condition", own | told | {"status": label}, is_it


def _replica_set(replica_set: Object) -> Iterator[Row]:
    own, status = _identity("replicaset", replica_set), replica_set.get("status", {})
    yield "kube_replicaset_created", own, seconds(replica_set["metadata"]["creationTimestamp"])
    yield "kube_replicaset_labels", own | _labels(replica_set), 1
    yield _owner("kube_replicaset", own, replica_set)
    yield "kube_replicaset_spec_replicas", own, replica_set["spec"]["replicas"]
    yield "kube_replicaset_status_replicas", own, status.get("replicas", 0)
    yield "kube_replicaset_status_ready_replicas", own, status.get("readyReplicas", 0)


def _node(node: Object) -> Iterator[Row]:
    own, status = _identity("node", node), node["status"]
    told = status["nodeInfo"]
    addresses = {each["type"]: each["address"] for each in status.get("addresses", ())}
    info = {
        "kernel_version": told["kernelVersion"],
        "os_image": told["osImage"],
        "container_runtime_version": told["containerRuntimeVersion"],
        "kubelet_version": told["kubeletVersion"],
        "internal_ip": addresses.get("InternalIP", ""),
    }
    yield "kube_node_info", own | info, 1
    yield "kube_node_labels", own | _labels(node), 1
    yield "kube_node_created", own, seconds(node["metadata"]["creationTimestamp"])
    yield "kube_node_spec_unschedulable", own, node["spec"].get("unschedulable", False)
    for each in status.get("conditions", ()):
        for label, value in CONDITION.items():
            row = own | {"condition": each["type"], "status": label}
            yield "kube_node_status_condition", row, each["status"] == value
    for which in ("capacity", "allocatable"):
        for resource, quantity in status.get(which, {}).items():
            row = own | {"resource": resource, "unit": UNITS.get(resource, "integer")}
            yield f"kube_node_status_{which}", row, amount(quantity)
