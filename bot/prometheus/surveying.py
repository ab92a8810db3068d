"""What several signals of an app say, asked for at once."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from bot.core.errors import QuarterdeckError
from bot.core.metrics import Answer, Metrics, Series, Shape, Span
from bot.core.signals import Signal
from bot.prometheus.steps import at_each_step, plain
from bot.prometheus.templates import App, batches


@dataclass(frozen=True, slots=True)
class Reading:
    """What a signal says of an app."""

    signal: Signal
    points: tuple[float, ...] = ()
    """One for each step; NaN where there is none. Empty: nothing is measured."""
    request: float | None = None
    limit: float | None = None
    failure: QuarterdeckError | None = None
    """Why it could not be asked for."""

    @property
    def now(self) -> float | None:
        """Return the last point; None: there is none that is a number."""
        last = self.points[-1] if self.points else math.nan
        return None if math.isnan(last) else last


async def survey(
    metrics: Metrics, signals: Sequence[Signal], app: App, span: Span
) -> list[Reading]:
    """Return what each signal says of a time, in their order.

    Raises:
        QuarterdeckError: nothing could be asked for; it is why the first signal could not.
    """
    return await _all(*(_over_time(metrics, signal, app, span) for signal in signals))


async def measure(
    metrics: Metrics, signals: Sequence[Signal], app: App, at: datetime
) -> list[Reading]:
    """Return what each signal says of one moment, in their order, of one point each.

    Raises:
        QuarterdeckError: nothing could be asked for; it is why the first signal could not.
    """
    return await _all(*(_at(metrics, signal, app, at) for signal in signals))


async def _all(*readings: Awaitable[Reading]) -> list[Reading]:
    found = list(await asyncio.gather(*readings))
    failures = [reading.failure for reading in found if reading.failure]
    if failures and len(failures) == len(found):
        raise failures[0]
    return found


async def _over_time(metrics: Metrics, signal: Signal, app: App, span: Span) -> Reading:
    try:
        app = app.of(signal.parameters)
        asked = await asyncio.gather(
            _first(lambda sent: metrics.range(sent, span), signal.expressions, app),
            _number(metrics, signal.request, app, span.end),
            _number(metrics, signal.limit, app, span.end),
            return_exceptions=True,  # where one fails, none is left asking behind it
        )
        for each in asked:
            if isinstance(each, BaseException):
                raise each
        answer, request, limit = cast("tuple[Answer, float | None, float | None]", asked)
        one = _only(signal, answer)
    except QuarterdeckError as failure:
        return Reading(signal, failure=failure)
    return Reading(signal, at_each_step(one, span) if one else (), request, limit)


async def _at(metrics: Metrics, signal: Signal, app: App, at: datetime) -> Reading:
    try:
        value = await _number(metrics, signal.expressions, app.of(signal.parameters), at)
    except QuarterdeckError as failure:
        return Reading(signal, failure=failure)
    return Reading(signal, () if value is None else (value,))


async def _number(
    metrics: Metrics, templates: Sequence[str], app: App, at: datetime
) -> float | None:
    if not templates:
        return None
    answer = await _first(lambda sent: metrics.instant(sent, at), templates, app)
    values = [plain(value) for series in answer.series for _, value in series.points]
    return values[0] if len(values) == 1 else None


async def _first(
    ask: Callable[[str], Awaitable[Answer]], templates: Sequence[str], app: App
) -> Answer:
    """Return the answer of the first of the templates that there is data for."""
    answer = Answer(Shape.VECTOR)
    for expression in batches(templates, app):
        answer = await ask(expression)
        if answer.series:
            break
    return answer


def _only(signal: Signal, answer: Answer) -> Series | None:
    """Return the one series of an answer; None: nothing is measured.

    Raises:
        QuarterdeckError: there are several, so that the signal is no number.
    """
    if len(answer.series) > 1:
        raise QuarterdeckError(
            f"error: {signal.title} has {len(answer.series)} series and has to be one number",
            next_step="Whoever keeps the policy puts sum(…) around it in `metrics`.",
        )
    return answer.series[0] if answer.series else None
