"""Slack's own table blocks, for workspaces that prefer them to kubectl's text.

Pure. What Slack's limits do not allow is no table block: the text is drawn then, as it is when
Slack refuses the block.
"""

from typing import Literal

from bot.core.reply import Row
from bot.slack.blocks import Block
from bot.slack.escaping import visible
from bot.slack.sections import Section

Tables = Literal["text", "table", "data_table"]
"""`text` is kubectl's own; `data_table` pages and sorts in the client."""

# Of both blocks, where sources differ the smaller number (Slack's Block Kit reference).
_ROWS, _COLUMNS, _CHARACTERS = 100, 20, 10_000
_PAGE_ROWS = 10


def table(section: Section, kind: Tables, room: int) -> Block | None:
    """Return the section as a block of at most `room` characters; None: it is drawn as text."""
    if kind == "text" or not section.titled:
        return None
    lines = [section.columns, *section.rows]
    cells = [[_cell(text) for text in _even(line, len(section.columns))] for line in lines]
    size = sum(len(cell) for line in cells for cell in line)
    if len(cells) > _ROWS or len(section.columns) > _COLUMNS or size > min(room, _CHARACTERS):
        return None
    rows = [[{"type": "raw_text", "text": cell} for cell in line] for line in cells]
    if kind == "table":
        return {"type": "table", "rows": rows}
    return {
        "type": "data_table",
        "caption": f"{len(section.rows)} rows by {cells[0][0]}",
        "page_size": _PAGE_ROWS,
        "row_header_column_index": 0,
        "rows": rows,
    }


def _even(line: Row, width: int) -> Row:
    return (line + ("",) * width)[:width]


def _cell(text: str) -> str:
    # Slack refuses an empty cell.
    return " ".join(visible(text).split()) or "-"
