"""PodDisruptionBudgets: how many pods may be evicted now."""

from bot.demo.cluster.controllers.hands import Hands, leaving, ready, share
from bot.demo.cluster.values import Json, at


def reconcile(hands: Hands, it: Json) -> None:
    """Count the pods that a budget is about, and report what it allows."""
    spec, metadata = it["spec"], it["metadata"]
    pods = hands.selected(metadata["namespace"], spec["selector"]) if "selector" in spec else []
    if not pods:
        hands.tell(it, "NoPods", "No matching pods found", by="controllermanager")
    # What those should have who keep the pods, from the top.
    keepers = {top["metadata"]["uid"]: top for pod in pods for top in _tops(hands, pod)}
    least, wanted = spec.get("minAvailable"), [at(x, "spec.replicas", 0) for x in keepers.values()]
    expected = len(pods) if isinstance(least, int) else sum(wanted)
    spare = share(spec.get("maxUnavailable", 0), expected, up=True)
    desired = max(expected - spare, 0) if least is None else share(least, expected, up=True)
    healthy = sum(ready(pod) and not leaving(pod) for pod in pods)
    allowed = max(healthy - desired, 0) if expected else 0
    why = "SufficientPods" if allowed else "InsufficientPods"
    conditions = hands.conditions(it, ("DisruptionAllowed", str(allowed > 0), why, ""))
    seen = {"observedGeneration": metadata["generation"]}
    hands.report(it, seen | {
        "conditions": [each | seen for each in conditions],
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "expectedPods": expected,
        "disruptionsAllowed": allowed,
        "disruptedPods": None,
    })  # fmt: skip


def _tops(hands: Hands, item: Json) -> list[Json]:
    owners = [owner for _, owner in hands.owners(item) if owner]
    return [top for owner in owners for top in _tops(hands, owner) or [owner]]


CONTROLLERS = [("poddisruptionbudgets.policy", reconcile, {"pods": Hands.near})]
