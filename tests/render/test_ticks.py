"""Axes are marked at round moments and values, in words that tell one from the other."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.measures import NUMBER, Base, Unit
from bot.render.ticks import DAY, HOUR, MINUTE, days, linear, logarithmic, time_ticks
from tests.every import every

MORNING = datetime(2026, 11, 29, 10, 3, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (20, ["10:03:00", "10:03:05", "10:03:10", "10:03:15", "10:03:20"]),
        (HOUR, ["10:10", "10:20", "10:30", "10:40", "10:50", "11:00"]),
        (DAY, ["12:00", "18:00", "30 Nov", "06:00"]),
        (7 * DAY, ["1 Dec", "3 Dec", "5 Dec"]),
        (20 * 365 * DAY, [f"Dec {year}" for year in range(2026, 2045, 3)]),
    ],
)
def test_times_are_round_and_midnight_is_told_by_its_date(
    seconds: float, labels: list[str]
) -> None:
    assert [tick.label for tick in time_ticks(MORNING, MORNING + seconds, 7)] == labels


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (HOUR, "29 Nov 2026"),
        (DAY, "29 – 30 Nov 2026"),
        (9 * DAY, "29 Nov – 8 Dec 2026"),
        (99 * DAY, "29 Nov 2026 – 8 Mar 2027"),
    ],
)
def test_the_days_are_told_once(seconds: float, told: str) -> None:
    assert days(MORNING, MORNING + seconds) == told


def labels(values: list[float], unit: Unit, *, whole: bool = False) -> list[str]:
    return [tick.label for tick in linear(values, unit, 5, whole=whole).ticks]


@every(
    ("values", "unit", "told"),
    [
        ([0, 100], NUMBER, ["0", "25", "50", "75", "100"]),
        ([80e6, 300e6], Unit("bytes"), ["0", "64 MiB", "128 MiB", "192 MiB", "256 MiB"]),
        ([0, 0.3], Unit("seconds"), ["0", "100 ms", "200 ms", "300 ms"]),
        ([0, 7200], Unit("seconds"), ["0", "30m", "60m", "90m", "120m"]),
        ([0, 7.2e6], Unit("milliseconds"), ["0", "30m", "60m", "90m", "120m"]),
        ([0, 0.08], Unit("ratio"), ["0", "2%", "4%", "6%", "8%"]),
        ([0, 5e-10], NUMBER, ["0", "2e-10", "4e-10"]),
        ([1e300, 2e300], NUMBER, ["0", "5e299", "1e300", "1.5e300", "2e300"]),
        ([1e9, 1e9 + 0.01], NUMBER, ["1G", "+0.0025", "+0.005", "+0.0075", "+0.01"]),
        ([1000.0, 1000.1], NUMBER, ["1k", "1.000025k", "1.00005k", "1.000075k", "1.0001k"]),
        ([-40, 60], Unit("celsius"), ["-25 °C", "0", "25 °C", "50 °C"]),
        (
            [MORNING, MORNING + HOUR],
            Unit("timestamp"),
            ["10:00", "10:15", "10:30", "10:45", "11:00"],
        ),
        ([0, 0], NUMBER, ["0", "0.25", "0.5", "0.75", "1", "1.25"]),
        ([-5, -5], NUMBER, ["-6", "-4", "-2", "0"]),
    ],
)
def test_values_are_round_in_their_unit(values: list[float], unit: Unit, told: list[str]) -> None:
    assert labels(values, unit) == told


def test_what_is_counted_is_marked_by_whole_numbers() -> None:
    assert labels([0, 1], NUMBER, whole=True) == ["0", "1"]
    assert labels([3, 3], NUMBER, whole=True) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("values", "unit", "told"),
    [
        ([0.002, 90], Unit("seconds"), ["1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"]),
        ([1, 1e12], NUMBER, ["1", "1000", "1M", "1G", "1T"]),
        ([2, 9], NUMBER, ["1", "2", "5", "10"]),
        ([600, 9e6], Unit("bytes"), ["512 B", "4 KiB", "32 KiB", "256 KiB", "2 MiB"]),
    ],
)
def test_a_logarithmic_axis_marks_powers(values: list[float], unit: Unit, told: list[str]) -> None:
    assert [tick.label for tick in logarithmic(values, unit).ticks][: len(told)] == told


BASES: list[Base] = ["", "bytes", "seconds", "milliseconds", "ratio", "percent", "timestamp"]
VALUES = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=9)


@given(VALUES, st.sampled_from(BASES), st.booleans())
def test_every_value_is_on_its_axis(values: list[float], base: Base, whole: bool) -> None:
    axis = linear(values, Unit(base), 5, whole=whole)
    assert axis.low <= min(values)
    assert max(values) <= axis.high
    assert axis.low < axis.high
    assert len(axis.ticks) <= 12
    assert all(axis.low <= tick.at <= axis.high for tick in axis.ticks[1:-1])


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=9), st.sampled_from(BASES))
def test_every_value_is_on_its_logarithmic_axis(values: list[float], base: Base) -> None:
    axis = logarithmic(values, Unit(base))
    assert axis.low <= min(values) * 1.000001
    assert max(values) <= axis.high * 1.000001
    assert 2 <= len(axis.ticks) <= 9


# Prometheus knows no moment between two milliseconds.
@given(st.integers(0, 4 * 10**12).map(lambda ms: ms / 1_000), st.floats(0, 1e9))
def test_moments_are_few_and_within_the_time(start: float, seconds: float) -> None:
    ticks = time_ticks(start, start + seconds, 7)
    assert len(ticks) <= 7
    assert all(start <= tick.at <= start + max(seconds, MINUTE) for tick in ticks)
