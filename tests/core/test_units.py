"""Ages, Go durations and quantities."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.units import (
    DAY,
    HOUR,
    MINUTE,
    YEAR,
    human_duration,
    parse_go_duration,
    parse_quantity,
)
from tests.every import every


@every(
    ("seconds", "text"),
    [
        (-2, "<invalid>"),
        (-1.5, "0s"),
        (-0.1, "0s"),
        (0, "0s"),
        (0.999, "0s"),
        (119.9, "119s"),
        (2 * MINUTE, "2m"),
        (2 * MINUTE + 1, "2m1s"),
        (10 * MINUTE - 1, "9m59s"),
        (10 * MINUTE, "10m"),
        (10 * MINUTE + 59, "10m"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 61, "3h1m"),
        (8 * HOUR - 1, "7h59m"),
        (8 * HOUR + 59 * MINUTE, "8h"),
        (2 * DAY - 1, "47h"),
        (2 * DAY, "2d"),
        (2 * DAY + HOUR, "2d1h"),
        (8 * DAY - 1, "7d23h"),
        (8 * DAY + 23 * HOUR, "8d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + DAY, "2y1d"),
        (8 * YEAR - 1, "7y364d"),
        (8 * YEAR + 300 * DAY, "8y"),
        (100 * YEAR, "100y"),
    ],
)
def test_an_age_is_written_as_kubectl_writes_it(seconds: float, text: str) -> None:
    assert human_duration(seconds) == text


@given(st.integers(0, 100 * YEAR))
def test_an_age_names_at_most_two_units_and_no_zero_beside_another(seconds: int) -> None:
    text = human_duration(seconds)
    assert sum(map(str.isalpha, text)) <= 2
    assert text == "0s" or not text.startswith("0")
    assert "0" not in [part for part in text.replace("y", "d").split("d") if part.isdigit()][1:]


@every(
    ("text", "expected"),
    [
        ("0", timedelta(0)),
        ("-0", timedelta(0)),
        ("5s", timedelta(seconds=5)),
        ("+5s", timedelta(seconds=5)),
        ("-1.5s", timedelta(seconds=-1.5)),
        ("1h30m", timedelta(hours=1.5)),
        ("30m1h", timedelta(hours=1.5)),
        (".5s", timedelta(milliseconds=500)),
        ("1.s", timedelta(seconds=1)),
        ("100ms", timedelta(milliseconds=100)),
        ("3us", timedelta(microseconds=3)),
        ("3µs", timedelta(microseconds=3)),
        ("3μs", timedelta(microseconds=3)),
        ("1999ns", timedelta(microseconds=1)),
        ("1m0.0000019s", timedelta(seconds=60, microseconds=1)),
        ("2562047h47m16.854775807s", timedelta(microseconds=9223372036854775)),
        ("-2562047h47m16.854775808s", timedelta(microseconds=-9223372036854775)),
    ],
)
def test_a_go_duration_is_read(text: str, expected: timedelta) -> None:
    assert parse_go_duration(text) == expected


@every(
    "text",
    [
        *("", "5", "5d", "s", ".s", ".", "-", "1h 5m", "1h-5m", "1e3s", " 5s", "5s ", "5S", "٥s"),
        *("--5s", "2562047h47m16.854775808s", "9999999h"),
    ],
    ids=repr,
)
def test_what_go_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        parse_go_duration(text)


# What `kubectl create quota --dry-run=client` of 1.37.1 makes of them.
CANONICAL = {
    "0": "0",
    "-0": "0",
    "0Ki": "0",
    "Ki": "0",
    "1": "1",
    "1.5": "1500m",
    ".5": "500m",
    "0.1": "100m",
    "100m": "100m",
    "999m": "999m",
    "1000m": "1",
    "1500k": "1500k",
    "1000k": "1M",
    "1024": "1024",
    "1Ki": "1Ki",
    "0.5Ki": "512",
    "1.5Ki": "1536",
    "0.001Ki": "1024m",
    "1000Ki": "1000Ki",
    "1024Ki": "1Mi",
    "1.5Gi": "1536Mi",
    "-1.5Gi": "-1536Mi",
    "3Ei": "3Ei",
    "8Ei": "9223372036854775807",
    "9223372036854775808": "9223372036854775808",
    "1e19": "10e18",
    "1e16": "10e15",
    "1E2": "100",
    "1.5e3": "1500",
    "2.5e-1": "250e-3",
    "1n": "1n",
    "0.5n": "1n",
    "1.23456789012": "1234567891n",
    "0.0000000001": "1n",
}


@every(("text", "canonical"), CANONICAL.items())
def test_a_quantity_is_written_canonically(text: str, canonical: str) -> None:
    assert str(parse_quantity(text)) == canonical


@every(
    ("text", "value"),
    [
        ("1e3", 1000),
        ("1E", 10**18),
        ("1E3", 1000),
        ("+5", 5),
        ("5.", 5),
        ("-1u", Decimal("-0.000001")),
        ("-0.1n", Decimal("-1e-9")),
        ("E", 0),
        ("e5", 0),
        ("1e30", Decimal("1e30")),
        ("12e4567890", Decimal("12e4567890")),
        ("1" * 60 + ".5Ki", Decimal(f"{int('1' * 60 + '5') * 1024 // 10}")),
    ],
)
def test_a_quantity_is_exact(text: str, value: Decimal | int) -> None:
    cap = Decimal(2**63 - 1)
    assert parse_quantity(text).value == (min(value, cap) if text.endswith("Ki") else value)


@every(
    "text",
    [
        *("", " 1", "1 ", "1K", "1_000", "NaN", "inf", "1e", "1e-", "1e3k", "1e2Ki", "1Mi5"),
        *("0x10", "abc", "1,5", "٣", "1.2.3", "--1"),
    ],
    ids=repr,
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        parse_quantity(text)


quantities = st.from_regex(
    r"[+-]?([0-9]{1,12}\.?[0-9]{0,9}|\.[0-9]{1,9})(Ki|Mi|Gi|Ti|[numkMGT]|[eE][+-]?[0-9]{1,2})?",
    fullmatch=True,
).filter(str.isascii)


@given(quantities)
def test_the_canonical_form_reads_back_and_is_its_own(text: str) -> None:
    first = parse_quantity(text)
    again = parse_quantity(str(first))
    assert again.value == first.value
    assert str(again) == str(first) or first.family != again.family


@given(st.lists(quantities, min_size=2))
def test_quantities_are_ordered_by_their_values(texts: list[str]) -> None:
    found = sorted(map(parse_quantity, texts))
    assert [one.value for one in found] == sorted(one.value for one in found)


@given(st.text(max_size=12))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert parse_quantity(text).value.is_finite()
