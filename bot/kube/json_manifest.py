"""JSON documents as plain values, held to what YAML documents are held to. Pure.

Python's decoder makes the values; what it says nothing about, depth and keys that stand twice, is
found by a look at the brackets and texts of what it took.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from bot.kube.faults import FaultError, shown
from bot.kube.scalars import Scalar, read_scalar
from bot.kube.yaml_manifest import MOST_DEPTH, TOO_DEEP

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_COLON = re.compile(r"\s*:")
_BLANK = re.compile(r"\s*")
_HALF = re.compile("[\ud800-\udfff]")


class NoJsonError(FaultError):
    """The text is no JSON at all."""


def read_json(text: str) -> Iterator[tuple[int, int, Any]]:
    """Yield where the values begin and end that stand one after the other, and the values.

    Raises:
        FaultError: one cannot be read, or holds what manifests may not.
    """
    position = _begin(text, 0)
    while position < len(text):
        value, end = _decoded(text, position)
        _check(text, position, end)
        yield position, end, value
        position = _begin(text, end)


def _begin(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _decoded(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except RecursionError:
        raise FaultError(1, *TOO_DEEP) from None
    except _NoNumberError as error:
        line = _line(text, max(text.find(error.written, position), position))
        instead = "Write it as a text, in double quotes."
        raise FaultError(line, "it holds a number that JSON does not have", instead) from None
    except json.JSONDecodeError as error:
        problem = f"it is no JSON: {error.msg}"
        raise NoJsonError(error.lineno, problem, "Look at the commas and quotes there.") from error


class _NoNumberError(Exception):
    """There is no such number."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.written = written


def _number(written: str) -> Scalar:
    value = read_scalar(written)
    if isinstance(value, str):  # it is beyond every float
        raise _NoNumberError(written)
    return value


def _constant(written: str) -> NoReturn:
    raise _NoNumberError(written)


_DECODER = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_constant)


def _check(text: str, start: int, end: int) -> None:
    opened: list[set[str] | None] = []
    for found in _TOKEN.finditer(text, start, end):
        match found[0][0]:
            case "{" | "[" as bracket:
                if len(opened) >= MOST_DEPTH:
                    raise FaultError(_line(text, found.start()), *TOO_DEEP)
                opened.append(set() if bracket == "{" else None)
            case "}" | "]":
                opened.pop()
            case _:
                _check_text(text, found, opened[-1] if opened else None)


def _check_text(text: str, found: "re.Match[str]", keys: set[str] | None) -> None:
    written = json.loads(found[0]) if "\\" in found[0] else found[0][1:-1]
    if _HALF.search(written):
        sentence = "it holds half a character (a lone surrogate)"
        raise FaultError(_line(text, found.start()), sentence, "Write the character out.")
    if keys is None or not _COLON.match(text, found.end()):
        return
    if written in keys:
        sentence = f"the key {shown(written)} stands there twice"
        instead = "Leave one of them out: which one counts differs by reader."
        raise FaultError(_line(text, found.start()), sentence, instead)
    keys.add(written)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
