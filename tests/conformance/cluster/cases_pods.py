"""Pods in a table: READY, STATUS and RESTARTS in every state that a pod can be in."""

from collections.abc import Sequence
from typing import Any

from tests.conformance.cluster.case import Case
from tests.conformance.cluster.writing import (
    CORE,
    IMAGE,
    Item,
    create,
    delete,
    patch,
    pod,
    table,
    update,
)

WHOLE = "?includeObject=Object"
STARTED = "2026-01-01T00:00:00Z"
UNSCHEDULED: Item = {"schedulerName": "nobody"}
"""A pod that no scheduler and no kubelet touches: its status is what the case says."""


def _state(name: str = "app", /, ready: bool = False, restarts: int = 0, **state: Any) -> Item:
    last = {"terminated": {"exitCode": 1, "finishedAt": STARTED}} if restarts else {}
    return {
        "name": name,
        "image": IMAGE,
        "imageID": "",
        "ready": ready,
        "restartCount": restarts,
        "state": state,
        "lastState": last,
    }


def _running(name: str = "app", /, **more: Any) -> Item:
    options: Item = {"ready": True, "running": {"startedAt": STARTED}} | more
    return _state(name, **options)


def _waiting(reason: str, name: str = "app", /, **more: Any) -> Item:
    return _state(name, waiting={"reason": reason}, **more)


def _ended(name: str = "app", /, **terminated: Any) -> Item:
    return _state(name, terminated=terminated)


def _true(*kinds: str) -> list[Item]:
    return [{"type": kind, "status": "True"} for kind in kinds]


def _pod_case(
    sentence: str,
    *states: Item,
    spec: Item | None = None,
    init: Sequence[Item] = (),
    phase: str = "Running",
    **status: Any,
) -> Case:
    names = [each["name"] for each in states] or ["app"]
    whole: Item = {"containers": [{"name": name, "image": IMAGE} for name in names]}
    one = pod("one", spec=whole | UNSCHEDULED | (spec or {}))
    told = status | {"phase": phase, "containerStatuses": list(states)}
    if init:
        told["initContainerStatuses"] = list(init)
    steps = (
        create(one, keep=()),
        update(one | {"status": told}, "/status", keep=()),
        table(f"{CORE}/pods{WHOLE}"),
    )
    return Case(f"a pod {sentence}", steps)


def _inits(*names: str, **more: Any) -> Item:
    return {"initContainers": [{"name": name, "image": IMAGE, **more} for name in names]}


_SIDECAR = _inits("side", restartPolicy="Always")
PODS = (
    _pod_case("that is not scheduled", phase="Pending"),
    _pod_case("that is being created", _waiting("ContainerCreating"), phase="Pending"),
    _pod_case("that runs and is ready", _running(), podIP="10.0.0.9", podIPs=[{"ip": "10.0.0.9"}]),
    _pod_case("that runs and is not ready", _running(ready=False)),
    _pod_case("of two containers, one of which is ready", _running(), _running("b", ready=False)),
    _pod_case("that crashes again and again", _waiting("CrashLoopBackOff", restarts=3)),
    _pod_case("whose image cannot be pulled", _waiting("ImagePullBackOff"), phase="Pending"),
    _pod_case("that has ended well", _ended(exitCode=0, reason="Completed"), phase="Succeeded"),
    _pod_case("that has failed", _ended(exitCode=1, reason="Error"), phase="Failed"),
    _pod_case("that was evicted", phase="Failed", reason="Evicted", message="low on memory"),
    _pod_case("that was killed for its memory", _ended(exitCode=137, reason="OOMKilled")),
    _pod_case("that ended with a code and no reason", _ended(exitCode=3)),
    _pod_case("that ended by a signal", _ended(exitCode=137, signal=9)),
    _pod_case(
        "that waits for its init containers",
        _waiting("PodInitializing"),
        spec=_inits("a", "b"),
        init=[_running("a", ready=False), _waiting("PodInitializing", "b")],
        phase="Pending",
    ),
    _pod_case(
        "whose second init container runs",
        _waiting("PodInitializing"),
        phase="Pending",
        spec=_inits("a", "b"),
        init=[_ended("a", exitCode=0), _running("b", ready=False)],
    ),
    _pod_case(
        "whose init container crashes",
        _waiting("PodInitializing"),
        spec=_inits("a"),
        init=[_waiting("CrashLoopBackOff", "a", restarts=2)],
        phase="Pending",
    ),
    _pod_case(
        "whose init container failed",
        _waiting("PodInitializing"),
        spec=_inits("a"),
        init=[_ended("a", exitCode=1, reason="Error")],
        phase="Pending",
    ),
    _pod_case(
        "whose init container failed without a reason",
        _waiting("PodInitializing"),
        spec=_inits("a"),
        init=[_ended("a", exitCode=3)],
        phase="Pending",
    ),
    _pod_case(
        "whose init container was killed",
        _waiting("PodInitializing"),
        spec=_inits("a"),
        init=[_ended("a", exitCode=137, signal=9)],
        phase="Pending",
    ),
    _pod_case(
        "with a sidecar that is ready",
        _running(),
        spec=_SIDECAR,
        init=[_running("side") | {"started": True}],
        conditions=_true("Initialized"),
    ),
    _pod_case(
        "with a sidecar that has not started",
        _waiting("PodInitializing"),
        spec=_SIDECAR,
        init=[_running("side", ready=False) | {"started": False}],
        phase="Pending",
    ),
    _pod_case(
        "with a sidecar that restarted",
        _running(restarts=1),
        spec=_SIDECAR,
        init=[_running("side", restarts=2) | {"started": True}],
    ),
    _pod_case(
        "one of whose containers ended well", _ended(exitCode=0, reason="Completed"), _running("b")
    ),
    _pod_case(
        "that is ready though a container ended",
        _ended(exitCode=0, reason="Completed"),
        _running("b"),
        conditions=_true("Ready"),
    ),
    _pod_case(
        "one of whose containers failed",
        _ended(exitCode=0, reason="Completed"),
        _ended("b", exitCode=1, reason="Error"),
    ),
    _pod_case(
        "with readiness gates",
        _running(),
        conditions=_true("example.org/a"),
        spec={"readinessGates": [{"conditionType": f"example.org/{x}"} for x in "ab"]},
    ),
    _pod_case("that is to take the place of others", nominatedNodeName="node-0", phase="Pending"),
    _pod_case(
        "that is held back from scheduling",
        phase="Pending",
        spec={"schedulingGates": [{"name": "example.org/gate"}]},
        conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}],
    ),
)


def _ending(sentence: str, **status: Any) -> Case:
    one = pod("one", spec=UNSCHEDULED, finalizers=["example.org/held"])
    return Case(
        f"a pod {sentence}",
        (
            create(one, keep=()),
            update(one | {"status": status}, "/status", keep=()),
            delete(f"{CORE}/pods/one", keep=()),
            table(f"{CORE}/pods{WHOLE}"),
            patch(f"{CORE}/pods/one", {"metadata": {"finalizers": None}}, keep=()),
        ),
    )


CASES = (
    *PODS,
    _ending("that is ending", phase="Running", containerStatuses=[_running()]),
    _ending(
        "on a node that is lost",
        phase="Running",
        reason="NodeLost",
        containerStatuses=[_running()],
    ),
)
