"""`config get-contexts`: the clusters that the person may use."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Command, Effect, switch, text
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import Context, Scope
from bot.core.reply import Part, Problem, Row, Table, Text
from bot.kube.errors import together

_HEADERS = ("CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `config get-contexts`."""

    arguments: tuple[str, ...] = ()
    output: str = text("o", help="name: the names alone.")
    no_headers: bool = switch(help="Leave the header out.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the contexts, sorted by their names, then the names that there are not."""
    if options.output not in ("", "name"):
        raise UsageError(
            f"error: --output {options.output} is not available in kubectl config get-contexts;"
            " resetting to default output format"
        )
    contexts = {context.name: context for context in (await scope.whereabouts()).contexts}
    wanted = options.arguments or tuple(contexts)
    found = [contexts[name] for name in sorted(wanted) if name in contexts]
    if options.output:
        yield Text("".join(f"{context.name}\n" for context in found))
    else:
        rows = [_row(context) for context in found]
        shown = rows if options.no_headers else [_HEADERS, *rows]
        # The header is a row like any other, and stands there without one, too.
        yield Table("", _HEADERS, shown, headers=False)
    missing = [name for name in wanted if name not in contexts]
    errors = [QuarterdeckError(f"error: context {name} not found") for name in missing]
    for error in together(errors):
        yield Problem(error)


def _row(context: Context) -> Row:
    mark = "*" if context.current else ""
    return (mark, context.name, context.cluster, context.user, context.namespace)


COMMAND = Command(
    phrase="config get-contexts",
    summary="List the clusters that you may use, and which one is current",
    usage="[NAME ...] [-o name] [--no-headers]",
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("config get-contexts", "config get-contexts -o name"),
)
