"""What may stand behind a pipe: grep, head, tail and `wc -l`, read into data.

Pure. `sieve` applies them to the lines of a result.
"""

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from bot.core.command import Flag, FlagKind
from bot.core.errors import RefusedError, UsageError
from bot.grammar.flags import FlagSet, parse

if TYPE_CHECKING:
    from bot.grammar.automaton import Automaton

FORMS = "`| grep [-i] [-v] [-E] WORD`, `| head -N`, `| tail -N`, `| wc -l`"
# What head and tail show when no number is given (POSIX).
_LINES = 10
# No result has more lines; larger numbers are slips of the finger.
_MOST_LINES = 10_000_000


@dataclass(frozen=True, slots=True)
class Grep:
    """Keeps the lines in which the pattern is found, or is not."""

    pattern: str
    ignore_case: bool = False
    invert: bool = False
    extended: bool = False

    def __str__(self) -> str:
        letters = (("-i", self.ignore_case), ("-v", self.invert), ("-E", self.extended))
        # The terminator lets a pattern begin with a dash.
        dash = ["--"] if self.pattern.startswith("-") else []
        return shlex.join(["grep", *(name for name, on in letters if on), *dash, self.pattern])


@dataclass(frozen=True, slots=True)
class Head:
    """Keeps the first lines."""

    lines: int

    def __str__(self) -> str:
        return f"head -n {self.lines}"


@dataclass(frozen=True, slots=True)
class Tail:
    """Keeps the last lines."""

    lines: int

    def __str__(self) -> str:
        return f"tail -n {self.lines}"


@dataclass(frozen=True, slots=True)
class Count:
    """Tells how many lines there are, in place of the lines."""

    def __str__(self) -> str:
        return "wc -l"


Filter: TypeAlias = Grep | Head | Tail | Count


def _switch(name: str, letter: str) -> Flag:
    return Flag(name, FlagKind.BOOL, False, letter, alone="true")


_GREP = FlagSet.of(
    [
        _switch("ignore-case", "i"),
        _switch("invert-match", "v"),
        _switch("extended-regexp", "E"),
    ]
)
_HEAD = FlagSet.of([Flag("lines", FlagKind.STRING, "", "n")])
_COUNT = FlagSet.of([_switch("lines", "l")])


def read_filter(words: Sequence[str]) -> Filter:
    """Return the filter that stands behind a pipe.

    Raises:
        UsageError: it is one of ours, written wrongly.
        RefusedError: it is another program, which only a shell could start.
    """
    if not words:
        raise UsageError("error: nothing stands behind the pipe", next_step=_works())
    name, *rest = words
    reader = _READERS.get(name)
    if reader is None:
        raise RefusedError(
            f"error: `| {name}` needs a shell, and there is none here", next_step=_works()
        )
    try:
        return reader(rest)
    except UsageError as error:
        text = error.text if error.text.startswith("error: ") else f"error: {name}: {error.text}"
        raise UsageError(text, next_step=error.next_step or _works()) from None


def _works() -> str:
    return f"These work: {FORMS}."


def _read_grep(words: list[str]) -> Filter:
    reading = parse(words, _GREP)
    if len(reading.arguments) != 1:
        raise UsageError("exactly one pattern is looked for")
    on = (reading.values.get(name) is True for name in _GREP.by_name)
    grep = Grep(reading.arguments[0], *on)
    compiled(grep)  # a pattern that cannot be read is told of now, not when lines arrive
    return grep


def compiled(grep: Grep) -> "Automaton":
    """Return what finds the pattern in a line.

    Raises:
        UsageError: the pattern cannot be read.
    """
    # Few phrases have a pattern, and a terminal must start quickly.
    from bot.grammar.automaton import Automaton  # noqa: PLC0415
    from bot.grammar.patterns import read_pattern  # noqa: PLC0415

    tree = read_pattern(grep.pattern, extended=grep.extended)
    return Automaton(tree, ignore_case=grep.ignore_case)


def _read_end(kind: type[Head] | type[Tail], words: list[str]) -> Filter:
    # `-5` is how head and tail were always written.
    spelled = [f"-n{word[1:]}" if re.fullmatch("-[0-9]+", word) else word for word in words]
    reading = parse(spelled, _HEAD)
    number = str(reading.values.get("lines", _LINES))
    if reading.arguments or not re.fullmatch("[0-9]{1,8}", number) or int(number) > _MOST_LINES:
        raise UsageError("one number of lines is taken, and nothing else")
    return kind(int(number))


def _read_count(words: list[str]) -> Filter:
    reading = parse(words, _COUNT)
    if reading.arguments or not reading.values.get("lines"):
        raise UsageError("lines alone are counted")
    return Count()


_READERS: dict[str, Callable[[list[str]], Filter]] = {
    "grep": _read_grep,
    "head": partial(_read_end, Head),
    "tail": partial(_read_end, Tail),
    "wc": _read_count,
}
