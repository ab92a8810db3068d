"""Jobs: pods that end, counted until there are enough of them or too many have failed."""

from collections.abc import Sequence
from functools import partial

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    active,
    condition,
    counts,
    ended,
    leaving,
    left,
    phase,
    pod_of,
    ready,
    with_condition,
    with_metadata,
)
from bot.demo.cluster.controllers.pods import start, stop
from bot.demo.cluster.controllers.replicaset import superfluous
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_SOURCE, _TRACKED = "job-controller", "batch.kubernetes.io/job-tracking"
_KEEPER = "kubernetes.io/job-controller"
# Seconds until a failed pod is replaced: doubled with each failure, up to the last.
_FIRST_RETRY, _LAST_RETRY = 10.0, 600.0
Verdict = tuple[str, str, str]
"""What is decided already: the type of the condition, its reason and its message."""


def finished(job: JsonObject) -> str:
    """Return `Complete`, `Failed` or nothing."""
    kinds = ("Complete", "Failed")
    return next((kind for kind in kinds if condition(job, kind).get("status") == "True"), "")


def reconcile(hands: Hands, key: Key) -> float | None:
    """Count the pods that have ended, and create, delete or conclude as that asks for."""
    found = hands.find(key)
    if found is None or found["spec"].get("managedBy", _KEEPER) != _KEEPER:
        return None
    if finished(found):
        return _expire(hands, found)
    return _Look(hands, found).step()


def _expire(hands: Hands, job: JsonObject) -> float | None:
    seconds = job["spec"].get("ttlSecondsAfterFinished")
    if seconds is None or leaving(job):
        return None
    since = condition(job, finished(job))["lastTransitionTime"]
    rest = left(since, seconds, hands.clock.now())
    if rest <= 0:
        hands.delete(job, "Foreground")
    return rest if rest > 0 else None


class _Look:
    """One look at one Job that has not ended."""

    def __init__(self, hands: Hands, job: JsonObject) -> None:
        self._hands = hands
        self._job = job
        self._spec: JsonObject = job["spec"]
        self._status: JsonObject = dict(job.get("status", {}))
        self._now = hands.clock.now()
        self._wait: float | None = None

    def step(self) -> float | None:
        """Do what is due; return the seconds until a deadline or the next try."""
        self._count()
        pods = self._hands.owned(self._job, "pods")
        working = [pod for pod in pods if active(pod)]
        suspended = self._spec.get("suspend", False)
        if not suspended:
            self._status.setdefault("startTime", self._hands.registry.stamp())
        verdict = self._verdict(pods)
        if verdict:
            self._stop(working)
        elif suspended:
            self._take_back(working)
        elif not leaving(self._job):
            self._adjust(working)
        if not verdict:
            self._note_suspension(suspended=suspended)
        self._report(verdict)
        return self._wait

    def _count(self) -> None:
        """Count each pod that has ended once: those that are counted are tracked no more."""
        for pod in self._hands.claimed(self._job, "pods"):
            finalizers = pod["metadata"].get("finalizers", [])
            if _TRACKED not in finalizers or not (ended(pod) or leaving(pod)):
                continue
            name = "succeeded" if phase(pod) == "Succeeded" else "failed"
            self._status[name] = self._status.get(name, 0) + 1
            self._lose(pod)

    def _verdict(self, pods: Sequence[JsonObject]) -> Verdict | None:
        done, limit = self._status.get("succeeded", 0), self._spec.get("backoffLimit", 6)
        before = condition({"status": self._status}, "FailureTarget")
        if before:
            return "Failed", before["reason"], before["message"]
        again = sum(
            each.get("restartCount", 0)
            for pod in pods
            if active(pod) and pod["spec"].get("restartPolicy") == "OnFailure"
            for each in pod.get("status", {}).get("containerStatuses", ())
        )
        if self._status.get("failed", 0) > limit or again >= max(limit, 1):
            return "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
        if self._overdue():
            return "Failed", "DeadlineExceeded", "Job was active longer than specified deadline"
        wanted = self._spec.get("completions")
        if done >= (wanted or 1) and (wanted is not None or not any(map(active, pods))):
            return "Complete", "CompletionsReached", "Reached expected number of succeeded pods"
        return None

    def _overdue(self) -> bool:
        seconds, since = self._spec.get("activeDeadlineSeconds"), self._status.get("startTime")
        if seconds is None or since is None or self._spec.get("suspend"):
            return False
        self._wait = left(since, seconds, self._now)
        return self._wait <= 0

    def _adjust(self, working: Sequence[JsonObject]) -> None:
        done, completions = self._status.get("succeeded", 0), self._spec.get("completions")
        wanted: int = self._spec["parallelism"]
        if completions is not None:
            wanted = max(min(wanted, completions - done), 0)
        elif done:
            wanted = len(working)
        if len(working) > wanted:
            self._take_back(superfluous(working, len(working) - wanted))
        elif len(working) < wanted and not self._pausing():
            for _ in range(wanted - len(working)):
                pod = pod_of(self._job, {})
                pod["metadata"]["finalizers"] = [_TRACKED]
                start(self._hands, self._job, pod, _SOURCE)

    def _pausing(self) -> bool:
        """Tell whether it is too early to replace a pod that has failed."""
        failed = [pod for pod in self._hands.owned(self._job, "pods") if phase(pod) == "Failed"]
        if not failed:
            return False
        seconds = min(_FIRST_RETRY * 2 ** (len(failed) - 1), _LAST_RETRY)
        rest = left(max(map(_ended_at, failed)), seconds, self._now)
        if rest > 0:
            self._wait = min(rest, self._wait or rest)
        return rest > 0

    def _lose(self, pod: JsonObject) -> None:
        kept = [each for each in pod["metadata"].get("finalizers", ()) if each != _TRACKED]
        self._hands.change(pod, partial(with_metadata, finalizers=kept))

    def _take_back(self, pods: Sequence[JsonObject]) -> None:
        """Delete pods that do not count as failed."""
        for pod in pods:
            self._lose(pod)
        self._stop(pods)

    def _stop(self, pods: Sequence[JsonObject]) -> None:
        for pod in pods:
            stop(self._hands, self._job, pod, _SOURCE)

    def _note_suspension(self, *, suspended: bool) -> None:
        known = condition({"status": self._status}, "Suspended")
        if suspended == (known.get("status") == "True"):
            return
        word = "suspended" if suspended else "resumed"
        self._set("Suspended", f"Job{word.title()}", f"Job {word}", status=str(suspended))
        self._status["startTime"] = None if suspended else self._hands.registry.stamp()
        tell(self._hands, _SOURCE, self._job, Told(word.title(), f"Job {word}"))

    def _set(self, kind: str, reason: str, message: str, *, status: str = "True") -> None:
        now = self._hands.registry.stamp()
        new = {"type": kind, "status": status, "lastProbeTime": now}
        new |= {"reason": reason, "message": message}
        self._status["conditions"] = with_condition(self._status.get("conditions", ()), new, now)

    def _report(self, verdict: Verdict | None) -> None:
        self._count()
        pods = self._hands.owned(self._job, "pods")
        working = [pod for pod in pods if active(pod)]
        ending = sum(leaving(pod) and not ended(pod) for pod in pods)
        if verdict:
            kind, reason, message = verdict
            self._set(
                {"Complete": "SuccessCriteriaMet"}.get(kind, "FailureTarget"), reason, message
            )
            # A Job has not ended before its last pod has.
            if not working and not ending:
                self._conclude(kind, reason, message)
        counted = {name: self._status.get(name, 0) for name in ("succeeded", "failed")}
        self._hands.report(self._job, self._status | {
            "ready": sum(map(ready, working)),
            "terminating": ending,
            "uncountedTerminatedPods": {},
        } | counts(active=len(working), **counted))  # fmt: skip

    def _conclude(self, kind: str, reason: str, message: str) -> None:
        self._set(kind, reason, message)
        if kind == "Complete":
            self._status["completionTime"] = self._hands.registry.stamp()
            tell(self._hands, _SOURCE, self._job, Told("Completed", "Job completed"))
        else:
            tell(self._hands, _SOURCE, self._job, Told(reason, message, "Warning"))


def _ended_at(pod: JsonObject) -> str:
    states = pod["status"].get("containerStatuses", ())
    times = [str(each["state"].get("terminated", {}).get("finishedAt", "")) for each in states]
    return max(*times, str(pod["metadata"]["creationTimestamp"]))
