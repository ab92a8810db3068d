"""JSON decoded piece by piece, so that other threads have their turn, and no more than is allowed.

A decoder of the whole holds the interpreter for a tenth of a second over 8 MB. Pure.
"""

import re
from collections.abc import Iterator, Mapping
from json import JSONDecoder
from typing import Any

# Objects and lists are opened so deep, and lists of lists one deeper: of a query's answer
# `data.result[].values[]`, of the rules `data.groups[].rules[]`. What is below is small, and
# decoded at once.
_DEPTH = 4
_SPACES = (" ", "\t", "\n", "\r")
_SPACE = re.compile(r"[ \t\n\r]*")
_FIRST = re.compile(r"\[[ \t\n\r]*[\[{]")
_WHOLE = JSONDecoder(strict=False)


class MoreError(Exception):
    """There is more at a depth than was asked for."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.depth = depth


class NoJsonError(Exception):
    """It is no JSON."""


def decode(body: bytes, most: Mapping[int, int]) -> Any:
    """Return what the JSON holds.

    `most` is how many elements all lists of a depth may have together: those of the list in
    `{"data": [...]}` are of depth 2.

    Raises:
        NoJsonError: it is none, or not in UTF-8.
        MoreError: there are more elements than that; decoding ended there.
    """
    try:
        return _Walk(body.decode("utf-8"), dict(most)).whole()
    except (ValueError, RecursionError) as error:
        raise NoJsonError from error


class _Walk:
    """A place in the text, which moves over what is decoded."""

    def __init__(self, text: str, left: dict[int, int]) -> None:
        self._text = text
        self._left = left
        self._at = 0

    def whole(self) -> Any:
        found = self._value(0)
        if self._next():
            raise ValueError("something follows")
        return found

    def _value(self, depth: int) -> Any:
        character = self._next()
        if depth < _DEPTH and character == "{":
            return dict(self._members(depth))
        if character == "[" and (depth < _DEPTH or (depth == _DEPTH and self._is_of_lists())):
            return list(self._elements(depth))
        found, self._at = _WHOLE.raw_decode(self._text, self._at)
        return found

    def _is_of_lists(self) -> bool:
        """Tell whether the list here holds lists or objects; of numbers and texts there are two."""
        return _FIRST.match(self._text, self._at) is not None

    def _members(self, depth: int) -> Iterator[tuple[str, Any]]:
        for _ in self._separated("}"):
            if self._next() != '"':
                raise ValueError("a name is missing")
            name, self._at = _WHOLE.raw_decode(self._text, self._at)
            self._take(":")
            yield name, self._value(depth + 1)

    def _elements(self, depth: int) -> Iterator[Any]:
        inner = depth + 1
        for _ in self._separated("]"):
            if inner in self._left:
                self._left[inner] -= 1
                if self._left[inner] < 0:
                    raise MoreError(inner)
            yield self._value(inner)

    def _separated(self, end: str) -> Iterator[None]:
        self._at += 1
        if self._next() == end:
            self._at += 1
            return
        while True:
            yield
            if self._next() == end:
                self._at += 1
                return
            self._take(",")

    def _take(self, character: str) -> None:
        if self._next() != character:
            raise ValueError(f"{character} is missing")
        self._at += 1

    def _next(self) -> str:
        """Return the next character that is no space; empty at the end."""
        character = self._text[self._at : self._at + 1]
        if character not in _SPACES:
            return character
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]
