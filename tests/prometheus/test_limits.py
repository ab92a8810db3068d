"""What asks for too much is refused with what to type instead."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import BadQueryError
from bot.core.metrics import Reach, Span
from bot.prometheus.guard import narrowed
from bot.prometheus.limits import Limits, check_span

EVENING = datetime(2026, 11, 28, 20, tzinfo=UTC)
LIMITS = Limits()
REACHES = pytest.mark.parametrize("reach", [Reach(("shop",)), Reach()], ids=["narrow", "all"])


def span(length: timedelta, step: timedelta = timedelta(minutes=1)) -> Span:
    return Span(EVENING - length, EVENING, step)


@REACHES
@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("up{a='" + "x" * 8_000 + "'}", "has 8008 characters; up to 8000"),
        ("(" * 25 + "up" + ")" * 25, "more than 24 brackets in one another"),
        ("abs(" * 25 + "up" + ")" * 25, "more than 24 brackets"),
        ("(" * 7_000, "more than 24 brackets"),
        ("+".join(["up"] * 50), "more than 48 operators"),
        ("-" * 49 + "up", "more than 48 operators"),
        ("1" + " atan2 1" * 49, "more than 48 operators"),
        ("max(a)" + " or max(a) " * 49, "more than 48 operators"),
        ("rate(up[32d])", r"the range \[32d\] looks back further than 31d"),
        ("max_over_time(up[100y:1y])", "looks back further than"),
        ("max_over_time(up[1d:1s])", "evaluates what is in it 86,400 times"),
        ("max_over_time(up[31d:])", "evaluates what is in it 44,640 times"),
        (
            "max_over_time(max_over_time(up[1d:1m])[1d:1m])",
            "evaluates what is in it 2,073,600 times; up to 250,000",
        ),
        ("sum(max_over_time(up[1d:1s])) or vector(1)", "86,400 times"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_too_much_is_refused_for_everybody(expression: str, words: str, reach: Reach) -> None:
    with pytest.raises(BadQueryError, match=words) as caught:
        narrowed(expression, reach, "namespace")
    assert caught.value.next_step


@REACHES
def test_too_many_selectors_are_refused(reach: Reach) -> None:
    with pytest.raises(BadQueryError, match="chooses series 3 times; up to 2 times are allowed"):
        narrowed("a + b + c", reach, "namespace", Limits(selectors=2))


@REACHES
@pytest.mark.parametrize(
    "expression",
    [
        "max_over_time(rate(up[5m])[1d:1m])",
        "rate(up[31d])",
        "(" * 24 + "up" + ")" * 24,
        "up{a='" + "(" * 100 + "+" * 100 + "'}",
        'up{a!="",b!="",c!="",d!="",e!="",f!=""} # ' + "(" * 100,
    ],
    ids=lambda text: text[:40],
)
def test_what_people_ask_is_within_the_limits(expression: str, reach: Reach) -> None:
    assert narrowed(expression, reach, "namespace")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("rate(up[32d] smoothed)", "looks back further"),
        ("max_over_time((up smoothed)[1d:1s])", "evaluates what is in it 86,400 times"),
    ],
)
def test_limits_hold_in_promql_that_is_newer_than_the_bot(expression: str, words: str) -> None:
    with pytest.raises(BadQueryError, match=words):
        narrowed(expression, Reach(), "namespace")


@pytest.mark.parametrize(
    "expression",
    ["up smoothed", "rate(up[5m + 5m])", "rate(up[step()])", "max_over_time(up[max(5m, step()):])"],
)
def test_promql_that_is_newer_than_the_bot_goes_as_it_was_typed(expression: str) -> None:
    assert narrowed(expression, Reach(), "namespace") == expression


@pytest.mark.parametrize(
    ("asked", "words", "next_step"),
    [
        (span(timedelta(0)), "ends before it begins", "--from before --to"),
        (span(timedelta(hours=-1)), "ends before it begins", "--from before --to"),
        (span(timedelta(days=8)), "a range of 8d is longer than 1w", "--range 1w"),
        (span(timedelta(days=7), timedelta(seconds=1)), "more than 11,000 points", "--step 55s"),
        (span(timedelta(days=7), timedelta(0)), "more than 11,000 points", "--step"),
    ],
    ids=str,
)
def test_a_span_that_is_too_much_is_refused(asked: Span, words: str, next_step: str) -> None:
    with pytest.raises(BadQueryError, match=words) as caught:
        check_span(asked, LIMITS)
    assert next_step in caught.value.next_step


def test_a_span_within_the_limits_is_allowed() -> None:
    check_span(span(timedelta(days=7)), LIMITS)
    check_span(span(timedelta(seconds=1), timedelta(seconds=1)), LIMITS)
