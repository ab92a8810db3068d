"""Flags as pflag reads them: the same words mean the same as behind `kubectl`.

Table-driven: a command's declared flags are all that is known of it here. Texts of errors are
pflag's own, without the line about usage that the caller adds.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.command import Flag, FlagKind
from bot.core.errors import UsageError
from bot.core.quoting import quote
from bot.grammar.suggest import near
from bot.grammar.values import READERS

_ACCUMULATING = frozenset({FlagKind.STRING_SLICE, FlagKind.STRING_ARRAY})


@dataclass(frozen=True, slots=True)
class FlagSet:
    """The flags that are known in one place, by name and by letter."""

    by_name: Mapping[str, Flag]
    by_letter: Mapping[str, Flag]
    suggested: tuple[str, ...]
    """The names that a person may be pointed to."""

    @classmethod
    def of(cls, *groups: Iterable[Flag], unmentioned: Iterable[Flag] = ()) -> "FlagSet":
        """Return the set of all flags of the groups; the first of a name or a letter wins."""
        names = {flag.name: flag for group in reversed(groups) for flag in group}
        suggested = tuple(names)
        names = {flag.name: flag for flag in unmentioned} | names
        letters: dict[str, Flag] = {}
        for flag in names.values():
            if flag.short:
                letters.setdefault(flag.short, flag)
        return cls(names, letters, suggested)

    def long(self, name: str) -> Flag | None:
        """Return the flag of that name; kubectl takes `_` for `-`."""
        return self.by_name.get(name.replace("_", "-"))


@dataclass(slots=True)
class Reading:
    """What has been read of a list of words."""

    values: dict[str, object] = field(default_factory=dict)
    typed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By flag, in the order of their first appearance: the values as they were typed."""
    arguments: list[str] = field(default_factory=list)
    after_dash: int = -1
    """How many arguments stood before `--`; -1 without one."""


def parse(words: Sequence[str], flags: FlagSet) -> Reading:
    """Return the values and the arguments; flags may stand anywhere before `--`.

    Raises:
        UsageError: in pflag's words, for the first word that cannot be read.
    """
    reading = Reading()
    rest = deque(words)
    while rest:
        word = rest.popleft()
        if word == "--":
            reading.after_dash = len(reading.arguments)
            reading.arguments.extend(rest)
            break
        if word.startswith("--"):
            _read_long(word, rest, flags, reading)
        elif word.startswith("-") and word != "-":
            _read_letters(word[1:], rest, flags, reading)
        else:
            reading.arguments.append(word)
    return reading


def takes_next_word(word: str, flags: FlagSet) -> bool:
    """Return whether the next word is this one's value, while a command is still looked for.

    cobra's rule: a flag that is not known yet takes one, a group of letters never does.
    """
    if "=" in word or not word.startswith("-") or word == "-":
        return False
    if word.startswith("--"):
        flag = flags.long(word[2:])
    elif len(word) == 2:
        flag = flags.by_letter.get(word[1])
    else:
        return False
    return flag is None or flag.alone is None


def _read_long(word: str, rest: deque[str], flags: FlagSet, reading: Reading) -> None:
    name, separator, value = word[2:].partition("=")
    if not name or name.startswith("-"):
        raise UsageError(f"bad flag syntax: {word}")
    flag = flags.long(name)
    if flag is None:
        raise UsageError(f"unknown flag: --{name}", next_step=_meant(name, flags))
    if not separator:
        value = _value_behind(flag, rest, f"--{name}")
    _set(flag, value, reading)


def _read_letters(letters: str, rest: deque[str], flags: FlagSet, reading: Reading) -> None:
    while letters:
        letter, tail = letters[0], letters[1:]
        flag = flags.by_letter.get(letter)
        if flag is None:
            raise UsageError(
                f"unknown shorthand flag: {quote(letter, chr(39))} in -{letters}",
                next_step=_meant(letters, flags),
            )
        if len(tail) > 1 and tail.startswith("="):
            value, letters = tail[1:], ""
        elif flag.alone is not None:
            value, letters = flag.alone, tail
        elif tail:
            value, letters = tail, ""
        else:
            value = _value_behind(flag, rest, f"'{letter}' in -{letters}")
            letters = ""
        _set(flag, value, reading)


def _value_behind(flag: Flag, rest: deque[str], shown: str) -> str:
    if flag.alone is not None:
        return flag.alone
    if rest:
        return rest.popleft()
    raise UsageError(f"flag needs an argument: {shown}")


def _set(flag: Flag, value: str, reading: Reading) -> None:
    try:
        read = READERS[flag.kind](value)
    except ValueError as fault:
        shown = f"-{flag.short}, --{flag.name}" if flag.short else f"--{flag.name}"
        raise UsageError(
            f"invalid argument {quote(value)} for {quote(shown)} flag: {fault}"
        ) from None
    if flag.kind in _ACCUMULATING and isinstance(read, tuple):
        earlier = reading.values.get(flag.name, ())
        read = (*earlier, *read) if isinstance(earlier, tuple) else read
    reading.values[flag.name] = read
    reading.typed[flag.name] = (*reading.typed.get(flag.name, ()), value)


def _meant(typed: str, flags: FlagSet) -> str:
    name = typed.replace("_", "-")
    names = (name,) if name in flags.suggested else near(name, flags.suggested)
    # One letter begins half of all flags: it says nothing.
    if not names or len(typed) < 2:
        return ""
    return f"Did you mean {' or '.join(f'`--{name}`' for name in names[:3])}?"
