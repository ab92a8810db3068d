"""`prom unwatch`: a condition is watched no more."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Text
from bot.render.alerts import line


@dataclass(frozen=True, slots=True)
class Options:
    """`prom unwatch` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield that it has ended."""
    if len(options.arguments) != 1:
        raise UsageError(
            "error: prom unwatch takes the id of one watch",
            next_step="`prom watches` lists them.",
        )
    [id] = options.arguments
    ended = await scope.monitoring.watches.end(id)
    if ended is None:
        raise UsageError(
            f'error: "{line(id)}" is watched neither here nor by you',
            next_step="`prom watches` lists what is.",
        )
    yield Text(f"watch/{ended.id} ended: {line(ended.expression)}\n")


COMMAND = Command(
    phrase="prom unwatch",
    summary="Stop watching a condition",
    usage="ID",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    examples=("prom unwatch 1f0c9a3e",),
)
