"""Moments and durations as they are typed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.errors import UsageError
from bot.prometheus.moments import read_moment, read_span, said
from tests.every import every

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@every(
    ("typed", "moment"),
    [
        ("10m", NOW - timedelta(minutes=10)),
        ("-10m", NOW - timedelta(minutes=10)),
        ("1h30m ago", NOW - timedelta(minutes=90)),
        ("2d", NOW - timedelta(days=2)),
        ("1767268800", NOW),
        ("1767268800.5", NOW + timedelta(seconds=0.5)),
        ("2026-01-01T12:00:00Z", NOW),
        ("2026-01-01T14:00:00+02:00", NOW),
        ("2026-01-01 12:00", NOW),
        ("2026-01-01", NOW - timedelta(hours=12)),
        ("11:15", NOW - timedelta(minutes=45)),
        ("9:05", NOW - timedelta(hours=2, minutes=55)),
        (" 11:15:30 ", NOW - timedelta(minutes=44, seconds=30)),
    ],
)
def test_a_moment_is_read(typed: str, moment: datetime) -> None:
    assert read_moment(typed, NOW) == moment


@every("typed", ["", "soon", "25:00", "10", "10x", "2026-13-01", "1e9", "now"])
def test_what_is_no_moment_is_refused_with_the_forms(typed: str) -> None:
    with pytest.raises(UsageError, match="is no moment") as refused:
        read_moment(typed, NOW)
    assert "10m (ago)" in refused.value.next_step


def test_a_span_is_read_as_promql_writes_it() -> None:
    assert read_span("1h30m") == timedelta(minutes=90)
    assert read_span("7d") == timedelta(days=7)


@pytest.mark.parametrize("typed", ["", "x", "1q", "99999999999y"])
def test_what_is_no_span_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="is no duration"):
        read_span(typed)


def test_a_moment_is_said_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=2)))
    assert said(there) == "2026-01-01 12:00:00 UTC"
