"""How far a rollout has come, in kubectl's words.

Pure: takes an object as JSON, returns a sentence and whether it is done. Rules and texts:
kubectl 1.37 `pkg/polymorphichelpers/rollout_status.go`.
"""

from dataclasses import dataclass
from typing import Any

from bot.core.errors import QuarterdeckError
from bot.core.ports import JsonObject, Resource

_REVISION = "deployment.kubernetes.io/revision"
_OBSERVED = "spec update to be observed...\n"


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of a rollout's status, with its line end."""

    text: str
    done: bool


def has_status(resource: Resource) -> bool:
    """Return whether objects of the type are rolled out at all."""
    return resource.group == "apps" and resource.kind in _VIEWERS


def progress(item: JsonObject, revision: int = 0) -> Progress:
    """Return how far the rollout of a Deployment, DaemonSet or StatefulSet has come.

    Raises:
        QuarterdeckError: it has failed, is not of that revision, or cannot be followed.
    """
    return _VIEWERS[item["kind"]](item, revision)


def _deployment(item: JsonObject, revision: int) -> Progress:
    name, spec, status = _parts(item)
    if revision > 0:
        _check_revision(item, revision)
    if not _observed(item, status):
        return Progress(f"Waiting for deployment {_OBSERVED}", done=False)
    if _deadline_passed(status):
        raise QuarterdeckError(f'error: deployment "{name}" exceeded its progress deadline')
    wanted = spec.get("replicas")
    updated = status.get("updatedReplicas", 0)
    total, available = status.get("replicas", 0), status.get("availableReplicas", 0)
    waiting = f'Waiting for deployment "{name}" rollout to finish: '
    if wanted is not None and updated < wanted:
        text = f"{updated} out of {wanted} new replicas have been updated...\n"
    elif total > updated:
        text = f"{total - updated} old replicas are pending termination...\n"
    elif available < updated:
        text = f"{available} of {updated} updated replicas are available...\n"
    else:
        return Progress(f'deployment "{name}" successfully rolled out\n', done=True)
    return Progress(waiting + text, done=False)


def _daemon_set(item: JsonObject, _revision: int) -> Progress:
    name, spec, status = _parts(item)
    _check_strategy(spec)
    if not _observed(item, status):
        return Progress(f"Waiting for daemon set {_OBSERVED}", done=False)
    desired = status.get("desiredNumberScheduled", 0)
    updated, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    waiting = f'Waiting for daemon set "{name}" rollout to finish: '
    if updated < desired:
        text = f"{updated} out of {desired} new pods have been updated...\n"
    elif available < desired:
        text = f"{available} of {desired} updated pods are available...\n"
    else:
        return Progress(f'daemon set "{name}" successfully rolled out\n', done=True)
    return Progress(waiting + text, done=False)


def _stateful_set(item: JsonObject, _revision: int) -> Progress:
    _name, spec, status = _parts(item)
    _check_strategy(spec)
    if not status.get("observedGeneration") or not _observed(item, status):
        return Progress(f"Waiting for statefulset {_OBSERVED}", done=False)
    wanted, ready = spec.get("replicas"), status.get("readyReplicas", 0)
    if wanted is not None and ready < wanted:
        return Progress(f"Waiting for {wanted - ready} pods to be ready...\n", done=False)
    updated = status.get("updatedReplicas", 0)
    rolling = spec["updateStrategy"].get("rollingUpdate")
    if rolling is not None:
        return _partitioned(updated, wanted, rolling.get("partition"))
    current, newest = status.get("currentRevision", ""), status.get("updateRevision", "")
    if current != newest:
        text = "waiting for statefulset rolling update to complete"
        return Progress(f"{text} {updated} pods at revision {newest}...\n", done=False)
    count = status.get("currentReplicas", 0)
    text = f"statefulset rolling update complete {count} pods at revision {current}...\n"
    return Progress(text, done=True)


def _partitioned(updated: int, wanted: int | None, partition: int | None) -> Progress:
    if wanted is not None and partition is not None and updated < wanted - partition:
        text = "Waiting for partitioned roll out to finish: "
        text += f"{updated} out of {wanted - partition} new pods have been updated...\n"
        return Progress(text, done=False)
    text = f"partitioned roll out complete: {updated} new pods have been updated...\n"
    return Progress(text, done=True)


_VIEWERS = {"Deployment": _deployment, "DaemonSet": _daemon_set, "StatefulSet": _stateful_set}


def _parts(item: JsonObject) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return item["metadata"]["name"], item.get("spec") or {}, item.get("status") or {}


def _observed(item: JsonObject, status: dict[str, Any]) -> bool:
    generation: int = item["metadata"].get("generation", 0)
    observed: int = status.get("observedGeneration", 0)
    return generation <= observed


def _deadline_passed(status: dict[str, Any]) -> bool:
    return any(
        condition["type"] == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded"
        for condition in status.get("conditions") or ()
    )


def _check_revision(item: JsonObject, revision: int) -> None:
    running = int((item["metadata"].get("annotations") or {}).get(_REVISION) or 0)
    if running != revision:
        raise QuarterdeckError(
            f"error: desired revision ({revision}) is different from"
            f" the running revision ({running})"
        )


def _check_strategy(spec: dict[str, Any]) -> None:
    if (spec.get("updateStrategy") or {}).get("type") != "RollingUpdate":
        raise QuarterdeckError(
            "error: rollout status is only available for RollingUpdate strategy type"
        )
