"""PodDisruptionBudgets: how many pods may be evicted now."""

from collections.abc import Sequence

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import controller, leaving, ready, share, with_condition
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.store import Key


def reconcile(hands: Hands, key: Key) -> None:
    """Count the pods that a budget is about, and report what it allows."""
    it = hands.find(key)
    if it is None:
        return
    spec, status = it["spec"], it.get("status", {})
    pods = [
        pod for pod in hands.every("pods", key.namespace)
        if spec.get("selector") is not None
        and selector_matches(spec["selector"], pod["metadata"].get("labels", {}))
    ]  # fmt: skip
    if not pods:
        tell(hands, "controllermanager", it, Told("NoPods", "No matching pods found"))
    least, scale = spec.get("minAvailable"), _scale(hands, pods)
    if isinstance(least, int):
        desired, expected = least, len(pods)
    elif least is not None:
        desired, expected = share(least, scale, up=True), scale
    else:
        most = share(spec.get("maxUnavailable", 0), scale, up=True)
        desired, expected = max(scale - most, 0), scale
    healthy = sum(ready(pod) and not leaving(pod) for pod in pods)
    allowed = max(healthy - desired, 0) if expected else 0
    generation, now = it["metadata"]["generation"], hands.registry.stamp()
    enough = {"status": "True", "reason": "SufficientPods"}
    new = enough if allowed else {"status": "False", "reason": "InsufficientPods"}
    new |= {"type": "DisruptionAllowed", "message": ""}
    conditions = with_condition(status.get("conditions", ()), new, now)
    hands.report(it, {
        "observedGeneration": generation,
        "conditions": [each | {"observedGeneration": generation} for each in conditions],
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "expectedPods": expected,
        "disruptionsAllowed": allowed,
        "disruptedPods": None,
    })  # fmt: skip


def _scale(hands: Hands, pods: Sequence[JsonObject]) -> int:
    """Return how many pods their controllers should have together."""
    tops: dict[str, JsonObject] = {}
    for pod in pods:
        owner = _owner(hands, pod)
        while owner and (above := _owner(hands, owner)):
            owner = above
        if owner:
            tops[owner["metadata"]["uid"]] = owner
    return sum(owner["spec"].get("replicas", 0) for owner in tops.values())


def _owner(hands: Hands, item: JsonObject) -> JsonObject | None:
    name = controller(item)
    kind = hands.registry.kinds.of(name.get("apiVersion", ""), name.get("kind", ""))
    space = item["metadata"].get("namespace", "")
    return hands.find(Key(kind.resource, space, name["name"])) if kind else None
