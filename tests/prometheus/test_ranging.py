"""The time of a graph, as it is typed and as it is asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UsageError
from bot.core.metrics import Span
from bot.prometheus.ranging import (
    POINTS,
    Typed,
    fitting_step,
    pinned,
    remarks,
    shifted,
    span_of,
    split_range,
)
from tests.every import every

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SIX_HOURS = Typed(range="6h")


@every(
    ("text", "expression", "length"),
    [
        ("up 1h", "up", "1h"),
        ("up  1h30m ", "up", "1h30m"),
        ("up\n1h", "up", "1h"),
        ("sum by (pod) (rate(a[5m])) 7d", "sum by (pod) (rate(a[5m]))", "7d"),
        ('up{job="a 1h"} 30m', 'up{job="a 1h"}', "30m"),
        # What is PromQL as a whole stays whole.
        ("up offset 1h", "up offset 1h", ""),
        ("x * 1h", "x * 1h", ""),
        ("up # 1h", "up # 1h", ""),
        ("1h", "1h", ""),
        ("up", "up", ""),
        # What is none without it either is told as it was typed.
        ("sum(up offset 1h", "sum(up offset 1h", ""),
        ("sum(up 1h", "sum(up 1h", ""),
        ("up 1hour", "up 1hour", ""),
        ("(" * 50_000 + "up 1h", "(" * 50_000 + "up 1h", ""),
    ],
)
def test_a_duration_behind_the_expression_is_the_range(
    text: str, expression: str, length: str
) -> None:
    assert split_range(text) == (expression, length)


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        (Typed(), "11:00", "12:00"),
        (Typed(range="30m"), "11:30", "12:00"),
        (Typed(start="2h"), "10:00", "12:00"),
        (Typed(start="08:00", range="30m"), "08:00", "08:30"),
        (Typed(start="08:00", end="2026-11-29T09:30:00Z"), "08:00", "09:30"),
        (Typed(end="1h", range="2h"), "09:00", "11:00"),
        (Typed(end="09:00"), "08:00", "09:00"),
    ],
)
def test_a_time_is_said_by_its_length_or_by_its_ends(typed: Typed, start: str, end: str) -> None:
    span = span_of(typed, NOON)
    assert (f"{span.start:%H:%M}", f"{span.end:%H:%M}") == (start, end)
    assert span.end.date() == NOON.date()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (Typed(range="1h", start="08:00", end="09:00"), "one too many"),
        (Typed(start="09:00", end="08:00"), "ends before it begins"),
        (Typed(start="13:00"), "ends before it begins"),
        (Typed(range="soon"), "no duration"),
        (Typed(start="soon"), "no moment"),
        (Typed(step="0s"), "no duration"),
    ],
)
def test_what_makes_no_time_is_said(typed: Typed, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        span_of(typed, NOON)


@pytest.mark.parametrize(
    ("length", "step"),
    [("5m", "15s"), ("1h", "15s"), ("6h", "2m"), ("1d", "10m"), ("7d", "1h"), ("365d", "2d")],
)
def test_steps_are_round_and_as_many_as_a_phone_can_show(length: str, step: str) -> None:
    span = span_of(Typed(range=length), NOON)
    assert span == span_of(Typed(range=length, step=step), NOON)
    assert (span.end - span.start) / span.step <= POINTS


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=4_000)))
def test_there_are_never_too_many_steps(length: timedelta) -> None:
    assert length / fitting_step(length) <= POINTS
    assert fitting_step(length) >= timedelta(seconds=15)


def test_a_step_that_is_too_small_is_raised_and_that_is_said() -> None:
    typed = Typed(range="6h", step="1s")
    span = span_of(typed, NOON)
    assert (span.end - span.start) / span.step < 11_000
    assert list(remarks("rate(x[5m])", span, typed)) == [
        "The step is 2s: Prometheus gives at most 11,000 points of a series."
    ]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (
            "node_load1",
            [
                "Each point is the last value of 2m; "
                "max_over_time(node_load1[2m]) shows the peaks between."
            ],
        ),
        (
            "rate(x[1m])",
            ["Each point is about the 1m before it, once every 2m; the rest is not looked at."],
        ),
        ("sum(up)", ["Each point is of the last values of 2m."]),
        ("rate(x[5m])", []),
        ("max_over_time(rate(x[5m])[10m:])", []),
        ("not PromQL at all", []),
    ],
)
def test_what_lies_between_the_steps_is_said(expression: str, words: list[str]) -> None:
    assert list(remarks(expression, span_of(SIX_HOURS, NOON), SIX_HOURS)) == words


def test_close_steps_leave_nothing_out() -> None:
    assert list(remarks("node_load1", span_of(Typed(), NOON), Typed())) == []


def test_the_same_time_a_day_ago() -> None:
    day = timedelta(days=1)
    assert shifted(Span(NOON, NOON + day, day), day) == Span(NOON - day, NOON, day)


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ('sum(rate(x{namespace="shop", pod=~"web-.*"}[5m]))', {"namespace": "shop"}),
        ('a{namespace="shop", job="b"} / c{namespace="shop", job="d"}', {"namespace": "shop"}),
        ('a{namespace="shop"} / c', {}),
        ('a{namespace="shop" or namespace="ops"}', {}),
        ("1 + 1", {}),
        ("not PromQL at all", {}),
    ],
)
def test_what_every_selector_asks_for_holds_for_the_whole(
    expression: str, labels: dict[str, str]
) -> None:
    assert pinned(expression) == labels
