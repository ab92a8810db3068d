"""Which command the words name, found as cobra finds it.

cobra walks down the tree of commands by the first word that is no flag; flags may stand before
the verb, and one that is not known yet takes the next word for its value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from bot.core.command import Command, Family, Flag, FlagKind
from bot.core.errors import RefusedError, UsageError
from bot.grammar import verbs
from bot.grammar.flags import FlagSet, Reading, parse, takes_next_word
from bot.grammar.persistent import COMMON, REFUSED
from bot.grammar.suggest import near

# Behind these stand types, which are looked at with `get`.
_OF_TYPES = frozenset({"create", "top"})
HELP = Flag("help", FlagKind.BOOL, False, "h", alone="true")
# What a phrase may begin with: pasted from a terminal, or the slash command's own name.
_PROMPT = "$"
_PROGRAMS = {"kubectl": Family.KUBECTL, "k": Family.KUBECTL, "deck": Family.DECK}


class Catalogue(Protocol):
    """The commands that there are, always the same."""

    def __hash__(self) -> int:
        """Return the same as long as it is there: what follows from the phrases is kept by it."""
        ...

    def phrases(self) -> Sequence[str]:
        """Return every phrase as it is typed, such as `rollout status`; each is there once."""
        ...

    def find(self, words: Sequence[str]) -> Command[Any] | None:
        """Return the command whose phrase these words are or begin with."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Where in the tree of commands the words led, and the words that are left."""

    program: Family
    path: tuple[str, ...]
    rest: list[str]
    command: Command[Any] | None = None
    named: bool = False
    """Whether kubectl was named."""

    @property
    def phrase(self) -> str:
        """Return the words that led here."""
        return " ".join(self.path)

    @property
    def usage(self) -> str:
        """Return the phrase behind the program that it belongs to, as errors write it."""
        own = self.path[:1] == (Family.PROM,)
        return self.phrase if own else f"{self.program} {self.phrase}".rstrip()

    @property
    def flags(self) -> FlagSet:
        """Return every flag that is known here, the refused ones included."""
        return _flags(self.command, HELP)

    def parsed(self, before: int | None = None) -> Reading:
        """Return the flags and the arguments that are left, or those before a word.

        Raises:
            UsageError: in kubectl's words.
        """
        try:
            return parse(self.rest[:before], self.flags)
        except UsageError as error:
            raise UsageError(
                f"error: {error.text}\nSee '{self.usage} --help' for usage.",
                next_step=error.next_step or f"Type `{f'help {self.phrase}'.rstrip()}`.",
            ) from None

    def next_word(self) -> int | None:
        """Return where the next word stands that may name a command; None: there is none."""
        # cobra adds --help to a command only once it is found.
        flags, position = _flags(self.command), 0
        while position < len(self.rest) and self.rest[position] != "--":
            word = self.rest[position]
            if takes_next_word(word, flags):
                position += 1
            elif word and not word.startswith("-"):
                return position
            position += 1
        return None


def find(words: Sequence[str], catalogue: Catalogue) -> Found:
    """Return the command that the words name; a leading `$`, `kubectl` or `k` is dropped.

    Raises:
        RefusedError: it is a verb of kubectl's that is not done here.
    """
    program, start = _without_program(words)
    named = program is Family.KUBECTL
    found = Found(program or Family.KUBECTL, (), start, named=named)
    known = _known(catalogue)
    while (position := found.next_word()) is not None:
        phrase = f"{found.phrase} {found.rest[position]}".lstrip()
        phrase = verbs.ALIASES.get(phrase, phrase)
        if phrase not in known:
            break
        rest = found.rest[:position] + found.rest[position + 1 :]
        path = tuple(phrase.split(" "))
        found = Found(found.program, path, rest, exact(phrase, catalogue), named)
    _refuse_verb(found, catalogue)
    return found


def _without_program(words: Sequence[str]) -> tuple[Family | None, list[str]]:
    """Return the program that is named, and what follows it.

    It may be named twice: by the slash command, and in the line that was pasted behind it.
    """
    program, start = None, list(words)
    while start and (start[0] == _PROMPT or start[0] in _PROGRAMS):
        program = _PROGRAMS.get(start.pop(0), program)
    return program, start


def exact(phrase: str, catalogue: Catalogue) -> Command[Any] | None:
    """Return the command of exactly this phrase."""
    command = catalogue.find(phrase.split(" "))
    return command if command is not None and command.phrase == phrase else None


@lru_cache(maxsize=512)  # more phrases than there are; each is asked for once a request
def below(phrase: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the words that make a longer phrase of this one."""
    prefix = f"{phrase} "
    longer = (known for known in catalogue.phrases() if known.startswith(prefix))
    return tuple(sorted({known.removeprefix(prefix) for known in longer}))


def suggest(typed: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the verbs that may have been meant, in kubectl's order; only those that work."""
    there = {phrase.split(" ")[0]: None for phrase in catalogue.phrases()}
    verbs_there = [verb for verb in verbs.ORDER if verb in there]
    verbs_there += [verb for verb in there if verb not in verbs.ORDER]
    found = near(typed, verbs_there)
    other_tools = verbs.SUGGESTED_FOR.get(typed.lower())
    return tuple(verb for verb in verbs_there if verb in found or verb == other_tools)


def longer(typed: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the phrases that a word without its group may mean, such as `rollout restart`."""
    word = typed.lower()
    pairs = [phrase.split(" ")[:2] for phrase in catalogue.phrases() if " " in phrase]
    types = {second for first, second in pairs if first in _OF_TYPES}
    if types & {word, word.removesuffix("s")}:
        return (f"get {word}",)
    return tuple(dict.fromkeys(f"{first} {second}" for first, second in pairs if second == word))


@lru_cache(maxsize=256)  # more than two for each command are not asked for
def _flags(command: Command[Any] | None, *more: Flag) -> FlagSet:
    own = command.flags if command else ()
    return FlagSet.of(own, more, COMMON, unmentioned=REFUSED)


@lru_cache(maxsize=8)  # the process has one
def _known(catalogue: Catalogue) -> frozenset[str]:
    return _beginnings((*catalogue.phrases(), *verbs.ORDER, *verbs.REFUSALS))


def _beginnings(phrases: Iterable[str]) -> frozenset[str]:
    words = [phrase.split(" ") for phrase in phrases]
    return frozenset(" ".join(w[:size]) for w in words for size in range(1, len(w) + 1))


def _refuse_verb(found: Found, catalogue: Catalogue) -> None:
    # `run` is a task of ours and a verb of kubectl's: after `kubectl` it is kubectl's.
    ours = found.command is not None and found.command.family is Family.DECK
    foreign = found.named and ours and found.phrase in verbs.REFUSALS
    known = found.command is not None or below(found.phrase, catalogue)
    if known and not foreign:
        return
    refusal = verbs.refusal(found.phrase)
    if refusal is None:
        return
    there = _beginnings(catalogue.phrases())
    instead = " or ".join(f"`{phrase}`" for phrase in refusal.instead if phrase in there)
    raise RefusedError(
        f'error: "{found.phrase}" is refused: {refusal.why}',
        next_step=f"Use {instead} instead." if instead else refusal.otherwise,
    )
