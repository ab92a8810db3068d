"""Matchers are read as amtool and PromQL write them, and written so that they read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alerting import Matcher
from bot.core.errors import UsageError
from bot.grammar.matchers import (
    LONGEST_VALUE,
    matches_nothing_too,
    read_matchers,
    refuse_everything,
    written,
)
from tests.every import every

A, NS = Matcher("alertname", "A"), Matcher("namespace", "shop")


@every(
    ("words", "read"),
    [
        (["A"], (A,)),
        (["alertname=A", "namespace=shop"], (A, NS)),
        (["alertname=A,namespace=shop"], (A, NS)),
        (['alertname="A",namespace="shop",'], (A, NS)),
        (['{alertname="A", namespace="shop"}'], (A, NS)),
        (["{alertname=A,", "namespace=shop}"], (A, NS)),
        (["A", "namespace=shop", "alertname=A"], (A, NS)),
        (['pod=~"web-\\d+|db"'], (Matcher("pod", "web-\\d+|db", regex=True),)),
        (['pod!~"a,b"'], (Matcher("pod", "a,b", regex=True, equal=False),)),
        (["pod!=x"], (Matcher("pod", "x", equal=False),)),
        (["alertname=High Errors"], (Matcher("alertname", "High Errors"),)),
        (['a="q\\"\\\\\\n"'], (Matcher("a", 'q"\\\n'),)),
        (['"service.name"="x"'], (Matcher("service.name", "x"),)),
        (["a="], (Matcher("a", ""),)),
    ],
)
def test_it_is_read_as_amtool_reads_it(words: list[str], read: tuple[Matcher, ...]) -> None:
    assert read_matchers(words) == read


@every(
    "words",
    [
        [],
        [" "],
        ["{}"],
        ["a b"],
        ["=x"],
        ['a="x'],
        ['a="x"y'],
        ['a=x"y"'],
        ["a=b}"],
        ["{a=b"],
        ["a==b"[:2] + '"'],
        ['a="b"} or secret{c="d"'],
        [f"a={'x' * (LONGEST_VALUE + 1)}"],
        [f"a{number}=b" for number in range(21)],
    ],
    ids=str,
)
def test_what_cannot_be_read_is_one_sentence(words: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        read_matchers(words)
    assert "\n" not in error.value.text
    assert len(error.value.text) < 200


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
MATCHERS = st.builds(Matcher, NAMES, st.text(max_size=40), st.booleans(), st.booleans())


@given(st.lists(MATCHERS, min_size=1, max_size=5, unique=True))
def test_what_is_written_reads_back_whatever_the_values_are(matchers: list[Matcher]) -> None:
    assert read_matchers([written(matchers)]) == tuple(matchers)


@every(
    ("matcher", "so"),
    [
        ("a=", True),
        ("a=x", False),
        ("a!=x", True),
        ('a!=""', False),
        ("a=~.*", True),
        ("a=~.+", False),
        ("a!~.+", True),
        ("a!~.*", False),
        ("a=~x|", True),
        ("a=~(", False),
    ],
)
def test_whether_it_is_true_of_an_alert_without_the_label(matcher: str, so: bool) -> None:
    [read] = read_matchers([matcher])
    assert matches_nothing_too(read) is so


def test_matchers_that_are_true_of_all_are_refused_as_alertmanager_refuses_them() -> None:
    with pytest.raises(UsageError, match="at least one matcher must not match the empty string"):
        refuse_everything(read_matchers(["a=~.*", "b!=x"]))
    refuse_everything(read_matchers(["a=~.*", "b=x"]))
