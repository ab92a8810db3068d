"""StatefulSets: numbered pods, one after the other or all at once, and their revisions."""

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    available_in,
    counts,
    ended,
    leaving,
    pod_of,
    ready,
    share,
    soonest,
)
from bot.demo.cluster.controllers.revisions import forget, newest
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_REVISION = "controller-revision-hash"


def reconcile(hands: Hands, key: Key) -> float | None:
    """Create, end or replace the pods whose turn it is, and report on all of them."""
    it = hands.find(key)
    return _Look(hands, it).step() if it else None


class _Look:
    """One look at one StatefulSet."""

    def __init__(self, hands: Hands, it: JsonObject) -> None:
        self._hands = hands
        self._it = it
        self._spec: JsonObject = it["spec"]
        self._update, self._known = newest(hands, it, "controller.kubernetes.io/hash")
        status = it.get("status", {})
        named = {each["metadata"]["name"]: each for each in self._known}
        self._current = named.get(status.get("currentRevision", ""), self._update)
        first = self._spec.get("ordinals", {}).get("start", 0)
        self._ordinals = range(first, first + self._spec["replicas"])
        self._in_order = self._spec.get("podManagementPolicy") != "Parallel"
        self._read()

    def _read(self) -> None:
        pods = self._hands.claimed(self._it, "pods")
        self._pods = dict(sorted((_ordinal(pod), pod) for pod in pods))

    def step(self) -> float | None:
        """Do what is due; return the seconds until a pod will have been ready for long enough."""
        if not leaving(self._it) and self._fill() and self._shrink():
            self._renew()
        self._read()
        pods = list(self._pods.values())
        self._report(pods)
        live = {_revision(pod) for pod in pods} | {_name(self._current), _name(self._update)}
        forget(self._hands, self._it, self._known, live)
        return soonest(map(self._available_in, pods))

    def _fill(self) -> bool:
        """Create the pods that are missing; tell whether every pod is as it should be."""
        for ordinal in self._ordinals:
            pod = self._pods.get(ordinal)
            if pod is None:
                self._start(ordinal)
            elif ended(pod):
                self._stop(pod)
            waits = pod is None or ended(pod) or leaving(pod) or not self._available(pod)
            if self._in_order and waits:
                return False
        return True

    def _shrink(self) -> bool:
        """Delete the pods that are too many, from the last one; tell whether none had to wait."""
        here = [self._pods[ordinal] for ordinal in self._ordinals if ordinal in self._pods]
        over = [pod for ordinal, pod in self._pods.items() if ordinal not in self._ordinals]
        ill = next((pod for pod in here + over if self._unavailable(pod)), None)
        for pod in reversed(over):
            waits = leaving(pod) or not (self._available(pod) or pod is ill)
            if not leaving(pod) and not (self._in_order and waits):
                self._stop(pod)
            if self._in_order:
                return False
        return True

    def _renew(self) -> None:
        """Delete pods of an older revision, from the last one, as far as the update may go."""
        strategy = self._spec["updateStrategy"]
        if strategy["type"] != "RollingUpdate":
            return
        rolling = strategy.get("rollingUpdate") or {}
        pods = [self._pods.get(ordinal) for ordinal in self._ordinals]
        budget = max(share(rolling.get("maxUnavailable", 1), len(pods)), 1)
        budget -= sum(pod is None or self._unavailable(pod) for pod in pods)
        old = [
            pod for pod in reversed(pods[rolling.get("partition", 0) :])
            if pod and _revision(pod) != _name(self._update) and not leaving(pod)
        ]  # fmt: skip
        if not self._in_order:
            for pod in filter(self._unavailable, old):
                self._stop(pod)
            old = [pod for pod in old if not self._unavailable(pod)]
        for pod in old[: max(budget, 0)]:
            self._stop(pod)

    def _start(self, ordinal: int) -> None:
        rolling = self._spec["updateStrategy"].get("rollingUpdate") or {}
        keeps = ordinal < self._ordinals.start + rolling.get("partition", 0)
        revision = self._current if keeps else self._update
        name = f"{_name(self._it)}-{ordinal}"
        labels = {
            "apps.kubernetes.io/pod-index": str(ordinal),
            "statefulset.kubernetes.io/pod-name": name,
            _REVISION: _name(revision),
        }
        template = {k: v for k, v in revision["data"]["spec"]["template"].items() if k[0] != "$"}
        owner = self._it | {"spec": self._spec | {"template": template}}
        pod = pod_of(owner, labels, hostname=name, subdomain=self._spec.get("serviceName", ""))
        pod["metadata"]["name"] = name
        self._hands.create("pods", self._it["metadata"]["namespace"], pod)
        self._tell("Create", name)

    def _stop(self, pod: JsonObject) -> None:
        if not leaving(pod):
            self._hands.delete(pod)
            self._tell("Delete", _name(pod))

    def _tell(self, verb: str, pod: str) -> None:
        message = f"{verb} Pod {pod} in StatefulSet {_name(self._it)} successful"
        tell(self._hands, "statefulset-controller", self._it, Told(f"Successful{verb}", message))

    def _available_in(self, pod: JsonObject) -> float | None:
        return available_in(pod, self._spec.get("minReadySeconds", 0), self._hands.clock.now())

    def _available(self, pod: JsonObject) -> bool:
        return self._available_in(pod) == 0

    def _unavailable(self, pod: JsonObject) -> bool:
        return leaving(pod) or not self._available(pod)

    def _report(self, pods: list[JsonObject]) -> None:
        staying = [_revision(pod) for pod in pods if not leaving(pod)]
        updated, current = staying.count(_name(self._update)), _name(self._current)
        readies, wanted = sum(map(ready, pods)), self._spec["replicas"]
        if updated == readies == len(pods) == wanted:
            current = _name(self._update)
        status: JsonObject = {
            "observedGeneration": self._it["metadata"]["generation"],
            "collisionCount": 0,
            "replicas": len(pods),
            "availableReplicas": sum(map(self._available, pods)),
            "currentRevision": current,
            "updateRevision": _name(self._update),
        }
        self._hands.report(self._it, status | counts(
            readyReplicas=readies,
            updatedReplicas=updated,
            currentReplicas=staying.count(current),
        ))  # fmt: skip


def _ordinal(pod: JsonObject) -> int:
    return int(_name(pod).rpartition("-")[2])


def _name(item: JsonObject) -> str:
    return str(item["metadata"]["name"])


def _revision(pod: JsonObject) -> str:
    return str(pod["metadata"]["labels"].get(_REVISION, ""))
