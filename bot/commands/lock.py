"""`lock`: for a time nobody changes one object through the bot."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core.command import Access, Command, Effect, Family, duration, text
from bot.core.errors import UsageError
from bot.core.ports import Query, Scope
from bot.core.proposal import Hold
from bot.core.reply import Part, Text
from bot.grammar.holding import read_reason, read_until, until_words
from bot.kube.selection import select


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `lock`."""

    arguments: tuple[str, ...] = ()
    for_: timedelta = duration(help="For how long, such as 2h; without it until `unlock`.")
    reason: str = text(help="Why: whoever is stopped reads it. Required.")
    given: frozenset[str] = frozenset()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield what is locked, and until when."""
    words = options.arguments
    named = words and await select(scope.cluster, words, selector=False, all_namespaces=False)
    if not named or not named.named:
        raise UsageError(
            "error: lock takes an object, and none is named", next_step="Such as `lock deploy/web`."
        )
    reason = read_reason(options.reason, f"lock {' '.join(options.arguments)}")
    until = read_until(scope.now, options.for_, given="for" in options.given)
    lasting = (await scope.whereabouts()).own.lasting
    tail = "" if lasting else ", but for no longer than this process lasts"
    for ask in named.asks:
        namespace = scope.namespace if ask.resource.namespaced else ""
        # A name that is mistyped would protect nothing.
        await scope.cluster.fetch(Query(ask.resource, namespace, ask.name))
        where = (scope.context, namespace, ask.resource.qualified, ask.name)
        held = await scope.approvals.hold(Hold("", *where, until=until, reason=reason))
        what = f"{ask.resource.qualified}/{ask.name}"
        yield Text(f"{what} locked {until_words(held.until)}{tail}: {held.reason}\n")


COMMAND = Command(
    phrase="lock",
    summary="Let nobody change an object for a time",
    usage="TYPE/NAME [--for 2h] --reason REASON",
    family=Family.DECK,
    effect=Effect.READ,
    access=(Access("get", "*"),),
    options=Options,
    run=run,
    examples=("lock deploy/web --for 2h --reason INC-123 -n shop",),
)
