"""`freezes`: what is frozen and what is locked, by whom, why and until when."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.command import Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.proposal import Hold, Weekly
from bot.core.reply import Part, Row, Table, Text
from bot.core.units import human_duration

COLUMNS = ("CLUSTER", "NAMESPACE", "OBJECT", "BY", "AGE", "ENDS IN", "REASON")


@dataclass(frozen=True, slots=True)
class Options:
    """`freezes` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each, the oldest first, and then the calendar of the policy."""
    if options.arguments:
        raise UsageError(
            "error: freezes lists everything and takes no words",
            next_step=f"Type `freezes | grep {options.arguments[0]}`.",
        )
    holds = await scope.approvals.holds()
    weekly = await scope.approvals.calendar(scope.now)
    if not (holds or weekly):
        yield Text("Nothing is frozen or locked.\n")
        return
    rows = [_row(hold, scope.now) for hold in holds]
    rows += [_of_week(one, scope.now) for one in weekly]
    yield Table("freezes", COLUMNS, rows)


def _row(hold: Hold, now: datetime) -> Row:
    return (
        hold.context,
        hold.namespace or "<none>",
        f"{hold.resource}/{hold.name}" if hold.resource else "<all>",
        hold.by.name or hold.by.key,
        human_duration((now - hold.at).total_seconds()) if hold.at else "<unknown>",
        _left(hold.until, now),
        hold.reason,
    )


def _of_week(one: Weekly, now: datetime) -> Row:
    return (
        ",".join(one.contexts) or "*",
        ",".join(one.namespaces) or "*",
        "<all>",
        "the policy",
        "<weekly>",
        _left(one.until, now) if one.in_force else "<not now>",
        f"{one.reason} ({one.hours})",
    )


def _left(until: datetime | None, now: datetime) -> str:
    return human_duration((until - now).total_seconds()) if until else "<never>"


COMMAND = Command(
    phrase="freezes",
    summary="List what is frozen and what is locked",
    family=Family.DECK,
    effect=Effect.READ,
    personal=True,
    options=Options,
    run=run,
    examples=("freezes",),
)
