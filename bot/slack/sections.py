"""The rows of an answer, so that they can be filtered, sorted and paged without asking again.

Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from bot.core.errors import UsageError
from bot.core.measures import weighed
from bot.core.reply import Diff, Part, Row, Table, Text
from bot.grammar.filters import Grep
from bot.grammar.sieve import Sieve
from bot.kube.verdicts import worst_first
from bot.render.plain import plain_text
from bot.slack.escaping import visible

PATTERN_CHARACTERS = 100
PAGE_LINES, PAGE_CHARACTERS = 20, 2_000
AS_IT_CAME, WORST_FIRST = -1, -2
_NUMBERS = re.compile(r"(\d+)")
# A Kubernetes age or duration (`5d3h`, `12m`), and a quantity (`250m`, `1Gi`) or a count (`3/5`).
_AGE = re.compile(r"(?:\d+(?:y|d|h|m|s))+")
_AGES = re.compile(r"(\d+)(y|d|h|m|s)")
_SECONDS = {"y": 31_536_000, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True)
class Section:
    """One table, or (without columns) lines of text."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    headers: bool = True

    def lines(self) -> list[str]:
        """Return what is shown of it, the header first where there is one."""
        if not self.columns:
            return [row[0] for row in self.rows]
        return plain_text([Table("", self.columns, self.rows, self.headers)]).splitlines()

    def parts(self, group: str) -> tuple[Part, ...]:
        """Return what a collector would make this section of."""
        if self.columns:
            return (Table(group, self.columns, self.rows, self.headers),)
        return (Text("".join(f"{row[0]}\n" for row in self.rows)),)

    @property
    def titled(self) -> bool:
        """Tell whether its first line is a header."""
        return bool(self.columns) and self.headers and bool(self.rows)


@dataclass(frozen=True, slots=True)
class Selection:
    """What of an answer is to be seen; page 0 is its beginning and its end."""

    pattern: str = ""
    regex: bool = False
    invert: bool = False
    column: int = AS_IT_CAME
    descending: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a selection leaves."""

    text: str
    """The page, or everything for page 0."""
    rows: int
    of: int
    """How many rows there were before the filter."""
    pages: int
    page: int = 0
    """Which of them this is; 0: all of it."""


@dataclass(slots=True)
class Collector:
    """Takes in parts as they come; what is neither table nor text is no row."""

    _tables: list[tuple[str, Table]] = field(default_factory=list)
    _sections: list[Section] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Take in one more part."""
        match part:
            case Table(group=group):
                self._close_text()
                if self._tables and self._tables[-1][0] != group:
                    self._close_tables()
                self._tables.append((group, part))
            case Text(text) | Diff(text):
                self._close_tables()
                self._text.append(text)
            case _:
                pass

    def sections(self) -> tuple[Section, ...]:
        """Return what came so far."""
        self._close_text()
        self._close_tables()
        return tuple(self._sections)

    def _close_text(self) -> None:
        if self._text:
            lines = "".join(self._text).removesuffix("\n").split("\n")
            self._sections.append(Section((), tuple((line,) for line in lines)))
            self._text = []

    def _close_tables(self) -> None:
        pages = [table for _, table in self._tables if table.rows]
        for columns, same in groupby(pages, key=lambda table: table.columns):
            tables = list(same)
            rows = tuple(row for table in tables for row in table.rows)
            self._sections.append(Section(columns, rows, tables[0].headers))
        self._tables = []


def rows(sections: Iterable[Section]) -> int:
    """Return how many rows there are."""
    return sum(len(section.rows) for section in sections)


def columns(sections: Sequence[Section]) -> tuple[str, ...]:
    """Return the columns by which rows can be sorted: those of an answer that is one table."""
    return sections[0].columns if len(sections) == 1 else ()


def choose(sections: Sequence[Section], selection: Selection) -> Chosen:
    """Return what the selection leaves of the rows.

    Raises:
        UsageError: the pattern is no regular expression.
    """
    found = [_filtered(section, selection) for section in sections]
    left = [_sorted(section, selection) for section in found if section.rows]
    pages = list(_pages(left)) or [[]]
    # Whoever pressed while the pages were more gets the last one.
    page = min(selection.page, len(pages))
    shown = pages[page - 1] if page else [line for one in left for line in (*one.lines(), "")][:-1]
    text = "".join(f"{line}\n" for line in shown)
    return Chosen(text, rows(left), rows(sections), len(pages), page)


def _filtered(section: Section, selection: Selection) -> Section:
    if not selection.pattern:
        return section
    keeps = _matcher(selection)
    return replace(section, rows=tuple(row for row in section.rows if keeps("   ".join(row))))


def _matcher(selection: Selection) -> Callable[[str], bool]:
    # The house's own automaton needs no more than linear time, whatever the pattern is.
    grep = Grep(selection.pattern, ignore_case=True, extended=True)
    sieve, needle = Sieve((grep,) if selection.regex else ()), selection.pattern.lower()

    def keeps(line: str) -> bool:
        shown = visible(line)
        found = bool(sieve.push((shown,))) if selection.regex else needle in shown.lower()
        return found is not selection.invert

    return keeps


def _sorted(section: Section, selection: Selection) -> Section:
    if selection.column == WORST_FIRST:
        return replace(section, rows=tuple(worst_first(section.columns, section.rows)))
    if not 0 <= selection.column < len(section.columns):
        return section

    def cell(row: Row) -> str:
        return row[selection.column] if selection.column < len(row) else ""

    values = weighed(map(cell, section.rows))

    def key(row: Row) -> tuple[object, ...]:
        return _weight(cell(row)) if values is None else (values[cell(row)],)

    return replace(section, rows=tuple(sorted(section.rows, key=key, reverse=selection.descending)))


def _weight(cell: str) -> tuple[object, ...]:
    """Return a key that sorts ages by time, numbers by size, and names with numbers naturally."""
    if _AGE.fullmatch(cell):
        seconds = sum(int(count) * _SECONDS[unit] for count, unit in _AGES.findall(cell))
        return (0, seconds)
    words = _NUMBERS.split(cell)
    return (1, [(0, int(word), "") if word.isdecimal() else (1, 0, word) for word in words if word])


def _pages(sections: Sequence[Section]) -> Iterator[list[str]]:
    for section in sections:
        lines = section.lines()
        header, body = lines[: section.titled], lines[section.titled :]
        page, room = list(header), PAGE_CHARACTERS - sum(map(len, header))
        for line in body:
            cut = line if len(line) < PAGE_CHARACTERS else f"{line[: PAGE_CHARACTERS - 2]}…"
            full = len(page) - len(header) == PAGE_LINES or len(cut) + 1 > room
            if full and len(page) > len(header):
                yield page
                page, room = list(header), PAGE_CHARACTERS - sum(map(len, header))
            page.append(cut)
            room -= len(cut) + 1
        if len(page) > len(header):
            yield page


def check(selection: Selection) -> None:
    """Do nothing if the selection can be used.

    Raises:
        UsageError: its pattern is too long, or no regular expression.
    """
    if len(selection.pattern) > PATTERN_CHARACTERS:
        raise UsageError(f"A pattern has at most {PATTERN_CHARACTERS} characters.")
    _matcher(selection)("")
