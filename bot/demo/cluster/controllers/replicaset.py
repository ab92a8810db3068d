"""ReplicaSets: as many pods as asked for."""

from collections import Counter
from collections.abc import Sequence

from bot.demo.cluster.controllers.hands import Hands, active, leaving, phase, pod_of, ready
from bot.demo.cluster.values import Json


def reconcile(hands: Hands, it: Json) -> None:
    """Create or delete pods until there are as many as asked for, and report on them."""
    pods = hands.owned(it, "pods")
    working = [pod for pod in pods if active(pod)]
    readies, missing = sum(map(ready, working)), it["spec"]["replicas"] - len(working)
    hands.report(it, {
        "observedGeneration": it["metadata"]["generation"],
        "replicas": len(working),
        "terminatingReplicas": sum(map(leaving, pods)),
        "fullyLabeledReplicas": len(working) or None,
        "readyReplicas": readies or None,
        "availableReplicas": readies or None,
    })  # fmt: skip
    if not leaving(it):
        hands.adjust(it, [pod_of(it, {})] * missing, superfluous(working, -missing))


def superfluous(pods: Sequence[Json], count: int) -> list[Json]:
    """Return the pods that go first: the least useful ones, then the newest.

    Rule: ActivePodsWithRanks in kube-controller-manager's `controller_utils.go`.
    """
    crowd = Counter(pod["spec"].get("nodeName") for pod in pods)
    # Both sorts are stable: of pods that are as useful, the newest go first.
    newest = sorted(pods, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), reverse=True)

    def use(pod: Json) -> tuple[int, ...]:
        node = pod["spec"].get("nodeName")
        return bool(node), phase(pod) == "Running", ready(pod), -crowd[node]

    return sorted(newest, key=use)[: max(count, 0)]


CONTROLLERS = [("replicasets.apps", reconcile, {"pods": Hands.keeper})]
