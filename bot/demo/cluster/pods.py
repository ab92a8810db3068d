"""What a table tells of a pod, as `printPod` does in Kubernetes' `pkg/printers`; pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.units import human_duration
from bot.demo.cluster.paths import at
from bot.demo.cluster.refusals import JsonObject

NONE = "<none>"
_ENDED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


def since(moment: str | None, now: datetime, unset: str = "<unknown>") -> str:
    """Return how long ago the moment was, such as `5m12s`."""
    if not moment:
        return unset
    return human_duration((now - datetime.fromisoformat(moment)).total_seconds())


def pod_row(pod: JsonObject, now: datetime) -> JsonObject:
    """Return the cells of a pod's row, the wide ones included, and whether it has ended."""
    spec, status, metadata = pod["spec"], pod.get("status") or {}, pod["metadata"]
    phase, inits = status.get("phase", ""), spec.get("initContainers", ())
    sidecars = {each["name"] for each in inits if each.get("restartPolicy") == "Always"}
    reason, ready, counted = _summary(pod, status, sidecars)
    if "deletionTimestamp" in metadata and phase not in _ENDED:
        reason = "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    restarts = sum(each.get("restartCount", 0) for each in counted)
    last = max((at(each, "lastState.terminated.finishedAt", "") for each in counted), default="")
    gates = [each["conditionType"] in _true(status) for each in spec.get("readinessGates", ())]
    cells = [
        metadata["name"],
        f"{ready}/{len(spec['containers']) + len(sidecars)}",
        reason,
        f"{restarts} ({since(last, now)} ago)" if restarts and last else str(restarts),
        since(metadata.get("creationTimestamp"), now),
        next((each["ip"] for each in status.get("podIPs", ())), NONE),
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        f"{sum(gates)}/{len(gates)}" if gates else NONE,
    ]
    ended = {"type": "Completed", "status": "True", "reason": phase, "message": _ENDED.get(phase)}
    return {"cells": cells} | ({"conditions": [ended]} if phase in _ENDED else {})


def _summary(
    pod: JsonObject, status: JsonObject, sidecars: set[str]
) -> tuple[str, int, Sequence[JsonObject]]:
    """Return the STATUS, how many are ready, and the containers whose restarts count."""
    inits: Sequence[JsonObject] = status.get("initContainerStatuses", ())
    mains: Sequence[JsonObject] = status.get("containerStatuses", ())
    aside = [each for each in inits if each["name"] in sidecars]
    ready = sum(each.get("ready", False) for each in aside)
    for place, each in enumerate(inits):
        if not (each in aside and each.get("started")) and _told(each) not in _WELL:
            if "Initialized" in _true(status):
                break
            told = _told(each).replace("PodInitializing", "")
            held = told or f"{place}/{len(pod['spec'].get('initContainers', ()))}"
            return f"Init:{held}", ready, inits[: place + 1]
    ready += sum(each.get("ready", False) and "running" in each["state"] for each in mains)
    return _reason(status, mains), ready, [*aside, *mains]


def _reason(status: JsonObject, mains: Sequence[JsonObject]) -> str:
    told = list(filter(None, map(_told, mains)))
    gated = {"SchedulingGated"} & {c.get("reason") for c in status.get("conditions", ())}
    reason = next(iter([*told, *gated]), status.get("reason") or status.get("phase", ""))
    if reason != "Completed":
        return str(reason)
    running = any(each.get("ready") and "running" in each["state"] for each in mains)
    if running and "Ready" in _true(status):
        return "Running"
    failed = (_told(each) for each in mains if at(each, "state.terminated.exitCode"))
    return next(failed, "NotReady" if running else "Completed")


def _told(container: JsonObject) -> str:
    """Return why a container does not run; empty where nothing is told."""
    ended = at(container, "state.terminated")
    if not ended:
        return str(at(container, "state.waiting.reason", ""))
    signal = f"Signal:{ended['signal']}" if ended.get("signal") else ""
    return str(ended.get("reason") or signal or f"ExitCode:{ended.get('exitCode', 0)}")


_WELL = ("Completed", "ExitCode:0")


def _true(status: JsonObject) -> set[str]:
    return {each["type"] for each in status.get("conditions", ()) if each["status"] == "True"}
