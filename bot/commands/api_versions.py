"""`api-versions`: the API groups of the cluster with their versions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Command, Effect
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Text


@dataclass(frozen=True, slots=True)
class Options:
    """`api-versions` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield `group/version` a line, sorted."""
    if options.arguments:
        raise UsageError(
            f"error: unexpected arguments: [{' '.join(options.arguments)}]\n"
            "See 'kubectl api-versions -h' for help and examples"
        )
    versions = {resource.api_version for resource in await scope.cluster.resources()}
    yield Text("".join(f"{version}\n" for version in sorted(versions)))


COMMAND = Command(
    phrase="api-versions",
    summary="List the API groups and versions that the cluster has",
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("api-versions",),
)
