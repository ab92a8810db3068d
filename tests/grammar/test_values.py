from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.values import (
    READERS,
    read_duration,
    read_list,
    read_number,
    read_switch,
)
from tests.every import every


@pytest.mark.parametrize("text", ["1", "t", "T", "true", "TRUE", "True"])
def test_a_switch_is_turned_on_by(text: str) -> None:
    assert read_switch(text) is True


@pytest.mark.parametrize("text", ["0", "f", "F", "false", "FALSE", "False"])
def test_a_switch_is_turned_off_by(text: str) -> None:
    assert read_switch(text) is False


@every(
    ("text", "number"),
    [
        ("0", 0),
        ("-0", 0),
        ("5", 5),
        ("+5", 5),
        ("-5", -5),
        ("0x1F", 31),
        ("0X1f", 31),
        ("0b101", 5),
        ("0o17", 15),
        ("017", 15),
        ("0_7", 7),
        ("00", 0),
        ("1_000", 1000),
        ("0x_f", 15),
        ("-0x10", -16),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_a_number_is_read_in_gos_bases(text: str, number: int) -> None:
    assert read_number(text) == number


@every(
    ("text", "fault"),
    [
        ("", "invalid syntax"),
        ("-", "invalid syntax"),
        ("--5", "invalid syntax"),
        (" 5", "invalid syntax"),
        ("5 ", "invalid syntax"),
        ("1.0", "invalid syntax"),
        ("1e3", "invalid syntax"),
        ("08", "invalid syntax"),
        ("0x", "invalid syntax"),
        ("_5", "invalid syntax"),
        ("5_", "invalid syntax"),
        ("1__0", "invalid syntax"),
        ("५", "invalid syntax"),
        ("9223372036854775808", "value out of range"),
        ("-9223372036854775809", "value out of range"),
    ],
)
def test_what_is_no_number_is_told_in_gos_words(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^strconv.ParseInt: parsing .*: {fault}$"):
        read_number(text)


@every(
    ("text", "fault"),
    [
        ("", 'invalid duration ""'),
        ("5", 'missing unit in duration "5"'),
        ("1h5", 'missing unit in duration "1h5"'),
        ("5d", 'unknown unit "d" in duration "5d"'),
        ("1h2x3y", 'unknown unit "x" in duration "1h2x3y"'),
        (".s", 'invalid duration ".s"'),
        ("h", 'invalid duration "h"'),
        ("1 h", 'unknown unit " h" in duration "1 h"'),
        ("9999999h", 'invalid duration "9999999h"'),
        ("1é", r'unknown unit "\xc3\xa9" in duration "1\xc3\xa9"'),
        ('1"', r'unknown unit "\"" in duration "1\""'),
    ],
)
def test_what_is_no_duration_is_told_in_gos_words(text: str, fault: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the whole text is compared)
        read_duration(text)
    assert str(caught.value) == f"time: {fault}"


def test_a_duration_adds_its_terms() -> None:
    assert read_duration("-1h30m0.5s") == -timedelta(hours=1, minutes=30, seconds=0.5)


@every(
    ("text", "fields"),
    [
        ("", ()),
        ("a", ("a",)),
        ("a,b", ("a", "b")),
        ("a,", ("a", "")),
        (",", ("", "")),
        ('""', ("",)),
        ('"a,b",c', ("a,b", "c")),
        ('"a""b"', ('a"b',)),
        ('"a",', ("a", "")),
        (" a, b", (" a", " b")),
    ],
)
def test_a_list_is_one_line_of_csv(text: str, fields: tuple[str, ...]) -> None:
    assert read_list(text) == fields


def test_a_line_break_in_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        read_list("a\nb")


@given(st.text(), st.sampled_from(list(READERS.values())))
def test_any_text_is_read_or_refused_by_a_value_error(
    text: str, reader: Callable[[str], object]
) -> None:
    refused = "read"
    try:
        reader(text)
    except ValueError as error:
        refused = str(error)
    assert refused


def test_a_small_number_fits_into_32_bits() -> None:
    assert [read_number(text, bits=32) for text in ("2147483647", "-0x80000000")] == [
        2**31 - 1,
        -(2**31),
    ]
    with pytest.raises(ValueError, match='parsing "2147483648": value out of range'):
        read_number("2147483648", bits=32)
