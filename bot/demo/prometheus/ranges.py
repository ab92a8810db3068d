"""PromQL's functions of what a series had in a range.

Each takes the window, the moments at which the range starts and ends, and returns a value, or None
where there is nothing to tell.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from bot.demo.prometheus import numeric
from bot.demo.prometheus.values import Window

OverRange: TypeAlias = Callable[[Window, int, int], float | None]
# Samples that are nearer to an end of the range than 1.1 times their own distance are taken to
# go on to it (promql/functions.go, extrapolatedRate).
_NEAR = 1.1


def _extrapolated(
    window: Window, start: int, end: int, *, counter: bool, rate: bool
) -> float | None:
    times, values = window.times, window.values
    if len(times) < 2:
        return None
    change = values[-1] - values[0]
    if counter:
        change += sum(before for before, now in pairwise(values) if now < before)
    sampled = (times[-1] - times[0]) / 1000
    between = sampled / (len(times) - 1)
    to_start, to_end = (times[0] - start) / 1000, (end - times[-1]) / 1000
    if to_start >= between * _NEAR:
        to_start = between / 2
    if counter and change > 0 and values[0] >= 0:
        # A counter starts at zero, and not before.
        to_start = min(to_start, sampled * (values[0] / change))
    if to_end >= between * _NEAR:
        to_end = between / 2
    factor = (sampled + to_start + to_end) / sampled
    return change * factor / ((end - start) / 1000 if rate else 1)


def _rate(window: Window, start: int, end: int) -> float | None:
    return _extrapolated(window, start, end, counter=True, rate=True)


def _increase(window: Window, start: int, end: int) -> float | None:
    return _extrapolated(window, start, end, counter=True, rate=False)


def _delta(window: Window, start: int, end: int) -> float | None:
    return _extrapolated(window, start, end, counter=False, rate=False)


def _newest(window: Window, *, counter: bool) -> float | None:
    """Return the change between the two newest samples; of a counter, by the second."""
    if len(window.times) < 2:
        return None
    before, now = window.values[-2:]
    change = now if counter and now < before else now - before
    return change / ((window.times[-1] - window.times[-2]) / 1000) if counter else change


def _line(window: Window, origin: int) -> tuple[float, float] | None:
    """Return the slope by the second, and the value at the origin, of the line of best fit."""
    if len(window.times) < 2:
        return None
    first = window.values[0]
    if all(each == first for each in window.values):
        return (math.nan, math.nan) if math.isinf(first) else (0.0, first)
    xs = [(each - origin) / 1000 for each in window.times]
    x, y, count = numeric.total(xs), numeric.total(window.values), len(xs)
    both = numeric.total(a * b for a, b in zip(xs, window.values, strict=True)) - x * y / count
    slope = numeric.divided(both, numeric.total(a * a for a in xs) - x * x / count)
    return slope, y / count - slope * x / count


def _slope(window: Window, *_: int) -> float | None:
    line = _line(window, window.times[0])
    return line[0] if line else None


def predicted(window: Window, now: int, seconds: float) -> float | None:
    """Return the value that the line of best fit has in so many seconds."""
    line = _line(window, now)
    return line[0] * seconds + line[1] if line else None


def _of_values(function: Callable[[Sequence[float]], float]) -> OverRange:
    return lambda window, *_: function(window.values)


OVER_RANGES: Mapping[str, OverRange] = {
    "avg_over_time": _of_values(numeric.mean),
    "changes": _of_values(
        lambda values: sum(a != b and not (a != a and b != b) for a, b in pairwise(values))  # noqa: PLR0124
    ),
    "count_over_time": _of_values(lambda values: float(len(values))),
    "delta": _delta,
    "deriv": _slope,
    "idelta": lambda window, *_: _newest(window, counter=False),
    "increase": _increase,
    "irate": lambda window, *_: _newest(window, counter=True),
    "last_over_time": _of_values(lambda values: values[-1]),
    "max_over_time": _of_values(numeric.greatest),
    "min_over_time": _of_values(numeric.least),
    "present_over_time": _of_values(lambda _: 1.0),
    "rate": _rate,
    "resets": _of_values(lambda values: float(sum(b < a for a, b in pairwise(values)))),
    "stddev_over_time": _of_values(lambda values: math.sqrt(numeric.variance(values))),
    "stdvar_over_time": _of_values(numeric.variance),
    "sum_over_time": _of_values(numeric.total),
}
