"""Strings of PromQL are read as Go reads them, and written so that nobody reads them otherwise."""

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prometheus.literals import PIECE, blanked, quoted, respelled, unquoted
from tests.every import every

TEXTS = st.text(st.characters(codec="utf-8"))


@given(TEXTS)
def test_a_value_is_written_as_one_string_and_read_back(value: str) -> None:
    written = quoted(value)
    assert PIECE.fullmatch(written)
    assert unquoted(written) == value
    literal = promql_parser.parse(written)
    assert isinstance(literal, promql_parser.StringLiteral)
    assert literal.val == value


@every(
    ("literal", "value"),
    [
        ('"a"', "a"),
        ("'a'", "a"),
        ("`a\\n'\"`", "a\\n'\""),
        ("'it\\'s'", "it's"),
        ('"\\a\\b\\f\\n\\r\\t\\v\\\\\\""', '\a\b\f\n\r\t\v\\"'),
        ('"\\x41\\101\\u0041\\U00000041"', "AAAA"),
        ('"\\xc3\\xa9\\303\\251"', "éé"),
        ('"\\U0001F600"', "😀"),
        ('""', ""),
    ],
)
def test_a_literal_has_its_value(literal: str, value: str) -> None:
    assert unquoted(literal) == value


@every(
    "literal",
    ['"\\xff"', '"\\377"', '"\\400"', '"\\q"', '"\\x4"', '"\\ud800"', '"\\UFFFFFFFF"', "'\\\"'"],
)
def test_what_is_no_string_is_told(literal: str) -> None:
    with pytest.raises(ValueError, match=r"\\"):
        unquoted(literal)


def test_strings_and_comments_are_blanked_in_place() -> None:
    assert blanked("a{b='(', c=`\n\"`} # [\n+ 1") == "a{b=   , c=    }    \n+ 1"
    assert blanked('"\\"{" + 1') == "      + 1"


def test_strings_are_respelled_and_comments_left_out() -> None:
    assert respelled("a{b='\"', c=`\\d`} # x\n") == 'a{b="\\"", c="\\\\d"}  \n'
