"""The series of an answer as the lines of a picture, and what they come to in words. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.measures import Unit, written
from bot.core.metrics import Histogram, Series
from bot.core.picture import Line
from bot.prometheus.labels import Labels, layout, listed

MOST_LINES = 60
"""So many lines can be seen beside each other; the others are counted."""
NAMED = 20
"""So many have names in a picture."""
_FEW, _TOLD = 6, 3


@dataclass(frozen=True, slots=True)
class Figures:
    """What a line comes to; NaN where it has no value."""

    low: float
    mean: float
    high: float
    last: float
    """The newest, if it has one at the end of the time."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The lines of an answer, the largest last value first, and what is to be said of them."""

    lines: tuple[Line, ...]
    labels: tuple[Labels, ...]
    """Of each line."""
    figures: tuple[Figures, ...]
    """Of each line, and of each series that is not drawn."""
    left_out: int = 0
    """How many series are not drawn."""
    same: Labels = field(default_factory=dict)
    """What all series have."""
    remarks: tuple[str, ...] = ()


def plot(series: Sequence[Series], end: float, step: float, *, logarithmic: bool = False) -> Plot:
    """Return the lines of these series; `end` is the last moment that was asked about."""
    # Of equal ones, labels decide which is drawn and named: the API promises no order.
    series = sorted(series, key=lambda one: sorted(one.labels.items()))
    shown = layout([one.labels for one in series])
    single = len(series) == 1
    names = _telling([one.labels for one in series], shown.columns)
    lines = [Line("" if single else _label(one.labels, names), _points(one)) for one in series]
    figures = [_figures(line, end - 1.5 * step) for line in lines]
    order = sorted(range(len(lines)), key=lambda n: _by_last(figures[n]), reverse=True)
    drawn = tuple(lines[n] for n in order[:MOST_LINES])
    left_out = len(lines) - len(drawn)
    same = dict(series[0].labels) if single else shown.same
    remarks = (*_chosen(len(lines), left_out), *_unseen(series, drawn, logarithmic=logarithmic))
    labels = tuple(series[n].labels for n in order[:MOST_LINES])
    return Plot(drawn, labels, tuple(figures[n] for n in order), left_out, same, remarks)


# By one of these alone a series is known, where no two have the same.
_KNOWN_BY = ("pod", "deployment", "container", "node", "instance", "job", "service", "namespace")


def _telling(series: Sequence[Labels], columns: Sequence[str]) -> Sequence[str]:
    """Return the fewest of these labels that tell all series apart; a name has little room."""
    for name in _KNOWN_BY:
        if name in columns and _distinct(series, [name]) == len(series):
            return [name]
    left = list(columns)
    told = _distinct(series, left)
    for name in sorted(columns, key=lambda one: -_rank(one)):
        fewer = [one for one in left if one != name]
        if fewer and _distinct(series, fewer) == told:
            left = fewer
    return left


def _rank(name: str) -> int:
    return _KNOWN_BY.index(name) if name in _KNOWN_BY else len(_KNOWN_BY)


def _distinct(series: Sequence[Labels], names: Sequence[str]) -> int:
    return len({tuple(labels.get(name, "") for name in names) for labels in series})


def _label(labels: Labels, columns: Sequence[str]) -> str:
    if not columns:
        return listed(labels) or "{}"
    return " ".join(labels.get(name, "-") for name in columns)


def _points(series: Series) -> list[tuple[float, float]]:
    return [(at, _plain(value)) for at, value in series.points]


def _plain(value: float | Histogram) -> float:
    if not isinstance(value, Histogram):
        return value
    return value.sum / value.count if value.count else math.nan


def _figures(line: Line, since: float) -> Figures:
    values = [value for _, value in line.points if math.isfinite(value)]
    if not values:
        return Figures(*[math.nan] * 4)
    # Each part for itself, or the sum of huge values would be infinite.
    mean = math.fsum(value / len(values) for value in values)
    at, last = line.points[-1]
    last = last if at > since and math.isfinite(last) else math.nan
    return Figures(min(values), mean, max(values), last)


def _by_last(figures: Figures) -> tuple[bool, float, bool, float]:
    ended, empty = math.isnan(figures.last), math.isnan(figures.high)
    return (not ended, 0 if ended else figures.last, not empty, 0 if empty else figures.high)


def _chosen(count: int, left_out: int) -> list[str]:
    if count <= NAMED:
        return []
    drawn = f"{left_out:,} of them are not drawn" if left_out else "all are drawn"
    return [f"{count:,} series: the {_FEW} with the largest last values are named, {drawn}."]


def _unseen(series: Sequence[Series], lines: Sequence[Line], *, logarithmic: bool) -> list[str]:
    """Return sentences about values that a picture has no place for, or shows otherwise."""
    values = [value for line in lines for _, value in line.points]
    found = []
    if infinite := sum(1 for value in values if math.isinf(value)):
        found.append(f"{_values(infinite)} +Inf or -Inf and not drawn.")
    if logarithmic and (below := sum(1 for value in values if value <= 0 and math.isfinite(value))):
        found.append(f"{_values(below)} 0 or below and not drawn: a logarithmic axis has no zero.")
    if any(isinstance(value, Histogram) for one in series for _, value in one.points):
        found.append(
            "These are native histograms: what is drawn is the mean of what they observed. "
            "histogram_quantile(0.99, …) around it draws a quantile."
        )
    return found


def _values(count: int) -> str:
    return f"{count:,} value is" if count == 1 else f"{count:,} values are"


def earlier(plotted: Plot, before: Sequence[Series], back: float) -> tuple[Line, ...]:
    """Return the same series so many seconds ago, as far as they have names, moved to now."""
    names = {
        _key(labels): line.label
        for labels, line in zip(plotted.labels[:_FEW], plotted.lines, strict=False)
    }
    if len(names) == len(before) == 1:
        # A pod's name changes with each rollout, and there is nothing to confuse it with.
        names = {_key(before[0].labels): plotted.lines[0].label}
    return tuple(
        Line(names[key], [(at + back, value) for at, value in _points(one)], earlier=True)
        for one in before
        if (key := _key(one.labels)) in names
    )


def _key(labels: Labels) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def evenly(line: Line, start: float, end: float, count: int) -> list[float]:
    """Return the highest value of each of so many equal parts of a time; NaN: it has none.

    The highest, since a peak is what is looked for; an average would hide it.
    """
    found = [math.nan] * count
    width = max(end - start, 1e-3) / count
    for at, value in line.points:
        part = min(max(int((at - start) / width), 0), count - 1)
        if not math.isnan(value) and not found[part] >= value:
            found[part] = value
    return found


def headline(plotted: Plot, unit: Unit) -> str:
    """Return what a locked phone shows: the numbers of one series, or the bounds of several."""
    if len(plotted.figures) == 1:
        return f"{_told(plotted.figures[0], unit)}."
    count = f"{len(plotted.figures):,} series"
    lasts = [one.last for one in plotted.figures if not math.isnan(one.last)]
    if not lasts:
        return f"{count}; all have ended."
    low, high = (written(value, unit) for value in (min(lasts), max(lasts)))
    worst = written(max(_or_least(one.high) for one in plotted.figures), unit)
    return f"{count}; last {low if low == high else f'{low} to {high}'}, max of all {worst}."


def sentence(plotted: Plot, unit: Unit) -> str:
    """Return the numbers in words: of the first lines, and of the one that was the highest."""
    names = [line.label for line in plotted.lines]
    told = [
        f"{name}: {_told(figures, unit)}" if name else _told(figures, unit)
        for name, figures in zip(names[:_TOLD], plotted.figures, strict=False)
    ]
    rest = plotted.figures[_TOLD:]
    if rest:
        highest = max(range(len(plotted.figures)), key=lambda n: _or_least(plotted.figures[n].high))
        worst = f", max of all {written(plotted.figures[highest].high, unit)}"
        name = f" ({names[highest]})" if highest < len(names) else ""
        told.append(f"{len(rest):,} more{worst}{name}")
    return "; ".join(told)


def _or_least(value: float) -> float:
    return -math.inf if math.isnan(value) else value


def _told(figures: Figures, unit: Unit) -> str:
    if math.isnan(figures.high):
        return "no value"
    named = (("min", figures.low), ("avg", figures.mean), ("max", figures.high))
    told = ", ".join(f"{name} {written(value, unit)}" for name, value in named)
    ended = math.isnan(figures.last)
    return f"{told}, ended" if ended else f"{told}, last {written(figures.last, unit)}"
