"""The scheduler: a node for each pod that has none, or the reason why there is none.

Sentences: the plugins of kube-scheduler 1.37.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache

from bot.core.units import parse_quantity
from bot.demo.cluster.controllers.hands import Hands, age, condition, controller, ended
from bot.demo.cluster.patches import merged
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_NAME = "default-scheduler"
_LABELS = ("topology.kubernetes.io/zone", "topology.kubernetes.io/region")
_CORDON = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def concerned(hands: Hands, _resource: str, _key: Key, item: Json) -> Iterable[Key]:
    """Return the one key of a round, if any pod waits: room may have come, or another pod."""
    waits = item["kind"] == "Pod" and not item["spec"].get("nodeName")
    return (Key("", "", ""),) if waits or hands.anyone_waits else ()


def reconcile(hands: Hands, _it: Json) -> None:
    """Place every pod that waits, the oldest first."""
    waiting = [x for x in hands.pods_on("") if not (x["spec"].get("schedulingGates") or ended(x))]
    waiting = [pod for pod in waiting if pod["spec"]["schedulerName"] == _NAME]
    if waiting:
        a_round = _Round(hands)
        for pod in sorted(waiting, key=age):
            a_round.place(pod)


def bears(spec: Json, node: Json, *effects: str) -> list[Json]:
    """Return the node's taints that the pod does not tolerate, but for those it only dislikes."""
    effects = effects or ("NoSchedule", "NoExecute")
    taints = node["spec"].get("taints", ())
    return [each for each in taints if each["effect"] in effects and not tolerated(spec, each)]


def tolerated(spec: Json, taint: Json) -> Json | None:
    """Return the pod's toleration of a taint."""
    for each in spec.get("tolerations", ()):
        named = all(each.get(part) in (None, "", taint[part]) for part in ("key", "effect"))
        equal = each.get("value", "") == taint.get("value", "")
        if named and (equal or each.get("operator") == "Exists"):
            return dict(each)
    return None


def selects(spec: Json, node: Json) -> bool:
    """Tell whether the pod's node selector and required affinity mean the node."""
    labels, affinity = node["metadata"].get("labels", {}), spec.get("affinity", {})
    required = affinity.get("nodeAffinity", {}).get(REQUIRED)
    fields = {"metadata.name": node["metadata"]["name"]}
    return spec.get("nodeSelector", {}).items() <= labels.items() and (required is None or any(
        selector_matches({"matchExpressions": term.get("matchExpressions")}, labels)
        and selector_matches({"matchExpressions": term.get("matchFields")}, fields)
        for term in required["nodeSelectorTerms"]
    ))  # fmt: skip


def _asked(pod: Json) -> Counter[str]:
    """Return what the pod's containers ask for, in thousandths, and which family it is of."""
    total = Counter({"pods": 1000, controller(pod).get("uid", ""): 1})
    for container in pod["spec"]["containers"]:
        for name, amount in container.get("resources", {}).get("requests", {}).items():
            total[name] += _thousandths(str(amount))
    return total


@cache
def _thousandths(amount: str) -> int:
    return int(parse_quantity(amount).value * 1000)


class _Round:
    """The nodes, and what is used of them."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._nodes = {node["metadata"]["name"]: node for node in hands.every("nodes")}
        self._used = {name: Counter[str]() for name in self._nodes}
        for name, used in self._used.items():
            for pod in hands.pods_on(name):
                used.update(Counter() if ended(pod) else _asked(pod))

    def place(self, pod: Json) -> None:
        """Give the pod a node, or say why it has none."""
        used, family = self._used, controller(pod).get("uid", "")
        if fitting := [x for x in self._nodes if not self._obstacles(pod, x, used[x])]:
            best = min(fitting, key=lambda name: (used[name][family], used[name]["pods"], name))
            used[best].update(_asked(pod))
            self._bind(pod, best)
        elif condition(pod, "PodScheduled").get("message") != (text := self._sentence(pod)):
            self._hands.report(pod, self._judged(pod, "False", "Unschedulable", text))
            self._hands.tell(pod, "FailedScheduling", text, "Warning", _NAME)

    def _obstacles(self, pod: Json, name: str, used: Counter[str]) -> list[str]:
        spec, node = pod["spec"], self._nodes[name]
        if node["spec"].get("unschedulable") and not tolerated(spec, _CORDON):
            return ["node(s) were unschedulable"]
        if bears(spec, node):
            return ["node(s) had untolerated taint(s)"]
        if not selects(spec, node):
            return ["node(s) didn't match Pod's node affinity/selector"]
        room, family = node.get("status", {}).get("allocatable", {}), controller(pod).get("uid", "")
        return [
            "Too many pods" if each == "pods" else f"Insufficient {each}"
            for each, amount in _asked(pod).items()
            if each != family and used[each] + amount > _thousandths(room.get(each, "0"))
        ]

    def _sentence(self, pod: Json) -> str:
        if not self._nodes:
            return "no nodes available to schedule pods"
        whys = Counter(w for name, u in self._used.items() for w in self._obstacles(pod, name, u))
        # Others' pods could make room where only room is missing, but none has a lower priority.
        hopeless = sum(bool(self._obstacles(pod, name, Counter())) for name in self._nodes)
        victims = Counter({"Preemption is not helpful for scheduling": hopeless})
        victims["No preemption victims found for incoming pod"] = len(self._nodes) - hopeless
        head = f"0/{len(self._nodes)} nodes are available:"
        return f"{head} {_listed(whys)}. preemption: {head} {_listed(victims)}."

    def _bind(self, pod: Json, name: str) -> None:
        metadata, labels = pod["metadata"], self._nodes[name]["metadata"].get("labels", {})
        places = {"labels": {k: v for k, v in labels.items() if k in _LABELS}}
        binding = {"metadata": places, "spec": {"nodeName": name}}
        # A binding is a write of its own: what an update may not change, and no new generation.
        bound = merged(pod, binding | {"status": self._judged(pod, "True")})
        self._hands.registry.store.put(self._hands.key_of(pod), bound)
        text = f"Successfully assigned {metadata['namespace']}/{metadata['name']} to {name}"
        self._hands.tell(pod, "Scheduled", text, by=_NAME)

    def _judged(self, pod: Json, *told: str) -> Json:
        row = ("PodScheduled", *told)
        return {"conditions": self._hands.conditions(pod, row, lastProbeTime=None)}


def _listed(counted: Counter[str]) -> str:
    return ", ".join(sorted(f"{number} {why}" for why, number in counted.items() if number))


CONTROLLERS = [("", reconcile, {"pods": concerned, "nodes": concerned})]
