"""Objects as a table of the columns that kubectl shows: `Table` of meta.k8s.io/v1.

Pure. The columns of built-in kinds are columns.yaml's; those of a custom resource are its own. Rows
are made anew each time: 5,000 pods take a twentieth of a second.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.demo.cluster.columns import Cell, Row, row_of
from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.paths import first
from bot.demo.cluster.pod_columns import pod_conditions, since
from bot.demo.cluster.refusals import JsonObject

_META = "meta.k8s.io/v1"
_DEFINITION: JsonObject = {
    "name": "", "type": "string", "format": "", "description": "", "priority": 0,
}  # fmt: skip


def table(
    kind: Kind,
    items: Sequence[JsonObject],
    now: datetime,
    include: str = "Metadata",
    list_metadata: JsonObject | None = None,
) -> JsonObject:
    """Return the table; `include` (None, Metadata, Object) is how much of the objects it has."""
    row = _row(kind)
    return {
        "kind": "Table",
        "apiVersion": _META,
        "metadata": list_metadata or {},
        "columnDefinitions": definitions(kind),
        "rows": [
            {"cells": row(item, now)} | _conditions(kind, item) | {"object": _shown(item, include)}
            for item in items
        ],
    }


def definitions(kind: Kind) -> list[JsonObject]:
    """Return the columns of a kind's table, the wide ones included."""
    found: Sequence[JsonObject] = data("columns").get(kind.resource, ())
    if not found:
        found = [data("columns")["pods"][0], *map(_custom_definition, _custom_columns(kind))]
    return [{key: each.get(key, unset) for key, unset in _DEFINITION.items()} for each in found]


def _custom_columns(kind: Kind) -> tuple[tuple[str, str, str, int, str], ...]:
    age: str = data("columns")["configmaps"][-1]["description"]
    return kind.columns or (("Age", "date", ".metadata.creationTimestamp", 0, age),)


def _custom_definition(column: tuple[str, str, str, int, str]) -> JsonObject:
    name, type_, path, priority, description = column
    described = description or f"Custom resource definition column (in JSONPath format): {path}"
    return {"name": name, "type": type_, "priority": priority, "description": described}


def _row(kind: Kind) -> Row:
    if kind.resource in data("columns"):
        return row_of(kind.resource)
    columns = _custom_columns(kind)

    def row(item: JsonObject, now: datetime) -> list[Cell]:
        cells = (_custom(type_, first(item, path), now) for _, type_, path, _, _ in columns)
        return [item["metadata"]["name"], *cells]

    return row


def _custom(type_: str, value: Any, now: datetime) -> Cell:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if type_ == "date" and isinstance(value, str):
        return since(value, now)
    if type_ == "string" and value is not None:
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    if type_ == "integer" and number:
        return int(value)
    fits = number if type_ == "number" else type_ == "boolean" and isinstance(value, bool)
    return value if fits else None


def _conditions(kind: Kind, item: JsonObject) -> JsonObject:
    ended = pod_conditions(item) if kind.resource == "pods" else []
    return {"conditions": ended} if ended else {}


def _shown(item: JsonObject, include: str) -> JsonObject | None:
    if include == "Object":
        return item
    if include == "None":
        return None
    return {"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": item["metadata"]}
