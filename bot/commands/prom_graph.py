"""`prom graph`: what an expression of PromQL was over a time, as a picture."""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.commands import Registry
from bot.core.command import Access, Command, Effect, Family, switch, text, words
from bot.core.errors import (
    BadQueryError,
    BusyError,
    ForbiddenError,
    QuarterdeckError,
    UsageError,
    choose_from,
)
from bot.core.measures import UNITS, Unit, read_unit, written
from bot.core.metrics import Answer, Metrics, Series, Span
from bot.core.monitoring import source_flag
from bot.core.picture import Line, Marker, Picture, Threshold
from bot.core.ports import Scope
from bot.core.releases import Releases
from bot.core.reply import Aside, Chart, Choice, Choices, Link, Part, Table, Text, Verdict
from bot.core.request import Surface
from bot.kube.releases import ReplicaSetReleases, when
from bot.prometheus import plotting, ranging, telling
from bot.prometheus.corrections import corrected
from bot.prometheus.explaining import explain
from bot.prometheus.labels import listed
from bot.prometheus.moments import read_span, said
from bot.prometheus.plotting import Plot
from bot.prometheus.ranging import Typed
from bot.prometheus.units import unit_of
from bot.prometheus.workloads import workloads
from bot.render.sparkline import sparkline

# More lines across a picture hide what is in it; more namespaces keep it waiting.
_MARKERS, _NAMESPACES = 5, 3
# A terminal shows so many blocks beside the numbers.
_BLOCKS = 32


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom graph`."""

    arguments: tuple[str, ...] = ()
    range: str = text(help="How long: 30m, 6h, 7d. Without it the last hour.")
    from_: str = text(help="From when: 6h (ago), 2026-11-29T08:00:00Z, 08:00.")
    to: str = text(help="Until when, likewise; without it now.")
    step: str = text(help="How far apart points are, such as 1m; without it about 250 are drawn.")
    stack: bool = switch(help="Stand the series on each other.")
    log: bool = switch(help="Draw powers of ten at equal distances.")
    compare: str = text(help="Draw what was so long ago beside it, such as 1d or 1w.")
    threshold: tuple[str, ...] = words(
        split=False, help="Draw a line at a value, such as 0.5 or 0.5=limit; may be repeated."
    )
    unit: str = text(help=f"What the values are, where the guess is wrong: {', '.join(UNITS)}.")
    dark: bool = switch(help="Draw on a dark ground.")
    all_namespaces: bool = switch("A", help="Series of all namespaces.")
    source: str = source_flag()
    output: str = text("o", help="png=FILE, in a terminal: write the picture into that file.")


@dataclass(frozen=True, slots=True)
class _Question:
    """What was typed, understood."""

    expression: str
    span: Span
    unit: Unit | None
    back: timedelta | None
    """How long ago that was which it is compared with."""
    thresholds: tuple[Threshold, ...]
    remarks: tuple[str, ...]
    file: str
    options: Options


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the picture, and its numbers in words."""
    question = _understood(scope, options)
    metrics = await scope.monitoring.metrics(
        everywhere=options.all_namespaces, source=options.source
    )
    answer = await _asked(metrics, question)
    parts = _drawn if answer.series else _explained
    async for part in parts(scope, question, metrics, answer.series):
        yield part
    for note in telling.notes(answer):
        yield Aside(note)
    if not scope.plain and (url := metrics.link(question.expression, question.span)):
        yield Link("Prometheus", url)


def _understood(scope: Scope, options: Options) -> _Question:
    """Return what was typed, understood.

    Raises:
        UsageError: the expression is missing, or a flag's value means nothing.
    """
    expression, behind = ranging.split_range(" ".join(options.arguments).strip())
    _check(expression, behind, options)
    typed = Typed(options.range or behind, options.from_, options.to, options.step)
    span = ranging.span_of(typed, scope.now)
    return _Question(
        expression,
        span,
        read_unit(options.unit),
        read_span(options.compare) if options.compare else None,
        tuple(map(_threshold, options.threshold)),
        tuple(ranging.remarks(expression, span, typed)),
        _file(scope, options.output),
        options,
    )


def _check(expression: str, behind: str, options: Options) -> None:
    if not expression:
        raise UsageError("error: there is no expression", next_step="Such as `prom graph up 1h`.")
    if behind and options.range:
        raise UsageError(
            f"error: {behind} and --range {options.range} are one too many",
            next_step="Leave one of them out.",
        )
    if options.log and options.stack:
        raise UsageError(
            "error: what is stacked cannot be read on a logarithmic axis",
            next_step="Leave --log or --stack out.",
        )
    if options.stack and options.compare:
        raise UsageError(
            "error: what is stacked hides what it is compared with",
            next_step="Leave --stack or --compare out.",
        )
    if options.unit and read_unit(options.unit) is None:
        raise UsageError(f"error: {options.unit!r} is no unit", next_step=choose_from(UNITS))


def _threshold(typed: str) -> Threshold:
    value, _, label = typed.partition("=")
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise UsageError(
            f"error: {value!r} is no number", next_step="Type it such as --threshold 0.5=limit."
        )
    return Threshold(found, label)


def _file(scope: Scope, output: str) -> str:
    """Return the file that the picture is wanted in; empty: in none."""
    kind, _, file = output.partition("=")
    if output and (kind != "png" or not file):
        raise UsageError(f"error: -o {output} is unknown here", next_step="Type -o png=FILE.")
    if file and scope.surface is not Surface.TERMINAL:
        raise UsageError(
            "error: files are written in a terminal alone",
            next_step="Leave -o out: the picture is a file of the answer already.",
        )
    return file


async def _asked(metrics: Metrics, question: _Question) -> Answer:
    try:
        return await metrics.range(question.expression, question.span)
    except BadQueryError as error:
        phrases = Registry().phrases()
        raise await corrected(metrics, error, question.expression, phrases) from error


def _place(metrics: Metrics, span: Span) -> str:
    """Return whose series these are, and of which time."""
    when = f"{ranging.short(span.end - span.start)} until {said(span.end)}"
    namespaces = metrics.reach.namespaces
    if namespaces is None:
        return f"Of all namespaces, {when}."
    return f"Of namespace {', '.join(namespaces)} alone, {when}."


async def _explained(
    scope: Scope, question: _Question, metrics: Metrics, _series: Sequence[Series]
) -> AsyncIterator[Part]:
    """Yield that there is nothing, and why."""
    reason = await explain(metrics, question.expression, question.span.end, scope.clock)
    first, *rest = reason.lines
    lines = [f"No series. {first}", *rest, _place(metrics, question.span)]
    for part in _told(scope, lines):
        yield part
    if reason.suggestions:
        typed = scope.text.removesuffix(question.expression)
        options = [Choice(one.label, typed + one.expression) for one in reason.suggestions]
        yield Choices("Did you mean:", tuple(options))


def _told(scope: Scope, lines: Sequence[str]) -> Sequence[Part]:
    """Return lines about the result, which kubectl's streams know as asides alone."""
    return [Aside(line) for line in lines] if scope.plain else [Verdict("\n".join(lines))]


async def _drawn(
    scope: Scope, question: _Question, metrics: Metrics, series: Sequence[Series]
) -> AsyncIterator[Part]:
    """Yield the picture, with what is to be said of it."""
    options, span = question.options, question.span
    start, end, step = span.start.timestamp(), span.end.timestamp(), span.step.total_seconds()
    # A hundred thousand points take longer than others should wait.
    plotted = await asyncio.to_thread(plotting.plot, series, end, step, logarithmic=options.log)
    before, compared = await _before(metrics, question, plotted)
    unit, (markers, unmarked) = await asyncio.gather(
        _unit(metrics, question), _rollouts(scope, question, metrics, plotted)
    )
    whose = "All: " if len(series) > 1 else ""
    same = [f"{whose}{listed(plotted.same)}."] if plotted.same else []
    inside = [*same, *plotted.remarks, *compared]
    head = [plotting.headline(plotted, unit), _place(metrics, span)]
    beside = [*head, *inside, *question.remarks, *unmarked]
    picture = Picture(
        question.expression,
        (*plotted.lines, *before),
        *(start, end, step, unit, markers, question.thresholds),
        stacked=options.stack,
        logarithmic=options.log,
        dark=options.dark,
        note=" ".join(inside),
    )
    for part in _told(scope, beside):
        yield part
    if scope.pictures or question.file:
        yield await _shown(scope, picture, plotted, question.file)
    if scope.surface is Surface.TERMINAL:
        yield _table(picture, plotted)


async def _shown(scope: Scope, picture: Picture, plotted: Plot, file: str) -> Part:
    """Return the picture; where it cannot be drawn, its numbers.

    Raises:
        BusyError: it cannot be drawn for a file.
    """
    summary = plotting.sentence(plotted, picture.unit)
    try:
        png = await scope.monitoring.draw(picture)
    except BusyError as error:
        if file:
            raise
        return Text(f"{summary}\n{error.text.removeprefix('error: ')}. {error.next_step}\n")
    return Chart(picture.title, png, summary, file)


def _table(picture: Picture, plotted: Plot) -> Table:
    rows = []
    for line, labels, figures in zip(plotted.lines, plotted.labels, plotted.figures, strict=False):
        told = (figures.low, figures.mean, figures.high, figures.last)
        drawn = sparkline(plotting.evenly(line, picture.start, picture.end, _BLOCKS))
        values = ("-" if math.isnan(value) else written(value, picture.unit) for value in told)
        rows.append((line.label or listed(labels) or "{}", *values, drawn))
    # Widths count bytes, as kubectl's do, and the blocks of a line have three each: so it is last.
    return Table("graph", ("SERIES", "MIN", "AVG", "MAX", "LAST", "LINE"), rows)


async def _unit(metrics: Metrics, question: _Question) -> Unit:
    return question.unit or await unit_of(metrics, question.expression)


async def _before(
    metrics: Metrics, question: _Question, plotted: Plot
) -> tuple[tuple[Line, ...], list[str]]:
    """Return the lines of the earlier time that it is compared with, and what is said of them."""
    if question.back is None:
        return (), []
    ago = ranging.short(question.back)
    answer = await metrics.range(question.expression, ranging.shifted(question.span, question.back))
    lines = plotting.earlier(plotted, answer.series, question.back.total_seconds())
    if not lines:
        return (), [f"Nothing of {ago} earlier belongs to these series."]
    return lines, [f"Dashed: {ago} earlier."]


async def _rollouts(
    scope: Scope, question: _Question, metrics: Metrics, plotted: Plot
) -> tuple[tuple[Marker, ...], list[str]]:
    """Return the rollouts of the Deployments in view, and what is to be said of them."""
    seen = workloads(plotted.labels, question.expression, metrics.reach, metrics.label)
    if not seen or len(seen) > _NAMESPACES:
        return (), []
    releases: Releases = ReplicaSetReleases(scope.cluster)
    try:
        found = await releases.between(seen, question.span.start, question.span.end)
    except ForbiddenError:
        return (), ["Rollouts are not marked: you may not list ReplicaSets there."]
    except QuarterdeckError as error:
        return (), [f"Rollouts are not marked: {error.text.removeprefix('error: ')}"]
    newest = found.releases[-_MARKERS:]
    left_out = len(found.releases) - len(newest)
    told = (f"{one.deployment} rev {one.revision} ({when(one.began)})" for one in newest)
    remarks = [f"Rolled out: {', '.join(told)}."] if newest else []
    remarks += [f"{left_out} earlier rollouts are not marked."] if left_out else []
    markers = tuple(
        Marker(one.began.timestamp(), f"{one.deployment} rev {one.revision}") for one in newest
    )
    return markers, [*remarks, *found.undated]


COMMAND = Command(
    phrase="prom graph",
    summary="Draw an expression of PromQL over a time",
    usage="[--range 6h] [--from T] [--to T] [--compare 1d] [--threshold N] [-A] EXPRESSION [6h]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"), Access("list", "replicasets", "apps", optional=True)),
    options=Options,
    raw=True,
    run=run,
    examples=(
        "prom graph up 1h",
        "prom graph --compare 1d sum by (pod) (rate(http_requests_total[5m]))",
        "prom graph --stack --dark container_memory_working_set_bytes",
        "prom graph -A --threshold 0.5=limit --step 1m kube_deployment_status_replicas_available",
    ),
)
