r"""What a pattern says to grep: the basic and the extended regular expressions of POSIX.

Pure: a pattern becomes a tree, which `automaton` matches. What would be read differently from
grep (`\d`, `\b`, back references) is refused by name.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from bot.core.errors import UsageError

# Room for a long alternation of names.
MAX_LENGTH = 500
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class One:
    """One character out of a set, which is written as a regular expression of Python's."""

    characters: str


@dataclass(frozen=True, slots=True)
class Edge:
    """The start or the end of the line, nothing read."""

    start: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow each other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part from `low` to `high` times; None: any number."""

    part: "Node"
    low: int
    high: int | None


Node: TypeAlias = One | Edge | Sequence | Choice | Repeat

# A bracket that comes first in its set, and a whole class, are never given back (`?+`, `*+`).
_SIGN = re.compile(r"\\.|\[\^?+\]?+(?:\[:[a-z]+:\]|[^\]])*+\]|.", re.DOTALL)
_MEMBER = re.compile(r"\[:(?P<name>[a-z]+):\]|(?P<low>.)-(?P<high>.)|(?P<one>.)", re.DOTALL)
_INTERVAL = re.compile(r"(?P<low>[0-9]{0,4})(?P<comma>,?)(?P<high>[0-9]{0,4})")
_REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_SETS = {"w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S"}
_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9a-fA-F",
}


def read_pattern(pattern: str, *, extended: bool) -> Node:
    """Return the tree of the pattern.

    Raises:
        UsageError: grep would refuse it, or it is beyond what is matched here.
    """
    if len(pattern) > MAX_LENGTH:
        raise UsageError(f"error: grep: the pattern is longer than {MAX_LENGTH} characters")
    parser = _Parser(pattern, extended)
    tree = parser.choice(depth=0)
    if parser.sign is not None:
        raise UsageError("error: grep: Unmatched ) or \\)")
    return tree


class _Parser:
    """A recursive descent over the signs of one pattern."""

    def __init__(self, pattern: str, extended: bool) -> None:
        self._signs = _SIGN.findall(pattern)
        self._extended = extended
        self._next = 0

    @property
    def sign(self) -> str | None:
        return self._signs[self._next] if self._next < len(self._signs) else None

    def choice(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise UsageError(f"error: grep: groups are nested deeper than {MAX_DEPTH}")
        parts = [self._sequence(depth)]
        while self._operator() == "|":
            self._next += 1
            parts.append(self._sequence(depth))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        # grep -E reads a parenthesis that closes nothing as itself.
        ends = ("|", ")") if depth or not self._extended else ("|",)
        while self.sign is not None and self._operator() not in ends:
            parts.append(self._repeated(self._atom(depth, first=not parts)))
        return Sequence(tuple(parts))

    def _operator(self) -> str:
        """Return the operator that comes next: bare in extended patterns, else escaped."""
        sign = self.sign or ""
        bare = sign[1:] if sign.startswith("\\") else sign
        if len(bare) != 1 or bare not in "(){|+?":
            return ""
        return bare if (sign == bare) is self._extended else ""

    def _atom(self, depth: int, *, first: bool) -> Node:
        operator, sign = self._operator(), self._signs[self._next]
        self._next += 1
        if operator == "(":
            inner = self.choice(depth + 1)
            if self._operator() != ")":
                raise UsageError("error: grep: Unmatched ( or \\(")
            self._next += 1
            return inner
        if sign == "^" and (first or self._extended):
            return Edge(start=True)
        if sign == "$" and (self._extended or self.sign in (None, "\\|", "\\)")):
            return Edge(start=False)
        if first and (operator in ("+", "?") or (sign == "*" and self._extended)):
            raise _nothing_before(sign)
        if operator == "{":
            self._next -= 1
            if self._interval() is not None:
                raise _nothing_before(sign)
            self._next += 1  # a brace that opens no interval is itself
        return One(_characters(sign))

    def _repeated(self, part: Node) -> Node:
        for _ in range(MAX_DEPTH):
            times = self._times(part)
            if times is None:
                return part
            part = Repeat(part, *times)
        raise UsageError(f"error: grep: more than {MAX_DEPTH} repetitions of the same part")

    def _times(self, part: Node) -> tuple[int, int | None] | None:
        # In a basic pattern, a star behind the line's start is a star.
        if self.sign == "*" and not (isinstance(part, Edge) and not self._extended):
            operator = "*"
        else:
            operator = self._operator()
        if operator in ("+", "?", "{") and isinstance(part, Edge) and not self._extended:
            raise _nothing_before(f"\\{operator}")
        if operator in _REPEATS:
            self._next += 1
            return _REPEATS[operator]
        return self._interval() if operator == "{" else None

    def _interval(self) -> tuple[int, int | None] | None:
        close = "}" if self._extended else "\\}"
        rest = self._signs[self._next + 1 :]
        inner = "".join(rest[: rest.index(close)]) if close in rest else "x"
        match = _INTERVAL.fullmatch(inner)
        if match is None or not (match["low"] or match["comma"]):
            if self._extended:
                return None
            raise UsageError("error: grep: Invalid content of \\{\\}")
        self._next += rest.index(close) + 2
        low = int(match["low"] or 0)
        high = (int(match["high"]) if match["high"] else None) if match["comma"] else low
        if high is not None and high < low:
            raise UsageError("error: grep: Invalid content of \\{\\}")
        return low, high


def _nothing_before(sign: str) -> UsageError:
    # grep reads such a sign in different ways from release to release, and warns.
    return UsageError(f"error: grep: there is nothing to repeat before {sign}")


def _characters(sign: str) -> str:
    if sign == "\\":
        raise UsageError("error: grep: Trailing backslash")
    if sign == "[":
        raise UsageError("error: grep: Unmatched [, [^, [:, [., or [=")
    if sign.startswith("["):
        return _bracket(sign)
    if sign == ".":
        return "."
    if sign[-1] in _SETS and len(sign) == 2:
        return _SETS[sign[-1]]
    if len(sign) == 2 and (sign[-1].isalnum() or sign[-1] in "<>`'"):
        raise UsageError(
            f"error: grep: {sign} is not understood here",
            next_step="Digits are [0-9]; the start and the end of a line are ^ and $.",
        )
    return re.escape(sign[-1])


def _bracket(sign: str) -> str:
    inner = sign[1:-1].removeprefix("^")
    members = "".join(_member(match) for match in _MEMBER.finditer(inner))
    return f"[^{members}]" if sign.startswith("[^") else f"[{members}]"


def _member(match: re.Match[str]) -> str:
    if match["name"] is not None:
        if match["name"] not in _CLASSES:
            raise UsageError("error: grep: Invalid character class name")
        return _CLASSES[match["name"]]
    if match["one"] is not None:
        return re.escape(match["one"])
    if match["low"] > match["high"]:
        raise UsageError("error: grep: Invalid range end")
    return f"{re.escape(match['low'])}-{re.escape(match['high'])}"
