"""How Go reads the value of a flag: switches, whole numbers, durations and lists.

Each reader raises `ValueError` with Go's own words, because kubectl prints them.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from bot.core.command import FlagKind
from bot.core.quoting import quote
from bot.core.units import parse_go_duration

_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_DIGITS = re.compile(r"[0-9a-zA-Z_]+", re.ASCII)
_DURATION_TERM = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?P<unit>[^.0-9]*)")
_DURATION_UNITS = frozenset({"ns", "us", "µs", "μs", "ms", "s", "m", "h"})


def read_switch(text: str) -> bool:
    """Return what `strconv.ParseBool` reads."""
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError(f"strconv.ParseBool: parsing {quote(text)}: invalid syntax")


def read_number(text: str, bits: int = 64) -> int:
    """Return what `strconv.ParseInt(text, 0, bits)` reads: `0x10`, `0o17`, `017`, `1_000` too."""
    sign, digits = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    # A leading zero is Go's old way of writing octal, and `0_7` is allowed with it.
    octal = digits[:1] == "0" and digits[1:2].lower() not in ("x", "o", "b")
    try:
        # int() takes more than Go does; an empty text is never a number.
        value = int((f"0o{digits}" if octal else digits) if _DIGITS.fullmatch(digits) else "", 0)
    except ValueError:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax") from None
    value = -value if sign == "-" else value
    if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return value


def read_duration(text: str) -> timedelta:
    """Return what `time.ParseDuration` reads."""
    try:
        return parse_go_duration(text)
    except ValueError:
        raise ValueError(f"time: {_duration_fault(text)} {_time_quote(text)}") from None


def _duration_fault(text: str) -> str:
    rest = text[1:] if text[:1] in ("+", "-") else text
    while match := _DURATION_TERM.match(rest):
        if not match["unit"]:
            return "missing unit in duration"
        if match["unit"] not in _DURATION_UNITS:
            return f"unknown unit {_time_quote(match['unit'])} in duration"
        rest = rest[match.end() :]
    return "invalid duration"


def _time_quote(text: str) -> str:
    # The package `time` quotes by itself: every byte outside of ASCII becomes `\xNN`.
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    data = escaped.encode("utf-8", "surrogatepass")
    return '"' + "".join(chr(b) if 0x20 <= b < 0x80 else f"\\x{b:02x}" for b in data) + '"'


def read_list(text: str) -> tuple[str, ...]:
    """Return the fields of one line of `encoding/csv`; an empty text has none.

    A line break is refused: Go would drop what follows it without a word.
    """
    if "\n" in text:
        raise ValueError("a line break stands in the list")
    fields: list[str] = []
    position = 0 if text else 1
    while position <= len(text):
        read = _quoted_field if text.startswith('"', position) else _bare_field
        field, position = read(text, position)
        fields.append(field)
    return tuple(fields)


def _bare_field(text: str, start: int) -> tuple[str, int]:
    end = text.find(",", start)
    end = len(text) if end < 0 else end
    mark = text.find('"', start, end)
    if mark >= 0:
        raise _csv_error(text, mark, 'bare " in non-quoted-field')
    return text[start:end], end + 1


def _quoted_field(text: str, start: int) -> tuple[str, int]:
    pieces, position = [], start + 1
    while (mark := text.find('"', position)) >= 0:
        pieces.append(text[position:mark])
        position = mark + 2
        following = text[mark + 1 : mark + 2]
        if following in ("", ","):
            return "".join(pieces), position
        if following != '"':
            raise _csv_error(text, mark, 'extraneous or missing " in quoted-field')
        pieces.append('"')
    raise _csv_error(text, len(text), 'extraneous or missing " in quoted-field')


def _csv_error(text: str, index: int, fault: str) -> ValueError:
    # Go counts the column in bytes.
    column = len(text[:index].encode("utf-8", "surrogatepass")) + 1
    return ValueError(f"parse error on line 1, column {column}: {fault}")


READERS: Mapping[FlagKind, Callable[[str], object]] = {
    FlagKind.BOOL: read_switch,
    FlagKind.STRING: str,
    FlagKind.INT: read_number,
    FlagKind.INT32: partial(read_number, bits=32),
    FlagKind.DURATION: read_duration,
    FlagKind.STRING_SLICE: read_list,
    FlagKind.STRING_ARRAY: lambda text: (text,),
}
