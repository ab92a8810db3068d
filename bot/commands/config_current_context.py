"""`config current-context`: the cluster that is meant when none is named."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Command, Effect
from bot.core.errors import QuarterdeckError
from bot.core.ports import Scope
from bot.core.reply import Part, Text


@dataclass(frozen=True, slots=True)
class Options:
    """`config current-context` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield its name."""
    contexts = (await scope.whereabouts()).contexts
    current = next((context.name for context in contexts if context.current), "")
    if not current:
        raise QuarterdeckError("error: current-context is not set")
    yield Text(f"{current}\n")


COMMAND = Command(
    phrase="config current-context",
    summary="Show which cluster is meant when none is named",
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("config current-context",),
)
