"""Whose series an expression may choose: a matcher of namespaces, forced into every selector.

Pure. Each selector is built anew and put into the tree, the tree is printed, and what was printed
is read again: it has to be the same expression, and each of its selectors has to carry the matcher.
What cannot be read and written faithfully is refused, never sent as something else.

`label_replace`, `label_join` and `count_values` may write any label, that of namespaces too, on a
result: whatever it says there, the data behind it is chosen by the matcher. The answer of `absent`
is without that label.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain

from promql_parser import (
    Call,
    Expr,
    VectorSelector,
    display_duration,
    parse,
    transform,
)

from bot.core.errors import BadQueryError, RefusedError
from bot.core.metrics import Reach
from bot.prometheus.limits import Limits, check_text, check_tree, checked
from bot.prometheus.literals import PIECE, blanked, quoted, respelled, unquoted
from bot.prometheus.trees import Test, children, groups, shape

_LIMITS = Limits()
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METRIC = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
# RFC 1123, so that no name means anything in a pattern.
_NAMESPACE = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
# promql-parser 0.12 reads a moment before 1970 as 1970.
_BEFORE_1970 = re.compile(r"@\s*-")
_ELSEWHERE = "Ask for all namespaces with -A, which sends it as it is, or write it otherwise."


def narrowed(expression: str, reach: Reach, label: str, limits: Limits = _LIMITS) -> str:
    """Return the expression to send: the same, of the series within the reach.

    With a reach of all it is the expression as it was typed, once it is within the limits.

    Raises:
        BadQueryError: it cannot be read, or asks for more than the limits allow.
        RefusedError: it cannot be narrowed without meaning something else.
    """
    if reach.namespaces is None:
        checked(expression, limits)
        return expression
    forced = _forced(reach.namespaces, label)
    check_text(expression, limits)
    tree = _read(expression)
    check_tree(tree, limits)
    _refuse_unnarrowable(tree, expression)
    wanted = list(_shapes(tree, forced))

    def rebuilt(node: Expr) -> Expr | None:
        return parse(_selector(node, forced)) if isinstance(node, VectorSelector) else None

    printed = transform(tree, post_visit=rebuilt).prettify()
    if not _holds(printed, wanted, forced):
        raise RefusedError(
            "error: this cannot be narrowed to a namespace and keep its meaning",
            next_step=_ELSEWHERE,
        )
    return printed


def narrowed_selector(selector: str, reach: Reach, label: str, limits: Limits = _LIMITS) -> str:
    """Return a selector of series likewise, as the endpoints for series and labels take it.

    Raises:
        BadQueryError: it cannot be read, or is more than a selector.
        RefusedError: it cannot be narrowed without meaning something else.
    """
    if reach.namespaces is None:
        check_text(selector, limits)
        return selector
    sent = narrowed(selector, reach, label, limits)
    tree = parse(sent)
    if not isinstance(tree, VectorSelector) or tree.offset is not None or tree.at is not None:
        raise BadQueryError(
            "error: series are chosen by a name and labels alone",
            next_step='Type it such as up{job="api"}.',
        )
    return sent


def everything(reach: Reach, label: str) -> str | None:
    """Return the selector of all series within a reach; None: all there are.

    Raises:
        RefusedError: the reach holds no namespace, or what is none.
    """
    if reach.namespaces is None:
        return None
    return f"{{{_written(_forced(reach.namespaces, label))}}}"


def _forced(namespaces: Sequence[str], label: str) -> Test:
    """Return the matcher that each selector has to carry."""
    if _LABEL.fullmatch(label) is None:
        raise RefusedError(
            f"error: {label!r} is no label that namespaces can be told by",
            next_step="Whoever runs the bot names the label of its Prometheus's series.",
        )
    if not namespaces or not all(map(_NAMESPACE.fullmatch, namespaces)):
        raise RefusedError(
            f"error: {', '.join(namespaces) or 'nothing'} is no namespace to ask about",
            next_step="Choose a namespace with -n.",
        )
    # Always a pattern: of an equality, absent() would make a label of its answer.
    return label, "=~", "|".join(sorted(set(namespaces)))


def _read(expression: str) -> Expr:
    try:
        return parse(respelled(expression))
    except ValueError as error:
        raise BadQueryError(
            f"error: the expression cannot be read: {error}",
            next_step="Correct it. PromQL that is newer than this bot works with -A alone.",
        ) from error


def _refuse_unnarrowable(tree: Expr, expression: str) -> None:
    if any(isinstance(node, Call) and node.func.name == "info" for node in _nodes(tree)):
        raise RefusedError(
            "error: info() takes labels from series of all namespaces",
            next_step="Join what you need: up * on (job, instance) group_left (version) "
            "target_info",
        )
    if _BEFORE_1970.search(blanked(expression)):
        raise RefusedError(
            "error: @ takes a moment since 1970 here",
            next_step="Type seconds such as @ 1700000000.",
        )


def _selector(node: VectorSelector, forced: Test) -> str:
    """Return the selector with the matcher in each of its groups."""
    inside = " or ".join(
        ",".join(_written(test) for test in [*group, forced]) for group in groups(node.matchers)
    )
    moment = "" if node.at is None else f" {node.at}"
    name = node.name or ""
    if name and _METRIC.fullmatch(name) is None:
        raise RefusedError(
            f"error: {quoted(name)} cannot be narrowed to a namespace",
            next_step=f"Type it as {{__name__={quoted(name)}}}.",
        )
    return f"{name}{{{inside}}}{moment}{_shift(node.offset)}"


def _written(test: Test) -> str:
    label, operator, value = test
    name = label if _LABEL.fullmatch(label) else quoted(label)
    return f"{name}{operator}{quoted(value)}"


def _shift(offset: timedelta | None) -> str:
    if offset is None:
        return ""
    return f" offset {'-' if offset < timedelta(0) else ''}{display_duration(abs(offset))}"


def _nodes(tree: Expr) -> Iterator[Expr]:
    yield tree
    yield from chain.from_iterable(map(_nodes, children(tree)))


def _shapes(tree: Expr, forced: Test) -> Iterator[tuple[object, ...]]:
    """Yield the shape of each node, and of each selector the one that it must have."""
    for node in _nodes(tree):
        if isinstance(node, VectorSelector):
            name, tests, *rest = shape(node)[1:]
            with_it = [sorted({*group, forced}) for group in tests]
            yield type(node).__name__, name, with_it, *rest
        else:
            yield shape(node)


def _holds(printed: str, wanted: list[tuple[object, ...]], forced: Test) -> bool:
    """Return whether what was printed is what was wanted, read by whatever reads it."""
    if not _one_reading(printed):
        return False
    tree = parse(printed)
    return list(_shapes(tree, forced)) == wanted and all(
        forced in group
        for node in _nodes(tree)
        if isinstance(node, VectorSelector)
        for group in groups(node.matchers)
    )


def _one_reading(printed: str) -> bool:
    """Return whether nobody can differ about where a string begins and ends."""
    strings = PIECE.findall(printed)
    return (
        all(string.startswith('"') and quoted(unquoted(string)) == string for string in strings)
        and blanked(printed).isascii()
        and not any(sign in blanked(printed) for sign in "\"'`#\\")
    )
