"""An answer as the HTTP API writes it, for programs. Pure."""

import math
from decimal import Decimal
from typing import Any

import orjson

from bot.core.metrics import Answer, Histogram, Point, Series, Shape


def document(answer: Answer, evaluated: float) -> str:
    """Return the `data` of Prometheus's `/api/v1/query`, with its labels, times and values.

    `evaluated` is the time of a string, which alone does not carry one.
    """
    kind = answer.shape
    result: Any
    if kind is Shape.STRING:
        result = [_moment(evaluated), answer.text]
    elif kind is Shape.SCALAR:
        result = _pair(answer.series[0].points[0])
    else:
        result = [_series(one, kind) for one in answer.series]
    data = {"resultType": str(kind), "result": result}
    return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() + "\n"


def _series(series: Series, kind: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {"metric": dict(series.labels)}
    plain = [_pair(point) for point in series.points if not isinstance(point[1], Histogram)]
    histograms = [_pair(point) for point in series.points if isinstance(point[1], Histogram)]
    many = "s" if kind is Shape.MATRIX else ""
    for name, pairs in (("value", plain), ("histogram", histograms)):
        if pairs:
            found[name + many] = pairs if many else pairs[0]
    return found


def _pair(point: Point) -> list[Any]:
    value = point[1]
    shown = _histogram(value) if isinstance(value, Histogram) else number(value)
    return [_moment(point[0]), shown]


def _moment(seconds: float) -> float | int:
    return int(seconds) if seconds.is_integer() else round(seconds, 3)


def _histogram(value: Histogram) -> dict[str, Any]:
    found: dict[str, Any] = {"count": number(value.count), "sum": number(value.sum)}
    if value.buckets:
        found["buckets"] = [
            [one.boundaries, number(one.left), number(one.right), number(one.count)]
            for one in value.buckets
        ]
    return found


def number(value: float) -> str:
    """Return the number as Prometheus's JSON has it: all digits, and an exponent only far out."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    # Prometheus's `util/jsonutil`: Go's `e` below and above, `f` between.
    if value and not 1e-6 <= abs(value) < 1e21:
        whole, rest = str(digits[0]), "".join(map(str, digits[1:]))
        power = int(exponent) + len(digits) - 1
        return f"{'-' * sign}{whole}{f'.{rest}' if rest else ''}e{power:+03d}"
    return f"{Decimal(repr(value)):f}".removesuffix(".0")
