"""Whether a pattern is found in a line, in time that is linear in the line.

Python's `re` backtracks: a pattern such as `(a*)*b`, typed by anyone, could hold up everybody's
answers. So a pattern becomes a nondeterministic automaton (Thompson 1968), whose states are
joined to deterministic ones while lines are read (https://swtch.com/~rsc/regexp/regexp1.html).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.errors import UsageError
from bot.grammar.patterns import Choice, Edge, Node, One, Repeat, Sequence

# An interval repeats its part: this bounds what `(a{99}){99}` may become.
MAX_STATES = 600
# Joined states and their steps that are remembered, before all are forgotten and found anew.
_MAX_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class _Accept:
    """The pattern has been found."""


@dataclass(frozen=True, slots=True)
class _Read:
    """Reads one of the characters, then goes on."""

    characters: re.Pattern[str]
    then: int


@dataclass(frozen=True, slots=True)
class _Pass:
    """Goes on without reading; with an edge, only at the start or the end of the line."""

    then: tuple[int, ...]
    edge: Edge | None = None


@dataclass(eq=False, slots=True)
class _Joined:
    """The states that the automaton may be in at once."""

    members: frozenset[int]
    accepting: bool
    accepting_at_end: bool
    following: dict[str, "_Joined"] = field(default_factory=dict)


class Automaton:
    """A pattern that lines are tried on.

    Raises:
        UsageError: the pattern repeats too much.
    """

    def __init__(self, tree: Node, *, ignore_case: bool = False) -> None:
        self._flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
        self._states: list[_Accept | _Read | _Pass] = [_Accept()]
        first = self._built(tree, 0)
        self._remembered: dict[frozenset[int], _Joined] = {}
        self._steps = 0
        # A match may begin at every character: the first state is always among the members.
        self._anywhere = self._reached({first})
        self._start = self._joined(self._reached({first}, start=True))
        self._empty_matches = 0 in self._reached({first}, start=True, end=True)

    def matches(self, line: str) -> bool:
        """Return whether the pattern is found anywhere in the line."""
        if not line:
            return self._empty_matches
        state = self._start
        if state.accepting:
            return True
        for character in line:
            state = state.following.get(character) or self._step(state, character)
            if state.accepting:
                return True
        return state.accepting_at_end

    @property
    def remembered(self) -> int:
        """Return how many states and steps are known, which is what the memory grows by."""
        return len(self._remembered) + self._steps

    def _step(self, state: _Joined, character: str) -> _Joined:
        if self.remembered > _MAX_REMEMBERED:
            self._forget()
        then = {
            found.then
            for member in state.members
            if isinstance(found := self._states[member], _Read)
            and found.characters.fullmatch(character)
        }
        following = self._joined(self._reached(then) | self._anywhere)
        state.following[character] = following
        self._steps += 1
        return following

    def _forget(self) -> None:
        for joined in (self._start, *self._remembered.values()):
            joined.following.clear()
        self._remembered.clear()
        self._steps = 0

    def _joined(self, members: frozenset[int]) -> _Joined:
        known = self._remembered.get(members)
        if known is None:
            at_end = 0 in self._reached(members, end=True)
            known = self._remembered[members] = _Joined(members, 0 in members, at_end)
        return known

    def _reached(
        self, members: Iterable[int], *, start: bool = False, end: bool = False
    ) -> frozenset[int]:
        """Return the members and what is reached from them without reading."""
        found: set[int] = set()
        waiting = list(members)
        while waiting:
            member = waiting.pop()
            if member in found:
                continue
            found.add(member)
            state = self._states[member]
            if isinstance(state, _Pass) and _passes(state.edge, start, end):
                waiting.extend(state.then)
        return frozenset(found)

    def _add(self, state: _Read | _Pass) -> int:
        if len(self._states) >= MAX_STATES:
            raise UsageError("error: grep: Regular expression too big")
        self._states.append(state)
        return len(self._states) - 1

    def _built(self, node: Node, then: int) -> int:
        """Return the state from which the node is read, and then `then`."""
        match node:
            case One(characters):
                return self._add(_Read(re.compile(characters, self._flags), then))
            case Edge():
                return self._add(_Pass((then,), node))
            case Choice(parts):
                return self._add(_Pass(tuple(self._built(part, then) for part in parts)))
            case Sequence(parts):
                for part in reversed(parts):
                    then = self._built(part, then)
                return then
            case Repeat(part, low, high):
                return self._repeated(part, low, high, then)

    def _repeated(self, part: Node, low: int, high: int | None, then: int) -> int:
        last = then
        if high is None:
            then = self._add(_Pass((last,)))
            self._states[then] = _Pass((self._built(part, then), last))
        for _ in range((high or low) - low):
            then = self._add(_Pass((self._built(part, then), last)))
        for _ in range(low):
            then = self._built(part, then)
        return then


def _passes(edge: Edge | None, start: bool, end: bool) -> bool:
    return edge is None or (start if edge.start else end)
