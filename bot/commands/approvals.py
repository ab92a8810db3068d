"""`approvals`: the changes that wait for a press, here or for oneself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.command import Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.proposal import Case
from bot.core.reply import Part, Row, Table, Text
from bot.core.units import human_duration

COLUMNS = ("AGE", "WHO", "WHERE", "COMMAND", "NEEDS", "EXPIRES IN")


@dataclass(frozen=True, slots=True)
class Options:
    """`approvals` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each, the oldest first."""
    if options.arguments:
        raise UsageError(
            "error: approvals lists everything and takes no words",
            next_step=f"Type `approvals | grep {options.arguments[0]}`.",
        )
    cases = await scope.approvals.waiting()
    if not cases:
        yield Text("Nothing waits for approval, here or for you.\n")
        return
    yield Table("approvals", COLUMNS, [_row(case, scope.now) for case in cases])


def _row(case: Case, now: datetime) -> Row:
    requester = case.proposed.requester
    return (
        human_duration((now - case.created).total_seconds()),
        requester.name or requester.key,
        _where(case),
        case.proposed.plan.phrase,
        _needs(case),
        human_duration((case.expires - now).total_seconds()),
    )


def _where(case: Case) -> str:
    places = {
        f"{step.target.context}/{step.target.namespace}".rstrip("/"): None
        for step in case.proposed.plan.steps
    }
    return ",".join(places)


def _needs(case: Case) -> str:
    """Return what is missing, and of whom where somebody is named."""
    if not case.missing:
        return "confirmation"
    count = "1 approval" if case.missing == 1 else f"{case.missing} approvals"
    return count if case.proposed.jury.anyone else f"{count} of {case.proposed.jury.words()}"


COMMAND = Command(
    phrase="approvals",
    summary="List the changes that wait for approval, here or for you",
    family=Family.DECK,
    effect=Effect.READ,
    personal=True,
    options=Options,
    run=run,
    examples=("approvals",),
)
