"""Nodes: their state, their room, and what stands on them."""

from collections.abc import Mapping, Sequence

from bot.core.errors import ForbiddenError
from bot.core.ports import JsonObject
from bot.core.units import Quantity
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.resources import (
    NOTHING,
    amounts,
    extended,
    huge_pages,
    percent,
    pod_total,
    totals,
)
from bot.kube.describe.subject import Description, Need, Subject, by_uid

_ROLE = "node-role.kubernetes.io/"
_OTHER_ROLE = "kubernetes.io/role"
# More pools of devices than these are counted.
_POOLS = 10
_SYSTEM = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)


def _write(w: Lines, subject: Subject) -> None:
    metadata, spec, status = subject.metadata, subject.spec, subject.status
    w.line(0, "Name:", blocks.name(subject.item))
    w.line(0, "Roles:", ",".join(_roles(metadata.get("labels") or {})) or blocks.NONE)
    blocks.labels(w, "Labels", metadata.get("labels"))
    blocks.annotations(w, "Annotations", metadata.get("annotations"))
    w.line(0, "CreationTimestamp:", blocks.when(metadata.get("creationTimestamp")))
    blocks.taints(w, "Taints", spec.get("taints"))
    w.line(0, "Unschedulable:", blocks.on(spec.get("unschedulable")))
    _lease(w, subject)
    _conditions(w, status.get("conditions") or ())
    w.put(0, "Addresses:\n")
    for address in status.get("addresses") or ():
        w.line(1, f"{address['type']}:", address["address"])
    for title in ("Capacity", "Allocatable"):
        room = amounts(status.get(title.lower()))
        if room:
            w.put(0, f"{title}:\n")
        for name, amount in sorted(room.items()):
            w.line(1, f"{name}:", amount)
    _devices(w, subject.found["slices"].items)
    w.put(0, "System Info:\n")
    for title, field in _SYSTEM:
        w.line(1, f"{title}:", (status.get("nodeInfo") or {}).get(field, ""))
    _addressing(w, spec)
    pods = subject.found["pods"]
    if isinstance(pods.error, ForbiddenError):
        w.line(0, "Pods:", "not authorized")
    elif pods.error is not None:
        raise pods.error
    else:
        _pods(w, subject, pods.items)
        _allocated(w, status, pods.items)
    blocks.events(w, subject.events, subject.now)


def _roles(labels: Mapping[str, str]) -> list[str]:
    roles = {key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE)}
    return sorted((roles | {labels.get(_OTHER_ROLE, "")}) - {""})


def _lease(w: Lines, subject: Subject) -> None:
    found = subject.found["lease"]
    if found.error is not None:
        w.line(0, "Lease:", f"Failed to get lease: {blocks.bare(found.error)}")
        return
    spec = (found.one or {}).get("spec") or {}
    w.put(0, "Lease:\n")
    holder = spec.get("holderIdentity")
    w.line(1, "HolderIdentity:", "<unset>" if holder is None else holder)
    for title, field in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")):
        w.line(1, f"{title}:", blocks.when(spec[field]) if spec.get(field) else "<unset>")


def _conditions(w: Lines, conditions: Sequence[JsonObject]) -> None:
    if conditions:
        w.put(0, "Conditions:\n")
        w.line(1, "Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message")
        w.put(1, "----\t------\t-----------------\t------------------\t------\t-------\n")
    for one in conditions:
        times = [blocks.when(one.get(f)) for f in ("lastHeartbeatTime", "lastTransitionTime")]
        told = [one.get("reason", ""), one.get("message", "")]
        w.put(1, " \t".join([one["type"], one["status"], *times, *told]) + "\n")


def _addressing(w: Lines, spec: JsonObject) -> None:
    if spec.get("podCIDR"):
        w.line(0, "PodCIDR:", spec["podCIDR"])
    if spec.get("podCIDRs"):
        w.line(0, "PodCIDRs:", ",".join(spec["podCIDRs"]))
    if spec.get("providerID"):
        w.line(0, "ProviderID:", spec["providerID"])


def _devices(w: Lines, slices: Sequence[JsonObject]) -> None:
    pools: dict[tuple[str, str], list[int]] = {}
    for each in slices:
        spec = each["spec"]
        key = (spec.get("driver", ""), (spec.get("pool") or {}).get("name", ""))
        pools.setdefault(key, []).append(len(spec.get("devices") or ()))
    if not pools:
        return
    w.put(0, "Node-Local ResourceSlices:\n")
    w.line(1, "Driver", "Pool", "Slices", "Devices")
    w.line(1, "------", "----", "------", "-------")
    ordered = sorted(pools, key="/".join)
    for driver, pool in ordered[:_POOLS]:
        counts = pools[driver, pool]
        w.line(1, driver, pool, len(counts), sum(counts))
    if len(ordered) > _POOLS:
        w.put(1, f"...and {len(ordered) - _POOLS} more pools\n")


def _pods(w: Lines, subject: Subject, pods: Sequence[JsonObject]) -> None:
    room = _room(subject.status)
    w.line(0, "Non-terminated Pods:", f"({len(pods)} in total)")
    w.put(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n")
    w.put(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n")
    for pod in pods:
        asked = pod_total(pod, "requests", from_status=True)
        limits = pod_total(pod, "limits", from_status=True)
        cells = [
            _share(held.get(name, NOTHING), room, name)
            for name in ("cpu", "memory")
            for held in (asked, limits)
        ]
        metadata = pod["metadata"]
        age = blocks.since(metadata.get("creationTimestamp"), subject.now)
        w.line(1, metadata.get("namespace", ""), metadata["name"], "", *cells, age)


def _share(amount: Quantity, room: Mapping[str, Quantity], name: str) -> str:
    return f"{amount} ({percent(amount, room.get(name, NOTHING), name)}%)"


def _room(status: JsonObject) -> Mapping[str, Quantity]:
    return amounts(status.get("allocatable") or status.get("capacity"))


def _allocated(w: Lines, status: JsonObject, pods: Sequence[JsonObject]) -> None:
    room, asked, limits = _room(status), totals(pods, "requests"), totals(pods, "limits")
    w.put(0, "Allocated resources:\n")
    w.put(1, "(Total limits may be over 100 percent, i.e., overcommitted.)\n")
    w.line(1, "Resource", "Requests", "Limits")
    w.line(1, "--------", "--------", "------")
    for name in ("cpu", "memory", "ephemeral-storage", *filter(huge_pages, sorted(room))):
        held = (asked.get(name, NOTHING), limits.get(name, NOTHING))
        known = room.get(name, NOTHING).value
        w.line(1, name, *(_share(x, room, name) if known else f"{x} (0%)" for x in held))
    for name in filter(extended, sorted(room)):
        w.line(1, name, asked.get(name, NOTHING), limits.get(name, NOTHING))


def _needs(item: JsonObject) -> Mapping[str, Need]:
    name = blocks.name(item)
    running = f"spec.nodeName={name},status.phase!=Succeeded,status.phase!=Failed"
    return {
        "lease": Need("leases.coordination.k8s.io", name=name, namespace="kube-node-lease"),
        "pods": Need("pods", namespace="", fields=running),
        "slices": Need("resourceslices.resource.k8s.io", fields=f"spec.nodeName={name}"),
    }


def _events(item: JsonObject) -> Sequence[str]:
    # The controllers write the node's uid into an event, the kubelet its name.
    return [*by_uid(item), blocks.name(item)]


NODE = Description(_write, _needs, _events)
