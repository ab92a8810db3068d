"""`audit`: what was asked and done through the bot, by oneself or, for its admins, by anybody."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.audit.showing import COLUMNS, row
from bot.core.audit import Wanted
from bot.core.command import Command, Effect, Family, duration, number, switch, text
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Table, Text

_MOST = 500


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `audit`."""

    arguments: tuple[str, ...] = ()
    everyone: bool = switch(help="Everybody's records; for members of quarterdeck:admins.")
    person: str = text(help="One person's, by their Slack id; for the same.")
    channel: str = text(help="What came from this channel, by its id.")
    request: str = text(help="One request, by its id.")
    since: timedelta = duration(help="No older than this, such as 24h.")
    limit: int = number(default=20, help="The newest so many.")
    # Last: it hides the function of its name from the fields below it.
    text: str = text(help="What has this text anywhere in it.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the records that fit, the newest first."""
    if options.arguments:
        raise UsageError(
            "error: audit takes flags alone",
            next_step=f"Type `audit --text {options.arguments[0]}`.",
        )
    if not 1 <= options.limit <= _MOST:
        raise UsageError(f"error: --limit is a number from 1 to {_MOST}")
    wanted = Wanted(
        person=options.person,
        namespace=scope.namespace if scope.explicit_namespace else "",
        channel=options.channel,
        request=options.request,
        text=options.text,
        since=scope.now - options.since if options.since else None,
        limit=options.limit,
    )
    every = options.everyone or options.person
    records = await (scope.records.everyones(wanted) if every else scope.records.own(wanted))
    if not records:
        yield Text("No records.\n")
        return
    yield Table("audit", COLUMNS, [row(record) for record in records])


COMMAND = Command(
    phrase="audit",
    summary="Show what was asked and done through the bot",
    usage="[-n NAMESPACE] [--since 24h] [--text TEXT] [--everyone]",
    family=Family.DECK,
    effect=Effect.READ,
    personal=True,
    options=Options,
    run=run,
    examples=("audit", "audit --since 24h", "audit --text scale --limit 5"),
)
