"""What a table tells of a pod: READY, STATUS and RESTARTS as kubectl's users know them.

Pure. The rules are `printPod` in Kubernetes' `pkg/printers/internalversion/printers.go`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.units import human_duration
from bot.demo.cluster.paths import at
from bot.demo.cluster.refusals import JsonObject

NONE = "<none>"
_ENDED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


@dataclass(slots=True)
class _Summary:
    """What is told of the containers, while they are looked at one after another."""

    reason: str
    ready: int = 0
    restarts: int = 0
    last_restart: str = ""

    def count(self, status: JsonObject) -> None:
        self.restarts += status.get("restartCount", 0)
        ended = at(status, "lastState.terminated.finishedAt", "")
        self.last_restart = max(self.last_restart, ended)


def pod_cells(pod: JsonObject, now: datetime) -> list[str]:
    """Return the cells of a pod's row, those of the wide table included."""
    spec, status, metadata = pod["spec"], pod.get("status") or {}, pod["metadata"]
    sidecars = {c["name"] for c in spec.get("initContainers", ()) if _restarts(c)}
    total = len(spec["containers"]) + len(sidecars)
    summary = _summary(spec, status, sidecars)
    ended = status.get("phase") in _ENDED
    if "deletionTimestamp" in metadata and status.get("reason") == "NodeLost":
        summary.reason = "Unknown"
    elif "deletionTimestamp" in metadata and not ended:
        summary.reason = "Terminating"
    restarts = str(summary.restarts)
    if summary.restarts and summary.last_restart:
        restarts += f" ({since(summary.last_restart, now)} ago)"
    return [
        metadata["name"],
        f"{summary.ready}/{total}",
        summary.reason,
        restarts,
        since(metadata.get("creationTimestamp"), now),
        next((each["ip"] for each in status.get("podIPs", ())), NONE),
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        _gates(spec, status),
    ]


def pod_conditions(pod: JsonObject) -> list[JsonObject]:
    """Return the conditions of a pod's row: whether it has ended, and how."""
    phase = at(pod, "status.phase", "")
    if phase not in _ENDED:
        return []
    return [{"type": "Completed", "status": "True", "reason": phase, "message": _ENDED[phase]}]


def since(moment: str | None, now: datetime) -> str:
    """Return how long ago the moment was, such as `5m12s`."""
    if not moment:
        return "<unknown>"
    return human_duration((now - datetime.fromisoformat(moment)).total_seconds())


def _summary(spec: JsonObject, status: JsonObject, sidecars: set[str]) -> _Summary:
    summary = _Summary(status.get("reason") or status.get("phase", ""))
    if "SchedulingGated" in {each.get("reason") for each in status.get("conditions", ())}:
        summary.reason = "SchedulingGated"
    initializing = _initialize(summary, spec, status, sidecars)
    if initializing and not _is_true(status, "Initialized"):
        return summary
    restarted = _Summary("")
    for each in status.get("initContainerStatuses", ()):
        if each["name"] in sidecars:
            restarted.count(each)
    summary.restarts, summary.last_restart = restarted.restarts, restarted.last_restart
    _run(summary, status)
    return summary


def _initialize(
    summary: _Summary, spec: JsonObject, status: JsonObject, sidecars: set[str]
) -> bool:
    """Look at the init containers; return whether one of them still holds the pod up."""
    for index, each in enumerate(status.get("initContainerStatuses", ())):
        summary.count(each)
        state = each.get("state") or {}
        ended, waiting = state.get("terminated"), at(state, "waiting.reason", "")
        if ended and not ended.get("exitCode"):
            continue
        if each["name"] in sidecars and each.get("started"):
            summary.ready += bool(each.get("ready"))
            continue
        if ended:
            summary.reason = f"Init:{_end(ended)}"
        elif waiting not in ("", "PodInitializing"):
            summary.reason = f"Init:{waiting}"
        else:
            summary.reason = f"Init:{index}/{len(spec.get('initContainers', ()))}"
        return True
    return False


def _run(summary: _Summary, status: JsonObject) -> None:
    running, error = False, ""
    for each in reversed(status.get("containerStatuses", ())):
        summary.count(each)
        state = each.get("state") or {}
        if waiting := at(state, "waiting.reason", ""):
            summary.reason = waiting
        elif ended := state.get("terminated"):
            summary.reason = _end(ended)
            error = summary.reason if ended.get("exitCode") else error
        elif each.get("ready") and "running" in state:
            running, summary.ready = True, summary.ready + 1
    if summary.reason == "Completed":
        summary.reason = next(_instead_of_completed(running, error, status))


def _instead_of_completed(running: bool, error: str, status: JsonObject) -> Iterator[str]:
    if running and _is_true(status, "Ready"):
        yield "Running"
    yield error or ("NotReady" if running else "Completed")


def _end(ended: JsonObject) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    signal = ended.get("signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{ended.get('exitCode', 0)}"


def _gates(spec: JsonObject, status: JsonObject) -> str:
    gates = spec.get("readinessGates")
    if not gates:
        return NONE
    return f"{sum(_is_true(status, each['conditionType']) for each in gates)}/{len(gates)}"


def _is_true(status: JsonObject, kind: str) -> bool:
    found = (each["status"] for each in status.get("conditions", ()) if each["type"] == kind)
    return next(found, "") == "True"


def _restarts(container: JsonObject) -> bool:
    return container.get("restartPolicy") == "Always"
