"""`scale`: another number of replicas, through a plan with its precondition."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.command import Access, Command, Effect, duration, number, switch, text
from bot.core.errors import KubernetesError, NotFoundError, QuarterdeckError, UsageError
from bot.core.plan import Change, Operation, Patch, Plan, Target
from bot.core.ports import JsonObject, Query, Scope
from bot.kube.selection import Ask, select

_NOT_GIVEN = -(2**31)
# kubectl still reads what was typed before `client` and `server` had names.
_DRY_RUNS = {
    **{name: name for name in ("none", "client", "server")},
    **dict.fromkeys(("unchanged", "1", "t", "T", "true", "True", "TRUE"), "client"),
    **dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), "none"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `scale`."""

    arguments: tuple[str, ...] = ()
    replicas: int = number(default=_NOT_GIVEN, help="The new number of replicas. Required.")
    current_replicas: int = number(default=-1, help="Only if it has this many now.")
    resource_version: str = text(help="Only if the object has this resource version.")
    selector: str = text("l", help="Label selector.")
    all: bool = switch(help="Every object of the type in the namespace.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    timeout: timedelta = duration(help="Accepted as kubectl does; the answer does not wait.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what scaling would change; the precondition is the number that stands there now."""
    _validate(options)
    dry_run = _DRY_RUNS[options.dry_run]
    selection = await select(
        scope.cluster,
        options.arguments,
        selector=bool(options.selector),
        all_namespaces=False,
    )
    if not selection.named and not (options.all or options.selector):
        raise UsageError(
            "error: resource(s) were provided, but no name was specified",
            next_step="scale deploy/web --replicas=5",
        )
    targets = [(ask, name) for ask in selection.asks for name in await _names(scope, options, ask)]
    if not targets:
        raise UsageError("error: no objects passed to scale")
    if options.resource_version and len(targets) > 1:
        raise UsageError("error: cannot use --resource-version with multiple resources")
    options = replace(options, dry_run=dry_run)
    planned = [await _planned(scope, options, ask, name) for ask, name in targets]
    suffix = {"client": " (dry run)", "server": " (server dry run)"}.get(dry_run, "")
    return Plan(
        phrase="",
        steps=() if dry_run == "client" else tuple(step for step, _ in planned),
        changes=tuple(change for _, change in planned),
        done=tuple(f"{step.target.qualified} scaled{suffix}" for step, _ in planned),
    )


def _validate(options: Options) -> None:
    if options.replicas == _NOT_GIVEN:
        raise UsageError(
            'error: required flag(s) "replicas" not set',
            next_step="scale deploy/web --replicas=5",
        )
    if options.replicas < 0:
        raise UsageError(
            "error: The --replicas=COUNT flag is required,"
            " and COUNT must be greater than or equal to 0"
        )
    if options.current_replicas < -1:
        raise UsageError("error: The --current-replicas must specify an integer of -1 or greater")
    if options.dry_run not in _DRY_RUNS:
        raise UsageError(
            f"error: Invalid dry-run value ({options.dry_run})."
            ' Must be "none", "server", or "client".'
        )
    if not options.arguments:
        raise UsageError(
            "error: You must provide one or more resources by argument.\n"
            "Example resource specifications include:\n"
            "   '<resource> <name>'\n"
            "   '<resource>'",
            next_step="scale deploy/web --replicas=5",
        )


async def _names(scope: Scope, options: Options, ask: Ask) -> list[str]:
    if ask.name:
        return [ask.name]
    query = Query(ask.resource, namespace=scope.namespace, label_selector=options.selector)
    return [o["metadata"]["name"] async for p in scope.cluster.pages(query) for o in p["items"]]


async def _planned(scope: Scope, options: Options, ask: Ask, name: str) -> tuple[Patch, Change]:
    resource = ask.resource
    namespace = scope.namespace if resource.namespaced else ""
    scale = await _scale(scope, Query(resource, namespace, name, "scale"))
    metadata = scale["metadata"]
    # An absent count is 0: the API leaves zeros out.
    now = int((scale.get("spec") or {}).get("replicas", 0))
    _check(options, now, metadata["resourceVersion"])
    target = Target(
        scope.context,
        resource.group,
        resource.version,
        resource.plural,
        resource.kind,
        namespace,
        name,
        metadata["uid"],
    )
    patch = Patch(
        target,
        _operations(scale, now, options),
        "scale",
        dry_run=options.dry_run == "server",
        effect=Effect.CHANGE,
    )
    change = Change(
        f"{target.qualified} in {namespace}", "replicas", str(now), str(options.replicas)
    )
    return patch, change


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


def _operations(scale: JsonObject, now: int, options: Options) -> tuple[Operation, ...]:
    metadata, spec = scale["metadata"], scale.get("spec") or {}
    tests = [Operation("test", "/metadata/uid", metadata["uid"])]
    if options.resource_version:
        tests.append(Operation("test", "/metadata/resourceVersion", options.resource_version))
    if "replicas" in spec:
        tests.append(Operation("test", "/spec/replicas", now))
    else:
        tests.append(Operation("test", "/spec", spec))
    return (*tests, Operation("add", "/spec/replicas", options.replicas))


COMMAND = Command(
    phrase="scale",
    summary="Set a new size for a deployment, replica set, or stateful set",
    usage="(TYPE NAME | TYPE/NAME) --replicas=COUNT [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "*", subresource="scale"),
        Access("patch", "*", subresource="scale"),
        Access("list", "*", optional=True),
    ),
    options=Options,
    plan=plan,
    examples=(
        "scale deploy/web --replicas=5 -n shop",
        "scale deployment web --replicas=3 --current-replicas=5 -n shop",
        "scale statefulset db --replicas=2 -n shop --dry-run=server",
    ),
)
