"""How much one question may ask of a Prometheus: text, nesting, series, and time.

Pure. What stops a question that is too much before it is sent; what the answer may weigh, and how
long it may take, is the client's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from promql_parser import (
    Expr,
    MatrixSelector,
    SubqueryExpr,
    VectorSelector,
    display_duration,
    parse,
    parse_duration,
)

from bot.core.errors import BadQueryError
from bot.core.metrics import Span
from bot.prometheus.literals import blanked, respelled
from bot.prometheus.trees import children

MOST_POINTS = 11_000
"""Prometheus refuses a range query of more points per series (its HTTP API's documentation)."""

# Where a subquery names no step, Prometheus takes its own interval of evaluation: 1m by default.
_STEP = timedelta(minutes=1)
_OPERATOR = re.compile(r"[-+*/%^]|[=!<>]=?~?|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_MATCHERS = re.compile(r"\{[^{}]*\}")
_BRACKETS = re.compile(r"\[([^\[\]:]*)(?::([^\[\]:]*))?\]")
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question may ask for."""

    characters: int = 8_000
    nesting: int = 24
    """Brackets in brackets."""
    operators: int = 48
    """Beside those of matchers. Rebuilding a tree costs the cube of its depth: so deep, 20 ms."""
    selectors: int = 64
    window: timedelta = timedelta(days=31)
    """The longest range of a selector or a subquery."""
    steps: int = MOST_POINTS
    """How often one subquery may evaluate what is in it."""
    nested_steps: int = 250_000
    """How often that may be with those around it, one times the other."""
    span: timedelta = timedelta(days=7)
    """The longest time of a range query."""


def check_text(expression: str, limits: Limits) -> None:
    """Refuse what is too long or too deep to be read, or is no text.

    Raises:
        BadQueryError: it is; the next step says what to type instead.
    """
    if len(expression) > limits.characters:
        raise BadQueryError(
            f"error: the expression has {len(expression)} characters; "
            f"up to {limits.characters} are read",
            next_step="Shorten it, or let a recording rule hold a part of it.",
        )
    if any("\ud800" <= character <= "\udfff" for character in expression):
        raise BadQueryError(
            "error: the expression holds half a character", next_step="Type it once more."
        )
    text = _MATCHERS.sub("{}", blanked(expression))
    if _nesting(text) > limits.nesting:
        raise BadQueryError(
            f"error: the expression has more than {limits.nesting} brackets in one another",
            next_step="Leave brackets out, or let a recording rule hold the inner part.",
        )
    if len(_OPERATOR.findall(text)) > limits.operators:
        raise BadQueryError(
            f"error: the expression has more than {limits.operators} operators",
            next_step='Choose with one matcher, such as {pod=~"a|b"}, instead of many sums.',
        )


def check_tree(tree: Expr, limits: Limits) -> None:
    """Refuse what chooses too often, looks back too far or evaluates too much.

    Raises:
        BadQueryError: it does; the next step says what to type instead.
    """
    selectors = 0
    for node, steps in _weighed(tree):
        if isinstance(node, VectorSelector):
            selectors += 1
        if isinstance(node, MatrixSelector | SubqueryExpr):
            _check_window(node.range or timedelta(0), limits)
        if isinstance(node, SubqueryExpr):
            _check_steps(_steps(node), limits.steps)
            _check_steps(steps, limits.nested_steps)
    if selectors > limits.selectors:
        raise BadQueryError(
            f"error: the expression chooses series {selectors} times; "
            f"up to {limits.selectors} times are allowed",
            next_step='Choose with one matcher, such as {__name__=~"a|b"}.',
        )


def check_unread(expression: str, limits: Limits) -> None:
    """Refuse the same of an expression that only a newer Prometheus reads, as far as is seen.

    Raises:
        BadQueryError: a range in brackets is too long, or a subquery too fine.
    """
    for written, step in _BRACKETS.findall(blanked(expression)):
        if (window := _duration(written)) is None:
            continue
        _check_window(window, limits)
        if (fine := _duration(step)) is not None:
            _check_steps(int(window / fine), limits.steps)


def checked(expression: str, limits: Limits) -> None:
    """Refuse an expression that is too much, whether or not it can be read here.

    Raises:
        BadQueryError: it is too much; the next step says what to type instead.
    """
    check_text(expression, limits)
    try:
        tree = parse(respelled(expression))
    except ValueError:
        # The server's PromQL may be newer; whether it can be read is the server's to say.
        check_unread(expression, limits)
    else:
        check_tree(tree, limits)


def check_span(span: Span, limits: Limits) -> None:
    """Refuse a range query over too long a time, or with too many points.

    Raises:
        BadQueryError: the next step says what to type instead.
    """
    length = span.end - span.start
    if length <= timedelta(0):
        raise BadQueryError(
            "error: the time ends before it begins", next_step="Type --from before --to."
        )
    if length > limits.span:
        raise BadQueryError(
            f"error: a range of {display_duration(length)} is longer than "
            f"{display_duration(limits.span)}",
            next_step=f"Ask for less, such as --range {display_duration(limits.span)}.",
        )
    if span.step <= timedelta(0) or length / span.step > MOST_POINTS:
        # Both ends are points, too.
        fitting = display_duration(timedelta(seconds=-(-length.total_seconds() // MOST_POINTS)))
        raise BadQueryError(
            f"error: a step of {display_duration(max(span.step, timedelta(0)))} makes more than "
            f"{MOST_POINTS:,} points of each series",
            next_step=f"Ask for fewer, such as --step {fitting}.",
        )


def _weighed(tree: Expr, steps: int = 1) -> Iterator[tuple[Expr, int]]:
    """Yield each node, and how often it is evaluated for one moment of the whole."""
    if isinstance(tree, SubqueryExpr):
        steps *= max(1, _steps(tree))
    yield tree, steps
    for child in children(tree):
        yield from _weighed(child, steps)


def _check_window(window: timedelta, limits: Limits) -> None:
    if window > limits.window:
        raise BadQueryError(
            f"error: the range [{display_duration(window)}] looks back further than "
            f"{display_duration(limits.window)}",
            next_step=f"Look back less, such as [{display_duration(limits.window)}].",
        )


def _steps(node: SubqueryExpr) -> int:
    return int((node.range or timedelta(0)) / (node.step or _STEP))


def _check_steps(steps: int, most: int) -> None:
    if steps > most:
        raise BadQueryError(
            f"error: a subquery evaluates what is in it {steps:,} times; "
            f"up to {most:,} times are allowed",
            next_step="Give it a larger step or a shorter range, such as [1d:5m].",
        )


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in text:
        if character in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif character in _CLOSING:
            depth -= 1
    return deepest


def _duration(written: str) -> timedelta | None:
    try:
        return parse_duration(written.strip()) or None
    except ValueError:
        # Arithmetic of durations, or none at all: Prometheus's own limits hold.
        return None
