"""Which unit an expression's values have, from the names of its metrics and what it does to them.

Pure. A guess: what it does not know is a plain number, and never an error.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import promql_parser as promql

from bot.core.measures import NUMBER, Base, Unit
from bot.core.metrics import Described
from bot.prometheus.parsing import read

_RATIO, _CORES, _SECONDS = Unit("ratio"), Unit("cores"), Unit("seconds")
_TIMESTAMP, _PERCENT = Unit("timestamp"), Unit("percent")


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is known of the values of a part of an expression."""

    unit: Unit = NUMBER
    observed: Unit | None = None
    """Of the buckets of a histogram: what was observed."""
    processor: bool = False
    """Whether its seconds are those of processors: so many each second are cores."""
    constant: float | None = None
    factor: float = 1.0
    """What it was multiplied by, as far as a division may make a percentage of it."""
    known: bool = True
    """Whether what it is multiplied with or divided by may make something known of it."""


_PLAIN = _Measure()
_UNKNOWN = _Measure(known=False)


def guess_unit(expression: str, described: Mapping[str, Described]) -> Unit:
    """Return the unit of the expression's values; `described` is what its metrics say."""
    return _measure(read(expression), described).unit


def unmeasured(expression: str) -> tuple[str, ...]:
    """Return the metrics of the expression whose names do not say what they measure, sorted."""
    names: set[str] = set()

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            name = _name(node)
            if name and _selected(node, {}).unit == NUMBER and not _SILENT.search(name):
                names.add(name)

    if (tree := read(expression)) is not None:
        promql.walk(tree, visit)
    return tuple(sorted(names))


def _measure(node: object, described: Mapping[str, Described]) -> _Measure:
    match node:
        case promql.NumberLiteral():
            found = _Measure(constant=node.val)
        case promql.AggregateExpr() if str(node.op) in _COUNTERS:
            found = _PLAIN
        case (
            promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr() | promql.AggregateExpr()
        ):
            found = _measure(node.expr, described)
        case promql.MatrixSelector():
            found = _measure(node.vector_selector, described)
        case promql.VectorSelector():
            found = _selected(node, described)
        case promql.Call():
            found = _called(node, described)
        case promql.BinaryExpr():
            found = _combined(node, described)
        case _:
            found = _PLAIN
    return found


_COUNTERS = frozenset({"count", "count_values", "group", "stdvar"})
# What the name of a moment ends in, by kube-state-metrics' and the exporters' names.
_MOMENT = re.compile(
    r"(_timestamp|_(start|boot|completion|schedule|transition|successful)_time)(_seconds)?$"
    r"|_created$|^node_time_seconds$"
)
# cAdvisor's, which do not say that they are bytes.
_MEMORY = re.compile(r"^container_memory_(rss|cache|swap|mapped_file)$")
# Counts, and exporters that name a unit wherever there is one.
_SILENT = re.compile(
    r"_(count|bucket|total|info)$|^(up|ALERTS|ALERTS_FOR_STATE)$"
    r"|^(kube|node|container|machine|scrape|prometheus|alertmanager|go|process)_"
)
_WORDS: dict[str, Base] = {
    "bytes": "bytes",
    "seconds": "seconds",
    "milliseconds": "milliseconds",
    "ms": "milliseconds",
    "ratio": "ratio",
    "utilisation": "ratio",
    "utilization": "ratio",
    "percent": "percent",
    "percentage": "percent",
    "cores": "cores",
    "celsius": "celsius",
}
# A recording rule's last part says what was done: `instance:node_cpu:rate5m`.
_RATED = re.compile(r"(^|_)i?rate(\d+[smhdwy])?($|_)")
# UCUM, which OpenTelemetry's metrics name their units in, and OpenMetrics' words.
_SAID: dict[str, Base] = {
    "By": "bytes",
    "s": "seconds",
    "ms": "milliseconds",
    "%": "percent",
    "Cel": "celsius",
    **_WORDS,
}
# kube-state-metrics says in labels what a resource is counted in.
_LABELLED: dict[tuple[str, str], Base] = {
    ("unit", "core"): "cores",
    ("unit", "byte"): "bytes",
    ("resource", "cpu"): "cores",
    ("resource", "memory"): "bytes",
    ("resource", "ephemeral_storage"): "bytes",
    ("resource", "storage"): "bytes",
}


def _selected(selector: promql.VectorSelector, described: Mapping[str, Described]) -> _Measure:
    name = _name(selector)
    known = described.get(name, Described())
    processor = "cpu" in name.lower()
    said = Unit(_SAID[known.unit]) if known.unit in _SAID else None
    stem, _, part = name.rpartition("_")
    if part == "bucket" or (part == "count" and known.type != "gauge"):
        return _Measure(observed=said or _named(stem), processor=processor)
    unit = said or _named(name)
    if unit == NUMBER and part != "info":
        unit = _labelled(selector)
    return _per_second(_Measure(replace(unit, per_second=False), unit, processor), unit.per_second)


def _name(selector: promql.VectorSelector) -> str:
    if selector.name:
        return str(selector.name)
    named = [m for m in selector.matchers.matchers if m.name == "__name__"]
    return str(named[0].value) if named and named[0].op == promql.MatchOp.Equal else ""


def _named(name: str) -> Unit:
    """Return what a metric's or a recording rule's name says."""
    *_, metric, done = ("", "", *name.split(":")) if ":" in name else ("", name, "")
    if done.startswith("ratio") or "_ratio" in done:
        return _RATIO
    if _MOMENT.search(metric):
        return _TIMESTAMP
    if _MEMORY.search(metric):
        return Unit("bytes")
    words = re.sub(r"_(total|sum)$", "", metric).split("_")
    base = _WORDS.get(words[-1], "")
    return Unit(base, per_second=base != "ratio" and _RATED.search(done) is not None)


def _labelled(selector: promql.VectorSelector) -> Unit:
    for matcher in selector.matchers.matchers:
        base = _LABELLED.get((str(matcher.name), str(matcher.value)))
        if base and matcher.op == promql.MatchOp.Equal:
            return Unit(base)
    return NUMBER


def _per_second(measure: _Measure, really: bool = True) -> _Measure:
    """Return what the measure is in each second."""
    if not really:
        return measure
    if measure.unit == _SECONDS and measure.processor:
        return replace(measure, unit=_CORES)
    return replace(measure, unit=replace(measure.unit, per_second=True))


_RATES = frozenset({"rate", "irate", "deriv"})
_MOMENTS = re.compile(r"(time|timestamp|ts_of_\w+)$")
_UNITS_STAY = re.compile(
    r"(vector|scalar|abs|ceil|floor|round|clamp(_min|_max)?|sort\w*|label_\w+|info|increase|i?delta"
    r"|(avg|min|max|sum|last|first|quantile|stddev|mad)_over_time|predict_linear|holt_winters"
    r"|double_exponential_smoothing)$"
)


def _called(call: promql.Call, described: Mapping[str, Described]) -> _Measure:
    name = str(call.func.name)
    measures = [_measure(argument, described) for argument in call.args]
    subject = next((one for one in measures if one.constant is None), *measures[:1] or [_PLAIN])
    if _MOMENTS.match(name):
        return _Measure(_TIMESTAMP)
    if name in _RATES:
        return _per_second(subject)
    if name.startswith("histogram_"):
        return _Measure(_of_histogram(name, subject))
    return subject if _UNITS_STAY.match(name) else _PLAIN


def _of_histogram(function: str, subject: _Measure) -> Unit:
    observed = subject.observed or NUMBER
    rated = subject.unit.per_second or subject.unit == _CORES
    match function:
        case "histogram_count":
            return Unit(per_second=rated)
        case "histogram_sum":
            return replace(observed, per_second=rated)
        case "histogram_fraction":
            return _RATIO
        case "histogram_stdvar":
            return NUMBER
        case _:
            return observed


_COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})


def _combined(node: promql.BinaryExpr, described: Mapping[str, Described]) -> _Measure:
    left, right = _measure(node.lhs, described), _measure(node.rhs, described)
    operator = str(node.op)
    if operator in _COMPARISONS:
        truth = node.modifier is not None and node.modifier.return_bool
        return _PLAIN if truth else right if left.constant is not None else left
    if operator in ("and", "unless", "%"):
        return left
    if operator == "or":
        return right if left.constant is not None or left.unit == NUMBER else left
    combine = _ARITHMETIC.get(operator)
    return combine(left, right) if combine and left.known and right.known else _UNKNOWN


def _added(left: _Measure, right: _Measure) -> _Measure:
    if left.constant is not None and right.constant is not None:
        return _Measure(constant=left.constant + right.constant)
    if _TIMESTAMP in (left.unit, right.unit):
        return _Measure(_TIMESTAMP)
    if left.constant is not None or right.constant is not None:
        return _of_constant(left, right)
    return left if left.unit == right.unit else _UNKNOWN


def _subtracted(left: _Measure, right: _Measure) -> _Measure:
    if left.unit == right.unit == _TIMESTAMP:
        return _Measure(_SECONDS)
    whole = left.constant == 1 and right.unit in (_CORES, Unit("seconds", per_second=True))
    if whole:
        # What is idle so many seconds each second leaves the rest of one.
        return _Measure(_RATIO)
    return _added(left, right)


def _of_constant(left: _Measure, right: _Measure) -> _Measure:
    return right if left.constant is not None else left


# What turns a unit into another one, or into one that has no name here.
_FACTORS: dict[tuple[Base, float], Unit] = {
    ("ratio", 100): _PERCENT,
    ("seconds", 1000): Unit("milliseconds"),
    ("milliseconds", 0.001): _SECONDS,
    ("percent", 0.01): _RATIO,
}
_SCALES = (1e3, 1e6, 1e9, 1e12, 8.0, 60.0, 3600.0, 86400.0, *(1024.0**n for n in range(1, 5)))


def _multiplied(left: _Measure, right: _Measure) -> _Measure:
    if left.constant is not None and right.constant is not None:
        return _Measure(constant=left.constant * right.constant)
    if left.constant is not None or right.constant is not None:
        factor = left.constant if left.constant is not None else right.constant or 0.0
        return _scaled(_of_constant(left, right), factor)
    if _RATIO in (left.unit, right.unit):
        return right if left.unit == _RATIO else left
    if NUMBER in (left.unit, right.unit):
        return right if left.unit == NUMBER else left
    return _UNKNOWN


def _scaled(measure: _Measure, factor: float) -> _Measure:
    """Return the measure times a number: a unit that it makes an unnamed one of is lost."""
    unit = measure.unit
    if factor == 100 and unit in (_CORES, Unit("seconds", per_second=True)):
        # So many seconds each second are a part of one.
        return _Measure(_PERCENT)
    if (turned := _FACTORS.get((unit.base, factor))) is not None and not unit.per_second:
        return _Measure(turned)
    if factor == 0:
        return _UNKNOWN
    size = max(factor, 1 / factor)
    if any(math.isclose(size, known) for known in _SCALES):
        return _UNKNOWN
    return replace(measure, factor=measure.factor * factor)


def _divided(left: _Measure, right: _Measure) -> _Measure:
    if left.constant is not None:
        return _UNKNOWN
    if right.constant is not None:
        return _scaled(left, 1 / right.constant) if right.constant else left
    quotient = _quotient(left.unit, right.unit)
    percentage = quotient == _RATIO and left.factor == 100 * right.factor
    return _Measure(_PERCENT if percentage else quotient)


def _quotient(left: Unit, right: Unit) -> Unit:
    if left == right:
        return _RATIO
    if left.base == right.base and right.per_second:
        return _SECONDS
    if right == Unit(per_second=left.per_second):
        return Unit(left.base)
    if right == NUMBER:
        return left
    counted = right == _SECONDS and not left.per_second
    return replace(left, per_second=True) if counted else NUMBER


_ARITHMETIC: dict[str, Callable[[_Measure, _Measure], _Measure]] = {
    "+": _added,
    "-": _subtracted,
    "*": _multiplied,
    "/": _divided,
}
