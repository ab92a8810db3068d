"""Why a pod does not work, in a few lines: what kubectl spreads over a whole description.

Pure. From the pod's status, its events and the last lines of its container's log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.ports import JsonObject
from bot.kube.describe.blocks import event_age, since

LOG_LINES = 3
"""So many lines of the log are shown."""
_EVENTS, _WIDTH = 2, 200
_PODS = 3
"""Of so many pods the cause is told where several are described."""
_STATUSES = ("initContainerStatuses", "containerStatuses")
# A pod that is on its way has no cause to be told of.
_ON_ITS_WAY = frozenset({"ContainerCreating", "PodInitializing"})


@dataclass(frozen=True, slots=True)
class Failing:
    """What is wrong with a pod."""

    headline: str
    container: str = ""
    """The container that fails; empty: none is to blame."""
    previous: bool = False
    """Whether its last words are those of its previous run."""
    last: str = ""
    """How its last run ended."""


def failing(pod: JsonObject, now: datetime) -> Failing | None:
    """Return what is wrong with the pod; None: nothing, or nothing yet."""
    status = pod.get("status") or {}
    if pod["metadata"].get("deletionTimestamp") or status.get("phase") == "Succeeded":
        return None
    for one in _containers(status):
        if found := _of_container(one, now):
            return found
    if status.get("phase") == "Failed":
        return Failing(_joined(status.get("reason") or "Failed", status.get("message")))
    conditions = {one["type"]: one for one in status.get("conditions") or ()}
    unscheduled = conditions.get("PodScheduled", {})
    if unscheduled.get("status") == "False":
        reason = unscheduled.get("reason") or "Unschedulable"
        return Failing(_joined(reason, unscheduled.get("message")))
    return _unready(conditions, status, now)


def in_short(items: Sequence[JsonObject], now: datetime) -> list[str]:
    """Return a line for each of the pods that fail, and how many more do: at most four."""
    found = [(item, wrong) for item in items if (wrong := failing(item, now))]
    lines = [cause(item, wrong, (), "", now)[0] for item, wrong in found[:_PODS]]
    more = len(found) - len(lines)
    return [*lines, f"And {more} more."] if more else lines


def cause(
    pod: JsonObject, found: Failing, events: Sequence[JsonObject], log: str, now: datetime
) -> list[str]:
    """Return the lines, the most telling first: at most eight."""
    lines = [f"{pod['metadata']['name']} does not work: {found.headline}"]
    if found.last:
        lines.append(f"Its last run ended {found.last}")
    lines += _warnings([one for one in events if not _repeats(one, found)], now)
    said = [line for line in log.splitlines() if line.strip()][-LOG_LINES:]
    lines += [f"Log: {line}" for line in said]
    return [_cut(line) for line in lines]


def _repeats(event: JsonObject, found: Failing) -> bool:
    said = " ".join(str(event.get("message") or "").split())
    return bool(said) and found.headline.endswith(said)


def _warnings(events: Sequence[JsonObject], now: datetime) -> list[str]:
    found = [one for one in events if one.get("type") == "Warning"]
    found.sort(key=lambda one: str(one.get("lastTimestamp") or one.get("eventTime") or ""))
    return [
        f"Event: {_joined(one.get('reason', ''), one.get('message'))} ({event_age(one, now)})"
        for one in found[-_EVENTS:]
    ]


def _containers(status: JsonObject) -> list[JsonObject]:
    return [one for kind in _STATUSES for one in status.get(kind) or ()]


def _of_container(one: JsonObject, now: datetime) -> Failing | None:
    name, state = one["name"], one.get("state") or {}
    waiting, ended = state.get("waiting"), state.get("terminated")
    before = (one.get("lastState") or {}).get("terminated")
    restarts = one.get("restartCount") or 0
    if waiting and waiting.get("reason", "") not in _ON_ITS_WAY:
        said = _joined(waiting.get("reason") or "waiting", waiting.get("message"))
        return Failing(f"{name} waits, {said}", name, bool(before), _ending(before, restarts, now))
    if ended and ended.get("exitCode"):
        said = _joined(ended.get("reason") or "Error", ended.get("message"))
        return Failing(f"{name} ended, {said}", name, False, _ending(ended, restarts, now))
    if state.get("running") and not one.get("ready", True) and before:
        last = _ending(before, restarts, now)
        return Failing(f"{name} runs, and is not ready", name, True, last)
    return None


def _unready(conditions: dict[str, Any], status: JsonObject, now: datetime) -> Failing | None:
    ready = conditions.get("Ready", {})
    if status.get("phase") != "Running" or ready.get("status") != "False":
        return None
    container = next((one["name"] for one in _containers(status) if not one.get("ready")), "")
    lasts = since(ready.get("lastTransitionTime"), now)
    return Failing(f"{_joined('not ready', ready.get('message'))} (for {lasts})", container)


def _ending(ended: JsonObject | None, restarts: int, now: datetime) -> str:
    if not ended:
        return ""
    signal = f", signal {ended['signal']}" if ended.get("signal") else ""
    reason = f" ({ended['reason']})" if ended.get("reason") else ""
    text = f"with exit code {ended.get('exitCode', 0)}{signal}{reason}"
    if ended.get("finishedAt"):
        text += f" {since(ended['finishedAt'], now)} ago"
    times = "1 restart" if restarts == 1 else f"{restarts} restarts"
    return f"{text}; {times} so far" if restarts else text


def _joined(reason: str, message: str | None) -> str:
    said = " ".join(str(message or "").split())
    return f"{reason}: {said}" if said else reason


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
