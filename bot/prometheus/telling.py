"""What an expression evaluated to, as a sentence and tables. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import promql_parser as promql

from bot.core.measures import NUMBER, Unit, written
from bot.core.metrics import Answer, Histogram, Series, Shape
from bot.core.reply import Row, Table
from bot.prometheus.documents import number
from bot.prometheus.labels import Labels, Layout, layout, title
from bot.prometheus.parsing import read
from bot.prometheus.quantiles import quantile

Key: TypeAlias = frozenset[tuple[str, str]]
"""The labels of a series, as a key."""
Pairs: TypeAlias = list[tuple[str, str]]

_ABSENT = "<none>"
_QUANTILES = ((0.5, "P50"), (0.9, "P90"), (0.99, "P99"))
# Functions whose order means something (PromQL's documentation of each).
_ORDERING = frozenset({"sort", "sort_desc", "sort_by_label", "sort_by_label_desc"})
_RANKING = frozenset({"topk", "bottomk"})
# Where in what was sent, which is not what was typed.
_POSITION = re.compile(r" \(\d+:\d+\)$")
_ESTIMATED = "P50, P90 and P99 are estimates: so exact the buckets of the histograms are."


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is told."""

    unit: Unit = NUMBER
    top: int = 20
    """The rows that are shown."""
    wide: bool = False
    """Whether each label is a column, and each value stands there as Prometheus writes it, too."""
    ordered: bool = False
    """Whether the order of the answer means something and is kept."""
    past: bool = False
    """Whether it is about an earlier time."""
    lines: Mapping[Key, str] = field(default_factory=dict)
    """What stands beside each series, such as a line of its last hour."""
    lines_title: str = ""
    """Empty: there is nothing beside them."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer in words and tables."""

    headline: str
    same: Labels = field(default_factory=dict)
    """The labels that all series share, and that are no columns."""
    tables: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()
    """What stands beside the tables: what is not shown, and how exact it is."""


def told(answer: Answer, manner: Manner) -> Told:
    """Return the answer in words and tables; a string is its own headline."""
    match answer.shape:
        case Shape.STRING:
            return Told(answer.text)
        case Shape.SCALAR:
            return _scalar(answer.series[0], manner)
        case Shape.VECTOR:
            return _vector(answer.series, manner)
        case Shape.MATRIX:
            return _matrix(answer.series, manner)


def key_of(labels: Labels) -> Key:
    """Return the labels as a key."""
    return frozenset(labels.items())


def notes(answer: Answer) -> list[str]:
    """Return what Prometheus itself remarks on the answer."""
    said = [("Warning", "PromQL warning: ", one) for one in answer.warnings]
    said += [("Note", "PromQL info: ", one) for one in answer.infos]
    return [f"{kind}: {_POSITION.sub('', one.removeprefix(prefix))}" for kind, prefix, one in said]


def keeps_order(expression: str) -> bool:
    """Return whether the order of the expression's series means something."""
    node = read(expression)
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    if isinstance(node, promql.Call):
        return str(node.func.name) in _ORDERING
    return isinstance(node, promql.AggregateExpr) and str(node.op) in _RANKING


def _scalar(series: Series, manner: Manner) -> Told:
    value = _float(series)
    columns = ("VALUE", "EXACT") if manner.wide else ("VALUE",)
    cells = (written(value, manner.unit), number(value))[: len(columns)]
    return Told(_one(value, manner), tables=(Table("prom", columns, (cells,)),))


def _one(value: float, manner: Manner) -> str:
    return f"It {'was' if manner.past else 'is'} {written(value, manner.unit)}."


def _vector(series: Sequence[Series], manner: Manner) -> Told:
    plain = [one for one in series if not isinstance(one.points[-1][1], Histogram)]
    histograms = [one for one in series if isinstance(one.points[-1][1], Histogram)]
    arranged = layout([one.labels for one in series], everything=manner.wide)
    if not manner.ordered:
        plain.sort(key=_largest_first)
        histograms.sort(key=_most_observed_first)
    tables = []
    if plain:
        tables.append(_values(plain[: manner.top], arranged, manner))
    if histograms:
        tables.append(_histograms(histograms[: manner.top], arranged, manner))
    return Told(
        _headline(plain, histograms, manner),
        arranged.same,
        tuple(tables),
        tuple(_remarks(plain, histograms, arranged, manner)),
    )


def _largest_first(series: Series) -> tuple[bool, float, Pairs]:
    """Return a key that puts the largest first, NaN last, and equal ones as their labels are."""
    value = _float(series)
    unknown = math.isnan(value)
    return unknown, 0.0 if unknown else -value, sorted(series.labels.items())


def _most_observed_first(series: Series) -> tuple[float, Pairs]:
    return -_last(series).count, sorted(series.labels.items())


def _headline(plain: Sequence[Series], histograms: Sequence[Series], manner: Manner) -> str:
    if not histograms and len(plain) == 1:
        return _one(_float(plain[0]), manner)
    said = []
    if plain:
        said.append(f"{len(plain):,} series, {_range([_float(one) for one in plain], manner.unit)}")
    if histograms:
        many = "histogram" if len(histograms) == 1 else "histograms"
        said.append(f"{len(histograms):,} {many}")
    return " and ".join(said) + "."


def _range(values: Sequence[float], unit: Unit) -> str:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "each NaN" if len(values) > 1 else "NaN"
    low, high = written(min(known), unit), written(max(known), unit)
    each = "each " if len(values) > 1 else ""
    shown = f"{each}{low}" if low == high else f"from {low} to {high}"
    unknown = len(values) - len(known)
    return f"{shown} and {unknown:,} NaN" if unknown else shown


def _remarks(
    plain: Sequence[Series], histograms: Sequence[Series], arranged: Layout, manner: Manner
) -> list[str]:
    found = []
    if rest := plain[manner.top :]:
        spread = _range([_float(one) for one in rest], manner.unit)
        found.append(f"{len(rest):,} more, {spread}: --top {len(plain)} shows them.")
    if rest := histograms[manner.top :]:
        found.append(f"{len(rest):,} more histograms: --top {len(histograms)} shows them.")
    if histograms:
        found.append(_ESTIMATED)
    if arranged.hidden:
        found.append(f"Not shown: {', '.join(arranged.hidden)}. -o wide shows every label.")
    return found


def _values(series: Sequence[Series], arranged: Layout, manner: Manner) -> Table:
    exact = ("EXACT",) if manner.wide else ()
    rows = []
    for one in series:
        value = _float(one)
        cells: Row = (written(value, manner.unit),)
        cells += (number(value),) if manner.wide else ()
        rows.append(_row(one, arranged, cells, manner))
    return Table("prom", _columns(arranged, ("VALUE", *exact), manner), rows)


def _histograms(series: Sequence[Series], arranged: Layout, manner: Manner) -> Table:
    titles = ("COUNT", "SUM", "AVG", *(name for _, name in _QUANTILES))
    rows = [_row(one, arranged, _histogram(_last(one), manner.unit), manner) for one in series]
    return Table("prom histograms", _columns(arranged, titles, manner), rows)


def _histogram(value: Histogram, unit: Unit) -> Row:
    observed = replace(unit, per_second=False)
    average = value.sum / value.count if value.count else math.nan
    return (
        written(value.count, Unit(per_second=unit.per_second)),
        written(value.sum, unit),
        written(average, observed),
        *(written(quantile(part, value), observed) for part, _ in _QUANTILES),
    )


def _matrix(series: Sequence[Series], manner: Manner) -> Told:
    plain = [one for one in series if not _has_histograms(one)]
    histograms = [one for one in series if _has_histograms(one)]
    arranged = layout([one.labels for one in series], everything=manner.wide)
    if not manner.ordered:
        plain.sort(key=_largest_first)
        histograms.sort(key=_most_observed_first)
    counts = [len(one.points) for one in series]
    tables = []
    if plain:
        titles = ("POINTS", "MIN", "AVG", "MAX", "LAST")
        rows = [
            _row(one, arranged, _summary(_floats(one), manner.unit), manner)
            for one in plain[: manner.top]
        ]
        tables.append(Table("prom", _columns(arranged, titles, manner), rows))
    if histograms:
        tables.append(_histograms(histograms[: manner.top], arranged, manner))
    return Told(
        f"{len(series):,} series, {_points(min(counts), max(counts))}.",
        arranged.same,
        tuple(tables),
        tuple(_remarks(plain, histograms, arranged, manner)),
    )


def _points(fewest: int, most: int) -> str:
    if fewest == most:
        return "1 point each" if most == 1 else f"{most:,} points each"
    return f"{fewest:,} to {most:,} points each"


def _summary(values: Sequence[float], unit: Unit) -> Row:
    known = [value for value in values if not math.isnan(value)] or [math.nan]
    # Each part alone: the sum of huge values may be infinite.
    average = sum(value / len(known) for value in known)
    shown = (min(known), average, max(known), values[-1])
    return (f"{len(values):,}", *(written(value, unit) for value in shown))


def _row(one: Series, arranged: Layout, cells: Row, manner: Manner) -> Row:
    names = tuple(one.labels.get(name) or _ABSENT for name in arranged.columns)
    line = (manner.lines.get(key_of(one.labels), ""),) if manner.lines_title else ()
    return (*names, *cells, *line)


def _columns(arranged: Layout, titles: Sequence[str], manner: Manner) -> tuple[str, ...]:
    line = (manner.lines_title,) if manner.lines_title else ()
    return (*map(title, arranged.columns), *titles, *line)


def _float(series: Series) -> float:
    return _floats(series)[-1]


def _floats(series: Series) -> list[float]:
    return [value for _, value in series.points if not isinstance(value, Histogram)]


def _has_histograms(series: Series) -> bool:
    return any(isinstance(value, Histogram) for _, value in series.points)


def _last(series: Series) -> Histogram:
    return next(value for _, value in reversed(series.points) if isinstance(value, Histogram))
