"""Typed text to a bound command, by the rules of the place where it was typed."""

from dataclasses import dataclass
from typing import Any

from bot.core.access import Asked
from bot.core.command import Command, Effect, Family
from bot.core.errors import RefusedError, UsageError
from bot.core.request import Request, Surface
from bot.grammar.bind import Bound, read
from bot.grammar.finding import Catalogue
from bot.grammar.normalise import normalise

_FOLLOWING = ("follow", "watch", "watch_only")
"""The flags, by kubectl's names, that make a command go on."""
# So many phrases are remembered as they were read: a channel types a few again and again, and one
# request reads its own more than once.
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Read:
    """A command that was typed, and what it asks of the policy."""

    bound: Bound
    asked: Asked
    follows: bool
    """Whether it goes on with what comes, until somebody stops it."""

    @property
    def command(self) -> Command[Any]:
        """Return the command."""
        return self.bound.command


class Phrasebook:
    """Reads what was typed with the commands that there are."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._remembered: dict[tuple[str, Surface], Read] = {}

    def read(self, request: Request) -> Read:
        """Return the command that was typed.

        Raises:
            UsageError: it cannot be read; the text is kubectl's.
            RefusedError: it is not done here; the next step says what is.
        """
        typed = request.text, request.place.surface
        if (known := self._remembered.get(typed)) is not None:
            return known
        found = self._read(*typed)
        # What changes something may hold a secret, and is not kept beyond its request.
        if found.command.effect is Effect.READ:
            if len(self._remembered) >= _REMEMBERED:
                del self._remembered[next(iter(self._remembered))]  # the one read first
            self._remembered[typed] = found
        return found

    def _read(self, text: str, surface: Surface) -> Read:
        bound = read(normalise(text, surface), self._catalogue)
        asked = Asked(
            bound.command.effect,
            bound.common.context,
            bound.common.namespace,
            all_namespaces=bool(getattr(bound.options, "all_namespaces", False)),
            all_contexts=bound.common.all_contexts,
        )
        follows = any(getattr(bound.options, flag, False) for flag in _FOLLOWING)
        found = Read(bound, asked, follows)
        if asked.all_contexts:
            _check_everywhere(found)
        return found


def _check_everywhere(read: Read) -> None:
    command, name = read.command, "--all-contexts"
    if command.effect > Effect.READ:
        raise RefusedError(
            f"error: {name} is refused: a change is made in one cluster at a time",
            next_step="Name the cluster with --context.",
        )
    if read.asked.context:
        raise UsageError(f"error: --context and {name} contradict each other")
    if read.follows:
        raise UsageError(
            f"error: {name} waits for each cluster's end, and this one follows",
            next_step="Name the cluster with --context, or leave -f and -w out.",
        )
    if command.family is Family.DECK:
        raise UsageError(f"error: `{command.phrase}` is the same in every cluster")
