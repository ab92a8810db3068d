"""What is wrong with an expression, shown where it is, and what was probably meant. Pure."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from bot.core.errors import BadQueryError
from bot.prometheus.literals import blanked
from bot.prometheus.parsing import read
from bot.prometheus.ranging import split_range

# Prometheus's positions are lines and bytes, both from 1 on.
_PLACE = re.compile(r"(?:^|\s)(?P<line>\d+):(?P<column>\d+): (?:parse error: )?")
_PIPE = re.compile(r"\|\s*(?P<program>grep|head|tail|wc|sort|uniq|jq|awk|sed|less|cut)\b")
_INSTEAD = {
    "grep": 'Choose with a matcher: up{pod=~".*web.*"}. To leave out: !~.',
    "head": "Take the largest with topk(10, …), or type --top 10 before the expression.",
    "tail": "Take the smallest with bottomk(10, …).",
    "wc": "Count the series with count(…).",
    "sort": "The largest come first as it is; sort(…) puts the smallest first.",
}
_NO_PIPES = "Leave the pipe out; -o json before the expression prints it for programs."
_FIRST_WORD = re.compile(r"(?P<word>[A-Za-z][\w-]*)\s+(?=\S)")
_FLAGS_BEHIND = re.compile(r"\s(?P<flags>--?[A-Za-z].*)$", re.DOTALL)
# So much of a line is shown around the place.
_WIDTH = 72


def explained(error: BadQueryError, expression: str, verbs: Sequence[str]) -> BadQueryError:
    """Return the error with the place that it is about, and with what to type instead.

    `verbs` are what may stand behind `prom`; the places that the error tells are those of the
    expression as it was typed.
    """
    text = error.text
    place = _PLACE.search(text)
    if place:
        bare = text[: place.start()] + " " * (place.start() > 0) + text[place.end() :]
        text = f"{bare}\n{_pointed(expression, int(place['line']), int(place['column']))}"
    step = _meant(expression, verbs) or error.next_step
    return BadQueryError(text, next_step=step, exit_code=error.exit_code)


def _pointed(expression: str, line: int, column: int) -> str:
    """Return the line of the expression, and below it a sign at the place."""
    lines = expression.split("\n")
    shown = lines[line - 1] if line <= len(lines) else lines[-1]
    at = len(shown.encode()[: column - 1].decode(errors="ignore"))
    start = max(0, min(at - _WIDTH // 2, len(shown) - _WIDTH))
    before, after = ("…" if start else ""), ("…" if start + _WIDTH < len(shown) else "")
    cut = shown[start : start + _WIDTH].replace("\t", " ")
    return f"  {before}{cut}{after}\n  {' ' * (len(before) + at - start)}^"


def _meant(expression: str, verbs: Sequence[str]) -> str:
    pipe = _PIPE.search(blanked(expression))
    if pipe:
        return f"PromQL has no pipes. {_INSTEAD.get(pipe['program'], _NO_PIPES)}"
    if word := _FIRST_WORD.match(expression):
        rest = expression[word.end() :]
        if near := get_close_matches(word["word"].lower(), verbs, 1, 0.7):
            return f"Did you mean `prom {near[0]} {rest}`?"
    flags = _FLAGS_BEHIND.search(blanked(expression))
    before = expression[: flags.start()] if flags else ""
    if flags and (read(before) is not None or split_range(before)[1]):
        return f"Flags stand before the expression: {expression[flags.start('flags') :]} {before}"
    if "graph" in verbs and split_range(expression)[1]:
        return f"For a time, draw it: `prom graph {expression}`"
    return ""
