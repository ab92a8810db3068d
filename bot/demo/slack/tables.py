"""Blocks that show data: tables and charts, with the rules that bind one part to another.

Pure. Where the pages and newer specifications differ, the smaller number counts.
"""

from collections.abc import Iterator
from typing import Any

from bot.demo.slack import limits
from bot.demo.slack.richtext import RICH_TEXT
from bot.demo.slack.shapes import (
    Flag,
    Many,
    Num,
    Record,
    Str,
    Tagged,
    one_of,
    problem,
    record,
)

_RAW_TEXT = record({"emoji": Flag()}, text=Str())
_CELL = Tagged({"raw_text": _RAW_TEXT, "rich_text": RICH_TEXT})
_DATA_CELL = Tagged({**_CELL.variants, "raw_number": record(value=Num(whole=False), text=Str())})
_COLUMN = record({"align": one_of("left", "center", "right"), "is_wrapped": Flag()})

TABLE = record(
    {"column_settings": Many(_COLUMN, limits.TABLE_COLUMNS, least=0)},
    rows=Many(Many(_CELL, limits.TABLE_COLUMNS), limits.TABLE_ROWS),
)
DATA_TABLE = record(
    {
        "page_size": Num(1, limits.DATA_TABLE_PAGE),
        "row_header_column_index": Num(0, limits.TABLE_COLUMNS - 1),
    },
    caption=Str(),
    rows=Many(Many(_DATA_CELL, limits.TABLE_COLUMNS), limits.DATA_TABLE_ROWS, least=2),
)

_LABEL = Str(limits.CHART_LABEL)
_POINT = record(label=_LABEL, value=Num(whole=False))
_AXES = record(
    {"x_label": Str(limits.CHART_AXIS, shortest=0), "y_label": Str(limits.CHART_AXIS, shortest=0)},
    categories=Many(_LABEL, limits.CHART_POINTS),
)
_AXIS_CHART = record(
    series=Many(record(name=_LABEL, data=Many(_POINT, limits.CHART_POINTS)), limits.CHART_SERIES),
    axis_config=_AXES,
)
_PIE = record(
    segments=Many(record(label=_LABEL, value=Num(above=0, whole=False)), limits.CHART_SEGMENTS)
)
DATA_VISUALIZATION: Record = record(
    title=Str(limits.CHART_TITLE),
    chart=Tagged({"pie": _PIE, "bar": _AXIS_CHART, "area": _AXIS_CHART, "line": _AXIS_CHART}),
)


def characters(rows: Any) -> int:
    """Return how many characters stand in the cells."""
    if isinstance(rows, list):
        return sum(map(characters, rows))
    if isinstance(rows, dict):
        own = len(rows["text"]) if isinstance(rows.get("text"), str) else 0
        return own + sum(characters(v) for v in rows.values() if not isinstance(v, str))
    return 0


def check_table(block: dict[str, Any], at: str) -> Iterator[str]:
    """Yield what is wrong with a table whose shape is right."""
    if characters(block["rows"]) > limits.TABLE_CHARACTERS:
        yield problem(f"must be less than {limits.TABLE_CHARACTERS + 1} characters", f"{at}/rows")


def check_data_table(block: dict[str, Any], at: str) -> Iterator[str]:
    """Yield what is wrong with a data table whose shape is right."""
    rows = block["rows"]
    yield from check_table(block, at)
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield problem("all rows must have the same number of cells", f"{at}/rows/{number}")
    for number, cell in enumerate(rows[0]):
        if cell["type"] == "rich_text":
            yield problem("unsupported type: rich_text", f"{at}/rows/0/{number}/type")
    if block.get("row_header_column_index", 0) >= len(rows[0]):
        yield problem("must be the index of a column", f"{at}/row_header_column_index")


def check_chart(block: dict[str, Any], at: str) -> Iterator[str]:
    """Yield what is wrong with a chart whose shape is right."""
    chart = block["chart"]
    if chart["type"] == "pie":
        return
    categories, names = chart["axis_config"]["categories"], [s["name"] for s in chart["series"]]
    if len(set(categories)) != len(categories):
        yield problem("must be unique", f"{at}/chart/axis_config/categories")
    if len(set(names)) != len(names):
        yield problem("must have unique names", f"{at}/chart/series")
    for number, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            where = f"{at}/chart/series/{number}/data"
            yield problem("must have one point for each category", where)
