"""Deployments: a ReplicaSet for each template, numbered, and the rollout from one to the next.

Rules and sentences: `sync.go`, `rolling.go` and `progress.go` of kube-controller-manager 1.37.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bot.demo.cluster.controllers.hands import Hands, age, leaving, left, reference, share
from bot.demo.cluster.patches import LAST_APPLIED, merged
from bot.demo.cluster.values import Json, data, digest

_SETS, _HASH, _OWN = "replicasets.apps", "pod-template-hash", "deployment.kubernetes.io/"
_REVISION, _HISTORY = f"{_OWN}revision", f"{_OWN}revision-history"
# The largest int32 stands for none, of deadlines and of limits.
_NONE = 2**31 - 1


class Bounds(NamedTuple):
    """How many pods a Deployment wants, may have at most, and needs to be available at least."""

    replicas: int
    most: int
    least: int


def bounds(spec: Json) -> Bounds:
    """Return the bounds that a Deployment's spec sets; surge is rounded up, the other down."""
    wanted, rolling = spec["replicas"], spec["strategy"].get("rollingUpdate", {})
    surge = share(rolling.get("maxSurge", 0), wanted, up=True)
    missing = share(rolling.get("maxUnavailable", 0), wanted)
    # A rollout could not move without either.
    missing = 1 if rolling and not (surge or missing) else missing
    return Bounds(wanted, wanted + surge, max(wanted - missing, 0))


def grown(wanted: Bounds, new: int, old: int) -> int:
    """Return how many pods the new ReplicaSet gets while the old ones have so many."""
    return min(new + max(wanted.most - new - old, 0), wanted.replicas)


def shrunk(wanted: Bounds, available: int, old: Sequence[tuple[int, int]]) -> list[int]:
    """Return how many pods the old ReplicaSets get: first those go that are not available.

    `available` is how many of the new pods are; `old` tells of each set how many pods it should
    have, and how many are available.
    """
    spare = sum(size for size, _ in old) + available - wanted.least
    sizes = _taken([(size, size - fine) for size, fine in old], spare)
    available += sum(fine for _, fine in old)
    # Counts may lag behind sizes: what is going already is not taken again.
    return _taken([(size, size) for size in sizes], min(available - wanted.least, spare))


def _taken(sizes: Sequence[tuple[int, int]], count: int) -> list[int]:
    """Take `count` pods, from each size up to its limit."""
    rest = []
    for size, limit in sizes:
        rest.append(size - max(min(count, limit), 0))
        count -= size - rest[-1]
    return rest


def reconcile(hands: Hands, it: Json) -> float | None:
    """Do the next step of the rollout, and report on it; return the seconds until its deadline."""
    rollout = _Rollout(hands, it)
    if not leaving(it):
        (rollout.pause if it["spec"].get("paused") else rollout.step)()
    return rollout.report()


class _Rollout:
    """One look at one Deployment."""

    def __init__(self, hands: Hands, it: Json) -> None:
        self._hands, self._it, self._spec = hands, it, it["spec"]
        self._notes: Json = it["metadata"].get("annotations", {})
        self._before: Json = it.get("status", {})
        self._conditions = {each["type"]: each for each in self._before.get("conditions", ())}
        self._deadline = int(self._spec.get("progressDeadlineSeconds", _NONE))
        self._wanted = bounds(self._spec)
        self._mark = digest([it["metadata"]["uid"], self._spec["template"]])
        self._name = f"{it['metadata']['name']}-{self._mark}"
        self._new, self._old = self._sets()

    def _sets(self) -> tuple[Json | None, list[Json]]:
        """Return the ReplicaSet of the template, if it is there, and the older ones."""
        sets = {each["metadata"]["name"]: each for each in self._hands.owned(self._it, _SETS)}
        return sets.pop(self._name, None), sorted(sets.values(), key=age)

    def step(self) -> None:
        """Make and number the new ReplicaSet, and move pods from the old ones to it."""
        if self._reason == "DeploymentPaused":
            self._say("resumed")
        running = [each for each in self._old if each["spec"]["replicas"]]
        sizes, rolling = list(map(_size, running)), "rollingUpdate" in self._spec["strategy"]
        here, fine = _size(self._new) if self._new else (0, 0)
        if rolling or not any(self._hands.owned(each, "pods") for each in self._old):
            size = grown(self._wanted, here, sum(size for size, _ in sizes))
            self._scale(self._new or self._create(size), size)
        less = shrunk(self._wanted, fine, sizes) if rolling else [0] * len(running)
        for each, size in zip(running, less, strict=True):
            self._scale(each, size)

    def pause(self) -> None:
        """Keep to the number of pods that is asked for, outside of a rollout."""
        if self._reason != "ProgressDeadlineExceeded":
            self._say("paused")
        sets = [*self._old, *filter(None, [self._new])]
        working = [each for each in sets if each["spec"]["replicas"]] or sets[-1:]
        if len(working) == 1:
            self._scale(working[0], self._wanted.replicas)

    def _create(self, size: int) -> Json:
        mark, template = {_HASH: self._mark}, self._spec["template"]
        template = merged(template, {"metadata": {"labels": mark}})
        spec = {"replicas": size, "template": template}
        spec |= {"selector": merged(self._spec["selector"], {"matchLabels": mark})}
        about = {"name": self._name, "labels": template["metadata"]["labels"]}
        about |= {"ownerReferences": [reference(self._it)]}
        it = {"metadata": about, "spec": spec}
        self._new = self._hands.create(_SETS, self._it["metadata"]["namespace"], it)
        self._say("created")
        self._tell(self._name, 0, size)
        return self._new

    def _scale(self, it: Json, size: int) -> None:
        """Give a ReplicaSet its size and its annotations; the new one its number, too."""
        notes = {f"{_OWN}desired-replicas": str(self._wanted.replicas)}
        notes |= {f"{_OWN}max-replicas": str(self._wanted.most)}
        if it is self._new:
            own = (LAST_APPLIED, _OWN)
            notes |= {k: v for k, v in self._notes.items() if not k.startswith(own)}
            number, last = 1 + max(map(_revision, self._old), default=0), _revision(it)
            notes |= {_REVISION: str(number)} if last < number else {}
            if 0 < last < number:
                past = it["metadata"]["annotations"].get(_HISTORY, "")
                notes[_HISTORY] = f"{past},{last}".lstrip(",")
        self._tell(it["metadata"]["name"], it["spec"]["replicas"], size)
        self._hands.patch(it, {"metadata": {"annotations": notes}, "spec": {"replicas": size}})

    def _tell(self, name: str, before: int, size: int) -> None:
        if size != before:
            way = "up" if size > before else "down"
            told = f"Scaled {way} replica set {name} from {before} to {size}"
            self._hands.tell(self._it, "ScalingReplicaSet", told)

    @property
    def _reason(self) -> str:
        return str(self._conditions.get("Progressing", {}).get("reason", ""))

    def _say(self, what: str) -> None:
        """Set a condition; that there is progress is worth a new time."""
        kind, status, reason, message = data("controllers")["deployment"][what]
        before = self._conditions.get(kind, {})
        same = (before.get("status"), before.get("reason")) == (status, reason)
        silent = kind == "Progressing" and self._deadline == _NONE
        if silent or (same and what != "progressing"):
            return
        now = self._hands.now()
        since = before["lastTransitionTime"] if before.get("status") == status else now
        new = {"type": kind, "status": status, "reason": reason, "lastUpdateTime": now}
        new |= {"message": message.format(name=self._name), "lastTransitionTime": since}
        # The newest one comes last.
        self._conditions = {k: v for k, v in self._conditions.items() if k != kind} | {kind: new}

    def report(self) -> float | None:
        """Store how far the rollout is; return the seconds until its deadline."""
        self._new, self._old = self._sets()
        new = [self._new] if self._new else []
        sets = [*new, *self._old]
        totals = ("replicas", "readyReplicas", "availableReplicas")
        counts = {name: _total(name, sets) for name in totals}
        available, wanted = counts["availableReplicas"], sum(x["spec"]["replicas"] for x in sets)
        counts["updatedReplicas"] = _total("replicas", new)
        counts["unavailableReplicas"] = max(wanted - available, 0)
        self._say("available" if available >= self._wanted.least else "unavailable")
        rest = None if self._spec.get("paused") else self._judge(counts)
        status = {name: number or None for name, number in counts.items()} | {
            "observedGeneration": self._it["metadata"]["generation"],
            "terminatingReplicas": _total("terminatingReplicas", sets),
            "conditions": list(self._conditions.values()),
        }
        revision = {_REVISION: str(_revision(new[0]))} if new else {}
        self._hands.report(self._it, status, annotations=self._notes | revision)
        return rest

    def _judge(self, counts: dict[str, int]) -> float | None:
        """Note whether the rollout is over, gets on or is late; return the seconds it has left."""
        before = dict.fromkeys(counts, 0) | self._before
        new, old = counts["updatedReplicas"], counts["replicas"] - counts["updatedReplicas"]
        more = any(counts[each] > before[each] for each in counts if each != "unavailableReplicas")
        if new == counts["availableReplicas"] == self._wanted.replicas and not old:
            self._clean_up()
            self._say("complete")
        elif not old and self._reason == "NewReplicaSetAvailable":
            return None
        elif more or old < before["replicas"] - before["updatedReplicas"]:
            self._say("progressing")
        if self._reason in ("", "NewReplicaSetAvailable", "ProgressDeadlineExceeded"):
            return None
        since = self._conditions["Progressing"]["lastUpdateTime"]
        rest = left(since, self._deadline, self._hands.clock.now())
        if rest < 0:
            self._say("late")
        # One second more: what is stored has whole seconds.
        return max(rest, 0) + 1

    def _clean_up(self) -> None:
        limit = self._spec.get("revisionHistoryLimit", _NONE)
        for it in sorted(self._old, key=_revision)[: max(len(self._old) - limit, 0)]:
            if not it["spec"]["replicas"] and not it.get("status", {}).get("replicas"):
                self._hands.delete(it, "Background")


def _size(it: Json) -> tuple[int, int]:
    return it["spec"]["replicas"], it.get("status", {}).get("availableReplicas", 0)


def _revision(it: Json) -> int:
    return int(it["metadata"].get("annotations", {}).get(_REVISION, "0"))


def _total(name: str, sets: Sequence[Json]) -> int:
    return sum(each.get("status", {}).get(name, 0) for each in sets)


CONTROLLERS = [("deployments.apps", reconcile, {"replicasets.apps": Hands.keeper})]
