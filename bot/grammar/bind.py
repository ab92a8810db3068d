"""A line bound to one command: read once, and never again.

The bound command is what is authorised, previewed, recorded and run; its canonical phrase reads
back to an equal one.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.command import Command, Family, Flag, FlagKind, filled
from bot.core.errors import UsageError, choose_from
from bot.core.quoting import quote
from bot.grammar.filters import Filter
from bot.grammar.finding import Catalogue, Found, below, exact, find, longer, suggest
from bot.grammar.flags import Reading
from bot.grammar.persistent import COMMON, Common, refuse, refuse_formats
from bot.grammar.raw import raw_canonical, raw_words
from bot.grammar.tokens import read_line

HIDDEN = "<hidden>"
"""Stands in a canonical phrase for a value that is secret; such a phrase is never read back."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One command with everything that was typed for it."""

    command: Command[Any]
    options: Any
    """An instance of the command's options class."""
    common: Common
    filters: tuple[Filter, ...]
    canonical: str
    """The phrase as it was understood; reading it gives an equal value."""


def read(text: str, catalogue: Catalogue) -> Bound:
    """Return what a line of text means.

    Raises:
        UsageError: it cannot be read; the text is kubectl's.
        RefusedError: it is not done here; the next step says what is.
    """
    if (words := raw_words(text, catalogue)) is not None:
        return bind(words, catalogue)
    line = read_line(text)
    return bind(line.words, catalogue, line.filters)


def bind(words: Sequence[str], catalogue: Catalogue, filters: tuple[Filter, ...] = ()) -> Bound:
    """Return what the words mean, which a terminal's shell may have split already.

    Raises:
        UsageError: they cannot be read; the text is kubectl's.
        RefusedError: it is not done here; the next step says what is.
    """
    found = find(words, catalogue)
    if found.command is None:
        found, reading = _without_command(found, catalogue)
    else:
        reading = found.parsed()
    if reading.values.get("help"):
        found, reading = _help(found, catalogue)
    return _bound(found, reading, filters, catalogue)


def _bound(
    found: Found, reading: Reading, filters: tuple[Filter, ...], catalogue: Catalogue
) -> Bound:
    command = found.command
    if command is None:
        raise UsageError(f'error: there is no help for "{found.phrase}"')
    _check(command, reading)
    return Bound(
        command,
        _options(command, reading),
        _common(command, reading),
        filters,
        _canonical(found, reading, filters, catalogue),
    )


def _without_command(found: Found, catalogue: Catalogue) -> tuple[Found, Reading]:
    """Return the help that kubectl would print, or tell which word names no command."""
    position = None if found.path else found.next_word()
    # kubectl would speak of plugins where a flag before an unknown word is the mistake.
    reading = found.parsed(before=position)
    if reading.values.get("help"):
        return found, reading
    if found.phrase == Family.PROM and reading.arguments in ([], ["help"]):
        return _help(found, catalogue)
    if found.path:
        raise _does_nothing(found, reading, below(found.phrase, catalogue))
    if position is not None:
        raise _unknown(found, found.rest[position], catalogue)
    return _help(found, catalogue)


def _unknown(found: Found, typed: str, catalogue: Catalogue) -> UsageError:
    text = f'error: unknown command {quote(typed)} for "{found.program}"'
    if suggestions := suggest(typed, catalogue):
        text += "\n\nDid you mean this?\n" + "\n".join(f"\t{name}" for name in suggestions)
    meant = " or ".join(f"`{phrase}`" for phrase in longer(typed, catalogue))
    asking = "Or did" if suggestions else "Did"
    step = f"{asking} you mean {meant}?" if meant else "Type `help` for all commands."
    return UsageError(text, next_step=step)


def _does_nothing(found: Found, reading: Reading, words: tuple[str, ...]) -> UsageError:
    if reading.arguments:
        text = (
            f"error: unknown command {quote(' '.join(reading.arguments))}\n"
            f"See '{found.usage} -h' for help and examples"
        )
    else:
        text = f'error: "{found.phrase}" does nothing by itself'
    return UsageError(text, next_step=choose_from(f"{found.phrase} {word}" for word in words))


def _help(found: Found, catalogue: Catalogue) -> tuple[Found, Reading]:
    """Return `help get` for `get --help`, and `help` for nothing at all."""
    command = exact("help", catalogue)
    return Found(found.program, ("help",), [], command), Reading(arguments=list(found.path))


def _check(command: Command[Any], reading: Reading) -> None:
    refuse(reading.typed, command.by_name)
    refuse_formats(*(str(reading.values.get(flag, "")) for flag in ("output", "template")))
    missing = [f.name for f in command.flags if f.required and f.name not in reading.typed]
    if missing:
        names = ", ".join(f'"{name}"' for name in missing)
        raise UsageError(
            f"error: required flag(s) {names} not set", next_step=f"Add --{missing[0]}=…"
        )


def _options(command: Command[Any], reading: Reading) -> Any:
    own = command.by_name
    values: dict[str, object] = {
        own[name].attribute: value for name, value in reading.values.items() if name in own
    }
    given = frozenset(own.keys() & reading.typed.keys())
    values |= {"after_dash": reading.after_dash, "given": given}
    return filled(command.options, values | {"arguments": tuple(reading.arguments)})


def _common(command: Command[Any], reading: Reading) -> Common:
    values: dict[str, Any] = {
        flag.attribute: reading.values[flag.name]
        for flag in COMMON
        if flag.name in reading.values and flag.name not in command.by_name
    }
    common = Common(**values)
    common.timeout()  # refused here rather than in the middle of the work
    return common


def _canonical(
    found: Found, reading: Reading, filters: tuple[Filter, ...], catalogue: Catalogue
) -> str:
    if found.command is not None and found.command.raw:
        flags = tuple(_flag_words(found, reading))
        return raw_canonical(found.phrase, flags, " ".join(reading.arguments))
    split = _dash(found, reading, below(found.phrase, catalogue))
    arguments, behind = reading.arguments, ["--"]
    if split >= 0:
        arguments, behind = arguments[:split], ["--", *arguments[split:]]
    words = [*found.path, *arguments, *_flag_words(found, reading)]
    phrase = shlex.join(words + behind if split >= 0 else words)
    return " | ".join([phrase, *map(str, filters)])


def _dash(found: Found, reading: Reading, longer: tuple[str, ...]) -> int:
    """Return before which argument `--` has to stand; -1: it may be left out."""
    if found.command is not None and found.command.dashes:
        return reading.after_dash
    for position, argument in enumerate(reading.arguments):
        if argument.startswith("-") and argument != "-":
            return position
    named = next(filter(None, reading.arguments), "")
    return 0 if any(word.split(" ")[0] == named for word in longer) else -1


def _flag_words(found: Found, reading: Reading) -> Iterator[str]:
    flags = found.flags
    for name, typed in reading.typed.items():
        flag = flags.by_name[name]
        repeats = flag.kind in (FlagKind.STRING_SLICE, FlagKind.STRING_ARRAY)
        letter = flag.short if flags.by_letter.get(flag.short) is flag else ""
        for value in typed if repeats else typed[-1:]:
            yield from _flag_word(flag, letter, HIDDEN if flag.hidden else value)


def _flag_word(flag: Flag, letter: str, value: str) -> tuple[str, ...]:
    if value == flag.alone:
        return (f"-{letter}" if letter else f"--{flag.name}",)
    if letter and flag.alone is None:
        return (f"-{letter}", value)
    return (f"--{flag.name}={value}",)
