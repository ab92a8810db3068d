"""Objects as a table of the columns that kubectl shows: `Table` of meta.k8s.io/v1; pure.

The columns of built-in kinds and how cells are made are columns.yaml's, after Kubernetes'
`pkg/printers/internalversion/printers.go`; the columns of a custom resource are its own.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from bot.core.units import human_duration, parse_quantity
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.selectors import requirements_of
from bot.demo.cluster.values import Json, at, data, found, holds

_META, _NONE = "meta.k8s.io/v1", "<none>"
_UNSET: Json = {"name": "", "type": "string", "format": "", "description": "", "priority": 0}
_PLACE = re.compile(r"\{(?:'(.*?)')?([^'?}]*)\??([^'}]*)(?:'(.*?)')?\}")
_ENDED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


def table(kind: Kind, items: Sequence[Json], now: datetime, include: str, head: Json) -> Json:
    """Return the table; `include` (None, Metadata, Object) is how much of the objects it has."""
    name, *_, age = data("columns")["configmaps"]
    own = [name, *(kind.columns or [age | {"type": "date"}])]
    columns = data("columns").get(kind.resource, own)
    rules = [each.get("cell") for each in columns]

    def row(item: Json) -> Json:
        pod = kind.resource == "pods"
        told = _pod_row(item, now) if pod else {"cells": [_cell(each, item, now) for each in rules]}
        shown = _metadata(_Same(item)) if include == "Metadata" else None
        return told | {"object": item if include == "Object" else shown}

    told = [{k: each.get(k, _UNSET[k]) for k in _UNSET} for each in columns]
    whole = {"kind": "Table", "apiVersion": _META, "metadata": head}
    return whole | {"columnDefinitions": told, "rows": list(map(row, items))}


@dataclass(frozen=True, slots=True)
class _Same:
    """An object that equals itself alone: what is stored is never changed in place."""

    item: Json

    def __hash__(self) -> int:
        return id(self.item)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.item is self.item


@lru_cache(maxsize=10_000)  # who managed which fields is most of a long table
def _metadata(of: _Same) -> orjson.Fragment:
    part = {"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": of.item["metadata"]}
    return orjson.Fragment(orjson.dumps(part))


def _cell(rule: Any, item: Json, now: datetime) -> Any:
    if isinstance(rule, list):
        return _MAKERS[rule[0]](item, now, *rule[1:])
    if isinstance(rule, dict):
        true = (each for when, each in rule.items() if when == "else" or holds(item, when))
        return _cell(next(true), item, now)
    return _text(item, rule) if isinstance(rule, str) else rule


def _value(item: Any, paths: str, unset: Any = "") -> Any:
    values = (value for path in paths.split("|") for value in found(item, path))
    return next((value for value in values if value != ""), unset)


def _text(item: Any, form: str) -> str:
    def shown(place: re.Match[str]) -> str:
        before, paths, unset, after = place.groups("")
        value = _value(item, paths)
        return unset if value == "" else f"{before}{value}{after}"

    return _PLACE.sub(shown, form).strip()


def _each(item: Json, comma: str, path: str, form: str, unset: str = "", most: int = 99) -> str:
    shown = [_text(each, form) for each in found(item, path)]
    rest = f" + {len(shown) - most} more..." if len(shown) > most else ""
    return comma.join(shown[:most]) + rest or unset


def _selector(selector: Json) -> str:
    return ",".join(map(str, requirements_of(selector))) or _NONE


def _usage(item: Json, _: datetime, name: str) -> str:
    parts = [parse_quantity(each["usage"][name]) for each in item.get("containers", [item])]
    return str(replace(parts[0], value=sum((each.value for each in parts), Decimal(0))))


def _took(item: Json, now: datetime, start: str, end: str) -> str:
    ended = at(item, end)
    return _since(at(item, start), datetime.fromisoformat(ended) if ended else now, "")


def _roles(item: Json, _: datetime, prefix: str, old: str) -> str:
    labels = at(item, "metadata.labels", {})
    roles = {key.removeprefix(prefix) for key in labels if key.startswith(prefix)}
    return ",".join(sorted(filter(None, roles | {labels.get(old)}))) or _NONE


def _custom(item: Json, now: datetime, type_: str, path: str) -> Any:
    value = next(iter(found(item, path)), None)
    if type_ == "date" and isinstance(value, str):
        return _since(value, now)
    if type_ == "string" and value is not None:
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if type_ == "boolean" and isinstance(value, bool) else None
    return {"integer": int(value), "number": value}.get(type_)


_MAKERS: Mapping[str, Callable[..., Any]] = {
    "number": lambda item, _, paths, unset=0: _value(item, paths, unset),
    "lower": lambda item, _, form: _text(item, form).lower(),
    "count": lambda item, _, *paths: sum(len(at(item, path, ())) for path in paths),
    "since": lambda item, now, paths, *unset: _since(_value(item, paths), now, *unset),
    "labels": lambda item, _, path: _selector({"matchLabels": at(item, path, {})}),
    "selector": lambda item, _, path: _selector(at(item, path, {})),
    "each": lambda item, _, *words: _each(item, *words),
    "usage": _usage, "took": _took, "roles": _roles, "custom": _custom,
}  # fmt: skip


def _since(moment: str | None, now: datetime, unset: str = "<unknown>") -> str:
    """Return how long ago the moment was, such as `5m12s`."""
    if not moment:
        return unset
    return human_duration((now - datetime.fromisoformat(moment)).total_seconds())


def _pod_row(pod: Json, now: datetime) -> Json:
    """Return the cells of a pod's row and whether it has ended, as `printPod` does."""
    cells, last, ended = _pod_cells(_Same(pod))
    age = _since(pod["metadata"].get("creationTimestamp"), now)
    restarts = f"{cells[3]} ({_since(last, now)} ago)" if last else cells[3]
    return {"cells": [*cells[:3], restarts, age, *cells[4:]]} | ended


@lru_cache(maxsize=10_000)
def _pod_cells(of: _Same) -> tuple[Sequence[str], str, Json]:
    """Return all cells but the age, when a container restarted last, and how the pod ended."""
    pod = of.item
    spec, status, metadata = pod["spec"], pod.get("status") or {}, pod["metadata"]
    phase, inits = status.get("phase", ""), spec.get("initContainers", ())
    sidecars = {each["name"] for each in inits if each.get("restartPolicy") == "Always"}
    reason, ready, counted = _summary(len(inits), status, sidecars)
    if "deletionTimestamp" in metadata and phase not in _ENDED:
        reason = "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    restarts = sum(each.get("restartCount", 0) for each in counted)
    last = max((at(each, "lastState.terminated.finishedAt", "") for each in counted), default="")
    gates = [each["conditionType"] in _true(status) for each in spec.get("readinessGates", ())]
    cells = [
        metadata["name"],
        f"{ready}/{len(spec['containers']) + len(sidecars)}",
        reason,
        str(restarts),
        next((each["ip"] for each in status.get("podIPs", ())), _NONE),
        spec.get("nodeName") or _NONE,
        status.get("nominatedNodeName") or _NONE,
        f"{sum(gates)}/{len(gates)}" if gates else _NONE,
    ]
    ended = {"type": "Completed", "status": "True", "reason": phase, "message": _ENDED.get(phase)}
    return cells, last if restarts else "", {"conditions": [ended]} if phase in _ENDED else {}


def _summary(initial: int, status: Json, sidecars: set[str]) -> tuple[str, int, Sequence[Json]]:
    """Return the STATUS, how many are ready, and the containers whose restarts count."""
    inits: Sequence[Json] = status.get("initContainerStatuses", ())
    mains: Sequence[Json] = status.get("containerStatuses", ())
    aside = [each for each in inits if each["name"] in sidecars]
    ready = sum(each.get("ready", False) for each in aside)
    for place, each in enumerate(inits):
        well = each in aside and each.get("started")
        if not well and _told(each) not in ("Completed", "ExitCode:0"):
            if "Initialized" in _true(status):
                break
            held = _told(each).replace("PodInitializing", "") or f"{place}/{initial}"
            return f"Init:{held}", ready, inits[: place + 1]
    ready += sum(each.get("ready", False) and "running" in each["state"] for each in mains)
    return _reason(status, mains), ready, [*aside, *mains]


def _reason(status: Json, mains: Sequence[Json]) -> str:
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


def _told(container: Json) -> str:
    """Return why a container does not run; empty where nothing is told."""
    ended = at(container, "state.terminated")
    if not ended:
        return str(at(container, "state.waiting.reason", ""))
    signal = f"Signal:{ended['signal']}" if ended.get("signal") else ""
    return str(ended.get("reason") or signal or f"ExitCode:{ended.get('exitCode', 0)}")


def _true(status: Json) -> set[str]:
    return {each["type"] for each in status.get("conditions", ()) if each["status"] == "True"}
