"""Phrases whose last argument is an expression: it is taken exactly as it was typed.

PromQL has quotes, braces, pipes and dashes of its own, which no shell's rule may touch. So flags
stand before the expression, and the first word that is no flag begins it. A negative expression
may follow `--`, and must where it would read as a flag, as `-n` does.
"""

import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any

from bot.core.command import Command, Family
from bot.core.errors import UsageError
from bot.grammar.finding import Catalogue, Found, exact, find

_BEGINNING = re.compile(rf"\s*{Family.PROM}(?!\S)")
# What is meant where no verb follows.
_QUERY = f"{Family.PROM} query"
_HELP = frozenset({"help", "--help", "-h"})
"""What asks about the family itself, where a metric of that name follows `query`."""
_WORD = re.compile(r"""(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+""", re.DOTALL)
_FLAG = re.compile(r"--(?P<long>[A-Za-z][\w-]*)(?P<value>=)?|-(?P<letter>[A-Za-z])(?=\s|=|$)")
# Where PromQL subtracts nothing that is negative, and its quoted texts.
_BEHIND = re.compile(r"(?<!\S)--(?P<name>[A-Za-z][\w-]*)(?![\w(\[{])")
_LITERAL = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|\#[^\n]*""")
_END = re.compile(r"--(?=\s|$)")


def begins_raw(text: str) -> bool:
    """Return whether the text may hold an expression, so that its lines belong together."""
    return _BEGINNING.match(text) is not None


def raw_words(text: str, catalogue: Catalogue) -> list[str] | None:
    """Return the words of a phrase that ends in an expression; None: it is another phrase.

    Raises:
        UsageError: a flag's value is not there, or its quote is not closed.
    """
    start = _BEGINNING.match(text)
    if start is None:
        return None
    rest = text[start.end() :].strip()
    if rest in _HELP:
        return None
    verb, *others = rest.split() or [""]
    if verb == "help" and exact(" ".join([Family.PROM, *others]), catalogue):
        return ["help", Family.PROM, *others]
    command = _named(verb, catalogue)
    if command is None:
        return None
    if command.phrase == f"{Family.PROM} {verb}":
        rest = rest[len(verb) :].lstrip()
    found = find(command.phrase.split(" "), catalogue)
    words, rest = _flags_before(rest, found)
    _refuse_flags_behind(rest, found)
    return [*command.phrase.split(" "), *words, *(["--", rest] if rest else [])]


def raw_line(words: Sequence[str], catalogue: Catalogue) -> str:
    """Return the line that these words are, which a terminal's shell has split already."""
    if not words or words[0] != Family.PROM:
        return shlex.join(words)
    command = _named(next(iter(words[1:]), ""), catalogue)
    if command is None:
        return shlex.join(words)
    named = command.phrase.split(" ")
    left = list(words[len(named) :] if list(words[: len(named)]) == named else words[1:])
    takes, flags = _takes_value(find(named, catalogue)), []
    while left and (match := _FLAG.match(left[0])) is not None:
        size = 2 if takes(match) and "=" not in left[0] else 1
        flags += left[:size]
        left = left[size:]
    if left and left[0] != "--":
        left = ["--", *left]
    return " ".join([*named, *map(_quoted, flags), *left])


def raw_canonical(phrase: str, flags: Sequence[str], expression: str) -> str:
    """Return the phrase with these flags, which reads back to the same."""
    dash = ["--"] if expression.startswith("-") else []
    return " ".join([phrase, *map(_quoted, flags), *dash, expression]).rstrip()


def _named(verb: str, catalogue: Catalogue) -> Command[Any] | None:
    """Return the command that takes an expression; None: it is one that does not."""
    phrase = f"{Family.PROM} {verb}"
    others = any(known == phrase or known.startswith(f"{phrase} ") for known in catalogue.phrases())
    if not verb or not others:
        return exact(_QUERY, catalogue) if verb else None
    command = exact(phrase, catalogue)
    return command if command is not None and command.raw else None


def _takes_value(found: Found) -> Callable[[re.Match[str]], bool]:
    flags = found.flags

    def takes(match: re.Match[str]) -> bool:
        letter = match["letter"]
        flag = flags.by_letter.get(letter) if letter else flags.long(match["long"])
        return flag is not None and flag.alone is None

    return takes


def _flags_before(text: str, found: Found) -> tuple[list[str], str]:
    """Return the words of the flags that the text begins with, and what follows them."""
    takes, letters = _takes_value(found), found.flags.by_letter
    words: list[str] = []
    while (match := _FLAG.match(text)) is not None:
        if match["letter"] and match["letter"] not in letters:
            break
        word, text = _word(text)
        text = text.lstrip()
        words.append(word)
        if takes(match) and "=" not in word and text:
            value, text = _word(text)
            text = text.lstrip()
            words.append(value)
    if (end := _END.match(text)) is not None:
        text = text[end.end() :].lstrip()
    return words, text.rstrip()


def _refuse_flags_behind(expression: str, found: Found) -> None:
    """Refuse a flag behind the expression, where it would be taken from it as a metric.

    Raises:
        UsageError: one of the command's own flags stands there.
    """
    for flag in _BEHIND.finditer(_LITERAL.sub("", expression)):
        if found.flags.long(flag["name"]) is not None:
            raise UsageError(
                f"error: --{flag['name']} stands behind the expression, and would be a part of it",
                next_step="Write the flags first, and the expression behind them.",
            )


def _word(text: str) -> tuple[str, str]:
    """Return the first word as a shell reads it, and what follows it."""
    match = _WORD.match(text)
    if match is None:
        raise UsageError(
            f"error: the quote {text[0]} is not closed", next_step="Close it, or leave it out."
        )
    return shlex.split(match[0])[0] if match[0] else "", text[match.end() :]


def _quoted(word: str) -> str:
    """Return the word for a shell, with a flag's name outside of the quotes."""
    match = _FLAG.match(word)
    if match is None or not match["value"]:
        return shlex.quote(word)
    return match[0] + shlex.quote(word[match.end() :])
