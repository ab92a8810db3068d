"""Rows of text from whatever cells the API server sends."""

from typing import Any

import pytest

from bot.kube.tables import Decoration, columns_of, rows_of

COLUMNS = [
    {"name": "Name", "type": "string", "format": "name"},
    {"name": "Count", "type": "integer"},
    {"name": "Node", "type": "string", "priority": 1},
]


def table(*rows: list[Any], columns: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    definitions = COLUMNS if columns is None else columns
    metadata = {"namespace": "shop", "labels": {"app": "web"}}
    return {
        "columnDefinitions": definitions,
        "rows": [{"cells": cells, "object": {"metadata": metadata}} for cells in rows],
    }


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a", 1, "n"], ("a", "1", "n")),
        (["a", 2.5, None], ("a", "2.5", "")),
        ([True, [1, "x"], "n"], ("true", "[1 x]", "n")),
        (["a", "1"], ("a", "1")),
        ([], ()),
    ],
    ids=str,
)
def test_each_cell_is_written_as_go_writes_it(cells: list[Any], expected: tuple[str, ...]) -> None:
    rows = rows_of(table(["b", "2", "m"], cells), Decoration(wide=True))
    assert rows == [("b", "2", "m"), expected]


def test_wide_columns_are_left_out_unless_they_are_wanted() -> None:
    assert rows_of(table(["a", 1, "n"]), Decoration()) == [("a", "1")]
    assert columns_of(table(), Decoration()) == ("NAME", "COUNT")


def test_a_table_without_columns_or_rows_has_rows_without_cells_or_none() -> None:
    assert rows_of(table(["a"], ["b"], columns=[]), Decoration()) == [(), ()]
    assert rows_of(table(), Decoration()) == []
    assert rows_of({"columnDefinitions": COLUMNS, "rows": None}, Decoration()) == []


def test_names_namespaces_and_labels_stand_around_the_cells() -> None:
    decoration = Decoration(namespaces=True, kind="pod", label_columns=("app",), labels=True)
    shown = rows_of(table(["a", 1, "n"], ["b", 2, "n"]), decoration)
    assert shown == [
        ("shop", "pod/a", "1", "web", "app=web"),
        ("shop", "pod/b", "2", "web", "app=web"),
    ]
