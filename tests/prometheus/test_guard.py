"""Every selector of what is sent carries the matcher of the reach, or nothing is sent."""

from collections.abc import Iterator

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadQueryError, QuarterdeckError, RefusedError
from bot.core.metrics import Reach
from bot.prometheus.guard import everything, narrowed, narrowed_selector
from tests.every import every
from tests.prometheus.grammar import EXPRESSIONS
from tests.prometheus.hostile import HOSTILE

SHOP = Reach(("shop",))
TWO = Reach(("web", "shop"))
ALL = Reach()


def sent(expression: str, reach: Reach = SHOP) -> str:
    return narrowed(expression, reach, "namespace")


def answered(expression: str, reach: Reach = SHOP) -> str | QuarterdeckError:
    """Return what is sent, or why nothing is."""
    try:
        return sent(expression, reach)
    except QuarterdeckError as error:
        return error


def selectors(expression: str) -> Iterator[promql_parser.VectorSelector]:
    found: list[promql_parser.VectorSelector] = []

    def look(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)

    promql_parser.walk(promql_parser.parse(expression), look)
    yield from found


def carried(expression: str) -> list[list[str]]:
    """Return the matchers of each group of each selector."""
    return [
        [str(matcher) for matcher in group]
        for selector in selectors(expression)
        for group in selector.matchers.or_matchers or [selector.matchers.matchers]
    ]


@every("expression", HOSTILE, ids=ascii)
def test_what_is_sent_of_a_hostile_expression_is_narrowed_or_it_is_refused(expression: str) -> None:
    one, two = answered(expression), answered(expression, TWO)
    if isinstance(one, QuarterdeckError) or isinstance(two, QuarterdeckError):
        assert isinstance(two, type(one))
        return
    assert all('namespace=~"shop"' in group for group in carried(one))
    assert all('namespace=~"shop|web"' in group for group in carried(two))
    assert len(carried(one)) == len(carried(two))


@given(EXPRESSIONS)
def test_what_is_sent_of_any_expression_is_narrowed_or_it_is_refused(expression: str) -> None:
    found = answered(expression)
    if not isinstance(found, QuarterdeckError):
        assert carried(found)
        assert all('namespace=~"shop"' in group for group in carried(found))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    found = answered(text)
    if not isinstance(found, QuarterdeckError):
        assert all('namespace=~"shop"' in group for group in carried(found))


@every(
    ("typed", "expected"),
    [
        ("up", 'up{namespace=~"shop"}'),
        ("up{}", 'up{namespace=~"shop"}'),
        ('up{namespace="secret"}', 'up{namespace="secret",namespace=~"shop"}'),
        ('{a="b" or c="d"}', '{a="b", namespace=~"shop" or c="d", namespace=~"shop"}'),
        ('{"a.b"}', '{__name__="a.b",namespace=~"shop"}'),
        ("{a='b\"} or secret{c=\"d'}", '{a="b\\"} or secret{c=\\"d",namespace=~"shop"}'),
        ("{a=`\\d`}", '{a="\\\\d",namespace=~"shop"}'),
        ("rate(up[5m] offset -1h)", 'rate(up{namespace=~"shop"}[5m] offset -1h)'),
        ("up offset 1h @ end()", 'up{namespace=~"shop"} @ end() offset 1h'),
        ("sum(up) by (a)", 'sum by (a) (up{namespace=~"shop"})'),
        (
            "a * on (x) group_left (y) b",
            'a{namespace=~"shop"} * on (x) group_left (y) b{namespace=~"shop"}',
        ),
        ("absent(up)", 'absent(up{namespace=~"shop"})'),
        ("topk(scalar(a), b)", 'topk(scalar(a{namespace=~"shop"}), b{namespace=~"shop"})'),
        ("vector(1) + time()", "vector(1) + time()"),
        ("up # or secret", 'up{namespace=~"shop"}'),
    ],
)
def test_the_matcher_stands_in_every_selector(typed: str, expected: str) -> None:
    assert sent(typed) == expected


def test_several_namespaces_are_one_pattern() -> None:
    assert sent("up", TWO) == 'up{namespace=~"shop|web"}'


def test_the_label_of_namespaces_is_the_sources() -> None:
    assert narrowed("up", SHOP, "exported_namespace") == 'up{exported_namespace=~"shop"}'


@every("expression", HOSTILE, ids=ascii)
def test_with_a_reach_of_all_an_expression_goes_as_it_was_typed(expression: str) -> None:
    assert sent(expression, ALL) == expression


@every(
    ("expression", "error", "words"),
    [
        ("info(up)", RefusedError, "info\\(\\) takes labels from series of all namespaces"),
        ("up @ -1", RefusedError, "since 1970"),
        ("up smoothed", BadQueryError, "cannot be read"),
        ('up{a="\\xff"}', BadQueryError, "no text in UTF-8"),
        ('up{a="\\ud800"}', BadQueryError, "no text in UTF-8"),
        ('up{a="\\q"}', BadQueryError, "an escape that PromQL does not know"),
        ("up{a='\\\"'}", BadQueryError, "is no escape between"),
        ("up{a='\ud800'}", BadQueryError, "half a character"),
    ],
)
def test_what_cannot_be_narrowed_is_refused_with_the_reason(
    expression: str, error: type[QuarterdeckError], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        sent(expression)
    assert caught.value.next_step


@every(
    "namespaces",
    [(), ("",), ("*",), ("a|b",), ("shop", 'x"} or up{a="'), ("Shop",), (".+",), ("a" * 64,)],
)
def test_what_is_no_namespace_narrows_nothing(namespaces: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError, match="is no namespace to ask about"):
        sent("up", Reach(namespaces))
    with pytest.raises(RefusedError, match="is no namespace to ask about"):
        everything(Reach(namespaces), "namespace")


@pytest.mark.parametrize("label", ["", "a b", 'x"', "a-b"])
def test_what_is_no_label_narrows_nothing(label: str) -> None:
    with pytest.raises(RefusedError, match="is no label"):
        narrowed("up", SHOP, label)


def test_a_selector_of_series_is_narrowed() -> None:
    assert narrowed_selector('up{a="b"}', SHOP, "namespace") == 'up{a="b",namespace=~"shop"}'
    assert narrowed_selector("up", ALL, "namespace") == "up"


@pytest.mark.parametrize(
    "expression", ["up or up", "up[5m]", "up offset 5m", "up @ 5", "1", "(up)"]
)
def test_more_than_a_selector_chooses_no_series(expression: str) -> None:
    with pytest.raises(BadQueryError, match="a name and labels alone"):
        narrowed_selector(expression, SHOP, "namespace")


def test_everything_within_a_reach_is_one_selector() -> None:
    assert everything(SHOP, "namespace") == '{namespace=~"shop"}'
    assert everything(TWO, "namespace") == '{namespace=~"shop|web"}'
    assert everything(ALL, "namespace") is None
