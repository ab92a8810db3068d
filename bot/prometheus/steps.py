"""Values by the steps of a time, as small lines need them. Pure."""

import math

from bot.core.metrics import Histogram, Series, Span, Value


def at_each_step(series: Series, span: Span) -> tuple[float, ...]:
    """Return the value at each step of the time; NaN: there is none."""
    step = span.step.total_seconds()
    slots = [math.nan] * (round((span.end - span.start).total_seconds() / step) + 1)
    for at, value in series.points:
        slot = round((at - span.start.timestamp()) / step)
        if 0 <= slot < len(slots):
            slots[slot] = plain(value)
    return tuple(slots)


def plain(value: Value) -> float:
    """Return one number for a value; of a histogram how much was observed."""
    return value.count if isinstance(value, Histogram) else value
