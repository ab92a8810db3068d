"""From the text of a template to its pieces."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from bot.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Literal:
    """Text, a number or a truth value that stands in the template itself."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Word:
    """`range`, `end`, or a word that means nothing."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Elements of a list, as `[1]`, `[-1]`, `[0:2]` or `[::2]`."""

    start: int | None
    stop: int | None
    step: int | None
    single: bool
    """One element was named: `stop` is then the one behind it."""


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Every value."""


@dataclass(frozen=True, slots=True)
class Descent:
    """Every value at any depth, `..`."""


@dataclass(frozen=True, slots=True)
class Union:
    """The values of several paths, one after the other."""

    paths: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """The elements of a list for which a comparison holds; `exists` compares nothing."""

    left: "Path"
    operator: str
    right: "Path"


Node: TypeAlias = Literal | Word | Field | Slice | Wildcard | Descent | Union | Filter
Path: TypeAlias = tuple[Node, ...]
"""What stands between one pair of braces: each node takes what the one before it found."""
Template: TypeAlias = tuple[Path, ...]

_TERMINATORS = frozenset(" \t\r\n.,[]$@{}")
_DICTIONARY_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[\d.]*")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ESCAPE = re.compile(
    r"\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})"
    r"|(?P<o>[0-7]{3})|(?P<c>.))|(?P<bare>[\\\"'])",
    re.DOTALL,
)

_SURROGATES = range(0xD800, 0xE000)


def read_template(text: str) -> Template:
    """Return the template of a text such as `{range .items[*]}{.metadata.name} {end}`.

    Raises:
        TemplateError: the text is none.
    """
    return _Reader(text).template()


def relaxed(path: str) -> str:
    """Return `metadata.name`, `.metadata.name` or `{.metadata.name}` as `{.metadata.name}`.

    Raises:
        UsageError: it is none of these.
    """
    if not path:
        return path
    match = re.fullmatch(r"\{\.?([^{}]+)\}|\.?([^{}]+)", path)
    if match is None:
        raise UsageError(
            "error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or "
            "'{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{match[1] or match[2]}}}"


class TemplateError(Exception):
    """A text is not a template; what is wrong with it is told in client-go's words."""


class _Reader:
    """Reads from left to right; each method leaves the position behind what it read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def template(self) -> Template:
        paths: list[Path] = []
        while self._at < len(self._text):
            opening = self._text.find("{", self._at)
            plain = self._text[self._at :] if opening < 0 else self._text[self._at : opening]
            if plain:
                paths.append((Literal(plain),))
            if opening < 0:
                break
            self._at = opening + 1
            paths.append(self._path())
        return tuple(paths)

    def _path(self) -> Path:
        nodes: list[Node] = []
        while not self._take("}"):
            if self._take("[?("):
                nodes.append(self._filter())
            elif self._take(".."):
                nodes += self._descent(nodes)
            else:
                nodes += self._step()
        return tuple(nodes)

    def _step(self) -> tuple[Node, ...]:
        char = self._next()
        if char in ("", "\r", "\n"):
            raise TemplateError("unclosed action")
        if char in " @$":
            return ()
        if char == "[":
            return self._brackets()
        if char in "\"'":
            return (Literal(self._quoted(char)),)
        if char == ".":
            return (self._field(),)
        self._at -= 1
        if char in "+-" or char.isdigit():
            return (self._number(),)
        if char == "_" or char.isalpha():
            return (self._word(),)
        raise TemplateError(f"unrecognized character in action: U+{ord(char):04X} '{char}'")

    def _descent(self, before: list[Node]) -> list[Node]:
        if before and isinstance(before[-1], Descent):
            raise TemplateError("invalid multiple recursive descent")
        char = self._text[self._at : self._at + 1]
        named = char == "_" or char.isalnum()
        return [Descent(), self._field()] if named else [Descent()]

    def _field(self) -> Node:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _TERMINATORS:
            self._at += 2 if self._text[self._at] == "\\" else 1
        name = self._text[start : self._at]
        return Wildcard() if name == "*" else Field(name.replace("\\", ""))

    def _word(self) -> Node:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _TERMINATORS:
            self._at += 1
        name = self._text[start : self._at]
        return Literal(name == "true") if name in ("true", "false") else Word(name)

    def _number(self) -> Node:
        match = _NUMBER.match(self._text, self._at)
        text = match[0] if match else ""
        self._at += len(text)
        for kind in (int, float):
            try:
                return Literal(kind(text))
            except ValueError:
                continue
        raise TemplateError(f"cannot parse number {text}")

    def _quoted(self, quote: str) -> str:
        start = self._at
        while (char := self._next()) != quote or self._text[self._at - 2] == "\\":
            if char in ("", "\n"):
                raise TemplateError("unterminated quoted string")
        inner = self._text[start : self._at - 1]
        try:
            text = _ESCAPE.sub(lambda match: _unescaped(match, quote), inner)
        except ValueError:
            whole = f"{quote}{inner}{quote}"
            raise TemplateError(f"unquote string {whole} error invalid syntax") from None
        return text.encode(errors="surrogateescape").decode(errors="replace")

    def _brackets(self) -> tuple[Node, ...]:
        start = self._at
        while (char := self._next()) != "]":
            if char in ("", "\n"):
                raise TemplateError("unterminated array")
        inner = self._text[start : self._at - 1]
        parts = inner.split(",")
        if len(parts) > 1:
            return (Union(tuple(_inner(f"[{part.strip(' ')}]") for part in parts)),)
        if key := _DICTIONARY_KEY.fullmatch(inner):
            return _inner(f".{key[1]}")
        return (_slice(":" if inner == "*" else inner),)

    def _filter(self) -> Node:
        start, quote, closed = self._at, "", False
        while True:
            char = self._next()
            if char in ("", "\n"):
                raise TemplateError("unterminated filter")
            if char in "\"'" and not quote:
                quote = char
            elif char == quote and self._text[self._at - 2] != "\\":
                closed = True
            elif char == ")" and bool(quote) == closed:
                break
        inner = self._text[start : self._at - 1]
        if self._next() != "]":
            raise TemplateError("unclosed array expect ]")
        match = _COMPARISON.fullmatch(inner)
        if match is None:
            return Filter(_inner(inner), "exists", ())
        return Filter(_inner(match[1]), match[2], _inner(match[3]))

    def _take(self, expected: str) -> bool:
        found = self._text.startswith(expected, self._at)
        self._at += len(expected) * found
        return found

    def _next(self) -> str:
        char = self._text[self._at : self._at + 1]
        self._at += len(char)
        return char


def _inner(text: str) -> Path:
    """Return the first path of a text that stands within another one."""
    return _Reader(f"{{{text}}}").template()[0]


def _slice(text: str) -> Slice:
    match = _SLICE.fullmatch(text)
    if match is None:
        raise TemplateError(f"invalid array index {text}")
    start, stop, step = (_bound(part) for part in match.groups())
    if match[2] is None and match[1]:
        return Slice(start, (start or 0) + 1, step, single=True)
    # Without a first colon and without a number there is one element, the first.
    if match[2] is None:
        return Slice(None, 1, step, single=True)
    return Slice(start, stop, step, single=False)


def _bound(part: str | None) -> int | None:
    digits = (part or "").removeprefix(":")
    if digits == "-":
        raise TemplateError("array index - is not a number")
    return int(digits) if digits else None


def _unescaped(match: re.Match[str], quote: str) -> str:
    if code := match["u"] or match["U"]:
        if int(code, 16) in _SURROGATES:
            raise ValueError(code)
        return chr(int(code, 16))
    if match["x"] or match["o"]:
        # A single byte, which several make a character of: `\xc3\xa9`.
        byte = int(match["x"], 16) if match["x"] else int(match["o"], 8)
        return bytes([byte]).decode(errors="surrogateescape")
    char = match["c"] or ""
    if char == quote or match["bare"] not in (None, quote, "\\"):
        return char or match["bare"]
    if char not in _ESCAPES:
        raise ValueError(char)
    return _ESCAPES[char]
