"""Lines let through by filters, one after the other.

Lines are pushed as they come, so that a followed log is filtered like a finished list.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol, assert_never

from bot.grammar.filters import Count, Filter, Grep, Head, Tail, compiled

# Without any of these a pattern is plain text, and finding it costs next to nothing.
_SPECIAL = frozenset("\\.[]*^$+?{}|()")


class _Stage(Protocol):
    """One filter at work."""

    def push(self, line: str) -> Sequence[str]:
        """Return what becomes of the line."""
        ...

    def finish(self) -> Sequence[str]:
        """Return what is left once no line follows."""
        ...

    def full(self) -> bool:
        """Return whether no further line changes the result."""
        ...


class Sieve:
    """Filters at work on one result."""

    def __init__(self, filters: Iterable[Filter]) -> None:
        self._stages = tuple(_stage(chosen) for chosen in filters)

    def push(self, lines: Iterable[str]) -> list[str]:
        """Return what the filters let through at once; lines have no line end."""
        return _through(self._stages, lines)

    def finish(self) -> list[str]:
        """Return the rest; call it once, behind the last line."""
        left: list[str] = []
        for index, stage in enumerate(self._stages):
            left += _through(self._stages[index + 1 :], stage.finish())
        return left

    def full(self) -> bool:
        """Return whether whoever pushes may stop: `head` has all it wants."""
        return any(stage.full() for stage in self._stages)


def sift(filters: Iterable[Filter], lines: Iterable[str]) -> list[str]:
    """Return what the filters leave of the lines."""
    sieve = Sieve(filters)
    return sieve.push(lines) + sieve.finish()


def _through(stages: Iterable[_Stage], lines: Iterable[str]) -> list[str]:
    through = list(lines)
    for stage in stages:
        through = [left for line in through for left in stage.push(line)]
    return through


def _stage(chosen: Filter) -> _Stage:
    match chosen:
        case Grep():
            return _Matching(chosen)
        case Head(lines):
            return _First(lines)
        case Tail(lines):
            return _Last(lines)
        case Count():
            return _Counting()
        case _:
            assert_never(chosen)


class _Matching:
    def __init__(self, grep: Grep) -> None:
        self._grep = grep
        self._plain = _SPECIAL.isdisjoint(grep.pattern)
        self._needle = grep.pattern.lower() if grep.ignore_case else grep.pattern
        self._automaton = compiled(grep)

    def push(self, line: str) -> Sequence[str]:
        if self._plain:
            found = self._needle in (line.lower() if self._grep.ignore_case else line)
        else:
            found = self._automaton.matches(line)
        return (line,) if found is not self._grep.invert else ()

    def finish(self) -> Sequence[str]:
        return ()

    def full(self) -> bool:
        return False


class _First:
    def __init__(self, lines: int) -> None:
        self._left = lines

    def push(self, line: str) -> Sequence[str]:
        self._left -= 1
        return (line,) if self._left >= 0 else ()

    def finish(self) -> Sequence[str]:
        return ()

    def full(self) -> bool:
        return self._left <= 0


class _Last:
    def __init__(self, lines: int) -> None:
        self._kept: deque[str] = deque(maxlen=lines)

    def push(self, line: str) -> Sequence[str]:
        self._kept.append(line)
        return ()

    def finish(self) -> Sequence[str]:
        return tuple(self._kept)

    def full(self) -> bool:
        return False


class _Counting:
    def __init__(self) -> None:
        self._count = 0

    def push(self, line: str) -> Sequence[str]:
        self._count += 1
        return ()

    def finish(self) -> Sequence[str]:
        return (str(self._count),)

    def full(self) -> bool:
        return False
