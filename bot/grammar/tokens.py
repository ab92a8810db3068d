"""A line split into words and filters as a shell would, without any shell.

Quotes and backslashes are POSIX's. What only a real shell can do is refused by name, together
with the forms that work; inside of quotes it is data.
"""

import re
from dataclasses import dataclass

from bot.core.errors import QuarterdeckError, RefusedError, UsageError
from bot.grammar.filters import FORMS, Filter, read_filter

_PLAIN = re.compile(r"[A-Za-z0-9 ./:=,_@%+-]*")
_PIECE = re.compile(
    r"""
      (?P<space>[ \t]+)
    | '(?P<single>[^']*)'
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | \\(?P<escaped>.)
    | (?P<operator>\$\(|`|&&|\|\||\|&|>>|<<|[|;&<>\n])
    | (?P<plain>(?:[^ \t\n'"\\|;&<>`$]|\$(?!\())+)
    """,
    re.VERBOSE | re.DOTALL,
)
# Inside of double quotes a backslash escapes these alone.
_ESCAPED = re.compile(r'\\([$`"\\\n])')
_SUBSTITUTED = re.compile(r"\\.|(?P<operator>\$\(|`)", re.DOTALL)

_SEPARATE = "Send the commands one by one."
_QUOTE_IT = "Put the word in quotes if the sign belongs to it; answers are posted here anyway."
_SINGLE = "Write the value itself; for a shell inside of a container, put it in 'single quotes'."
_REFUSED = {
    ";": _SEPARATE,
    "&&": _SEPARATE,
    "||": _SEPARATE,
    "&": _SEPARATE,
    "\n": _SEPARATE,
    "|&": f"These work: {FORMS}.",
    ">": _QUOTE_IT,
    ">>": _QUOTE_IT,
    "<": _QUOTE_IT,
    "<<": _QUOTE_IT,
    "$(": _SINGLE,
    "`": _SINGLE,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One command's words, and what its result is filtered by."""

    words: tuple[str, ...]
    filters: tuple[Filter, ...] = ()


def is_plain(text: str) -> bool:
    """Tell whether nothing in the text but its spaces means anything to a shell, or to Slack."""
    return _PLAIN.fullmatch(text) is not None


def read_line(text: str) -> Line:
    """Split the line at its spaces and pipes.

    Raises:
        UsageError: a quote is not closed, or a filter cannot be read.
        RefusedError: it needs a shell.
    """
    if is_plain(text):
        return Line(tuple(text.split()))
    first, *others = _split(text)
    return Line(tuple(first), tuple(read_filter(words) for words in others))


def _split(text: str) -> list[list[str]]:
    """Return the words of each part between the pipes."""
    parts: list[list[str]] = [[]]
    word: str | None = None
    position = 0
    while position < len(text):
        match = _PIECE.match(text, position)
        if match is None:
            raise _unfinished(text, position)
        if match["operator"] or match["space"]:
            if word is not None:
                parts[-1].append(word)
            word = None
            if match["operator"]:
                _refuse_operator(match["operator"], position)
                parts.append([])
        else:
            word = (word or "") + _data(match)
        position = match.end()
    if word is not None:
        parts[-1].append(word)
    return parts


def _data(match: re.Match[str]) -> str:
    if (quoted := match["double"]) is not None:
        for found in _SUBSTITUTED.finditer(quoted):
            if found["operator"]:
                _refuse_operator(found["operator"], match.start("double") + found.start())
        return _ESCAPED.sub(lambda found: found[1].replace("\n", ""), quoted)
    return match["single"] or match["escaped"] or match["plain"] or ""


# A backtick between two others would not be seen.
_TOLD = {"\n": "a second line", "`": "a backtick"}


def _refuse_operator(operator: str, position: int) -> None:
    if operator == "|":
        return
    shown = _TOLD.get(operator, f"`{operator}`")
    raise RefusedError(
        f"error: {shown} at column {position + 1} needs a shell, and there is none here",
        next_step=_REFUSED[operator],
    )


def _unfinished(text: str, position: int) -> QuarterdeckError:
    if text[position] == "\\":
        return UsageError("error: the line ends in a backslash")
    return UsageError(
        f"error: the quote {text[position]} at column {position + 1} is not closed",
        next_step="Close it, or leave it out.",
    )
