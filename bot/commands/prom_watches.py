"""`prom watches`: what is watched here and by oneself, and how it stands."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.command import Access, Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Row, Table, Text
from bot.core.units import human_duration
from bot.core.watching import Watch
from bot.render.alerts import line, told_only
from bot.render.watches import state_of

COLUMNS = ("ID", "STATE", "ENDS IN", "BY", "NAMESPACE", "SOURCE", "EXPRESSION")


@dataclass(frozen=True, slots=True)
class Options:
    """`prom watches` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each, the next to end first."""
    if options.arguments:
        raise UsageError(
            "error: prom watches lists everything and takes no words",
            next_step=f"Type `prom watches | grep {options.arguments[0]}`.",
        )
    watches = await scope.monitoring.watches.all()
    if not watches:
        yield Text("Nothing is watched, here or by you.\n")
        return
    table = Table("watches", COLUMNS, [_row(one, scope.now) for one in watches])
    yield table if any(one.source for one in watches) else told_only(table, ("SOURCE",))


def _row(watch: Watch, now: datetime) -> Row:
    return (
        watch.id,
        state_of(watch, now),
        human_duration((watch.until - now).total_seconds()),
        line(watch.name or watch.person, 60),
        watch.namespace or "<all>",
        watch.source or "<first>",
        line(watch.expression),
    )


COMMAND = Command(
    phrase="prom watches",
    summary="List the conditions that are watched, here and by you",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    personal=True,
    options=Options,
    run=run,
    examples=("prom watches",),
)
