"""`unfreeze`: changes in a namespace are possible again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Command, Effect, Family
from bot.core.ports import Scope
from bot.core.proposal import Hold
from bot.core.reply import Part, Text
from bot.grammar.holding import read_namespace


@dataclass(frozen=True, slots=True)
class Options:
    """`unfreeze` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield whether something was frozen."""
    namespace = read_namespace(options.arguments, "unfreeze", "unfreeze shop")
    lifted = await scope.approvals.lift(Hold("", scope.context, namespace))
    yield Text(f"namespace/{namespace} {'unfrozen' if lifted else 'was not frozen'}\n")


COMMAND = Command(
    phrase="unfreeze",
    summary="Let a namespace be changed again",
    usage="NAMESPACE",
    family=Family.DECK,
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("unfreeze shop",),
)
