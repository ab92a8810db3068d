"""ReplicaSets: as many pods as asked for."""

from collections import Counter
from collections.abc import Sequence

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    active,
    available_in,
    condition,
    counts,
    ended,
    leaving,
    phase,
    pod_of,
    ready,
    soonest,
    with_condition,
)
from bot.demo.cluster.controllers.pods import start, stop
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.store import Key

_SOURCE = "replicaset-controller"
_PHASES = {"": 0, "Pending": 0, "Unknown": 1, "Running": 2}
_COST = "controller.kubernetes.io/pod-deletion-cost"


def reconcile(hands: Hands, key: Key) -> float | None:
    """Create or delete pods until there are as many as asked for, and report on them."""
    it = hands.find(key)
    if it is None:
        return None
    pods = hands.claimed(it, "pods")
    working = [pod for pod in pods if active(pod)]
    refusal = None if leaving(it) else _balance(hands, it, working)
    waits = [
        available_in(pod, it["spec"].get("minReadySeconds", 0), hands.clock.now())
        for pod in working
    ]
    labels = it["spec"]["template"]["metadata"].get("labels", {}).items()
    labelled = [pod for pod in working if labels <= pod["metadata"].get("labels", {}).items()]
    status: JsonObject = {
        "observedGeneration": it["metadata"]["generation"],
        "replicas": len(working),
        "terminatingReplicas": sum(leaving(pod) and not ended(pod) for pod in pods),
        "conditions": _conditions(it, refusal, hands.registry.stamp()) or None,
    }
    hands.report(it, status | counts(
        fullyLabeledReplicas=len(labelled),
        readyReplicas=sum(map(ready, working)),
        availableReplicas=waits.count(0.0),
    ))  # fmt: skip
    if refusal:
        raise refusal
    return soonest(waits)


def _balance(hands: Hands, it: JsonObject, pods: Sequence[JsonObject]) -> ApiRefusalError | None:
    missing = it["spec"]["replicas"] - len(pods)
    try:
        for _ in range(missing):
            start(hands, it, pod_of(it, {}), _SOURCE)
        for pod in superfluous(pods, -missing):
            stop(hands, it, pod, _SOURCE)
    except ApiRefusalError as refusal:
        return refusal
    return None


def superfluous(pods: Sequence[JsonObject], count: int) -> list[JsonObject]:
    """Return the pods that go first: the least useful ones, then the newest.

    Rule: ActivePodsWithRanks in kube-controller-manager's `controller_utils.go`.
    """
    crowd = Counter(pod["spec"].get("nodeName") for pod in pods)
    # Both sorts are stable: of pods that are as useful, the newest go first.
    newest = sorted(pods, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), reverse=True)

    def use(pod: JsonObject) -> tuple[int, ...]:
        cost = pod["metadata"].get("annotations", {}).get(_COST, "0")
        node = pod["spec"].get("nodeName")
        return bool(node), _PHASES.get(phase(pod), 2), ready(pod), int(cost), -crowd[node]

    return sorted(newest, key=use)[: max(count, 0)]


def _conditions(it: JsonObject, refusal: ApiRefusalError | None, now: str) -> list[JsonObject]:
    before: list[JsonObject] = it.get("status", {}).get("conditions", [])
    if refusal is None:
        return [each for each in before if each["type"] != "ReplicaFailure"]
    new = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
    if condition(it, "ReplicaFailure"):
        return before
    return with_condition(before, new | {"message": refusal.message}, now)
