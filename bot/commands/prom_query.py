"""`prom query`: what an expression of PromQL is now, or was at some moment."""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.commands import Registry
from bot.core.command import Access, Command, Effect, Family, number, switch, text
from bot.core.errors import BadQueryError, QuarterdeckError, UsageError, choose_from
from bot.core.measures import NUMBER, UNITS, Unit, read_unit
from bot.core.metrics import Answer, Metrics, Shape, Span
from bot.core.monitoring import source_flag
from bot.core.ports import Scope
from bot.core.reply import Aside, Choice, Choices, Link, Part, Problem, Text, Verdict
from bot.prometheus import telling
from bot.prometheus.corrections import corrected
from bot.prometheus.documents import document
from bot.prometheus.explaining import explain
from bot.prometheus.labels import listed
from bot.prometheus.moments import read_moment, read_span, said
from bot.prometheus.steps import at_each_step, plain
from bot.prometheus.telling import Manner
from bot.prometheus.units import unit_of
from bot.render.sparkline import sparkline

_OUTPUTS = ("", "wide", "json")
# A phone shows so many blocks beside a value.
_BLOCKS = 24
_SHORTEST_STEP = timedelta(seconds=15)
_SPAN_BEFORE = re.compile(r"(?P<span>(?:\d+[smhdwy])+)\s+(?=[A-Za-z_({])(?!(?:and|or|unless)\b)")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom query`."""

    arguments: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    at: str = text(help="When: 10m (ago), 2026-11-29T08:00:00Z, 08:00 or seconds since 1970.")
    unit: str = text(help=f"What the values are, where the guess is wrong: {', '.join(UNITS)}.")
    top: int = number(default=20, help="The largest so many; the rest is counted.")
    sparkline: str = text(alone="1h", help="A small line of the last hour, or of so long.")
    output: str = text("o", help="wide (every label, exact values) or json, as the HTTP API's.")
    all_namespaces: bool = switch("A", help="Series of all namespaces.")
    source: str = source_flag()


@dataclass(frozen=True, slots=True)
class _Question:
    """What was typed, understood."""

    expression: str
    at: datetime | None
    unit: Unit | None
    window: timedelta | None
    """How long the small lines are; None: there are none."""


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield what the expression evaluates to, sorted and in units."""
    question = _understood(options, scope.now)
    metrics = await scope.monitoring.metrics(
        everywhere=options.all_namespaces, source=options.source
    )
    answer, unit = await _answered(metrics, question)
    if options.output == "json":
        yield Text(document(answer, _evaluated(answer, question, scope)), "json")
    elif answer.shape is Shape.STRING:
        yield Text(f"{answer.text}\n")
    else:
        if answer.series:
            manner = Manner(unit, options.top, wide=options.output == "wide")
            parts = _told(scope, question, metrics, answer, manner)
        else:
            parts = _explained(scope, question, metrics, answer)
        async for part in parts:
            yield part
    for note in telling.notes(answer):
        yield Aside(note)
    if not scope.plain and (url := metrics.link(question.expression)):
        yield Link("Prometheus", url)


def _understood(options: Options, now: datetime) -> _Question:
    """Return what was typed, understood.

    Raises:
        UsageError: the expression is missing, or a flag's value means nothing.
    """
    expression, window = " ".join(options.arguments).strip(), options.sparkline
    if "sparkline" in options.given and (span := _SPAN_BEFORE.match(expression)):
        expression, window = expression[span.end() :], span["span"]
    if not expression:
        raise UsageError("error: there is no expression", next_step="Such as `prom query up`.")
    if options.output not in _OUTPUTS:
        raise UsageError(
            f"error: -o {options.output} is unknown here", next_step="Type -o wide or -o json."
        )
    if options.top < 1:
        raise UsageError("error: --top is a number from 1 on")
    unit = read_unit(options.unit)
    if options.unit and unit is None:
        raise UsageError(f"error: {options.unit!r} is no unit", next_step=choose_from(UNITS))
    return _Question(
        expression,
        read_moment(options.at, now) if options.at else None,
        NUMBER if options.output == "json" else unit,
        read_span(window) if window else None,
    )


async def _answered(metrics: Metrics, question: _Question) -> tuple[Answer, Unit]:
    """Return the answer and its unit, for which metrics are asked what they measure meanwhile."""
    guessing = asyncio.create_task(_unit(metrics, question))
    try:
        return await _asked(metrics, question), await guessing
    finally:
        guessing.cancel()


async def _asked(metrics: Metrics, question: _Question) -> Answer:
    try:
        return await metrics.instant(question.expression, question.at)
    except BadQueryError as error:
        phrases = Registry().phrases()
        raise await corrected(metrics, error, question.expression, phrases) from error


async def _told(
    scope: Scope, question: _Question, metrics: Metrics, answer: Answer, manner: Manner
) -> AsyncIterator[Part]:
    """Yield the values, with whose they are above them and what is not shown below."""
    ordered = telling.keeps_order(question.expression)
    manner = replace(manner, ordered=ordered, past=question.at is not None)
    problem = None
    try:
        manner = await _lined(question, metrics, answer, manner)
    except QuarterdeckError as error:
        problem = error
    shown = telling.told(answer, manner)
    same = [f"All: {listed(shown.same)}."] if shown.same else []
    beside = [*same, _place(metrics, answer, question, scope)]
    if not scope.plain:
        yield Verdict("\n".join([shown.headline, *beside]))
    for table in shown.tables:
        yield table
    for remark in [*(beside if scope.plain else ()), *shown.remarks]:
        yield Aside(remark)
    if problem is not None:
        yield Problem(problem)


async def _explained(
    scope: Scope, question: _Question, metrics: Metrics, answer: Answer
) -> AsyncIterator[Part]:
    """Yield that there is nothing, and why."""
    reason = await explain(metrics, question.expression, question.at, scope.clock)
    first, *rest = reason.lines
    lines = [f"No series. {first}", *rest, _place(metrics, answer, question, scope)]
    if not scope.plain:
        yield Verdict("\n".join(lines))
    for line in lines if scope.plain else ():
        yield Aside(line)
    if reason.suggestions:
        # The phrase as it was understood ends in the expression.
        typed = scope.text[: len(scope.text) - len(question.expression)]
        options = [Choice(one.label, typed + one.expression) for one in reason.suggestions]
        yield Choices("Did you mean:", tuple(options))


async def _lined(question: _Question, metrics: Metrics, answer: Answer, manner: Manner) -> Manner:
    """Return the manner with a line of each series, where they are wanted."""
    if question.window is None:
        return manner
    lines = await _lines(metrics, question, answer, question.window)
    title = "LINE" if answer.shape is Shape.MATRIX else f"LAST {_short(question.window)}"
    return replace(manner, lines=lines, lines_title=title)


async def _unit(metrics: Metrics, question: _Question) -> Unit:
    """Return the unit that was typed, or a guess."""
    return question.unit or await unit_of(metrics, question.expression)


async def _lines(
    metrics: Metrics, question: _Question, answer: Answer, window: timedelta
) -> Mapping[telling.Key, str]:
    """Return a small line of each series: of its points, or of the time before."""
    if answer.shape is Shape.MATRIX:
        return {
            telling.key_of(one.labels): sparkline([plain(v) for _, v in one.points][-_BLOCKS:])
            for one in answer.series
        }
    moment = answer.series[0].points[-1][0] if answer.series else 0.0
    end = datetime.fromtimestamp(moment, UTC)
    # Whole seconds: Prometheus is told no finer step, and the last point has to be the end.
    seconds = math.ceil(window.total_seconds() / (_BLOCKS - 1))
    step = max(timedelta(seconds=seconds), _SHORTEST_STEP)
    span = Span(end - step * (window // step), end, step)
    found = await metrics.range(question.expression, span)
    return {telling.key_of(one.labels): sparkline(at_each_step(one, span)) for one in found.series}


def _short(window: timedelta) -> str:
    seconds = int(window.total_seconds())
    for letter, size in (("D", 86_400), ("H", 3600), ("M", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds}S"


def _place(metrics: Metrics, answer: Answer, question: _Question, scope: Scope) -> str:
    """Return whose series these are, and of which moment."""
    moment = said(datetime.fromtimestamp(_evaluated(answer, question, scope), UTC))
    namespaces = metrics.reach.namespaces
    if namespaces is None:
        return f"Of all namespaces, at {moment}."
    return f"Of namespace {', '.join(namespaces)} alone, at {moment}."


def _evaluated(answer: Answer, question: _Question, scope: Scope) -> float:
    if answer.series and answer.shape is not Shape.MATRIX:
        return answer.series[0].points[-1][0]
    return (question.at or scope.now).timestamp()


COMMAND = Command(
    phrase="prom query",
    summary="Evaluate an expression of PromQL",
    usage="[--at 10m] [--unit U] [--top N] [--sparkline[=1h]] [-A] [-o wide|json] EXPRESSION",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    raw=True,
    run=run,
    examples=(
        "prom query up",
        "prom query sum by (pod) (rate(http_requests_total[5m]))",
        "prom query --sparkline=6h container_memory_working_set_bytes",
        "prom query -A -o wide kube_pod_status_phase == 1",
    ),
)
