"""`version`: the bot's version and the API server's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson

from bot import __version__
from bot.core.command import Command, Effect, switch, text
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Text
from bot.kube import documents


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `version`."""

    arguments: tuple[str, ...] = ()
    client: bool = switch(help="The bot's version alone; the server is not asked.")
    output: str = text("o", help="yaml or json.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the versions."""
    if options.arguments and not options.client:
        raise UsageError(f"error: extra arguments: [{' '.join(options.arguments)}]")
    if options.output not in ("", "yaml", "json"):
        raise UsageError("error: --output must be 'yaml' or 'json'")
    own = f"v{__version__}"
    server = {} if options.client else await scope.cluster.version()
    if not options.output:
        yield Text(f"Client Version: {own} (quarterdeck)\n")
        if server:
            yield Text(f"Server Version: {server['gitVersion']}\n")
        return
    both = {"clientVersion": {"gitVersion": own}} | ({"serverVersion": server} if server else {})
    if options.output == "yaml":
        yield Text(documents.to_yaml(both) + "\n", "yaml")
    else:
        # As kubectl writes this one document: two spaces, and the server's own order.
        yield Text(orjson.dumps(both, option=orjson.OPT_INDENT_2).decode() + "\n", "json")


COMMAND = Command(
    phrase="version",
    summary="Print the version of the bot and of the API server",
    usage="[flags]",
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("version", "version -o yaml", "version --client"),
)
