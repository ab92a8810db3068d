"""Rows that are filtered, sorted and paged: none is lost, none comes twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import UsageError
from bot.core.reply import Aside, Part, Table, Text
from bot.render.plain import plain_text
from bot.slack.sections import (
    PAGE_CHARACTERS,
    PATTERN_CHARACTERS,
    Collector,
    Section,
    Selection,
    check,
    choose,
)

COLUMNS = ("NAME", "AGE", "CPU")


def table(*rows: tuple[str, ...]) -> tuple[Section, ...]:
    return (Section(COLUMNS, rows),)


def first_words(text: str) -> list[str]:
    return [line.split(" ")[0] for line in text.splitlines()[1:]]


def test_a_table_that_came_in_pages_is_one_section() -> None:
    collector = Collector()
    parts: list[Part] = [
        Table("pods", COLUMNS, [("a", "1d", "1m")]),
        Table("pods", COLUMNS, [("b", "2d", "2m")]),
        Aside("Warning: old"),
        Table("services", ("NAME",), [("c",)]),
        Text("one\ntw"),
        Text("o\n"),
    ]
    for part in parts:
        collector.add(part)
    assert collector.sections() == (
        Section(COLUMNS, (("a", "1d", "1m"), ("b", "2d", "2m"))),
        Section(("NAME",), (("c",),)),
        Section((), (("one",), ("two",))),
    )


def test_everything_is_drawn_as_kubectl_draws_it() -> None:
    rows = (("web", "5d", "250m"), ("a-long-name", "90s", "1"))
    chosen = choose(table(*rows), Selection())
    assert chosen.text == plain_text([Table("t", COLUMNS, rows)])
    assert (chosen.rows, chosen.of, chosen.pages) == (2, 2, 1)


@pytest.mark.parametrize(
    ("column", "cells", "wanted"),
    [
        pytest.param(1, ["2d4h", "90s", "5d", "3h", "26h"], ["90s", "3h", "26h", "2d4h", "5d"]),
        pytest.param(0, ["web-10", "web-2", "api"], ["api", "web-2", "web-10"]),
        pytest.param(2, ["1500", "20", "<none>", "3"], ["3", "20", "1500", "<none>"]),
    ],
    ids=["ages", "names", "numbers"],
)
def test_cells_are_sorted_as_people_read_them(
    column: int, cells: list[str], wanted: list[str]
) -> None:
    rows = [tuple("x" if at != column else cell for at in range(3)) for cell in cells]
    section = table(*rows)
    chosen = choose(section, Selection(column=column))
    assert [line.split()[column] for line in chosen.text.splitlines()[1:]] == wanted
    reverse = choose(section, Selection(column=column, descending=True))
    assert [line.split()[column] for line in reverse.text.splitlines()[1:]] == wanted[::-1]


def test_values_are_sorted_by_their_size_and_not_their_letters() -> None:
    wanted = ["NaN", "0 B", "900 KiB", "1.5 MiB", "2 GiB", "+Inf"]
    section = table(*((text.replace(" ", "-"), "1d", text) for text in sorted(wanted)))
    chosen = choose(section, Selection(column=2))
    assert first_words(chosen.text) == [text.replace(" ", "-") for text in wanted]


def test_a_filter_keeps_the_header_and_the_rows_that_match() -> None:
    rows = (("web-1", "5d", "1"), ("db", "1d", "1"), ("WEB-2", "2d", "1"))
    chosen = choose(table(*rows), Selection(pattern="web"))
    assert first_words(chosen.text) == ["web-1", "WEB-2"]
    assert chosen.text.startswith("NAME")
    inverted = choose(table(*rows), Selection(pattern="web", invert=True))
    assert first_words(inverted.text) == ["db"]
    expressed = choose(table(*rows), Selection(pattern="^(db|web-2) ", regex=True))
    assert first_words(expressed.text) == ["db", "WEB-2"]


def test_a_substring_is_no_expression() -> None:
    chosen = choose(table(("a.b", "1d", "1"), ("axb", "1d", "1")), Selection(pattern="a.b"))
    assert first_words(chosen.text) == ["a.b"]


def test_nothing_that_matches_leaves_nothing() -> None:
    chosen = choose(table(("a", "1d", "1")), Selection(pattern="zzz", page=3))
    assert (chosen.text, chosen.rows, chosen.pages) == ("", 0, 1)


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=300)),
    st.booleans(),
)
def test_the_pages_together_are_everything_once(lines: list[str], is_table: bool) -> None:
    rows = [(f"{number}:{line}",) for number, line in enumerate(lines)]
    sections = (Section(("NAME",) if is_table else (), tuple(rows)),) if rows else ()
    seen: list[str] = []
    pages = choose(sections, Selection()).pages
    for page in range(1, pages + 1):
        text = choose(sections, Selection(page=page)).text
        assert len(text) <= PAGE_CHARACTERS + 400
        seen += text.splitlines()[is_table:]
    assert [line.split(":")[0] for line in seen] == [str(number) for number in range(len(rows))]


@pytest.mark.parametrize(
    "selection",
    [Selection(pattern="(", regex=True), Selection(pattern="x" * (PATTERN_CHARACTERS + 1))],
    ids=["expression", "length"],
)
def test_a_pattern_that_cannot_be_used_is_said(selection: Selection) -> None:
    with pytest.raises(UsageError):
        check(selection)
