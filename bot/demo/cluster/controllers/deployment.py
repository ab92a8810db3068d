"""Deployments: ReplicaSets by template, their revisions, and the rollout from one to the next."""

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    active,
    age,
    condition,
    counts,
    digest,
    leaving,
    left,
    reference,
    with_condition,
)
from bot.demo.cluster.controllers.rolling import Slot, bounds, grown, rescaled, shrunk
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_HASH = "pod-template-hash"
_OWN = "deployment.kubernetes.io/"
_REVISION, _HISTORY = _OWN + "revision", _OWN + "revision-history"
_DESIRED, _MOST = _OWN + "desired-replicas", _OWN + "max-replicas"
_NOT_COPIED = (
    "kubectl.kubernetes.io/last-applied-configuration", _REVISION, _HISTORY, _DESIRED, _MOST,
    "deprecated.deployment.rollback.to",
)  # fmt: skip
# The largest int32 stands for none, of deadlines and of limits.
_NONE = 2**31 - 1


def reconcile(hands: Hands, key: Key) -> float | None:
    """Do the next step of the rollout, and report on it."""
    found = hands.find(key)
    return _Rollout(hands, found).step() if found else None


class _Rollout:
    """One look at one Deployment."""

    def __init__(self, hands: Hands, deployment: JsonObject) -> None:
        self._hands = hands
        self._it = deployment
        self._spec: JsonObject = deployment["spec"]
        self._name: str = deployment["metadata"]["name"]
        self._sets = sorted(hands.claimed(deployment, "replicasets.apps"), key=age)
        self._wanted = bounds(self._spec)
        self._conditions: list[JsonObject] = deployment.get("status", {}).get("conditions", [])
        self._revision: str | None = None
        self._find_new()

    def _find_new(self) -> None:
        template = _plain(self._spec["template"])
        same = (each for each in self._sets if _plain(each["spec"]["template"]) == template)
        self._new = next(same, None)
        self._old = [each for each in self._sets if each is not self._new]

    def step(self) -> float | None:
        """Do what is due; return the seconds until the deadline must be checked."""
        if leaving(self._it):
            return self._report(progress=False)
        self._note_pause()
        paused = self._spec.get("paused")
        if paused or self._was_scaled():
            self._keep_revision()
            slots = [_slot(each) for each in self._old]
            actual = self._it.get("status", {}).get("replicas", 0)
            new = _slot(self._new) if self._new else None
            self._scale(rescaled(self._wanted, new, slots, actual))
            if paused:
                self._clean_up()
            return self._report(progress=False)
        if self._spec["strategy"]["type"] == "Recreate":
            self._recreate()
        else:
            self._roll()
        return self._report(progress=True)

    def _roll(self) -> None:
        new = self._keep_revision() or self._create()
        old = [_slot(each) for each in self._old]
        size = grown(self._wanted, _slot(new), old)
        sizes = [(new["metadata"]["name"], size)] if size != new["spec"]["replicas"] else []
        sizes = sizes or shrunk(self._wanted, _slot(new), [slot for slot in old if slot.replicas])
        self._scale(sizes)
        if not sizes and self._complete(self._it.get("status", {})):
            self._clean_up()

    def _recreate(self) -> None:
        self._keep_revision()
        running = [each["metadata"]["name"] for each in self._old if each["spec"]["replicas"]]
        self._scale([(name, 0) for name in running])
        pods = [pod for each in self._old for pod in self._hands.owned(each, "pods")]
        # Pods that are being deleted still run.
        if running or any(active(pod) or leaving(pod) for pod in pods):
            return
        new = self._new or self._create()
        self._scale([(new["metadata"]["name"], self._wanted.replicas)])
        if self._complete(self._it.get("status", {})):
            self._clean_up()

    def _was_scaled(self) -> bool:
        wanted = str(self._wanted.replicas)
        working = (each for each in self._sets if each["spec"]["replicas"])
        return any(_annotation(each, _DESIRED, wanted) != wanted for each in working)

    def _next_revision(self) -> int:
        return 1 + max((int(_annotation(each, _REVISION, "0")) for each in self._old), default=0)

    def _keep_revision(self) -> JsonObject | None:
        """Give the new ReplicaSet, if there is one, the annotations and number it should have."""
        if self._new is None:
            return None
        kept: JsonObject = self._new["metadata"].get("annotations", {})
        annotations = kept | self._copied()
        before, number = int(kept.get(_REVISION, "0")), self._next_revision()
        if before < number:
            annotations[_REVISION] = str(number)
            if before:
                past = filter(None, (kept.get(_HISTORY), str(before)))
                annotations[_HISTORY] = ",".join(past)
        seconds = {"minReadySeconds": self._spec.get("minReadySeconds", 0)}
        self._replace(self._new, annotations, seconds if seconds["minReadySeconds"] else {})
        self._revision = annotations[_REVISION]
        if not self._condition("Progressing"):
            name = self._new["metadata"]["name"]
            self._progress("True", "FoundNewReplicaSet", f'Found new replica set "{name}"')
        return self._new

    def _create(self) -> JsonObject:
        mark = {_HASH: digest(self._spec["template"])}
        template, selector = self._spec["template"], self._spec["selector"]
        labels = template["metadata"].get("labels", {}) | mark
        name = f"{self._name}-{mark[_HASH]}"
        size = self._wanted.replicas
        if self._spec["strategy"]["type"] != "Recreate":
            size = grown(self._wanted, Slot(name, 0), [_slot(each) for each in self._old])
        self._revision = str(self._next_revision())
        numbers = {_REVISION: self._revision, **self._limits()}
        spec = {
            "replicas": size,
            "selector": selector | {"matchLabels": selector.get("matchLabels", {}) | mark},
            "template": template | {"metadata": template["metadata"] | {"labels": labels}},
        }
        if seconds := self._spec.get("minReadySeconds"):
            spec["minReadySeconds"] = seconds
        metadata = {
            "name": name,
            "labels": labels,
            "annotations": self._copied() | numbers,
            "ownerReferences": [reference(self._it)],
        }
        namespace = self._it["metadata"]["namespace"]
        new = {"metadata": metadata, "spec": spec}
        self._new = self._hands.create("replicasets.apps", namespace, new)
        self._sets.append(self._new)
        self._progress("True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
        if size:
            self._tell(f"Scaled up replica set {name} from 0 to {size}")
        return self._new

    def _copied(self) -> dict[str, str]:
        annotations = self._it["metadata"].get("annotations", {})
        return {key: value for key, value in annotations.items() if key not in _NOT_COPIED}

    def _limits(self) -> dict[str, str]:
        return {_DESIRED: str(self._wanted.replicas), _MOST: str(self._wanted.most)}

    def _scale(self, sizes: list[tuple[str, int]]) -> None:
        for name, size in sizes:
            it = next(each for each in self._sets if each["metadata"]["name"] == name)
            before = it["spec"]["replicas"]
            annotations = it["metadata"].get("annotations", {}) | self._limits()
            self._replace(it, annotations, {"replicas": size})
            if size != before:
                way = "up" if size > before else "down"
                self._tell(f"Scaled {way} replica set {name} from {before} to {size}")

    def _replace(self, it: JsonObject, annotations: JsonObject, spec: JsonObject) -> None:
        metadata = it["metadata"] | {"annotations": annotations}
        new = self._hands.change(it, lambda x: x | {"metadata": metadata, "spec": x["spec"] | spec})
        self._sets = [new if each is it else each for each in self._sets]
        self._find_new()

    def _tell(self, message: str) -> None:
        tell(self._hands, "deployment-controller", self._it, Told("ScalingReplicaSet", message))

    def _clean_up(self) -> None:
        limit = self._spec.get("revisionHistoryLimit", _NONE)
        old = sorted(self._old, key=lambda x: (int(_annotation(x, _REVISION, "0")), age(x)))
        for it in old[: max(len(old) - limit, 0)]:
            status = it.get("status", {})
            seen = status.get("observedGeneration", 0) >= it["metadata"]["generation"]
            if seen and not status.get("replicas") and not it["spec"]["replicas"]:
                self._hands.delete(it, "Background")

    def _note_pause(self) -> None:
        reason = self._condition("Progressing").get("reason")
        if not self._has_deadline() or reason == "ProgressDeadlineExceeded":
            return
        if self._spec.get("paused") and reason != "DeploymentPaused":
            self._progress("Unknown", "DeploymentPaused", "Deployment is paused")
        elif not self._spec.get("paused") and reason == "DeploymentPaused":
            self._progress("Unknown", "DeploymentResumed", "Deployment is resumed")

    def _condition(self, kind: str) -> JsonObject:
        return condition({"status": {"conditions": self._conditions}}, kind)

    def _has_deadline(self) -> bool:
        return bool(self._spec.get("progressDeadlineSeconds", _NONE) != _NONE)

    def _progress(self, status: str, reason: str, message: str, *, again: bool = False) -> None:
        if self._has_deadline():
            self._set("Progressing", status, reason, message, again=again)

    def _set(
        self, kind: str, status: str, reason: str, message: str, *, again: bool = False
    ) -> None:
        now = self._hands.registry.stamp()
        new = {"type": kind, "status": status, "lastUpdateTime": now}
        new |= {"reason": reason, "message": message}
        before = self._condition(kind)
        if again and before.get("reason") == reason:
            new["lastTransitionTime"] = before["lastTransitionTime"]
            self._conditions = [each for each in self._conditions if each is not before]
        self._conditions = with_condition(self._conditions, new, now, last=True)

    def _counts(self) -> JsonObject:
        def total(name: str, sets: list[JsonObject]) -> int:
            return sum(each.get("status", {}).get(name, 0) for each in sets)

        available = total("availableReplicas", self._sets)
        asked = sum(each["spec"]["replicas"] for each in self._sets)
        return {
            "observedGeneration": self._it["metadata"]["generation"],
            "terminatingReplicas": total("terminatingReplicas", self._sets),
        } | counts(
            replicas=total("replicas", self._sets),
            updatedReplicas=total("replicas", [self._new] if self._new else []),
            readyReplicas=total("readyReplicas", self._sets),
            availableReplicas=available,
            unavailableReplicas=max(asked - available, 0),
        )

    def _complete(self, status: JsonObject) -> bool:
        names = ("replicas", "updatedReplicas", "availableReplicas")
        all_there = {status.get(name) or 0 for name in names} == {self._wanted.replicas}
        seen: int = status.get("observedGeneration", 0)
        return all_there and seen >= self._it["metadata"]["generation"]

    def _report(self, *, progress: bool) -> float | None:
        status = self._counts()
        if (status["availableReplicas"] or 0) >= self._wanted.least:
            message = "Deployment has minimum availability."
            self._set("Available", "True", "MinimumReplicasAvailable", message)
        else:
            message = "Deployment does not have minimum availability."
            self._set("Available", "False", "MinimumReplicasUnavailable", message)
        if progress:
            self._judge(status)
        self._pass_on_failures()
        annotations = self._it["metadata"].get("annotations", {})
        if self._revision:
            annotations = annotations | {_REVISION: self._revision}
        conditions = {"conditions": self._conditions}
        self._hands.report(self._it, status | conditions, annotations=annotations)
        return self._until_deadline(status) if progress else None

    def _judge(self, status: JsonObject) -> None:
        now = self._condition("Progressing")
        rolled = status["replicas"] == status["updatedReplicas"]
        if not self._has_deadline() or (rolled and now.get("reason") == "NewReplicaSetAvailable"):
            return
        name = self._new["metadata"]["name"] if self._new else self._name
        what = f'{"ReplicaSet" if self._new else "Deployment"} "{name}"'
        if self._complete(status):
            message = f"{what} has successfully progressed."
            self._progress("True", "NewReplicaSetAvailable", message)
        elif _advanced(self._it.get("status", {}), status):
            self._progress("True", "ReplicaSetUpdated", f"{what} is progressing.", again=True)
        elif now and now["reason"] != "NewReplicaSetAvailable" and self._left(now) < 0:
            message = f"{what} has timed out progressing."
            self._progress("False", "ProgressDeadlineExceeded", message)

    def _pass_on_failures(self) -> None:
        kind = "ReplicaFailure"
        found = (condition(each, kind) for each in [self._new or {}, *self._old])
        failure = next(filter(None, found), None)
        self._conditions = [each for each in self._conditions if failure or each["type"] != kind]
        if failure:
            self._set(kind, failure["status"], failure["reason"], failure["message"])

    def _left(self, progressing: JsonObject) -> float:
        deadline: float = self._spec["progressDeadlineSeconds"]
        return left(progressing["lastUpdateTime"], deadline, self._hands.clock.now())

    def _until_deadline(self, status: JsonObject) -> float | None:
        now = self._condition("Progressing")
        over = not now or now["reason"] == "ProgressDeadlineExceeded" or self._complete(status)
        # One second more: what is stored has whole seconds.
        return None if over or not self._has_deadline() else max(self._left(now), 0) + 1


def _slot(it: JsonObject) -> Slot:
    metadata, available = it["metadata"], it.get("status", {}).get("availableReplicas", 0)
    most = int(_annotation(it, _MOST, "0"))
    return Slot(
        metadata["name"], it["spec"]["replicas"], available, metadata["creationTimestamp"], most
    )


def _annotation(it: JsonObject, name: str, default: str) -> str:
    return str(it["metadata"].get("annotations", {}).get(name, default))


def _plain(template: JsonObject) -> JsonObject:
    metadata = template.get("metadata", {})
    labels = {k: v for k, v in metadata.get("labels", {}).items() if k != _HASH}
    return template | {"metadata": metadata | {"labels": labels}}


def _advanced(before: JsonObject, after: JsonObject) -> bool:
    def more(name: str) -> bool:
        return bool((after.get(name) or 0) > before.get(name, 0))

    def old(status: JsonObject) -> int:
        return int((status.get("replicas") or 0) - (status.get("updatedReplicas") or 0))

    rising = more("updatedReplicas") or more("readyReplicas") or more("availableReplicas")
    return rising or old(after) < old(before)
