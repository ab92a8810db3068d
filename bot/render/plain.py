"""A reply as kubectl prints it, byte for byte, on two streams.

Column rules: cli-runtime 1.37 `pkg/printers/tableprinter.go` over its tab writer, which
remembers widths: a column only ever grows, and a hundred rows are drawn at a time.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest

from bot.core.reply import Aside, Beside, Part, Problem, Proposal, Row, Table, Text, Verdict
from bot.render.parts import draw

_MIN_WIDTH, _PADDING, _WINDOW = 6, 3, 100
_PART = 5 * _WINDOW
# What cuts a cell (shown as three dots), what divides it, and what a terminal would obey.
_BREAK, _TAB = re.compile(r"[\f\n\r]"), re.compile(r"[\t\v]")
_SPECIAL = "\f\n\r\t\v\x1b"


class PlainRenderer:
    """Draws parts in the order in which they come; `finish` draws what still waits."""

    def __init__(self) -> None:
        self._group: str | None = None
        self._columns: tuple[str, ...] | None = None
        self._widths: list[int] = []
        self._waiting: list[Row] = []
        self._written = False
        self._separate = False

    def feed(self, part: Part) -> tuple[str, str]:
        """Return what the part adds to standard output and to standard error."""
        match part:
            case Table():
                return self._table(part), ""
            case Text(text):
                return self._out(self._flush() + text), ""
            case Aside(text):
                return self._flush(), f"{text}\n"
            case Problem(error):
                # kubectl ends a message with a line end unless the API server's own has one.
                ended = error.text.endswith("\n") or not error.text
                return self._flush(), error.text if ended else f"{error.text}\n"
            case Proposal():
                return self._flush() + preview(part), ""
            case _:
                return self._beside(part)

    def finish(self) -> str:
        """Return the rows that waited for wider ones."""
        return self._flush()

    def _beside(self, part: Beside | Verdict) -> tuple[str, str]:
        if isinstance(part, Verdict):
            return "", ""  # kubectl says nothing of the kind
        out, err = draw(part)
        return self._flush() + self._out(out), err

    def _table(self, table: Table) -> str:
        text = ""
        if table.group != self._group:
            text = self._flush()
            # kubectl sets groups apart only where something was printed before.
            self._separate = self._group is not None and table.headers and self._written
            self._group, self._columns, self._widths = table.group, None, []
        if not table.rows:
            return text
        titled = table.headers and table.columns != self._columns
        self._columns = table.columns
        longest = table.longest or _longest(table.rows, len(table.columns))
        if titled:
            self._waiting.append(
                _padded(table.columns, [len(c.encode()) for c in table.columns], longest)
            )
        rows = list(table.rows)
        if not titled and not table.continues:
            sizes = [len(cell.encode()) for cell in rows[0]]
            rows[0] = _padded(_drawable(rows[0]), sizes, longest)
        for start in range(0, len(rows), _WINDOW):
            window = rows[start : start + _WINDOW]
            self._waiting += window
            if len(window) == _WINDOW:
                text += self._flush()
        return text + self._flush() if table.live else text

    def _flush(self) -> str:
        if not self._waiting:
            return ""
        rows, self._waiting = self._waiting, []
        text = "".join(map("".join, rows))
        if any(mark in text for mark in _SPECIAL):
            rows = [_split(_drawable(row)) for row in rows]
        even = len(set(map(len, rows))) == 1
        return self._out("".join(self._even(rows) if even else self._uneven(rows)))

    def _even(self, rows: Sequence[Row]) -> list[str]:
        *columns, _last = zip(*rows, strict=True)
        widths = [self._width(index, cells) for index, cells in enumerate(columns)]
        form = "".join(f"%-{width}s" for width in widths) + "%s\n"
        return [form % row for row in rows]

    def _uneven(self, rows: Sequence[Row]) -> list[str]:
        # Only lines that follow each other share a column's width.
        lines = [""] * len(rows)
        for index in range(max(map(len, rows))):
            ended = [len(row) <= index + 1 for row in rows]
            for last, block in groupby(range(len(rows)), ended.__getitem__):
                cells = {at: "".join(rows[at][index : index + 1]) for at in block}
                width = 0 if last else self._width(index, cells.values())
                for at, cell in cells.items():
                    lines[at] += cell.ljust(width)
        return [f"{line}\n" for line in lines]

    def _width(self, index: int, cells: Iterable[str]) -> int:
        if index == len(self._widths):
            self._widths.append(_MIN_WIDTH)
        self._widths[index] = max(self._widths[index], max(map(len, cells)) + _PADDING)
        return self._widths[index]

    def _out(self, text: str) -> str:
        if not text:
            return ""
        before = "\n" if self._separate else ""
        self._separate, self._written = False, True
        return before + text


def in_parts(page: Table) -> Iterator[Table]:
    """Yield a long page in parts that are quickly drawn, and together look as it would."""
    if len(page.rows) <= _PART:
        yield page
        return
    longest = _longest(page.rows, len(page.columns))
    for start in range(0, len(page.rows), _PART):
        rows = page.rows[start : start + _PART]
        yield replace(page, rows=rows, longest=longest, continues=start > 0)


def preview(proposal: Proposal) -> str:
    """Return what a plan would change, and as far as it is known, what that means."""
    plan = proposal.plan
    lines = [f"{one.subject}: {one.told}" for one in plan.changes]
    lines += [*plan.outlook.reach, *(f"Warning: {one}" for one in plan.outlook.warnings)]
    return "".join(f"{line}\n" for line in lines) + plan.outlook.diff


def plain_text(parts: Sequence[Part]) -> str:
    """Return a whole reply as one text, both streams in the order of its parts."""
    renderer = PlainRenderer()
    return "".join(out + err for out, err in map(renderer.feed, parts)) + renderer.finish()


def _split(row: Row) -> Row:
    # To the tab writer a tab inside of a cell ends it like any other.
    return tuple(_TAB.split("\t".join(row)))


def _drawable(row: Row) -> Row:
    return tuple(_cell(cell) for cell in row)


def _cell(text: str) -> str:
    cut = _BREAK.search(text)
    shown = f"{text[: cut.start()]}..." if cut else text
    return shown.replace("\x1b", "^[")


def _longest(rows: Sequence[Row], count: int) -> list[int]:
    # kubectl measures in bytes and before cutting, the tab writer in characters and after.
    longest = [_bytes(cells) for cells in zip_longest(*rows, fillvalue="")][:count]
    return longest + [0] * (count - len(longest))


def _bytes(cells: Sequence[str]) -> int:
    if "".join(cells).isascii():
        return max(map(len, cells))
    return max(len(cell.encode()) for cell in cells)


def _padded(cells: Row, sizes: Sequence[int], longest: Sequence[int]) -> Row:
    last = len(longest) - 1
    return tuple(
        cell + " " * (longest[index] - sizes[index]) if index < last else cell
        for index, cell in enumerate(cells)
    )
