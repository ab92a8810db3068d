"""Whether a pod may run on a node: selectors, affinities, taints and room. Pure.

Sentences: the scheduler's plugins in kubernetes 1.37.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.core.units import parse_quantity
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.selectors import selector_matches

Amounts = Mapping[str, Decimal]


@dataclass(slots=True)
class Place:
    """A node, and what its pods have asked for so far."""

    node: JsonObject
    used: dict[str, Decimal] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the node's name."""
        return str(self.node["metadata"]["name"])

    def take(self, amounts: Amounts) -> None:
        """Count one more pod."""
        for name, amount in amounts.items():
            self.used[name] = self.used.get(name, Decimal(0)) + amount

    def lacks(self, amounts: Amounts, *, ever: bool = False) -> list[str]:
        """Return what the node has too little of, in the scheduler's words; `ever`: when empty."""
        room = self.node.get("status", {}).get("allocatable", {})
        used = {} if ever else self.used
        return [
            "Too many pods" if name == "pods" else f"Insufficient {name}"
            for name, amount in amounts.items()
            if used.get(name, Decimal(0)) + amount > parse_quantity(room.get(name, "0")).value
        ]


def asked(pod: JsonObject) -> Amounts:
    """Return what the pod asks for: its containers together, or one that runs before them."""
    spec = pod["spec"]
    total: dict[str, Decimal] = {"pods": Decimal(1)}
    for container in spec["containers"]:
        for name, amount in _requests(container):
            total[name] = total.get(name, Decimal(0)) + amount
    for container in spec.get("initContainers", ()):
        for name, amount in _requests(container):
            total[name] = max(total.get(name, Decimal(0)), amount)
    return total


def _requests(container: JsonObject) -> Iterator[tuple[str, Decimal]]:
    requests = container.get("resources", {}).get("requests", {})
    return ((name, parse_quantity(str(amount)).value) for name, amount in requests.items())


def obstacles(pod: JsonObject, amounts: Amounts, place: Place) -> list[str]:
    """Return why the pod cannot run there."""
    spec, node = pod["spec"], place.node
    cordon = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    if node["spec"].get("unschedulable") and not tolerated(spec, cordon):
        return ["node(s) were unschedulable"]
    if bears(spec, node):
        return ["node(s) had untolerated taint(s)"]
    if not selects(spec, node):
        return ["node(s) didn't match Pod's node affinity/selector"]
    return place.lacks(amounts)


def bears(spec: JsonObject, node: JsonObject, *effects: str) -> list[JsonObject]:
    """Return the node's taints that the pod does not tolerate, but for those it only dislikes."""
    effects = effects or ("NoSchedule", "NoExecute")
    taints = node["spec"].get("taints", ())
    return [each for each in taints if each["effect"] in effects and not tolerated(spec, each)]


def tolerated(spec: JsonObject, taint: JsonObject) -> JsonObject | None:
    """Return the pod's toleration of a taint."""
    return next((each for each in spec.get("tolerations", ()) if _covers(each, taint)), None)


def _covers(toleration: JsonObject, taint: JsonObject) -> bool:
    key, effect = toleration.get("key"), toleration.get("effect")
    if key not in (None, "", taint["key"]) or effect not in (None, "", taint["effect"]):
        return False
    exists = toleration.get("operator") == "Exists"
    return bool(exists or toleration.get("value", "") == taint.get("value", ""))


def selects(spec: JsonObject, node: JsonObject) -> bool:
    """Tell whether the pod's node selector and required affinity mean the node."""
    labels = node["metadata"].get("labels", {})
    if not spec.get("nodeSelector", {}).items() <= labels.items():
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    fields = {"metadata.name": node["metadata"]["name"]}
    return any(
        selector_matches({"matchExpressions": term.get("matchExpressions")}, labels)
        and selector_matches({"matchExpressions": term.get("matchFields")}, fields)
        for term in required["nodeSelectorTerms"]
    )
