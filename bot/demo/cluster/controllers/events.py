"""What controllers tell of: events, counted when they say the same again."""

from dataclasses import dataclass

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

# As many events are remembered, in order to count those that say the same (client-go).
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says."""

    reason: str
    message: str
    type: str = "Normal"
    action: str = ""
    """What was tried; then it is told in the newer form (events.k8s.io), as the scheduler does."""


def tell(hands: Hands, source: str, about: JsonObject, told: Told) -> None:
    """Write an event about an object, as the recorders of client-go do."""
    metadata, now = about["metadata"], hands.registry.stamp()
    namespace = metadata.get("namespace", "default")
    if _ends(hands, namespace):
        return
    moment = hands.clock.now()
    exact = f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"
    same = (metadata["uid"], source, told.type, told.reason, told.message)
    key = hands.told.get(same)
    if key and (seen := hands.find(key)):
        number = (seen.get("series") or seen).get("count", 1) + 1
        series = {"series": {"count": number, "lastObservedTime": exact}}
        again = series if told.action else {"count": number, "lastTimestamp": now}
        hands.change(seen, lambda x: x | again)
        return
    # The name is the time in nanoseconds, as client-go has it; the count keeps names apart.
    number = int(moment.timestamp() * 1e6) * 1000 + next(hands.numbers)
    if len(hands.told) >= _REMEMBERED:
        del hands.told[next(iter(hands.told))]
    key = hands.told[same] = Key("events", namespace, f"{metadata['name']}.{number:x}")
    named = ("name", "namespace", "uid", "resourceVersion")
    involved = {part: about[part] for part in ("apiVersion", "kind")}
    involved |= {part: metadata[part] for part in named if part in metadata}
    item = {
        "metadata": {"name": key.name},
        "involvedObject": involved,
        "reason": told.reason,
        "message": told.message,
        "type": told.type,
        "reportingComponent": source,
    }
    newer: JsonObject = {"action": told.action, "eventTime": exact, "firstTimestamp": None}
    newer |= {"lastTimestamp": None, "source": {}, "reportingInstance": f"{source}-demo"}
    older: JsonObject = {"eventTime": None, "firstTimestamp": now, "lastTimestamp": now, "count": 1}
    older |= {"source": {"component": source}, "reportingInstance": ""}
    hands.create("events", namespace, item | (newer if told.action else older))


def _ends(hands: Hands, namespace: str) -> bool:
    # Nothing new can be written there; the real recorders are refused and give up, too.
    found = hands.find(Key("namespaces", "", namespace))
    return found is None or "deletionTimestamp" in found["metadata"]
