"""How far a rollout has come, by tables; the texts are kubectl's."""

from typing import Any

import pytest

from bot.core.errors import QuarterdeckError
from bot.core.ports import Resource
from bot.kube.rollouts import has_status, progress

Json = dict[str, Any]


def workload(kind: str, spec: Json, status: Json, revision: str = "4") -> Json:
    return {
        "kind": kind,
        "metadata": {
            "name": "web",
            "generation": 3,
            "annotations": {"deployment.kubernetes.io/revision": revision},
        },
        "spec": spec,
        "status": {"observedGeneration": 3, **status},
    }


def deployment(status: Json, replicas: int | None = 3) -> Json:
    return workload("Deployment", {"replicas": replicas}, status)


def counts(updated: int, total: int, available: int) -> Json:
    # The API server leaves zeros out.
    found = {"updatedReplicas": updated, "replicas": total, "availableReplicas": available}
    return {name: count for name, count in found.items() if count}


FINISH = 'Waiting for deployment "web" rollout to finish: '
OBSERVED = "Waiting for deployment spec update to be observed...\n"


@pytest.mark.parametrize(
    ("item", "text", "done"),
    [
        (deployment({"observedGeneration": 2}), OBSERVED, False),
        (
            deployment(counts(1, 4, 3)),
            f"{FINISH}1 out of 3 new replicas have been updated...\n",
            False,
        ),
        (
            deployment(counts(3, 4, 3)),
            f"{FINISH}1 old replicas are pending termination...\n",
            False,
        ),
        (
            deployment(counts(3, 3, 0)),
            f"{FINISH}0 of 3 updated replicas are available...\n",
            False,
        ),
        (deployment(counts(3, 3, 3)), 'deployment "web" successfully rolled out\n', True),
        (deployment({}, replicas=0), 'deployment "web" successfully rolled out\n', True),
        (deployment(counts(2, 2, 2), None), 'deployment "web" successfully rolled out\n', True),
    ],
    ids=["unseen", "updating", "old-ones", "unavailable", "done", "to-nothing", "unset"],
)
def test_a_deployment(item: Json, text: str, done: bool) -> None:
    found = progress(item)
    assert (found.text, found.done) == (text, done)


def test_a_deployment_that_gave_up_is_an_error() -> None:
    condition = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    with pytest.raises(QuarterdeckError, match='"web" exceeded its progress deadline'):
        progress(deployment({"conditions": [{"type": "Available"}, condition]}))


def test_another_revision_than_the_running_one_is_an_error() -> None:
    assert progress(deployment(counts(3, 3, 3)), revision=4).done
    with pytest.raises(QuarterdeckError, match=r"desired revision \(2\) .* running revision \(4\)"):
        progress(deployment(counts(3, 3, 3)), revision=2)


ROLLING = {"updateStrategy": {"type": "RollingUpdate"}}
WAITING = 'Waiting for daemon set "web" rollout to finish: '


def daemon_set(desired: int, updated: int, available: int, seen: int = 3) -> Json:
    status = {
        "observedGeneration": seen,
        "desiredNumberScheduled": desired,
        "updatedNumberScheduled": updated,
        "numberAvailable": available,
    }
    return workload("DaemonSet", ROLLING, status)


@pytest.mark.parametrize(
    ("item", "text", "done"),
    [
        (
            daemon_set(3, 0, 0, seen=2),
            "Waiting for daemon set spec update to be observed...\n",
            False,
        ),
        (daemon_set(3, 1, 3), f"{WAITING}1 out of 3 new pods have been updated...\n", False),
        (daemon_set(3, 3, 2), f"{WAITING}2 of 3 updated pods are available...\n", False),
        (daemon_set(3, 3, 3), 'daemon set "web" successfully rolled out\n', True),
    ],
    ids=["unseen", "updating", "unavailable", "done"],
)
def test_a_daemon_set(item: Json, text: str, done: bool) -> None:
    found = progress(item)
    assert (found.text, found.done) == (text, done)


def stateful_set(status: Json, partition: int | None = None, replicas: int = 3) -> Json:
    strategy: Json = {"type": "RollingUpdate"}
    if partition is not None:
        strategy["rollingUpdate"] = {"partition": partition}
    return workload("StatefulSet", {"replicas": replicas, "updateStrategy": strategy}, status)


READY = {"readyReplicas": 3, "updatedReplicas": 3, "currentReplicas": 3}


@pytest.mark.parametrize(
    ("item", "text", "done"),
    [
        (
            stateful_set({"observedGeneration": 0}),
            "Waiting for statefulset spec update to be observed...\n",
            False,
        ),
        (stateful_set({"readyReplicas": 1}), "Waiting for 2 pods to be ready...\n", False),
        (
            stateful_set({**READY, "updatedReplicas": 1}, partition=0),
            "Waiting for partitioned roll out to finish:"
            " 1 out of 3 new pods have been updated...\n",
            False,
        ),
        (
            stateful_set({**READY, "updatedReplicas": 1}, partition=2),
            "partitioned roll out complete: 1 new pods have been updated...\n",
            True,
        ),
        (
            stateful_set({**READY, "currentRevision": "web-1", "updateRevision": "web-2"}),
            "waiting for statefulset rolling update to complete 3 pods at revision web-2...\n",
            False,
        ),
        (
            stateful_set({**READY, "currentRevision": "web-2", "updateRevision": "web-2"}),
            "statefulset rolling update complete 3 pods at revision web-2...\n",
            True,
        ),
    ],
    ids=["unseen", "unready", "partition", "partition-done", "updating", "done"],
)
def test_a_stateful_set(item: Json, text: str, done: bool) -> None:
    found = progress(item)
    assert (found.text, found.done) == (text, done)


@pytest.mark.parametrize("kind", ["DaemonSet", "StatefulSet"])
def test_what_is_updated_by_hand_has_no_status(kind: str) -> None:
    item = workload(kind, {"updateStrategy": {"type": "OnDelete"}}, {})
    with pytest.raises(QuarterdeckError, match="only available for RollingUpdate"):
        progress(item)


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [
        ("apps", "Deployment", True),
        ("apps", "StatefulSet", True),
        ("apps", "DaemonSet", True),
        ("apps", "ReplicaSet", False),
        ("", "Pod", False),
        ("example.org", "Deployment", False),
    ],
)
def test_only_these_types_are_rolled_out(group: str, kind: str, expected: bool) -> None:
    assert has_status(Resource(group, "v1", kind.lower() + "s", kind, namespaced=True)) is expected
