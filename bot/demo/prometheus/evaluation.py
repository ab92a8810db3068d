"""From the tree of an expression to something that can be asked for any moment.

The tree is read once; what stays the same for all moments is decided then.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import promql_parser as promql

from bot.demo.prometheus import numeric, parsing, ranges
from bot.demo.prometheus.aggregation import SIMPLE, aggregated, grouping
from bot.demo.prometheus.functions import FUNCTIONS
from bot.demo.prometheus.operators import between, operation
from bot.demo.prometheus.ranges import OVER_RANGES
from bot.demo.prometheus.refusals import QueryRefusedError
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.values import (
    NAME,
    Evaluate,
    EvaluateRange,
    Labels,
    Range,
    Sample,
    Value,
    Vector,
    Window,
    nameless,
    scalar,
    vector,
)

LOOKBACK = 300_000
"""Milliseconds for which a sample counts as what a series is."""
_SUBQUERY_STEP = 60_000
"""Prometheus's interval of evaluation, which subqueries without a step have."""
KNOWN_AGGREGATIONS = sorted((*SIMPLE, "bottomk", "count_values", "quantile", "topk"))
_OVER_RANGES = (*OVER_RANGES, "absent_over_time", "predict_linear", "quantile_over_time")
_WITH_SELECTOR = ("absent", "timestamp")
KNOWN = sorted({*FUNCTIONS, *_OVER_RANGES, *_WITH_SELECTOR})
_KEEP_NAMES = ("last_over_time",)


@dataclass(frozen=True, slots=True)
class Frame:
    """What an expression is evaluated in; times in milliseconds."""

    store: Store
    text: str
    start: int
    end: int
    lookback: int = LOOKBACK


def compiled(node: Any, frame: Frame) -> Evaluate:
    """Return what evaluates an expression that is no range.

    Raises:
        QueryRefusedError: it has something in it that is not known here.
    """
    return _COMPILERS[type(node)](node, frame)


def compiled_range(node: Any, frame: Frame) -> EvaluateRange:
    """Return what evaluates a range: `x[5m]`, or a subquery. Raises as `compiled` does."""
    node = bare(node)
    if isinstance(node, promql.SubqueryExpr):
        return _subquery(node, frame)
    selector = node.vector_selector
    series = frame.store.select(parsing.matchers(selector))
    moment_of, width = _moment(selector, frame), _milliseconds(node.range)

    def evaluate(moment: int) -> Range:
        end = moment_of(moment)
        windows = [each.within(end - width, end) for each in series]
        return Range([each for each in windows if each.times], end - width, end)

    return evaluate


def _milliseconds(duration: timedelta | None) -> int:
    return round(duration / timedelta(milliseconds=1)) if duration else 0


def bare(node: Any) -> Any:
    """Return what stands within parentheses."""
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return node


def _moment(node: Any, frame: Frame) -> Callable[[int], int]:
    """Return what applies `@` and `offset` to a moment."""
    offset, at = _milliseconds(node.offset), node.at
    if at is None:
        return lambda moment: moment - offset
    if at.type == promql.AtModifierType.At:
        # As a datetime, the library has none before 1970: it panics.
        fixed = round(float(str(at).removeprefix("@ ")) * 1000)
    else:
        fixed = frame.start if at.type == promql.AtModifierType.Start else frame.end
    return lambda _: fixed - offset


def _subquery(node: Any, frame: Frame) -> EvaluateRange:
    inner, moment_of = compiled(node.expr, frame), _moment(node, frame)
    width, step = _milliseconds(node.range), _milliseconds(node.step) or _SUBQUERY_STEP
    known: dict[int, Vector] = {}

    def evaluate(moment: int) -> Range:
        end = moment_of(moment)
        start = end - width
        found: dict[Labels, Window] = {}
        for each in range((start // step + 1) * step, end + 1, step):
            if each not in known:
                known[each] = vector(inner(each))
            for labels, value in known[each]:
                empty = Window(labels, array("q"), array("d"))
                window = found.setdefault(labels, empty)
                window.times.append(each)
                window.values.append(value)
        return Range(list(found.values()), start, end)

    return evaluate


def _selector(node: Any, frame: Frame, *, moments: bool = False) -> Evaluate:
    """Return what evaluates a selector to its values, or to the moments of its samples."""
    series = frame.store.select(parsing.matchers(node))
    moment_of = _moment(node, frame)

    def evaluate(moment: int) -> Value:
        at = moment_of(moment)
        found = ((each.labels, each.at(at, frame.lookback)) for each in series)
        if moments:
            return [Sample(nameless(labels), it[0] / 1000) for labels, it in found if it]
        return [Sample(labels, it[1]) for labels, it in found if it]

    return evaluate


def _constant(node: Any, _: Frame) -> Evaluate:
    value = node.val
    return lambda _: value


def _within_parentheses(node: Any, frame: Frame) -> Evaluate:
    return compiled(node.expr, frame)


def _negated(node: Any, frame: Frame) -> Evaluate:
    inner = compiled(node.expr, frame)

    def evaluate(moment: int) -> Value:
        value = inner(moment)
        if isinstance(value, list):
            return _unique([Sample(nameless(each.labels), -each.value) for each in value])
        return -scalar(value)

    return evaluate


def _binary(node: Any, frame: Frame) -> Evaluate:
    left, right = compiled(node.lhs, frame), compiled(node.rhs, frame)
    this = operation(node)

    def evaluate(moment: int) -> Value:
        value = between(this, left(moment), right(moment))
        return _unique(value) if isinstance(value, list) else value

    return evaluate


def _aggregate(node: Any, frame: Frame) -> Evaluate:
    name, inner, group = str(node.op), compiled(node.expr, frame), grouping(node.modifier)
    parameter = compiled(node.param, frame) if node.param is not None else lambda _: 0.0

    def evaluate(moment: int) -> Value:
        value = parameter(moment)
        told = value if isinstance(value, str) else scalar(value)
        return aggregated(name, vector(inner(moment)), group, told)

    return evaluate


def _call(node: Any, frame: Frame) -> Evaluate:
    name = node.func.name
    if name in _OVER_RANGES:
        return _over_range(name, node.args, frame)
    if name in _WITH_SELECTOR:
        return _WITH[name](node.args[0], frame)
    if name not in FUNCTIONS:
        raise parsing.refused(frame.text, f"unknown function with name '{name}'")
    arguments, function = [compiled(each, frame) for each in node.args], FUNCTIONS[name]

    def evaluate(moment: int) -> Value:
        value = function(moment, [each(moment) for each in arguments])
        return _unique(value) if isinstance(value, list) else value

    return evaluate


def _over_range(name: str, arguments: list[Any], frame: Frame) -> Evaluate:
    place = 1 if name == "quantile_over_time" else 0
    of_range = compiled_range(arguments[place], frame)
    others = [compiled(each, frame) for i, each in enumerate(arguments) if i != place]
    if name == "absent_over_time":
        labels = _equalities(arguments[0], frame)
        return lambda moment: [] if of_range(moment).windows else [Sample(labels, 1.0)]

    renamed = cache(nameless) if name not in _KEEP_NAMES else Labels

    def evaluate(moment: int) -> Value:
        windows, start, end = of_range(moment)
        function = OVER_RANGES.get(name)
        if function is None:
            function = _with_parameter(name, moment, scalar(others[0](moment)))
        told = ((each, function(each, start, end)) for each in windows)
        return _unique(
            Sample(renamed(each.labels), value) for each, value in told if value is not None
        )

    return evaluate


def _with_parameter(name: str, moment: int, parameter: float) -> ranges.OverRange:
    if name == "predict_linear":
        return lambda window, *_: ranges.predicted(window, moment, parameter)
    return lambda window, *_: numeric.quantile(parameter, window.values)


def _absent(node: Any, frame: Frame) -> Evaluate:
    inner, labels = compiled(node, frame), _equalities(node, frame)
    return lambda moment: [] if inner(moment) else [Sample(labels, 1.0)]


def _equalities(node: Any, frame: Frame) -> Labels:
    """Return the labels that a selector asks for, as far as they are known from it."""
    node = getattr(node, "vector_selector", node)
    if not isinstance(node, promql.VectorSelector):
        return Labels()
    found: dict[str, str] = {}
    seen: set[str] = {NAME}
    for each in parsing.matchers(node):
        if each.equals is not None and each.name not in seen:
            found[each.name] = each.equals
            seen.add(each.name)
        elif each.name != NAME:
            found.pop(each.name, None)
    return Labels((name, value) for name, value in found.items() if value)


def _timestamp(node: Any, frame: Frame) -> Evaluate:
    if isinstance(bare(node), promql.VectorSelector):
        return _selector(bare(node), frame, moments=True)
    inner = compiled(node, frame)
    return lambda moment: [
        Sample(nameless(each.labels), moment / 1000) for each in vector(inner(moment))
    ]


def _unique(elements: Any) -> Vector:
    """Return the elements. Raises: two of them have the same labels."""
    found: Vector = list(elements)
    if len({each.labels for each in found}) < len(found):
        raise QueryRefusedError("vector cannot contain metrics with the same labelset")
    return found


_WITH: Mapping[str, Callable[[Any, Frame], Evaluate]] = {
    "absent": _absent,
    "timestamp": _timestamp,
}
_COMPILERS: Mapping[type, Callable[[Any, Frame], Evaluate]] = {
    promql.AggregateExpr: _aggregate,
    promql.BinaryExpr: _binary,
    promql.Call: _call,
    promql.NumberLiteral: _constant,
    promql.ParenExpr: _within_parentheses,
    promql.StringLiteral: _constant,
    promql.UnaryExpr: _negated,
    promql.VectorSelector: _selector,
}
