"""What controllers read off objects: owners, readiness, conditions, shares. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import orjson

from bot.demo.cluster.refusals import JsonObject

STOPPED = "demo.quarterdeck.dev/stopped"
"""The annotation of a node whose kubelet is down."""
LEAKS = "demo.quarterdeck.dev/leaks"
"""The annotation of a pod that uses more and more memory: how much more a minute."""
# No word can be spelt with these: the API's alphabet for what is generated.
_SAFE = "bcdfghjklmnpqrstvwxz2456789"


def controller(item: JsonObject) -> JsonObject:
    """Return the reference to the object's controller; empty without one."""
    references = item["metadata"].get("ownerReferences", ())
    return next((each for each in references if each.get("controller")), {})


def reference(owner: JsonObject) -> JsonObject:
    """Return the reference that makes the owner a controller."""
    identity = {key: owner["metadata"][key] for key in ("name", "uid")}
    kind = {key: owner[key] for key in ("apiVersion", "kind")}
    return kind | identity | {"controller": True, "blockOwnerDeletion": True}


def with_metadata(item: JsonObject, **changes: object) -> JsonObject:
    """Return the object with parts of its metadata replaced; empty ones are left out."""
    metadata = {k: v for k, v in (item["metadata"] | changes).items() if v or k not in changes}
    return {**item, "metadata": metadata}


def pod_of(owner: JsonObject, labels: Mapping[str, str], **spec: object) -> JsonObject:
    """Return a pod by the owner's template, with more labels and more in its spec."""
    template = owner["spec"]["template"]
    given = template.get("metadata", {})
    metadata = {"generateName": f"{owner['metadata']['name']}-"} | given
    metadata |= {"labels": given.get("labels", {}) | labels, "ownerReferences": [reference(owner)]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": template["spec"] | spec,
    }


def phase(pod: JsonObject) -> str:
    """Return the pod's phase; empty before it has a status."""
    return str(pod.get("status", {}).get("phase", ""))


def ended(pod: JsonObject) -> bool:
    """Tell whether the pod will never run again."""
    return phase(pod) in ("Succeeded", "Failed")


def leaving(item: JsonObject) -> bool:
    """Tell whether the object is being deleted."""
    return "deletionTimestamp" in item["metadata"]


def active(pod: JsonObject) -> bool:
    """Tell whether the pod counts: it has not ended and is not being deleted."""
    return not ended(pod) and not leaving(pod)


def condition(item: JsonObject, kind: str) -> JsonObject:
    """Return the object's condition of that type; empty without one."""
    conditions = item.get("status", {}).get("conditions", ())
    return next((each for each in conditions if each["type"] == kind), {})


def ready(pod: JsonObject) -> bool:
    """Tell whether the pod is ready."""
    return condition(pod, "Ready").get("status") == "True"


def available_in(pod: JsonObject, seconds: int, now: datetime) -> float | None:
    """Return in how many seconds the pod will have been ready for so long; None: it is not."""
    if not ready(pod):
        return None
    since: str = condition(pod, "Ready")["lastTransitionTime"]
    return max(left(since, seconds, now), 0.0) if seconds else 0.0


def with_condition(
    conditions: Sequence[JsonObject], new: JsonObject, now: str, *, last: bool = False
) -> list[JsonObject]:
    """Return the conditions with a new one; it keeps its transition time while its status stays.

    Nothing changes when status and reason are the same. `last` moves what changed to the end.
    """
    old = next((each for each in conditions if each["type"] == new["type"]), None)
    if old and (old["status"], old.get("reason")) == (new["status"], new.get("reason")):
        return list(conditions)
    since = old["lastTransitionTime"] if old and old["status"] == new["status"] else now
    new = {"lastTransitionTime": since} | new
    if last or old is None:
        return [*(each for each in conditions if each is not old), new]
    return [new if each is old else each for each in conditions]


def counts(**numbers: int) -> dict[str, int | None]:
    """Return the numbers as a status has them, which leaves zeros out."""
    return {name: number or None for name, number in numbers.items()}


def share(value: int | str, whole: int, *, up: bool = False) -> int:
    """Return a number, or `25%` of the whole, rounded down unless `up`."""
    if isinstance(value, int):
        return value
    exact = int(value.removesuffix("%")) * whole / 100
    return math.ceil(exact) if up else math.floor(exact)


def digest(value: object) -> str:
    """Return ten letters, the same for the same value: what the hashes in names look like."""
    raw = sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).digest()
    return "".join(_SAFE[byte % len(_SAFE)] for byte in raw[:10])


def left(since: str, seconds: float, now: datetime) -> float:
    """Return how many of the seconds since a time are left; negative when they have passed."""
    return (moment(since) + timedelta(seconds=seconds) - now).total_seconds()


def moment(text: str) -> datetime:
    """Return the time that Kubernetes writes as `2026-01-01T12:00:00Z`."""
    return datetime.fromisoformat(text).astimezone(UTC)


def soonest(waits: Iterable[float | None]) -> float | None:
    """Return the shortest of the waits that are any."""
    return min((wait for wait in waits if wait and wait > 0), default=None)


def age(item: JsonObject) -> tuple[str, str]:
    """Return what puts objects in the order of their creation, then of their names."""
    return item["metadata"]["creationTimestamp"], item["metadata"]["name"]
