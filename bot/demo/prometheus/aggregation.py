"""`sum by (...)` and its like."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from promql_parser import AggModifierType

from bot.demo.prometheus import numeric
from bot.demo.prometheus.refusals import QueryRefusedError
from bot.demo.prometheus.values import (
    Labels,
    Sample,
    Vector,
    digits,
    dropped,
    kept,
    number,
    with_label,
)

SIMPLE: Mapping[str, Callable[[Sequence[float]], float]] = {
    "avg": numeric.mean,
    "count": lambda values: float(len(values)),
    "group": lambda _: 1.0,
    "max": numeric.greatest,
    "min": numeric.least,
    "stddev": lambda values: math.sqrt(numeric.variance(values)),
    "stdvar": numeric.variance,
    "sum": numeric.total,
}
# Prometheus counts elements in 64 bits.
_LARGEST = 2.0**63


def grouping(modifier: Any) -> Callable[[Labels], Labels]:
    """Return what tells the group of an element from its labels."""
    if modifier is None:
        return lambda _: Labels()
    names = list(modifier.labels)
    chosen = kept if modifier.type == AggModifierType.By else dropped
    return cache(lambda labels: chosen(labels, names))


def aggregated(
    name: str, vector: Vector, group: Callable[[Labels], Labels], parameter: float | str
) -> Vector:
    """Return one element of each group, or of `topk` and `bottomk` the elements themselves."""
    groups: dict[Labels, Vector] = {}
    for each in vector:
        groups.setdefault(group(each.labels), []).append(each)
    if name == "count_values":
        return _counted(groups.items(), str(parameter))
    if name in ("topk", "bottomk"):
        count = _count(float(parameter))
        return [e for each in groups.values() for e in _first(name, each, count)]
    summary = SIMPLE[name] if name in SIMPLE else lambda v: numeric.quantile(float(parameter), v)
    return [Sample(labels, summary([e.value for e in each])) for labels, each in groups.items()]


def _count(parameter: float) -> int:
    if math.isnan(parameter):
        raise QueryRefusedError("Parameter value is NaN")
    if parameter < 1:
        return 0
    if parameter >= _LARGEST:
        told = number(parameter) if math.isinf(parameter) else f"{parameter:g}"
        raise QueryRefusedError(f"Scalar value {told} overflows int64")
    return int(parameter)


def _first(name: str, vector: Vector, count: int) -> Vector:
    """Return the largest or smallest, in their order; NaN comes last."""
    sign = -1 if name == "topk" else 1
    order = sorted(vector, key=lambda e: (math.isnan(e.value), sign * e.value))
    return order[:count]


def _counted(groups: Iterable[tuple[Labels, Vector]], label: str) -> Vector:
    found: Vector = []
    for labels, vector in groups:
        counts: dict[str, int] = {}
        for each in vector:
            text = digits(each.value)
            counts[text] = counts.get(text, 0) + 1
        found += [Sample(with_label(labels, label, text), float(n)) for text, n in counts.items()]
    return found
