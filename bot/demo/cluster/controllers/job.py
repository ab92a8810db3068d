"""Jobs: pods that end, until enough of them have succeeded or too many have failed."""

from bot.demo.cluster.controllers.hands import Hands, active, condition, leaving, pod_of, ready
from bot.demo.cluster.controllers.replicaset import superfluous
from bot.demo.cluster.values import Json, at, data

_OWN = "kubernetes.io/job-controller"


def finished(job: Json) -> str:
    """Return `Complete`, `Failed` or nothing."""
    return next((kind for kind in ("Complete", "Failed") if condition(job, kind)), "")


def reconcile(hands: Hands, it: Json) -> None:
    """Count the pods that have ended, and create, delete or conclude as that asks for."""
    spec, before, now = it["spec"], it.get("status", {}), hands.now()
    if finished(it) or leaving(it) or spec.get("managedBy", _OWN) != _OWN:
        return
    pods = hands.owned(it, "pods")
    # A pod that is gone was counted, too.
    done, bad = (
        max(sum(at(pod, "status.phase") == name for pod in pods), before.get(name.lower(), 0))
        for name in ("Succeeded", "Failed")
    )
    wanted = spec.get("completions", spec["parallelism"])
    said = _said(it, wanted - done, bad)
    rest = 0 if said and said != "Resumed" else min(spec["parallelism"], wanted - done)
    working = [pod for pod in pods if active(pod)]
    missing, ending = rest - len(working), sum(map(leaving, pods))
    hands.adjust(it, [pod_of(it, {})] * missing, superfluous(working, -missing))
    status = {"startTime": None if said == "Suspended" else before.get("startTime", now)}
    # A Job has not ended before its last pod has.
    if said in ("Suspended", "Resumed") or (said and not working and not ending):
        event, *rows = data("controllers")["job"][said]
        status |= {"completionTime": now} if said == "Complete" else {}
        status |= {"conditions": hands.conditions(it, *rows, lastProbeTime=now)}
        if status["conditions"] != before.get("conditions", []):
            hands.tell(it, *event)
    hands.report(it, status | {
        "ready": sum(map(ready, working)),
        "terminating": ending,
        "uncountedTerminatedPods": {},
        "active": len(working) or None,
        "succeeded": done or None,
        "failed": bad or None,
    })  # fmt: skip


def _said(it: Json, rest: int, bad: int) -> str:
    """Return what is to be said of a Job: a key of the data; nothing while it runs."""
    spec, was = it["spec"], condition(it, "Suspended")
    told = {"Failed": bad > spec["backoffLimit"], "Complete": rest <= 0}
    told |= {"Suspended": spec.get("suspend", False), "Resumed": bool(was)}
    return next((name for name, true in told.items() if true), "")


CONTROLLERS = [("jobs.batch", reconcile, {"pods": Hands.keeper})]
