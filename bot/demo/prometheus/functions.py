"""PromQL's functions of vectors, scalars and strings.

Each takes the moment in milliseconds and its arguments, which the parser has checked.
"""

import math
import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from bot.demo.prometheus import numeric
from bot.demo.prometheus.refusals import QueryRefusedError
from bot.demo.prometheus.values import (
    Labels,
    Sample,
    Value,
    Vector,
    dropped,
    nameless,
    scalar,
    vector,
    with_label,
)

Function: TypeAlias = Callable[[int, Sequence[Value]], Value]
# Counts of two buckets that differ by less, in proportion, are equal (promql/quantile.go).
_EQUAL = 1e-12
_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")


def _each(function: Callable[..., float]) -> Function:
    """Return what applies it to every element, with the scalars that follow."""

    def applied(_: int, arguments: Sequence[Value]) -> Value:
        elements, *scalars = arguments
        return [
            Sample(nameless(each.labels), function(each.value, *scalars))
            for each in vector(elements)
        ]

    return applied


def _clamp(_: int, arguments: Sequence[Value]) -> Value:
    elements, low, high = arguments
    least, greatest = scalar(low), scalar(high)
    if greatest < least:
        return []
    clamped = partial(_between, least=least, greatest=greatest)
    return [Sample(nameless(each.labels), clamped(each.value)) for each in vector(elements)]


def _between(value: float, least: float, greatest: float) -> float:
    bounds = (least, greatest, value)
    return math.nan if any(map(math.isnan, bounds)) else max(least, min(greatest, value))


def _sorted(_: int, arguments: Sequence[Value], *, descending: bool = False) -> Value:
    sign = -1 if descending else 1
    elements = vector(arguments[0])
    return sorted(elements, key=lambda each: (math.isnan(each.value), sign * each.value))


def _scalar(_: int, arguments: Sequence[Value]) -> Value:
    elements = vector(arguments[0])
    return elements[0].value if len(elements) == 1 else math.nan


def _label_replace(_: int, arguments: Sequence[Value]) -> Value:
    elements, target, template, source, pattern = arguments
    try:
        compiled = re.compile(str(pattern), re.DOTALL)
    except re.error as error:
        why = f"invalid regular expression in label_replace(): {pattern}"
        raise QueryRefusedError(why) from error
    if not target:
        raise QueryRefusedError("invalid destination label name in label_replace(): ")

    def replaced(labels: Labels) -> Labels:
        found = compiled.fullmatch(labels.get(str(source), ""))
        return with_label(labels, str(target), _expanded(found, str(template))) if found else labels

    return [Sample(replaced(each.labels), each.value) for each in vector(elements)]


def _expanded(found: re.Match[str], template: str) -> str:
    """Return the template with what was found in place of `$1` and `${name}`, as Go does it."""

    def group(reference: re.Match[str]) -> str:
        dollar, braced, bare = reference.groups()
        name = braced or bare
        if dollar:
            return "$"
        if name.isdigit():
            return (found[int(name)] or "") if int(name) <= (found.re.groups or 0) else ""
        return found.groupdict().get(name) or ""

    return _REFERENCE.sub(group, template)


def _label_join(_: int, arguments: Sequence[Value]) -> Value:
    elements, target, separator, *sources = arguments
    return [
        Sample(
            with_label(
                each.labels,
                str(target),
                str(separator).join(each.labels.get(str(name), "") for name in sources),
            ),
            each.value,
        )
        for each in vector(elements)
    ]


def _of_date(part: Callable[[datetime], int]) -> Function:
    """Return what tells a part of the date that a number of seconds since 1970 is, in UTC."""

    def told(seconds: float) -> float:
        try:
            return float(part(datetime.fromtimestamp(seconds // 1, UTC)))
        except (OverflowError, ValueError):  # no date has so large a year
            return math.nan

    def applied(moment: int, arguments: Sequence[Value]) -> Value:
        elements = vector(arguments[0]) if arguments else [Sample(Labels(), moment / 1000)]
        return [Sample(nameless(each.labels), told(each.value)) for each in elements]

    return applied


def _histogram_quantile(_: int, arguments: Sequence[Value]) -> Value:
    rank = scalar(arguments[0])
    return [
        Sample(labels, bucket_quantile(rank, buckets))
        for labels, buckets in _histograms(vector(arguments[1]))
    ]


def _histograms(elements: Vector) -> list[tuple[Labels, dict[float, float]]]:
    """Return the buckets of each histogram: how many were up to each bound."""
    found: dict[Labels, dict[float, float]] = {}
    for each in elements:
        try:
            bound = float(each.labels.get("le", ""))
        except ValueError:
            continue
        labels = dropped(each.labels, ("le",))
        buckets = found.setdefault(labels, {})
        buckets[bound] = buckets.get(bound, 0.0) + each.value
    return list(found.items())


def bucket_quantile(rank: float, buckets: Mapping[float, float]) -> float:
    """Return a quantile of a classic histogram, as promql/quantile.go does."""
    if math.isnan(rank) or not 0 <= rank <= 1:
        return math.copysign(rank if math.isnan(rank) else math.inf, rank)
    bounds = sorted(buckets)
    counts = _growing([buckets[each] for each in bounds])
    if bounds[-1] != math.inf or len(bounds) < 2 or not counts[-1]:
        return math.nan
    wanted = rank * counts[-1]
    place = next((i for i, count in enumerate(counts[:-1]) if count >= wanted), len(counts) - 1)
    if place == len(counts) - 1:
        return bounds[-2]
    if place == 0 and bounds[0] <= 0:
        return bounds[0]
    below, before = (bounds[place - 1], counts[place - 1]) if place else (0.0, 0.0)
    share = numeric.divided(wanted - before, counts[place] - before)
    return below + (bounds[place] - below) * share


def _growing(counts: Sequence[float]) -> list[float]:
    """Return the counts, none of them smaller than one before, nor larger by a rounding."""
    grown = [counts[0]]
    for each in counts[1:]:
        last = grown[-1]
        same = abs(each - last) < _EQUAL * (abs(each) + abs(last))
        grown.append(last if same or each < last else each)
    return grown


_OF_ELEMENTS: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": numeric.whole(math.ceil),
    "clamp_max": lambda value, greatest: _between(value, -math.inf, greatest),
    "clamp_min": lambda value, least: _between(value, least, math.inf),
    "exp": numeric.exponential,
    "floor": numeric.whole(math.floor),
    "ln": numeric.logarithm(math.log),
    "log10": numeric.logarithm(math.log10),
    "log2": numeric.logarithm(math.log2),
    "round": numeric.rounded,
    "sgn": numeric.sign,
    "sqrt": numeric.root,
}
_OF_DATES: Mapping[str, Callable[[datetime], int]] = {
    "day_of_month": lambda date: date.day,
    "day_of_week": lambda date: date.isoweekday() % 7,
    "day_of_year": lambda date: date.timetuple().tm_yday,
    "days_in_month": lambda date: monthrange(date.year, date.month)[1],
    "hour": lambda date: date.hour,
    "minute": lambda date: date.minute,
    "month": lambda date: date.month,
    "year": lambda date: date.year,
}
FUNCTIONS: Mapping[str, Function] = {
    **{name: _each(function) for name, function in _OF_ELEMENTS.items()},
    **{name: _of_date(part) for name, part in _OF_DATES.items()},
    "clamp": _clamp,
    "histogram_quantile": _histogram_quantile,
    "label_join": _label_join,
    "label_replace": _label_replace,
    "pi": lambda *_: math.pi,
    "scalar": _scalar,
    "sort": _sorted,
    "sort_desc": partial(_sorted, descending=True),
    "time": lambda moment, _: moment / 1000,
    "vector": lambda _, arguments: [Sample(Labels(), scalar(arguments[0]))],
}
