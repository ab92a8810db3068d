"""Whether a condition is true, false, or neither because there is nothing to tell it by.

A comparison answers with nothing when it is false, and also when what it compares is not there. So
its sides are asked for, too, before anybody is told that it is false.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as promql

from bot.core.metrics import Answer, Histogram, Metrics, Series, Shape, Value
from bot.core.watching import Sight
from bot.prometheus.parsing import read
from bot.prometheus.telling import keeps_order
from bot.prometheus.trees import is_number

_COMPARES = frozenset({"==", "!=", ">", "<", ">=", "<="})
_JOINS = frozenset({"and", "or", "unless"})
# So many sides are asked for, where a condition has more of them.
_MOST_SIDES = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """What an expression's answer says of a condition."""

    sides: tuple[str, ...] = ()
    """What to ask for what is compared in it, as far as that is more than a number."""
    numeric: bool = False
    """Whether it answers 0 or 1 for each series, as `bool` does."""


def read_condition(expression: str) -> Condition:
    """Return what the answer means; what cannot be parsed is for Prometheus to refuse."""
    tree = read(expression)
    if tree is None:
        return Condition()
    compared = list(_comparisons(tree))
    numeric = bool(compared) and all(_is_numeric(one) for one in compared)
    sides = dict.fromkeys(
        _counted(side)
        for one in compared
        for side in (one.lhs, one.rhs)
        if not isinstance(_bare(side), promql.NumberLiteral)
    )
    return Condition(tuple(sides)[:_MOST_SIDES], numeric)


def _counted(side: promql.Expr) -> str:
    """Return what tells whether a side is there: of many series no more than their number."""
    # A division by nothing is a NaN, which is as little as nothing, and no number is below it.
    return side.prettify() if is_number(side) else f"count({side.prettify()} >= -Inf)"


async def look(metrics: Metrics, expression: str) -> Sight:
    """Return whether the condition holds now, and for which series.

    Raises:
        QuarterdeckError: Prometheus cannot evaluate it, or does not answer.
    """
    condition = read_condition(expression)
    answer = await metrics.instant(expression)
    holds = _holds(answer, condition)
    # A scalar is always there: compared, what it was made of may be missing all the same.
    empty = not answer.series or answer.shape is Shape.SCALAR
    unsure = holds is False and empty and condition.sides
    if unsure and not await _any(metrics, condition.sides):
        holds = None
    return Sight(holds, _ordered(_true(answer, condition), expression) if holds else ())


async def _any(metrics: Metrics, sides: tuple[str, ...]) -> bool:
    for side in sides:
        answer = await metrics.instant(side)
        if any(not _is_nan(_last(one)) for one in answer.series):
            return True
    return False


def _holds(answer: Answer, condition: Condition) -> bool | None:
    if answer.shape is Shape.STRING:
        return None
    if answer.shape is Shape.SCALAR:
        values = [_last(one) for one in answer.series]
        return None if not values or _is_nan(values[0]) else bool(values[0])
    if condition.numeric:
        return any(True for _ in _true(answer, condition))
    return bool(answer.series)


def _true(answer: Answer, condition: Condition) -> Iterator[Series]:
    """Yield the series for which the condition holds."""
    for one in answer.series:
        value = _last(one)
        if not condition.numeric or (not _is_nan(value) and bool(value)):
            yield one


def _ordered(series: Iterator[Series], expression: str) -> tuple[Series, ...]:
    """Return the series as the expression orders them, or by their labels: only a few are told."""
    if keeps_order(expression):
        return tuple(series)
    return tuple(sorted(series, key=lambda one: sorted(one.labels.items())))


def _last(series: Series) -> Value:
    return series.points[-1][1] if series.points else math.nan


def _is_nan(value: Value) -> bool:
    return not isinstance(value, Histogram) and math.isnan(value)


def _comparisons(node: object) -> Iterator[promql.BinaryExpr]:
    """Yield the comparisons that decide whether there is an answer."""
    found = _bare(node)
    if not isinstance(found, promql.BinaryExpr):
        return
    if str(found.op) in _COMPARES:
        yield found
    elif str(found.op) in _JOINS:
        yield from _comparisons(found.lhs)
        yield from _comparisons(found.rhs)


def _bare(node: object) -> object:
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return node


def _is_numeric(comparison: promql.BinaryExpr) -> bool:
    modifier = comparison.modifier
    return modifier is not None and bool(modifier.return_bool)
