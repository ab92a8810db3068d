"""Units, and values as they are written in them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.measures import (
    NUMBER,
    UNITS,
    Base,
    Unit,
    digits,
    read_unit,
    scale,
    unit_name,
    weighed,
    written,
)
from bot.core.units import DAY, HOUR
from tests.every import every


@every(
    ("value", "base", "text"),
    [
        (0.0, "", "0"),
        (3.0, "", "3"),
        (9999.0, "", "9999"),
        (12345.0, "", "12.3k"),
        (999_960.0, "", "1M"),
        (1.2345e9, "", "1.23G"),
        (0.5, "", "0.5"),
        (123.456, "", "123"),
        (-0.00012345, "", "-0.000123"),
        (1.5e-9, "", "1.5e-09"),
        (1e300, "", "1e+300"),
        (1.5e308, "bytes", "1.5e+308 B"),
        (math.nan, "", "NaN"),
        (math.inf, "bytes", "+Inf"),
        (-math.inf, "seconds", "-Inf"),
        (0.0, "bytes", "0 B"),
        (512.0, "bytes", "512 B"),
        (1536.0, "bytes", "1.5 KiB"),
        (3 * 2.0**30, "bytes", "3 GiB"),
        (-(2.0**20), "bytes", "-1 MiB"),
        (0.0, "seconds", "0 s"),
        (0.25, "seconds", "250 ms"),
        (0.99996, "seconds", "1 s"),
        (0.0000123, "seconds", "12.3 µs"),
        (5e-9, "seconds", "5 ns"),
        (90.0, "seconds", "90 s"),
        (3 * HOUR + 12 * 60.0, "seconds", "3h12m"),
        (-2.0 * DAY, "seconds", "-2d"),
        (1e30, "seconds", "1e+30 s"),
        (250.0, "milliseconds", "250 ms"),
        (1500.0, "milliseconds", "1.5 s"),
        (3_600_000.0, "milliseconds", "60m"),
        (0.1234, "ratio", "12.3%"),
        (0.0, "ratio", "0%"),
        (99.95, "percent", "100%"),
        (0.25, "cores", "0.25 cores"),
        (1.0, "cores", "1 core"),
        (45.25, "celsius", "45.2 °C"),
        (1_700_000_000.0, "timestamp", "2023-11-14 22:13:20"),
        (-5.0, "timestamp", "-5"),
        (1e18, "timestamp", "1e+18"),
    ],
)
def test_a_value_is_short(value: float, base: Base, text: str) -> None:
    """Three digits that mean something, and a unit that a person would choose."""
    assert written(value, Unit(base)) == text


@pytest.mark.parametrize(
    ("value", "base", "text"),
    [
        (3.0, "", "3/s"),
        (12345.6, "", "12.3k/s"),
        (1536.0, "bytes", "1.5 KiB/s"),
        (300.0, "seconds", "300 s/s"),
        (0.002, "seconds", "2 ms/s"),
        (12.0, "timestamp", "12/s"),
    ],
)
def test_a_rate_says_so(value: float, base: Base, text: str) -> None:
    """What grows is not what is there."""
    assert written(value, Unit(base, per_second=True)) == text


@every("name", UNITS)
def test_a_unit_is_read_by_its_name(name: str) -> None:
    """What can be typed is what is said."""
    unit = read_unit(name)
    assert unit is not None
    assert unit_name(unit) == name


@pytest.mark.parametrize("typed", ["", "apples", "bytes/m", "bytes/", "/h", " "])
def test_what_is_no_unit_is_none(typed: str) -> None:
    """Nothing is guessed from what was typed."""
    assert read_unit(typed) is None


def test_short_names_of_rates_are_read() -> None:
    """`/s` is a plain number each second, in whatever case."""
    assert read_unit("/s") == Unit(per_second=True)
    assert read_unit("Seconds/s") == Unit("seconds", per_second=True)


def test_smaller_values_share_the_scale_of_the_largest() -> None:
    """An axis has one unit."""
    chosen = scale(5 * 2.0**20, Unit("bytes", per_second=True))
    assert (chosen.divisor, chosen.suffix) == (2.0**20, " MiB/s")
    assert scale(math.inf, NUMBER).divisor == 1.0


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(UNITS))
def test_every_value_can_be_written(value: float, name: str) -> None:
    """However large or small it is, it is short."""
    unit = read_unit(name)
    assert unit is not None
    assert 0 < len(written(value, unit)) <= 24


@pytest.mark.parametrize(
    "rising",
    [
        ["-Inf", "-3", "0", "0.5", "9999", "12.3k", "1M", "1.5e+22", "+Inf"],
        ["0 B", "512 B", "1.5 KiB", "900 KiB", "1 MiB", "2 GiB"],
        ["-1 KiB/s", "0 B/s", "1 KiB/s"],
        ["1 ns", "12.3 µs", "250 ms", "90 s", "2m", "179m", "3h12m", "2d4h", "1y"],
        ["2%", "12.3%", "100%"],
        ["0.25 cores", "1 core", "1.5 cores"],
        ["-3.5 °C", "45.2 °C"],
    ],
)
def test_what_is_written_can_be_sorted(rising: list[str]) -> None:
    """A column is sorted by what it says, not by its letters."""
    weights = weighed(reversed(rising))
    assert weights is not None
    assert sorted(rising, key=weights.__getitem__) == rising


@pytest.mark.parametrize(
    "texts", [["1", "250m"], ["web-1", "3"], ["<none>"], ["", "1 B"], ["3 apples"]]
)
def test_what_is_something_else_is_not_sorted_as_values(texts: list[str]) -> None:
    """`250m` beside a 1 is a part of a processor, and no minutes."""
    assert weighed(texts) is None


@given(st.floats(min_value=0), st.floats(min_value=0), st.sampled_from(UNITS))
def test_larger_values_weigh_no_less(one: float, other: float, name: str) -> None:
    """Whatever the unit is; a date is sorted as the text that it is."""
    unit = read_unit(name)
    assert unit is not None
    texts = [written(value, unit) for value in sorted((one, other))]
    if (weights := weighed(texts)) is not None:
        assert weights[texts[0]] <= weights[texts[1]] * (1 + 1e-12)


@given(st.floats(min_value=1e-4, max_value=1e12))
def test_three_digits_lose_half_a_percent_at_most(number: float) -> None:
    """What is written reads back to nearly the same."""
    assert math.isclose(float(digits(number)), number, rel_tol=0.00501)
