"""What controllers read off objects: owners, readiness, conditions, shares. Pure."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.demo.cluster.values import Json

STOPPED = "demo.quarterdeck.dev/stopped"
"""The annotation of a node whose kubelet is down."""


def controller(item: Json) -> Json:
    """Return the reference to the object's controller; empty without one."""
    references = item["metadata"].get("ownerReferences", ())
    return next((each for each in references if each.get("controller")), {})


def reference(owner: Json) -> Json:
    """Return the reference that makes the owner a controller."""
    identity = {key: owner["metadata"][key] for key in ("name", "uid")}
    kind = {key: owner[key] for key in ("apiVersion", "kind")}
    return kind | identity | {"controller": True, "blockOwnerDeletion": True}


def pod_of(owner: Json, labels: Mapping[str, str], **spec: object) -> Json:
    """Return a pod by the owner's template, with more labels and more in its spec."""
    template = owner["spec"]["template"]
    given = template.get("metadata", {})
    metadata = {"generateName": f"{owner['metadata']['name']}-"} | given
    metadata |= {"labels": given.get("labels", {}) | labels, "ownerReferences": [reference(owner)]}
    return {"metadata": metadata, "spec": template["spec"] | spec}


def phase(pod: Json) -> str:
    """Return the pod's phase; empty before it has a status."""
    return str(pod.get("status", {}).get("phase", ""))


def ended(pod: Json) -> bool:
    """Tell whether the pod will never run again."""
    return phase(pod) in ("Succeeded", "Failed")


def leaving(item: Json) -> bool:
    """Tell whether the object is being deleted."""
    return "deletionTimestamp" in item["metadata"]


def active(pod: Json) -> bool:
    """Tell whether the pod counts: it has not ended and is not being deleted."""
    return not ended(pod) and not leaving(pod)


def condition(item: Json, kind: str) -> Json:
    """Return the object's condition of that type; empty without one."""
    conditions = item.get("status", {}).get("conditions", ())
    return next((each for each in conditions if each.get("type") == kind), {})


def ready(item: Json) -> bool:
    """Tell whether the pod or node is ready."""
    return condition(item, "Ready").get("status") == "True"


def share(value: int | str, whole: int, *, up: bool = False) -> int:
    """Return a number, or `25%` of the whole, rounded down unless `up`."""
    if isinstance(value, int):
        return value
    exact = int(value.removesuffix("%")) * whole / 100
    return math.ceil(exact) if up else math.floor(exact)


def left(since: str, seconds: float, now: datetime) -> float:
    """Return how many of the seconds since a time are left; negative when they have passed."""
    return (datetime.fromisoformat(since) + timedelta(seconds=seconds) - now).total_seconds()


def age(item: Json) -> tuple[str, str]:
    """Return what puts objects in the order of their creation, then of their names."""
    return item["metadata"]["creationTimestamp"], item["metadata"]["name"]
