"""The scheduler: a node for each pod that has none, or the reason why there is none.

Sentences: the plugins of kube-scheduler 1.37.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from bot.core.units import parse_quantity
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import age, condition, controller, ended, with_metadata
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


def reconcile(hands: Hands, _round: Json) -> None:
    """Place every pod that waits, the oldest first."""
    pods = [x for x in hands.pods_on("") if not (x["spec"].get("schedulingGates") or ended(x))]
    waiting = sorted((x for x in pods if x["spec"]["schedulerName"] == _NAME), key=age)
    nodes = {node["metadata"]["name"]: node for node in hands.every("nodes")} if waiting else {}
    used = {name: Counter[str]() for name in nodes}
    for name in nodes:
        for pod in hands.pods_on(name):
            if not ended(pod):
                used[name].update(_asked(pod))
    for pod in waiting:
        fitting = [name for name, node in nodes.items() if not _obstacles(pod, node, used[name])]
        if not fitting:
            _give_up(hands, pod, _sentence(pod, nodes, used))
            continue
        asked, family = _asked(pod), controller(pod).get("uid", "")
        best = min(fitting, key=lambda name: (used[name][family], used[name]["pods"], name))
        used[best].update(asked)
        _bind(hands, pod, nodes[best])


def bears(spec: Json, node: Json, *effects: str) -> list[Json]:
    """Return the node's taints that the pod does not tolerate, but for those it only dislikes."""
    effects = effects or ("NoSchedule", "NoExecute")
    taints = node["spec"].get("taints", ())
    return [each for each in taints if each["effect"] in effects and not tolerated(spec, each)]


def tolerated(spec: Json, taint: Json) -> Json | None:
    """Return the pod's toleration of a taint."""
    for each in spec.get("tolerations", ()):
        key, effect = each.get("key") or taint["key"], each.get("effect") or taint["effect"]
        exists = each.get("operator") == "Exists" or each.get("value", "") == taint.get("value", "")
        if exists and (key, effect) == (taint["key"], taint["effect"]):
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


def _obstacles(pod: Json, node: Json, used: Counter[str]) -> list[str]:
    spec = pod["spec"]
    if node["spec"].get("unschedulable") and not tolerated(spec, _CORDON):
        return ["node(s) were unschedulable"]
    if bears(spec, node):
        return ["node(s) had untolerated taint(s)"]
    if not selects(spec, node):
        return ["node(s) didn't match Pod's node affinity/selector"]
    room, family = node.get("status", {}).get("allocatable", {}), controller(pod).get("uid", "")
    return [
        "Too many pods" if name == "pods" else f"Insufficient {name}"
        for name, amount in _asked(pod).items()
        if name != family and used[name] + amount > _thousandths(room.get(name, "0"))
    ]


def _sentence(pod: Json, nodes: Mapping[str, Json], used: Mapping[str, Counter[str]]) -> str:
    if not nodes:
        return "no nodes available to schedule pods"
    whys = Counter(why for name in nodes for why in _obstacles(pod, nodes[name], used[name]))
    # Others' pods could make room where only room is missing, but none of lower priority is there.
    hopeless = sum(bool(_obstacles(pod, node, Counter())) for node in nodes.values())
    victims = Counter({"Preemption is not helpful for scheduling": hopeless})
    victims["No preemption victims found for incoming pod"] = len(nodes) - hopeless
    head = f"0/{len(nodes)} nodes are available:"
    return f"{head} {_listed(whys)}. preemption: {head} {_listed(victims)}."


def _listed(counted: Counter[str]) -> str:
    return ", ".join(sorted(f"{number} {why}" for why, number in counted.items() if number))


def _bind(hands: Hands, pod: Json, node: Json) -> None:
    metadata, name = pod["metadata"], node["metadata"]["name"]
    places = {k: v for k, v in node["metadata"].get("labels", {}).items() if k in _LABELS}
    bound = with_metadata(pod, labels=metadata.get("labels", {}) | places)
    status = pod.get("status", {}) | _judged(hands, pod, "True")
    bound |= {"spec": pod["spec"] | {"nodeName": name}, "status": status}
    # A binding is a write of its own: what a pod's update may not change, and no new generation.
    hands.registry.store.put(hands.key_of(pod), bound)
    text = f"Successfully assigned {metadata['namespace']}/{metadata['name']} to {name}"
    hands.tell(pod, "Scheduled", text, source=_NAME)


def _give_up(hands: Hands, pod: Json, text: str) -> None:
    if condition(pod, "PodScheduled").get("message") != text:
        hands.report(pod, _judged(hands, pod, "False", "Unschedulable", text))
        hands.tell(pod, "FailedScheduling", text, "Warning", _NAME)


def _judged(hands: Hands, pod: Json, *told: str) -> Json:
    row = ("PodScheduled", *told)
    return {"conditions": hands.conditions(pod, row, lastProbeTime=None)}
