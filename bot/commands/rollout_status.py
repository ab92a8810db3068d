"""`rollout status`: how far a rollout is, until it is done."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core.command import Access, Command, Effect, duration, number, switch, text
from bot.core.errors import QuarterdeckError, UnreachableError, UsageError
from bot.core.ports import JsonObject, Query, Resource, Scope
from bot.core.reply import Aside, Part, Text
from bot.kube.following import LISTED, follow
from bot.kube.rollouts import has_status, progress
from bot.kube.selection import Ask, select


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `rollout status`."""

    arguments: tuple[str, ...] = ()
    watch: bool = switch("w", default=True, help="Wait until the rollout is done.")
    revision: int = number(help="Only this revision; another one running is an error.")
    timeout: timedelta = duration(help="How long to wait, such as 90s; 0: no limit.")
    selector: str = text("l", help="Label selector.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a line for each step of the rollout."""
    if not options.arguments:
        raise UsageError(
            "error: required resource not specified", next_step="rollout status deploy/web"
        )
    if options.revision < 0:
        raise UsageError(f"error: revision must be a positive integer: {options.revision}")
    selection = await select(
        scope.cluster, options.arguments, selector=bool(options.selector), all_namespaces=False
    )
    found = False
    for ask in selection.asks:
        async for name in _names(scope, options, ask):
            found = True
            async for part in _one(scope, options, Ask(ask.resource, name)):
                yield part
    if not found:
        yield Aside(f"No resources found in {scope.namespace} namespace.")


async def _names(scope: Scope, options: Options, ask: Ask) -> AsyncIterator[str]:
    query = _query(scope, ask.resource, ask.name, options.selector)
    if ask.name:
        yield (await scope.cluster.fetch(query))["metadata"]["name"]
        return
    async for page in scope.cluster.pages(query):
        for item in page["items"]:
            yield item["metadata"]["name"]


async def _one(scope: Scope, options: Options, ask: Ask) -> AsyncIterator[Part]:
    resource = ask.resource
    if not has_status(resource):
        group = f".{resource.group}" if resource.group else ""
        raise UsageError(
            f"error: no status viewer has been implemented for {resource.kind}{group}",
            next_step="rollout status works on deployments, statefulsets and daemonsets.",
        )
    seconds = options.timeout.total_seconds() or None
    try:
        async with asyncio.timeout(seconds):
            async for item in _states(scope, ask):
                state = progress(item, options.revision)
                yield Text(state.text)
                if state.done or not options.watch:
                    return
    except TimeoutError as error:
        if seconds is None:
            raise  # the command's own deadline, which says so itself
        raise UnreachableError("error: timed out waiting for the condition") from error


async def _states(scope: Scope, ask: Ask) -> AsyncIterator[JsonObject]:
    query = _query(scope, ask.resource, fields=f"metadata.name={ask.name}")
    async for event in follow(scope.cluster, query):
        if event.type == "DELETED":
            raise QuarterdeckError("error: object has been deleted")
        for item in event.object["items"] if event.type == LISTED else (event.object,):
            yield {**item, "kind": ask.resource.kind}


def _query(
    scope: Scope, resource: Resource, name: str = "", labels: str = "", fields: str = ""
) -> Query:
    namespace = scope.namespace if resource.namespaced else ""
    return Query(
        resource, namespace=namespace, name=name, label_selector=labels, field_selector=fields
    )


COMMAND = Command(
    phrase="rollout status",
    summary="Show the status of the rollout",
    usage="(TYPE NAME | TYPE/NAME) [flags]",
    effect=Effect.READ,
    access=tuple(
        Access(verb, resource, "apps")
        for resource in ("deployments", "daemonsets", "statefulsets")
        for verb in ("get", "list", "watch")
    ),
    options=Options,
    run=run,
    seconds=900,
    examples=(
        "rollout status deploy/web -n shop",
        "rollout status statefulset db -n shop --watch=false",
        "rollout status deployment/web -n shop --timeout=90s",
    ),
)
