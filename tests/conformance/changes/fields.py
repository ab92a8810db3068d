"""What of an object is compared: all but what no two objects share. Pure.

Ignored are uids, versions, times, addresses that were given out, the status, and what controllers
have written, save that they have seen what was wanted.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.conformance.changes.twins import Twin

Item = dict[str, Any]
Fields = Mapping[str, Any]
"""Each leaf of an object by its path."""

CONTROLLERS = re.compile(r"kube-controller-manager|kube-scheduler|kwok.*|kubelet|Go-http-client")
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_MOUNT = re.compile(r"kube-api-access-\w{5}")
_GIVEN = ("clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort")
_LIVE = ("uid", "resourceVersion", "creationTimestamp", "selfLink", "managedFields")


def compared(items: Iterable[Item], twin: Twin) -> dict[str, Fields]:
    """Return what is compared of a twin's objects, by their kinds and names."""
    own = [item for item in items if _belongs(item, twin) and not _generated_pod(item)]
    hashes = {hash_: word for item in own for hash_, word in _hash(item)}
    return dict(_fields(item, twin, hashes) for item in own)


def _belongs(item: Item, twin: Twin) -> bool:
    metadata = item["metadata"]
    place = str(metadata.get("namespace", ""))
    return place == twin.name or (not place and metadata["name"].startswith(twin.name))


def _generated_pod(item: Item) -> bool:
    """Tell whether it is a pod that follows from what a controller was told."""
    return item["kind"] == "Pod" and "ownerReferences" in item["metadata"]


def _hash(item: Item) -> Iterable[tuple[str, str]]:
    """Yield the hash of a revision, and the word for it, which is the same in both twins."""
    metadata = item["metadata"]
    labels, annotations = metadata.get("labels", {}), metadata.get("annotations", {})
    if item["kind"] == "ReplicaSet" and "pod-template-hash" in labels:
        number = annotations.get("deployment.kubernetes.io/revision")
        yield labels["pod-template-hash"], f"<hash {number}>"
    if item["kind"] == "ControllerRevision":
        yield metadata["name"].rpartition("-")[2], f"<hash {item['revision']}>"


def _fields(item: Item, twin: Twin, hashes: Mapping[str, str]) -> tuple[str, Fields]:
    text = twin.unnamed(json.dumps(_kept(item)))
    for hash_, word in hashes.items():
        text = text.replace(hash_, word)
    text = _MOUNT.sub("kube-api-access-<id>", text)
    kept = json.loads(_TIME.sub("<time>", _UID.sub("<uid>", text)))
    return f"{kept['kind']}/{kept['metadata']['name']}", dict(leaves(kept))


def _kept(item: Item) -> Item:
    metadata = {key: each for key, each in item["metadata"].items() if key not in _LIVE}
    kept = {key: each for key, each in item.items() if key != "status"} | {"metadata": metadata}
    if managed := _managed(item["metadata"].get("managedFields", ())):
        metadata["managedFields"] = managed
    if item["kind"] == "Node":
        # Grows with the number of nodes.
        metadata["annotations"] = metadata["annotations"] | {"node.alpha.kubernetes.io/ttl": "0"}
    if item["kind"] == "Service":
        kept["spec"] = _service(item["spec"])
    if item["kind"] == "ReplicaSet" and "ownerReferences" in metadata:
        _forget_progress(kept)
    return kept


def _managed(entries: Sequence[Item]) -> dict[str, Any]:
    """Return who has written which fields, without the controllers."""
    written: dict[str, Any] = defaultdict(list)
    for entry in entries:
        if not CONTROLLERS.fullmatch(entry["manager"]) and entry.get("subresource") != "status":
            who = "/".join(
                filter(None, (entry["manager"], entry["operation"], entry.get("subresource")))
            )
            written[who].append(entry["fieldsV1"])
    return written


def _service(spec: Item) -> Item:
    """Return the specification without the addresses and ports that were given out."""
    shown = {
        key: "<given>" if key in _GIVEN and each not in ("None", ["None"]) else each
        for key, each in spec.items()
    }
    ports = [
        port | ({"nodePort": "<given>"} if "nodePort" in port else {})
        for port in spec.get("ports", ())
    ]
    return shown | {"ports": ports}


def _forget_progress(kept: Item) -> None:
    """Leave out how far a rollout has come, which goes on while it is looked at."""
    kept["spec"] = {key: each for key, each in kept["spec"].items() if key != "replicas"}
    metadata = kept["metadata"]
    metadata.pop("generation", None)
    metadata["annotations"] = {
        key: each
        for key, each in metadata.get("annotations", {}).items()
        if not key.endswith(("desired-replicas", "max-replicas"))
    }


def leaves(value: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    """Yield each leaf of a value with its path; an empty map or list is one."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from leaves(each, f"{path}/{key}")
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from leaves(each, f"{path}/{number}")
    else:
        yield path, value
