"""The API server's Tables as rows of text, decorated as kubectl decorates them.

Pure. Rules: cli-runtime 1.37 `pkg/printers/tableprinter.go`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.ports import JsonObject
from bot.core.reply import Row
from bot.core.units import human_duration
from bot.kube.numbers import general


@dataclass(frozen=True, slots=True)
class Decoration:
    """What is shown beside the server's own columns."""

    wide: bool = False
    namespaces: bool = False
    kind: str = ""
    """Stands before each name with a slash, such as `deployment.apps`."""
    label_columns: tuple[str, ...] = ()
    labels: bool = False


def is_table(answer: JsonObject) -> bool:
    """Return whether the server answered with a Table, and not with plain objects."""
    return answer.get("kind") == "Table"


def from_objects(answer: JsonObject, now: datetime) -> JsonObject:
    """Return a Table of names and ages for a server that offers none (aggregated APIs)."""
    items = answer.get("items", [answer])
    return {
        "kind": "Table",
        "metadata": answer.get("metadata") or {},
        "columnDefinitions": [
            {"name": "Name", "type": "string"},
            {"name": "Age", "type": "string"},
        ],
        "rows": [{"cells": [_name(item), _age(item, now)], "object": item} for item in items],
    }


def columns_of(table: JsonObject, decoration: Decoration) -> tuple[str, ...]:
    """Return the header of the table, as printed."""
    names = [c["name"].upper() for c in _shown(table, decoration)]
    before = ["NAMESPACE"] if decoration.namespaces else []
    after = [key.rsplit("/", 1)[-1].upper() for key in decoration.label_columns]
    return tuple(before + names + after + (["LABELS"] if decoration.labels else []))


def rows_of(table: JsonObject, decoration: Decoration) -> list[Row]:
    """Return the rows of the table, one text a cell, nothing cut yet."""
    definitions = _definitions(table)
    indexes = [
        index
        for index, column in enumerate(definitions)
        if decoration.wide or not column.get("priority")
    ]
    rows = table.get("rows") or ()
    held = [row["cells"] for row in rows]
    name = _name_column(definitions) if decoration.kind else -1
    for cells in held if name >= 0 else ():
        cells[name] = f"{decoration.kind}/{cells[name]}"
    texts = _texts(held, indexes)
    if not (decoration.namespaces or decoration.labels or decoration.label_columns):
        return texts
    metadata = [(row.get("object") or {}).get("metadata") or {} for row in rows]
    return _decorated(texts, metadata, decoration)


def _texts(held: Sequence[Sequence[Any]], indexes: Sequence[int]) -> list[Row]:
    if indexes and held and max(indexes) < min(map(len, held)):
        # Column by column, because most columns of a long table are nothing but texts.
        columns = tuple(zip(*held, strict=False))
        return list(zip(*[_column(columns[index]) for index in indexes], strict=True))
    return [tuple([_text(cells[at]) for at in indexes if at < len(cells)]) for cells in held]


def _column(cells: Sequence[Any]) -> Sequence[str]:
    return cells if set(map(type, cells)) == {str} else list(map(_text, cells))


def _decorated(texts: list[Row], metadata: Sequence[Any], decoration: Decoration) -> list[Row]:
    labels = [each.get("labels") or {} for each in metadata]
    columns = [[each.get(key, "") for each in labels] for key in decoration.label_columns]
    if decoration.labels:
        columns.append([_all_labels(each) for each in labels])
    after = zip(*columns, strict=True) if columns else [()] * len(texts)
    if decoration.namespaces:
        texts = [
            (each.get("namespace") or "", *row) for each, row in zip(metadata, texts, strict=True)
        ]
    return [(*row, *more) for row, more in zip(texts, after, strict=True)] if columns else texts


def _all_labels(labels: dict[str, str]) -> str:
    return ",".join(map("=".join, sorted(labels.items()))) or "<none>"


def _shown(table: JsonObject, decoration: Decoration) -> list[dict[str, Any]]:
    return [c for c in _definitions(table) if decoration.wide or not c.get("priority")]


def _definitions(table: JsonObject) -> list[dict[str, Any]]:
    # An aggregated API may say null where it has no rows, as metrics-server does.
    return table.get("columnDefinitions") or []


def _name(item: JsonObject) -> str:
    return str((item.get("metadata") or {}).get("name") or "")


def _age(item: JsonObject, now: datetime) -> str:
    created = (item.get("metadata") or {}).get("creationTimestamp")
    if not created:
        return "<unknown>"
    return human_duration((now - datetime.fromisoformat(created)).total_seconds())


def _name_column(definitions: Sequence[dict[str, Any]]) -> int:
    for index, column in enumerate(definitions):
        if column.get("format") == "name" and column.get("type") == "string":
            return index
    return -1


def _text(cell: object) -> str:
    # Go's fmt.Sprint: nil is empty here, booleans and whole floats in Go's own form.
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return "[" + " ".join(_text(item) for item in cell) + "]"
    return general(cell) if isinstance(cell, float) else str(cell)
