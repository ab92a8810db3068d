"""`unlock`: an object can be changed again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.proposal import Hold
from bot.core.reply import Part, Text
from bot.kube.selection import select


@dataclass(frozen=True, slots=True)
class Options:
    """`unlock` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield what was locked, and what was not."""
    # The object may be gone by now; its lock is lifted all the same.
    words = options.arguments
    named = words and await select(scope.cluster, words, selector=False, all_namespaces=False)
    if not named or not named.named:
        raise UsageError(
            "error: unlock takes an object, and none is named",
            next_step="Such as `unlock deploy/web`.",
        )
    for ask in named.asks:
        namespace = scope.namespace if ask.resource.namespaced else ""
        where = (scope.context, namespace, ask.resource.qualified, ask.name)
        lifted = await scope.approvals.lift(Hold("", *where))
        what = f"{ask.resource.qualified}/{ask.name}"
        yield Text(f"{what} {'unlocked' if lifted else 'was not locked'}\n")


COMMAND = Command(
    phrase="unlock",
    summary="Let an object be changed again",
    usage="TYPE/NAME",
    family=Family.DECK,
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("unlock deploy/web -n shop",),
)
