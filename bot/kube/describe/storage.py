"""PersistentVolumeClaims, PersistentVolumes, and the storage drivers of a node."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.ports import JsonObject
from bot.core.units import parse_quantity
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Need, Subject
from bot.kube.describe.volumes import PERSISTENT, csi, lines
from bot.kube.describe.workloads import storage_class
from bot.kube.jsonpath.values import general

_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def claim(w: Lines, item: JsonObject, now: datetime | None = None) -> None:
    """Write a claim; of a template (without `now`) only what means something there."""
    metadata, spec, status = item["metadata"], item.get("spec") or {}, item.get("status") or {}
    if now is not None:
        blocks.head(w, item)
    w.line(0, "StorageClass:", storage_class(item))
    if now is not None:
        _phase(w, item, now)
    w.line(0, "Volume:", spec.get("volumeName", ""))
    blocks.labels(w, "Labels", metadata.get("labels"))
    blocks.annotations(w, "Annotations", metadata.get("annotations"))
    if now is not None:
        w.line(0, "Finalizers:", general(metadata.get("finalizers") or []))
    bound = bool(spec.get("volumeName"))
    held = parse_quantity(str((status.get("capacity") or {}).get("storage", "0")))
    w.line(0, "Capacity:", held if bound else "")
    w.line(0, "Access Modes:", _modes(status.get("accessModes")) if bound else "")
    if spec.get("volumeMode") is not None:
        w.line(0, "VolumeMode:", spec["volumeMode"])
    if (source := spec.get("dataSource")) is not None:
        w.put(0, "DataSource:\n")
        if source.get("apiGroup") is not None:
            w.line(1, "APIGroup:", source["apiGroup"])
        w.line(1, "Kind:", source.get("kind", ""))
        w.line(1, "Name:", source.get("name", ""))


def _phase(w: Lines, item: JsonObject, now: datetime) -> None:
    if deleted := item["metadata"].get("deletionTimestamp"):
        w.line(0, "Status:", f"Terminating (lasts {blocks.since(deleted, now)})")
    else:
        w.line(0, "Status:", (item.get("status") or {}).get("phase", ""))


def _modes(found: Sequence[str] | None) -> str:
    return ",".join(short for mode, short in _MODES.items() if mode in (found or ()))


def _claim(w: Lines, subject: Subject) -> None:
    claim(w, subject.item, subject.now)
    pods = subject.found["pods"]
    if pods.error is not None:
        raise pods.error
    blocks.column(w, "Used By", sorted(blocks.name(p) for p in _users(subject.item, pods.items)))
    if conditions := subject.status.get("conditions"):
        w.put(0, "Conditions:\n")
        w.line(1, "Type", "Status", "LastProbeTime", "LastTransitionTime", "Reason", "Message")
        w.put(1, "----\t------\t-----------------\t------------------\t------\t-------\n")
        for one in conditions:
            times = [blocks.when(one.get(f)) for f in ("lastProbeTime", "lastTransitionTime")]
            told = [one.get("reason", ""), one.get("message", "")]
            w.put(1, " \t".join([one["type"], one["status"], *times, *told]) + "\n")
    blocks.events(w, subject.events, subject.now)


def _users(item: JsonObject, pods: Sequence[JsonObject]) -> list[JsonObject]:
    """Return the pods that mount the claim or own it, as often as they do."""
    name = blocks.name(item)
    mounting = [
        pod
        for pod in pods
        for volume in pod["spec"].get("volumes") or ()
        if (volume.get("persistentVolumeClaim") or {}).get("claimName") == name
    ]
    known = {pod["metadata"].get("uid") for pod in mounting}
    owners = {
        owner.get("uid")
        for owner in item["metadata"].get("ownerReferences") or ()
        if owner["kind"] == "Pod"
    }
    return mounting + [pod for pod in pods if pod["metadata"].get("uid") in owners - known]


def _volume(w: Lines, subject: Subject) -> None:
    metadata, spec, status = subject.metadata, subject.spec, subject.status
    blocks.head(w, subject.item, namespaced=False)
    blocks.labels(w, "Labels", metadata.get("labels"))
    blocks.annotations(w, "Annotations", metadata.get("annotations"))
    w.line(0, "Finalizers:", general(metadata.get("finalizers") or []))
    w.line(0, "StorageClass:", storage_class(subject.item))
    _phase(w, subject.item, subject.now)
    bound = spec.get("claimRef")
    place = f"{bound.get('namespace', '')}/{bound.get('name', '')}" if bound is not None else ""
    w.line(0, "Claim:", place)
    w.line(0, "Reclaim Policy:", spec.get("persistentVolumeReclaimPolicy", ""))
    w.line(0, "Access Modes:", _modes(spec.get("accessModes")))
    if spec.get("volumeMode") is not None:
        w.line(0, "VolumeMode:", spec["volumeMode"])
    w.line(0, "Capacity:", parse_quantity(str((spec.get("capacity") or {}).get("storage", "0"))))
    _affinity(w, (spec.get("nodeAffinity") or {}).get("required"))
    w.line(0, "Message:", status.get("message", ""))
    w.put(0, "Source:\n")
    _source(w, spec)
    blocks.events(w, subject.events, subject.now)


def _source(w: Lines, spec: JsonObject) -> None:
    for kind, source in PERSISTENT.items():
        if spec.get(kind) is not None:
            lines(w, source, spec[kind])
            return
    if spec.get("csi") is not None:
        csi(w, spec["csi"])
    else:
        w.put(1, "<unknown>\n")


def _affinity(w: Lines, required: JsonObject | None) -> None:
    if required is None:
        w.line(0, "Node Affinity:", blocks.NONE)
        return
    w.put(0, "Node Affinity:\t\n")
    terms = required.get("nodeSelectorTerms") or ()
    w.put(1, f"Required Terms:\t{'' if terms else blocks.NONE}\n")
    for at, term in enumerate(terms):
        w.put(2, f"Term {at}:\t")
        found = [_requirement(one) for one in term.get("matchExpressions") or ()]
        for place, text in enumerate(found or [blocks.NONE]):
            if place:
                w.put(2, "\t")
            w.put(0, f"{text}\n")


def _requirement(one: JsonObject) -> str:
    values = f" [{', '.join(one['values'])}]" if one.get("values") else ""
    return f"{one['key']} {one['operator'].lower()}{values}"


def _pods(_item: JsonObject) -> Mapping[str, Need]:
    return {"pods": Need("pods")}


def _node_drivers(w: Lines, subject: Subject) -> None:
    metadata, drivers = subject.metadata, subject.spec.get("drivers")
    blocks.head(w, subject.item, namespaced=False)
    blocks.labels(w, "Labels", metadata.get("labels"))
    blocks.annotations(w, "Annotations", metadata.get("annotations"))
    w.line(0, "CreationTimestamp:", blocks.when(metadata.get("creationTimestamp")))
    w.put(0, "Spec:\n")
    if drivers is not None:
        w.put(1, "Drivers:\n")
    for driver in drivers or ():
        w.put(2, f"{driver['name']}:\n")
        w.line(3, "Node ID:", driver["nodeID"])
        if (count := (driver.get("allocatable") or {}).get("count")) is not None:
            w.put(3, "Allocatables:\n")
            w.line(4, "Count:", count)
        if (keys := driver.get("topologyKeys")) is not None:
            w.line(3, "Topology Keys:", general(keys))
    blocks.events(w, subject.events, subject.now)


CLAIM = Description(_claim, _pods)
VOLUME = Description(_volume)
NODE_DRIVERS = Description(_node_drivers)
