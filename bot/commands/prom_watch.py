"""`prom watch`: one is told when a condition becomes true, and when it is false again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core.command import Access, Command, Effect, Family, duration, switch
from bot.core.errors import BadQueryError, QuarterdeckError, RefusedError, UsageError
from bot.core.metrics import Metrics
from bot.core.monitoring import source_flag
from bot.core.ports import Scope
from bot.core.reply import Choice, Choices, Part, Text, Verdict
from bot.core.request import Place, Surface
from bot.core.watching import (
    DEFAULT_EVERY,
    LONGEST,
    LONGEST_EVERY,
    SHORTEST_EVERY,
    Sight,
    Watch,
    began,
    looked,
    over,
)
from bot.grammar.silencing import elsewhere, read_span, short_duration
from bot.prometheus.conditions import look
from bot.prometheus.measuring import guess_unit
from bot.render.alerts import where
from bot.render.watches import sentence, series_lines, state_of


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom watch`; what follows them is the condition."""

    arguments: tuple[str, ...] = ()
    for_: timedelta = duration(default=timedelta(hours=2), help="For how long; at most 24h.")
    every: timedelta = duration(default=DEFAULT_EVERY, help="How often to look; at least 15s.")
    all_namespaces: bool = switch("A", help="Series of all namespaces, and of none.")
    source: str = source_flag()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield how it stands now; in a terminal also each turn, until the time has passed."""
    expression = " ".join(options.arguments).strip()
    if not expression:
        raise UsageError(
            "error: no condition is given",
            next_step="Such as `prom watch --for 2h sum(rate(http_requests_total[5m])) < 1`.",
        )
    span, every = read_span(options.for_, LONGEST), _read_every(options.every)
    if scope.surface is Surface.TERMINAL:
        parts = _in_front(scope, options, expression, span, every)
    else:
        parts = _kept(scope, options, expression, span, every)
    async for part in parts:
        yield part


def _read_every(every: timedelta) -> timedelta:
    if not SHORTEST_EVERY <= every <= LONGEST_EVERY:
        shortest, longest = short_duration(SHORTEST_EVERY), short_duration(LONGEST_EVERY)
        raise UsageError(
            f"error: --every is a time between {shortest} and {longest}", next_step="--every 1m"
        )
    return every


async def _kept(
    scope: Scope, options: Options, expression: str, span: timedelta, every: timedelta
) -> AsyncIterator[Part]:
    watch = await scope.monitoring.watches.add(
        expression, span, every, everywhere=options.all_namespaces, source=options.source
    )
    place = f"in {watch.namespace}" if watch.namespace else "in all namespaces"
    yield Verdict(f"Watched {place}: {_now(watch)}")
    yield Text(
        f"watch/{watch.id} kept until {watch.until:%Y-%m-%d %H:%M} UTC, looked at every"
        f" {short_duration(every)}. It is told here when it turns"
        f"{', to you alone' if watch.private else ''}.\n"
    )
    phrase = elsewhere("", ("prom", "unwatch", watch.id))
    yield Choices("Not needed any more?", (Choice("End the watch", phrase),))


def _now(watch: Watch) -> str:
    holds = watch.standing.holds
    if holds is None:
        return "there is no data now, so it is neither true nor false"
    return f"it is {'true' if holds else 'false'} now"


async def _in_front(
    scope: Scope, options: Options, expression: str, span: timedelta, every: timedelta
) -> AsyncIterator[Part]:
    metrics = await scope.monitoring.metrics(
        everywhere=options.all_namespaces, source=options.source
    )
    sight, unit = await look(metrics, expression), guess_unit(expression, {})
    place = Place(Surface.TERMINAL)
    watch = Watch(
        *("", expression, every, scope.now + span, "", "", place, scope.context),
        *(scope.namespace, scope.text, scope.now),
    )
    watch = began(watch, sight, scope.now)
    yield Text(f"{scope.now:%H:%M:%S}  {state_of(watch, scope.now)}, {where(metrics.reach)}\n")
    while (now := scope.clock.now()) < watch.until:
        await scope.clock.sleep(min(every, watch.until - now).total_seconds())
        watch, news = looked(watch, await _seen(metrics, expression), scope.clock.now())
        if news is not None:
            lines = "".join(f"          {one}\n" for one in series_lines(news.series, unit))
            yield Text(f"{scope.clock.now():%H:%M:%S}  {sentence(news)}\n{lines}")
    yield Text(f"{scope.clock.now():%H:%M:%S}  {sentence(over(watch))}\n")


async def _seen(metrics: Metrics, expression: str) -> Sight:
    """Return what one look shows; one that fails is followed by others."""
    try:
        return await look(metrics, expression)
    except (RefusedError, BadQueryError):
        raise
    except QuarterdeckError as error:
        return Sight(None, failure=error.text.removeprefix("error: "))


COMMAND = Command(
    phrase="prom watch",
    summary="Be told when a condition becomes true, and when it is false again",
    usage="[--for 2h] [--every 30s] [-A] EXPRESSION",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    raw=True,
    examples=("prom watch --for 2h up==0",),
)
