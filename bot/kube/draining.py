"""Which pods leave a node that is drained, which stay, and which forbid it.

Pure. Rules and texts: kubectl 1.37 `pkg/drain/filters.go`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.ports import JsonObject

_MIRROR = "kubernetes.io/config.mirror"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the flags of `drain` allow."""

    force: bool = False
    """Pods that nothing replaces may go."""
    ignore_daemonsets: bool = False
    """Pods of DaemonSets, which come back at once, may stay."""
    delete_emptydir_data: bool = False
    """What pods keep in emptyDir volumes may be lost."""
    skip_seconds: int = 0
    """A pod that has been ending for longer is let be; 0: none is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one pod."""

    leaves: bool
    warning: str = ""
    """What it is warned of, before a list of pods."""
    refusal: str = ""
    """Why it cannot go, before a list of pods."""


@dataclass(frozen=True, slots=True)
class Draining:
    """What becomes of the pods of one node."""

    leaving: tuple[JsonObject, ...]
    warnings: str
    """kubectl's line about those that need one; empty: none does."""
    refusals: tuple[str, ...]
    """Why the node cannot be drained; then nothing leaves it."""


_LEAVES, _STAYS = Verdict(leaves=True), Verdict(leaves=False)
Owners = Mapping[tuple[str, str], str]
"""For each DaemonSet's namespace and name what is wrong with it; nothing is: empty."""


def drained(pods: Sequence[JsonObject], rules: Rules, now: datetime, owners: Owners) -> Draining:
    """Return what becomes of the pods; `owners` are the DaemonSets of `daemonsets_of`."""
    verdicts = [(pod, _verdict(pod, rules, now, owners)) for pod in pods]
    warned = _listed((pod, verdict.warning) for pod, verdict in verdicts)
    refused = _listed((pod, verdict.refusal) for pod, verdict in verdicts)
    return Draining(
        tuple(pod for pod, verdict in verdicts if verdict.leaves),
        "; ".join(f"{what}: {names}" for what, names in warned.items()),
        tuple(f"cannot delete {what}: {names}" for what, names in refused.items()),
    )


def daemonsets_of(pods: Sequence[JsonObject]) -> list[tuple[str, str]]:
    """Return the namespaces and names of the DaemonSets that are to be looked at."""
    owned = ((pod, controller_of(pod)) for pod in pods if not _finished(pod))
    return list(
        dict.fromkeys(
            (pod["metadata"]["namespace"], owner["name"])
            for pod, owner in owned
            if owner is not None and owner["kind"] == "DaemonSet"
        )
    )


def controller_of(item: JsonObject) -> JsonObject | None:
    """Return the reference to the controller that owns the object."""
    owners = item["metadata"].get("ownerReferences") or ()
    return next((owner for owner in owners if owner.get("controller")), None)


def _verdict(pod: JsonObject, rules: Rules, now: datetime, owners: Owners) -> Verdict:
    """Return what the first rule says that lets the pod stay, or else the last one."""
    verdict = _LEAVES
    for rule in _RULES:
        verdict = rule(pod, rules, now, owners)
        if not verdict.leaves:
            break
    return verdict


def _ending(pod: JsonObject, rules: Rules, now: datetime, _owners: Owners) -> Verdict:
    since = pod["metadata"].get("deletionTimestamp")
    if not rules.skip_seconds or not since:
        return _LEAVES
    passed = (now - datetime.fromisoformat(since)).total_seconds()
    return _STAYS if passed > rules.skip_seconds else _LEAVES


def _of_daemonset(pod: JsonObject, rules: Rules, _now: datetime, owners: Owners) -> Verdict:
    owner = controller_of(pod)
    if owner is None or owner["kind"] != "DaemonSet" or _finished(pod):
        return _LEAVES
    if wrong := owners.get((pod["metadata"]["namespace"], owner["name"])):
        if rules.force and wrong.endswith(" not found"):
            return Verdict(leaves=True, warning=wrong)
        return Verdict(leaves=False, refusal=wrong)
    if rules.ignore_daemonsets:
        return Verdict(leaves=False, warning="ignoring DaemonSet-managed Pods")
    return Verdict(
        leaves=False, refusal="DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"
    )


def _mirror(pod: JsonObject, _rules: Rules, _now: datetime, _owners: Owners) -> Verdict:
    return _STAYS if _MIRROR in (pod["metadata"].get("annotations") or {}) else _LEAVES


def _local_data(pod: JsonObject, rules: Rules, _now: datetime, _owners: Owners) -> Verdict:
    volumes = pod["spec"].get("volumes") or ()
    if _finished(pod) or not any("emptyDir" in volume for volume in volumes):
        return _LEAVES
    if rules.delete_emptydir_data:
        return Verdict(leaves=True, warning="deleting Pods with local storage")
    return Verdict(
        leaves=False,
        refusal="Pods with local storage (use --delete-emptydir-data to override)",
    )


def _unreplaced(pod: JsonObject, rules: Rules, _now: datetime, _owners: Owners) -> Verdict:
    if _finished(pod) or controller_of(pod) is not None:
        return _LEAVES
    if rules.force:
        return Verdict(leaves=True, warning="deleting Pods that declare no controller")
    return Verdict(
        leaves=False, refusal="Pods that declare no controller (use --force to override)"
    )


_RULES: Sequence[Callable[[JsonObject, Rules, datetime, Owners], Verdict]] = (
    _ending,
    _of_daemonset,
    _mirror,
    _local_data,
    _unreplaced,
)


def _finished(pod: JsonObject) -> bool:
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def _listed(pairs: Iterator[tuple[JsonObject, str]]) -> dict[str, str]:
    """Return the pods' names under what is said of them, without those of whom nothing is."""
    names: dict[str, list[str]] = {}
    for pod, said in pairs:
        if said:
            metadata = pod["metadata"]
            names.setdefault(said, []).append(f"{metadata['namespace']}/{metadata['name']}")
    return {said: ", ".join(pods) for said, pods in names.items()}
