"""The scheduler: a node for each pod that has none, or the reason why there is none."""

from collections import Counter
from collections.abc import Iterable

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.fitting import Amounts, Place, asked, obstacles
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    age,
    condition,
    controller,
    ended,
    leaving,
    with_condition,
    with_metadata,
)
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_SOURCE = "default-scheduler"
_LABELS = ("topology.kubernetes.io/zone", "topology.kubernetes.io/region")
ROUND = Key("nodes", "", "")
"""All pods that wait are placed in one round, so that nodes' room is added up once."""


def concerned(hands: Hands, item: JsonObject) -> Iterable[Key]:
    """Return the round, if any pod waits: room may have come, or another pod."""
    waits = item["kind"] == "Pod" and not item["spec"].get("nodeName")
    return (ROUND,) if waits or hands.anyone_waits else ()


def reconcile(hands: Hands, _key: Key) -> None:
    """Place every pod that waits, the oldest first."""
    waiting = [p for p in hands.pods_on("") if _mine(p) and not leaving(p) and not ended(p)]
    if not waiting:
        return
    places = [Place(node) for node in hands.every("nodes")]
    crowds: Counter[tuple[str, str]] = Counter()
    for place in places:
        for pod in hands.pods_on(place.name):
            if not ended(pod):
                place.take(asked(pod))
                crowds[place.name, _family(pod)] += 1
    for pod in sorted(waiting, key=age):
        amounts = asked(pod)
        fitting = [place for place in places if not obstacles(pod, amounts, place)]
        if not fitting:
            _give_up(hands, pod, amounts, places)
            continue
        family = _family(pod)
        best = min(fitting, key=lambda p: (crowds[p.name, family], p.used.get("pods", 0), p.name))
        best.take(amounts)
        crowds[best.name, family] += 1
        _bind(hands, pod, best.node)


def _mine(pod: JsonObject) -> bool:
    spec = pod["spec"]
    return spec.get("schedulerName", _SOURCE) == _SOURCE and not spec.get("schedulingGates")


def _family(pod: JsonObject) -> str:
    return str(controller(pod).get("uid", ""))


def _bind(hands: Hands, pod: JsonObject, node: JsonObject) -> None:
    metadata, name = pod["metadata"], node["metadata"]["name"]
    places = {
        key: value for key, value in node["metadata"].get("labels", {}).items() if key in _LABELS
    }
    bound = with_metadata(pod, labels=metadata.get("labels", {}) | places)
    bound["spec"] = pod["spec"] | {"nodeName": name}
    new = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
    status, now = pod.get("status", {}), hands.registry.stamp()
    bound["status"] = status | {
        "conditions": with_condition(status.get("conditions", ()), new, now)
    }
    # A binding is a write of its own: what a pod's update may not change, and no new generation.
    pod = hands.registry.store.put(hands.key_of(pod), bound)
    text = f"Successfully assigned {metadata['namespace']}/{metadata['name']} to {name}"
    tell(hands, _SOURCE, pod, Told("Scheduled", text, action="Binding"))


def _give_up(hands: Hands, pod: JsonObject, amounts: Amounts, places: list[Place]) -> None:
    text = _sentence(pod, amounts, places)
    before = condition(pod, "PodScheduled")
    if before.get("message") == text:
        return
    now, status = hands.registry.stamp(), pod.get("status", {})
    new = {
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": text,
        "lastProbeTime": None, "observedGeneration": pod["metadata"]["generation"],
        "lastTransitionTime": before.get("lastTransitionTime", now),
    }  # fmt: skip
    others = [each for each in status.get("conditions", ()) if each["type"] != "PodScheduled"]
    pod = hands.report(pod, {"conditions": [*others, new]})
    tell(hands, _SOURCE, pod, Told("FailedScheduling", text, "Warning", action="Scheduling"))


def _sentence(pod: JsonObject, amounts: Amounts, places: list[Place]) -> str:
    if not places:
        return "no nodes available to schedule pods"
    reasons = [obstacles(pod, amounts, place) for place in places]
    # Others' pods could make room where only room is missing, but none of lower priority is there.
    hopeless = sum(
        why[0].startswith("node(s)") or bool(place.lacks(amounts, ever=True))
        for why, place in zip(reasons, places, strict=True)
    )
    preempting = (
        (hopeless, "Preemption is not helpful for scheduling"),
        (len(places) - hopeless, "No preemption victims found for incoming pod"),
    )
    head = f"0/{len(places)} nodes are available:"
    why = _histogram(Counter(reason for each in reasons for reason in each).items())
    then = _histogram((reason, number) for number, reason in preempting if number)
    return f"{head} {why}. preemption: {head} {then}."


def _histogram(counted: Iterable[tuple[str, int]]) -> str:
    return ", ".join(sorted(f"{number} {reason}" for reason, number in counted))
