"""`rollout status`: how far a rollout is, until it is done."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

from bot.core.clock import deadline
from bot.core.command import Access, Command, Effect, duration, number, switch, text
from bot.core.errors import QuarterdeckError, UnreachableError, UsageError
from bot.core.ports import JsonObject, Query, Resource, Scope
from bot.core.reply import Part, Problem, Text, nothing_in
from bot.kube.errors import together
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
            "error: required resource not specified",
            next_step="Such as `rollout status deploy/web`.",
        )
    if options.revision < 0:
        raise UsageError(f"error: revision must be a positive integer: {options.revision}")
    selection = await select(
        scope.cluster, options.arguments, selector=bool(options.selector), all_namespaces=False
    )
    found, failures = False, list[QuarterdeckError]()
    for ask in selection.asks:
        async for part in _each(scope, options, ask):
            found = True
            if isinstance(part, Problem):
                failures.append(part.error)
            else:
                yield part
    for failure in together(failures):
        yield Problem(failure)
    if not found:
        yield nothing_in(scope.namespace)


async def _each(scope: Scope, options: Options, ask: Ask) -> AsyncIterator[Part]:
    """Yield the status of each object in turn; one that fails does not end the others'."""
    try:
        names = await _names(scope, options, ask)
    except QuarterdeckError as error:
        yield Problem(error)
        return
    for name in names:
        try:
            async for part in _one(scope, options, Ask(ask.resource, name)):
                yield part
        except QuarterdeckError as error:
            yield Problem(error)


async def _names(scope: Scope, options: Options, ask: Ask) -> list[str]:
    query = _query(scope, ask.resource, ask.name, options.selector)
    if ask.name:
        names = [(await scope.cluster.fetch(query))["metadata"]["name"]]
    else:
        pages = scope.cluster.pages(query)
        names = [item["metadata"]["name"] async for page in pages for item in page["items"]]
    if names:
        _check(ask.resource)
    return names


def _check(resource: Resource) -> None:
    if not has_status(resource):
        group = f".{resource.group}" if resource.group else ""
        raise UsageError(
            f"error: no status viewer has been implemented for {resource.kind}{group}",
            next_step="`rollout status` works on deployments, statefulsets and daemonsets.",
        )


async def _one(scope: Scope, options: Options, ask: Ask) -> AsyncIterator[Part]:
    # kubectl takes a negative time for none at all.
    seconds = max(options.timeout.total_seconds(), 0)
    states, end = _states(scope, ask), scope.clock.monotonic() + seconds
    while True:
        try:
            # Around the waiting alone: whoever draws what is yielded must not be timed out.
            rest = max(end - scope.clock.monotonic(), 0)
            async with deadline(scope.clock, rest) if seconds else nullcontext():
                item = await anext(states)
        except TimeoutError as error:
            raise UnreachableError("error: timed out waiting for the condition") from error
        state = progress(item, options.revision)
        yield Text(state.text)
        if state.done or not options.watch:
            return


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
