import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.filters import Count, Filter, Grep, Head, Tail
from bot.grammar.sieve import Sieve, sift
from tests.every import every

LINES = ["NAME STATUS", "web-1 Running", "web-2 Pending", "api-1 Running", ""]


@every(
    ("filters", "left"),
    [
        pytest.param([], LINES, id="none"),
        pytest.param([Grep("web")], LINES[1:3], id="grep"),
        pytest.param([Grep("WEB")], [], id="grep-minds-case"),
        pytest.param([Grep("WEB", ignore_case=True)], LINES[1:3], id="grep-ignores-case"),
        pytest.param([Grep("Running", invert=True)], [LINES[0], LINES[2], ""], id="grep-inverted"),
        pytest.param([Grep("")], LINES, id="grep-of-nothing"),
        pytest.param([Grep("^web-.*g$")], LINES[1:3], id="grep-with-a-pattern"),
        pytest.param([Grep("web|api")], [], id="basic-patterns-have-no-choice"),
        pytest.param([Grep("web|api", extended=True)], LINES[1:4], id="grep-extended"),
        pytest.param([Head(2)], LINES[:2], id="head"),
        pytest.param([Head(0)], [], id="head-none"),
        pytest.param([Tail(2)], LINES[3:], id="tail"),
        pytest.param([Tail(0)], [], id="tail-none"),
        pytest.param([Tail(9)], LINES, id="tail-more-than-all"),
        pytest.param([Count()], ["5"], id="count"),
        pytest.param([Grep("web"), Count()], ["2"], id="grep-then-count"),
        pytest.param([Head(3), Tail(1)], [LINES[2]], id="head-then-tail"),
        pytest.param([Tail(3), Head(1)], [LINES[2]], id="tail-then-head"),
        pytest.param([Tail(3), Count()], ["3"], id="tail-then-count"),
        pytest.param([Count(), Grep("5")], ["5"], id="count-then-grep"),
    ],
)
def test_filters_leave(filters: list[Filter], left: list[str]) -> None:
    assert sift(filters, LINES) == left


def test_lines_come_through_as_they_are_pushed() -> None:
    sieve = Sieve([Grep("a")])
    assert [sieve.push([line]) for line in ("a1", "b", "a2")] == [["a1"], [], ["a2"]]
    assert sieve.finish() == []


@pytest.mark.parametrize(
    ("filters", "full"),
    [
        ([Head(2)], True),
        ([Grep("x"), Head(2)], False),
        ([Head(2), Count()], True),
        ([Tail(2)], False),
    ],
)
def test_who_pushes_may_stop_once_head_has_all(filters: list[Filter], full: bool) -> None:
    sieve = Sieve(filters)
    sieve.push(["a", "b"])
    assert sieve.full() is full


@given(st.lists(st.text()), st.integers(0, 5), st.integers(0, 5))
def test_head_and_tail_are_slices(lines: list[str], first: int, last: int) -> None:
    assert (
        sift([Head(first), Tail(last)], lines) == lines[:first][max(len(lines[:first]) - last, 0) :]
    )
