"""`freeze`: for a time nobody changes anything in a namespace through the bot."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core.command import Access, Command, Effect, Family, duration, text
from bot.core.errors import ForbiddenError
from bot.core.ports import Query, Scope
from bot.core.proposal import Hold
from bot.core.reply import Part, Text
from bot.grammar.holding import read_namespace, read_reason, read_until, until_words

_EXAMPLE = 'freeze shop --reason "release of 2.4"'


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `freeze`."""

    arguments: tuple[str, ...] = ()
    for_: timedelta = duration(help="For how long, such as 2h; without it until `unfreeze`.")
    reason: str = text(help="Why: whoever is stopped reads it. Required.")
    given: frozenset[str] = frozenset()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield that it is frozen, and until when."""
    namespace = read_namespace(options.arguments, "freeze", _EXAMPLE)
    reason = read_reason(options.reason, f"freeze {namespace}")
    until = read_until(scope.now, options.for_, given="for" in options.given)
    # A name that is mistyped would protect nothing. Who approves there need not be able to look.
    with contextlib.suppress(ForbiddenError):
        namespaces = await scope.cluster.resource("namespaces")
        await scope.cluster.fetch(Query(namespaces, name=namespace))
    held = await scope.approvals.hold(
        Hold("", scope.context, namespace, until=until, reason=reason)
    )
    lasting = (await scope.whereabouts()).own.lasting
    tail = "" if lasting else ", but for no longer than this process lasts"
    yield Text(f"namespace/{namespace} frozen {until_words(held.until)}{tail}: {held.reason}\n")


COMMAND = Command(
    phrase="freeze",
    summary="Let nobody change anything in a namespace for a time",
    usage="NAMESPACE [--for 2h] --reason REASON",
    family=Family.DECK,
    effect=Effect.READ,
    access=(Access("get", "namespaces"),),
    options=Options,
    run=run,
    examples=("freeze shop --for 2h --reason release", "freeze shop --reason INC-123"),
)
