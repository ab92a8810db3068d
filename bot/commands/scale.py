"""`scale`: another number of replicas, through a plan with its precondition."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.command import Access, Command, Effect, duration, number, shared, switch, text
from bot.core.errors import KubernetesError, NotFoundError, QuarterdeckError, UsageError
from bot.core.plan import Change, Patch, Plan
from bot.core.ports import JsonObject, Query, Scope
from bot.kube.changes import (
    DryRun,
    Found,
    Made,
    Saying,
    check_named,
    gathered,
    place_of,
    read_dry_run,
)
from bot.kube.filed import Filed, filed
from bot.kube.patches import GONE, Edit, at, operations, patched
from bot.kube.rollouts import has_status
from bot.kube.selection import Ask, select

_NOT_GIVEN = -(2**31)
_EXAMPLE = "Such as `scale deploy/web --replicas=5`."
_REPLICAS, _VERSION = ("spec", "replicas"), ("metadata", "resourceVersion")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `scale`."""

    arguments: tuple[str, ...] = ()
    replicas: int = number(default=_NOT_GIVEN, help="The new number of replicas. Required.")
    current_replicas: int = number(default=-1, help="Only if it has this many now.")
    files: Filed = shared(Filed)
    resource_version: str = text(help="Only if the object has this resource version.")
    selector: str = text("l", help="Label selector.")
    all: bool = switch(help="Every object of the type in the namespace.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    timeout: timedelta = duration(help="How long to wait until they are there; 0: not at all.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what scaling would change; the precondition is the number that stands there now."""
    _validate(options)
    saying = Saying(read_dry_run(options.dry_run), options.output, read=True)
    asks = await _asked(scope, options)
    if not asks:
        raise UsageError("error: no objects passed to scale")
    if options.resource_version and len(asks) > 1:
        raise UsageError("error: cannot use --resource-version with multiple resources")
    made = [await _made(there, options, saying, ask) for there, ask in asks]
    return gathered(made, saying)


async def _asked(scope: Scope, options: Options) -> list[tuple[Scope, Ask]]:
    """Return what is scaled, each in the namespace where it is."""
    if options.files.given:
        return [
            (replace(scope, namespace=each.namespace), Ask(each.resource, each.document.name))
            for each in await filed(scope, options.arguments, options.files, options.selector)
        ]
    selection = await select(
        scope.cluster,
        options.arguments,
        selector=bool(options.selector),
        all_namespaces=False,
    )
    if not selection.named and not (options.all or options.selector):
        raise UsageError(
            "error: resource(s) were provided, but no name was specified",
            next_step=_EXAMPLE,
        )
    return [
        (scope, Ask(ask.resource, name))
        for ask in selection.asks
        for name in await _names(scope, options, ask)
    ]


def _validate(options: Options) -> None:
    if options.replicas == _NOT_GIVEN:
        raise UsageError(
            'error: required flag(s) "replicas" not set',
            next_step=_EXAMPLE,
        )
    if options.replicas < 0:
        raise UsageError(
            "error: The --replicas=COUNT flag is required,"
            " and COUNT must be greater than or equal to 0"
        )
    if options.current_replicas < -1:
        raise UsageError("error: The --current-replicas must specify an integer of -1 or greater")
    if not options.files.given:
        check_named(options.arguments, next_step=_EXAMPLE, files=True)


async def _names(scope: Scope, options: Options, ask: Ask) -> list[str]:
    if ask.name:
        return [ask.name]
    query = Query(ask.resource, namespace=scope.namespace, label_selector=options.selector)
    return [o["metadata"]["name"] async for p in scope.cluster.pages(query) for o in p["items"]]


async def _made(scope: Scope, options: Options, saying: Saying, ask: Ask) -> Made:
    namespace = scope.namespace if ask.resource.namespaced else ""
    one = Found(
        ask.resource, await _scale(scope, Query(ask.resource, namespace, ask.name, "scale"))
    )
    # An absent count is 0: the API leaves zeros out.
    now = at(one.item, _REPLICAS)
    now = 0 if now is GONE else now
    _check(options, now, one.item["metadata"]["resourceVersion"])
    target = one.target(scope)
    edits = [Edit(_REPLICAS, options.replicas)]
    step = Patch(
        target,
        operations(one.item, edits, [_VERSION] if options.resource_version else ()),
        "scale",
        dry_run=saying.dry_run is DryRun.SERVER,
        manager="kubectl",
        settle_seconds=_patience(options),
    )
    change = Change(place_of(target), "replicas", str(now), str(options.replicas))
    item = await _whole(scope, options, ask) if saying.document else None
    rolls = has_status(ask.resource) and now != options.replicas
    return Made(target, "scaled", step, (change,), rolls, item=item)


def _patience(options: Options) -> float | None:
    if read_dry_run(options.dry_run) is not DryRun.NONE or not options.timeout:
        return None
    return max(options.timeout.total_seconds(), 0)


async def _whole(scope: Scope, options: Options, ask: Ask) -> JsonObject:
    """Return the object itself, with the new number where it is known to stand."""
    namespace = scope.namespace if ask.resource.namespaced else ""
    item = await scope.cluster.fetch(Query(ask.resource, namespace, ask.name))
    if ask.resource.group not in ("apps", ""):
        return item
    return patched(item, operations(item, [Edit(_REPLICAS, options.replicas)]))


async def _scale(scope: Scope, query: Query) -> JsonObject:
    try:
        return await scope.cluster.fetch(query)
    except NotFoundError as error:
        if "scale" in query.resource.subresources:
            raise
        raise KubernetesError(
            error.text,
            code=404,
            reason="NotFound",
            next_step=f"{query.resource.qualified} have no number of replicas.",
        ) from error


def _check(options: Options, now: int, version: str) -> None:
    if options.current_replicas not in (-1, now):
        raise QuarterdeckError(
            f"error: Expected replicas to be {options.current_replicas}, was {now}"
        )
    if options.resource_version not in ("", version):
        raise QuarterdeckError(
            f"error: Expected resource version to be {options.resource_version}, was {version}"
        )


COMMAND = Command(
    phrase="scale",
    summary="Set a new size for a deployment, replica set, or stateful set",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) --replicas=COUNT [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "*", subresource="scale"),
        Access("patch", "*", subresource="scale"),
        Access("list", "*", optional=True),
        Access("get", "*", optional=True),
    ),
    options=Options,
    plan=plan,
    examples=(
        "scale deploy/web --replicas=5 -n shop",
        "scale deployment web --replicas=3 --current-replicas=5 -n shop",
        "scale statefulset db --replicas=2 -n shop --dry-run=server",
    ),
)
