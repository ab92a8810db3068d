"""Which time a graph is about, and at which steps it asks. Pure."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from promql_parser import (
    Expr,
    MatrixSelector,
    SubqueryExpr,
    VectorSelector,
    display_duration,
)

from bot.core.errors import UsageError
from bot.core.metrics import Span
from bot.prometheus.limits import MOST_POINTS
from bot.prometheus.moments import read_moment, read_span
from bot.prometheus.parsing import read
from bot.prometheus.trees import children, groups

HOUR = timedelta(hours=1)
POINTS = 250
"""How many a picture has of each series, where no step is typed: more than a phone can show."""
SHORTEST = timedelta(seconds=15)
"""The smallest step that is chosen: most series are not measured more often."""
_ROUND = (
    *(15, 20, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800),
    *(3_600 * hours for hours in (1, 2, 3, 6, 12, 24)),
)
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of the time, as it was typed."""

    range: str = ""
    start: str = ""
    end: str = ""
    step: str = ""


def split_range(text: str) -> tuple[str, str]:
    """Return the expression, and the duration behind it that is no part of it (or nothing).

    Where the whole is PromQL, as `up offset 1h` is, its last word belongs to it.
    """
    rest, *last = text.rsplit(None, 1)[:2] or [text]
    if not last or not _DURATION.fullmatch(last[0]) or read(text) is not None:
        return text, ""
    return (text, "") if read(rest) is None else (rest, last[0])


def span_of(typed: Typed, now: datetime) -> Span:
    """Return the time that was typed, the last hour where none was, with its steps.

    Raises:
        UsageError: it cannot be read, or contradicts itself.
    """
    if typed.range and typed.start and typed.end:
        raise UsageError(
            "error: --range, --from and --to are one too many", next_step="Leave one of them out."
        )
    length = read_span(typed.range) if typed.range else HOUR
    if typed.start and not typed.end and typed.range:
        start = read_moment(typed.start, now)
        end = start + length
    else:
        end = read_moment(typed.end, now) if typed.end else now
        start = read_moment(typed.start, now) if typed.start else end - length
    if start >= end:
        raise UsageError(
            "error: the time ends before it begins", next_step="Type --from before --to."
        )
    start, end = (moment.replace(microsecond=0) for moment in (start, end))
    return Span(start, max(end, start + timedelta(seconds=1)), _step(typed.step, end - start))


def _step(typed: str, length: timedelta) -> timedelta:
    if not typed:
        return fitting_step(length)
    return max(
        read_span(typed), timedelta(seconds=math.ceil(length.total_seconds() / (MOST_POINTS - 1)))
    )


def fitting_step(length: timedelta) -> timedelta:
    """Return the round step that makes at most `POINTS` of so long a time."""
    wanted = max(SHORTEST, length / POINTS).total_seconds()
    fits = (one for one in _ROUND if one >= wanted)
    return timedelta(seconds=next(fits, math.ceil(wanted / 86_400) * 86_400))


def shifted(span: Span, back: timedelta) -> Span:
    """Return the same time, so much earlier."""
    return replace(span, start=span.start - back, end=span.end - back)


def short(span: timedelta) -> str:
    """Return a duration as PromQL writes it, such as `1h30m`."""
    return str(display_duration(span))


def remarks(expression: str, span: Span, typed: Typed) -> Iterator[str]:
    """Yield what the steps leave out of what was measured."""
    step = span.step
    if typed.step and read_span(typed.step) < step:
        yield (
            f"The step is {short(step)}: "
            f"Prometheus gives at most {MOST_POINTS:,} points of a series."
        )
    tree = read(expression)
    if tree is None or step <= SHORTEST:
        return
    windows = sorted(_windows(tree))
    if isinstance(tree, VectorSelector):
        yield (
            f"Each point is the last value of {short(step)}; "
            f"max_over_time({expression}[{short(step)}]) shows the peaks between."
        )
    elif windows and windows[0] < step:
        yield (
            f"Each point is about the {short(windows[0])} before it, once every {short(step)}; "
            "the rest is not looked at."
        )
    elif not windows:
        yield f"Each point is of the last values of {short(step)}."


def _windows(tree: Expr) -> Iterator[timedelta]:
    """Yield how far back each range of the expression looks."""
    if isinstance(tree, MatrixSelector | SubqueryExpr) and tree.range:
        yield tree.range
    for child in children(tree):
        yield from _windows(child)


def pinned(expression: str) -> dict[str, str]:
    """Return the labels that every selector of the expression wants to have one value."""
    tree = read(expression)
    if tree is None:
        return {}
    found = [_equal(node) for node in _selectors(tree)]
    if not found:
        return {}
    first, *others = found
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }


def _selectors(tree: Expr) -> Iterator[VectorSelector]:
    if isinstance(tree, VectorSelector):
        yield tree
    for child in children(tree):
        yield from _selectors(child)


def _equal(node: VectorSelector) -> dict[str, str]:
    [first, *others] = groups(node.matchers)
    return {} if others else {name: value for name, operator, value in first if operator == "="}
