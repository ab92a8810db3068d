"""Objects as a table of the columns that kubectl shows: `Table` of meta.k8s.io/v1; pure.

The columns of built-in kinds and how cells are made are columns.yaml's, after Kubernetes'
`pkg/printers/internalversion/printers.go`; the columns of a custom resource are its own.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from bot.core.units import parse_quantity
from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.paths import at, found, holds
from bot.demo.cluster.pods import NONE, pod_row, since
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.selectors import requirements_of

_Cell: TypeAlias = str | int | bool | float | None
_META = "meta.k8s.io/v1"
_UNSET: JsonObject = {"name": "", "type": "string", "format": "", "description": "", "priority": 0}
_PLACE = re.compile(r"\{(?:'(.*?)')?([^'?}]*)\??([^'}]*)(?:'(.*?)')?\}")


def table(
    kind: Kind,
    items: Sequence[JsonObject],
    now: datetime,
    include: str = "Metadata",
    list_metadata: JsonObject | None = None,
) -> JsonObject:
    """Return the table; `include` (None, Metadata, Object) is how much of the objects it has."""
    columns = _columns(kind)
    rules = [each.get("cell") for each in columns]

    def row(item: JsonObject) -> JsonObject:
        pod = kind.resource == "pods"
        told = pod_row(item, now) if pod else {"cells": [_cell(each, item, now) for each in rules]}
        part = {"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": item["metadata"]}
        return told | {"object": {"Metadata": part, "Object": item}.get(include)}

    return {
        "kind": "Table",
        "apiVersion": _META,
        "metadata": list_metadata or {},
        "columnDefinitions": [{k: each.get(k, _UNSET[k]) for k in _UNSET} for each in columns],
        "rows": [row(item) for item in items],
    }


def _columns(kind: Kind) -> Sequence[JsonObject]:
    every: Mapping[str, Sequence[JsonObject]] = data("columns")
    if kind.resource in every:
        return every[kind.resource]
    name, *_, age = every["configmaps"]
    told = "Custom resource definition column (in JSONPath format): "
    own = [
        {"name": n, "type": t, "priority": p, "description": d or told + path}
        | {"cell": ["custom", t, path]}
        for n, t, path, p, d in kind.columns
    ]
    return [name, *(own or [age | {"type": "date"}])]


def _cell(rule: Any, item: JsonObject, now: datetime) -> Any:
    match rule:
        case str():
            return _text(item, rule)
        case [maker, *words]:
            return _MAKERS[maker](item, now, *words)
        case dict():
            true = (each for when, each in rule.items() if when == "else" or holds(item, when))
            return _cell(next(true), item, now)
        case _:
            return rule


def _value(item: Any, paths: str, unset: Any = "") -> Any:
    values = (value for path in paths.split("|") for value in found(item, path))
    return next((value for value in values if value != ""), unset)


def _text(item: Any, form: str) -> str:
    def shown(place: re.Match[str]) -> str:
        before, paths, unset, after = place.groups("")
        value = _value(item, paths)
        return unset if value == "" else f"{before}{value}{after}"

    return _PLACE.sub(shown, form).strip()


def _each(
    item: JsonObject, comma: str, path: str, form: str = "{}", unset: str = "", most: int = 99
) -> str:
    shown = [_text(each, form) for each in found(item, path)]
    rest = f" + {len(shown) - most} more..." if len(shown) > most else ""
    return comma.join(shown[:most]) + rest or unset


def _selector(selector: JsonObject) -> str:
    return ",".join(map(str, requirements_of(selector))) or NONE


def _usage(item: JsonObject, _: datetime, name: str) -> str:
    parts = [parse_quantity(each["usage"][name]) for each in item.get("containers", [item])]
    return str(replace(parts[0], value=sum((each.value for each in parts), Decimal(0))))


def _took(item: JsonObject, now: datetime, start: str, end: str) -> str:
    ended = at(item, end)
    return since(at(item, start), datetime.fromisoformat(ended) if ended else now, "")


def _roles(item: JsonObject, _: datetime, prefix: str, old: str) -> str:
    labels = at(item, "metadata.labels", {})
    roles = {key.removeprefix(prefix) for key in labels if key.startswith(prefix)}
    return ",".join(sorted(filter(None, roles | {labels.get(old)}))) or NONE


def _custom(item: JsonObject, now: datetime, type_: str, path: str) -> _Cell:
    value = next(iter(found(item, path)), None)
    if type_ == "date" and isinstance(value, str):
        return since(value, now)
    if type_ == "string" and value is not None:
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if type_ == "boolean" and isinstance(value, bool) else None
    return {"integer": int(value), "number": value}.get(type_)


_MAKERS: Mapping[str, Callable[..., _Cell]] = {
    "number": lambda item, _, paths, unset=0: _value(item, paths, unset),
    "lower": lambda item, _, form: _text(item, form).lower(),
    "count": lambda item, _, *paths: sum(len(at(item, path, ())) for path in paths),
    "since": lambda item, now, paths, *unset: since(_value(item, paths), now, *unset),
    "labels": lambda item, _, path: _selector({"matchLabels": at(item, path, {})}),
    "selector": lambda item, _, path: _selector(at(item, path, {})),
    "each": lambda item, _, *words: _each(item, *words),
    "usage": _usage, "took": _took, "roles": _roles, "custom": _custom,
}  # fmt: skip
