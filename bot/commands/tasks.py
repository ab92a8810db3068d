"""`tasks`: what may be run by its name here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Table, Text

COLUMNS = ("TASK", "SUMMARY", "HOW")


@dataclass(frozen=True, slots=True)
class Options:
    """`tasks` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each task that the person may run here."""
    if options.arguments:
        raise UsageError(
            "error: tasks lists everything and takes no words",
            next_step=f"Type `run {options.arguments[0]}`.",
        )
    tasks = await scope.tasks()
    if not tasks:
        yield Text("The policy has no task for you here.\n")
        return
    rows = [(task.name, task.summary or "-", task.usage) for task in tasks]
    yield Table("tasks", COLUMNS, rows)


COMMAND = Command(
    phrase="tasks",
    summary="List what you may run by its name here",
    family=Family.DECK,
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("tasks",),
)
