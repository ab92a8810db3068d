"""`autoscale`: a HorizontalPodAutoscaler for what can be scaled."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from bot.core.command import Access, Command, Effect, number, shared, switch, text
from bot.core.errors import UsageError
from bot.core.plan import Change, Create, Plan, Target
from bot.core.ports import JsonObject, Scope
from bot.core.units import parse_quantity
from bot.kube.changes import (
    DryRun,
    Found,
    Made,
    Saying,
    gathered,
    place_of,
    read_dry_run,
)
from bot.kube.filed import Filed, aimed
from bot.kube.numbers import general

_NOT_GIVEN = -(2**31)
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_UNITS = {"cpu": "m", "memory": "Mi"}
_PERCENT = re.compile(r"\+?\d+")
_INT32 = 2**31


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `autoscale`."""

    arguments: tuple[str, ...] = ()
    max: int = number(default=_NOT_GIVEN, help="The most pods there may be. Required.")
    min: int = number(default=-1, help="The fewest pods there may be; the server's default is 1.")
    cpu: str = text(help="Wanted use of processors for each pod: 70% of its request, or 500m.")
    memory: str = text(help="Wanted use of memory for each pod: 60% of its request, or 200Mi.")
    cpu_percent: int = number(default=-1, help="Old form of --cpu.")
    name: str = text(help="The new object's name; mostly that of what is scaled.")
    files: Filed = shared(Filed)
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    save_config: bool = switch(help="Note the configuration for a later `apply`.")
    field_manager: str = text(default="kubectl-autoscale", help="Whose the new fields are.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return the autoscalers that would be created."""
    saying = Saying(read_dry_run(options.dry_run), options.output)
    _check(options)
    metrics = _metrics(options)
    objects = await aimed(scope, options.arguments, options.files)
    for one in objects:
        _check_scalable(one)
    made = [_made(scope, options, saying, one, metrics) for one in objects]
    deprecated = (_DEPRECATED,) if options.cpu_percent != -1 else ()
    return gathered(made, saying, deprecated)


_DEPRECATED = (
    "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format"
    " (e.g., '70%' for utilization or '500m' for milliCPU)."
)


def _check(options: Options) -> None:
    if options.max == _NOT_GIVEN:
        raise UsageError(
            'error: required flag(s) "max" not set', next_step="Such as --min=2 --max=10 --cpu=80%"
        )
    if options.max < 1:
        raise UsageError(
            f"error: --max=MAXPODS is required and must be at least 1, max: {options.max}"
        )
    if options.max < options.min:
        raise UsageError(
            "error: --max=MAXPODS must be larger or equal to --min=MINPODS,"
            f" max: {options.max}, min: {options.min}"
        )
    if options.cpu_percent > 0 and options.cpu:
        raise UsageError("error: --cpu-percent and --cpu are mutually exclusive")


def _check_scalable(one: Found) -> None:
    resource = one.resource
    if "scale" not in resource.subresources:
        group = f"{resource.group}/{resource.version}" if resource.group else f"/{resource.version}"
        raise UsageError(
            f"error: cannot autoscale a {resource.kind}: could not find scale subresource for"
            f" {group}, Resource={resource.plural} in discovery information",
            next_step="Deployments, replica sets and stateful sets can be scaled.",
        )


def _metrics(options: Options) -> list[JsonObject]:
    targets: list[tuple[str, JsonObject]] = []
    if options.cpu_percent > 0:
        targets.append(("cpu", _share(options.cpu_percent)))
    for name, typed in (("cpu", options.cpu), ("memory", options.memory)):
        if typed:
            targets.append((name, _target(name, typed.strip())))
    return [
        {"type": "Resource", "resource": {"name": name, "target": target}}
        for name, target in targets
    ]


def _share(percent: int) -> JsonObject:
    return {"type": "Utilization", "averageUtilization": percent}


def _target(name: str, typed: str) -> JsonObject:
    """Return what is aimed at: a share of what is requested, or an amount."""
    if typed.endswith("%"):
        share = typed[:-1]
        if not _PERCENT.fullmatch(share) or int(share) >= _INT32:
            raise UsageError(f"error: invalid percentage value: {share}")
        return _share(int(share))
    try:
        # A bare number has the unit that people mean by it.
        amount = parse_quantity(f"{general(float(typed))}{_UNITS[name]}")
    except ValueError:
        try:
            amount = parse_quantity(typed)
        except ValueError:
            raise UsageError(f"error: invalid resource {name} value: {typed}") from None
    return {"type": "AverageValue", "averageValue": str(amount)}


def _made(
    scope: Scope, options: Options, saying: Saying, one: Found, metrics: list[JsonObject]
) -> Made:
    name = options.name or one.name
    names = ("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
    target = Target(scope.context, *names, scope.namespace, name, "")
    document = _document(scope, options, one, metrics)
    step = Create(
        target,
        orjson.dumps(_noted(document) if options.save_config else document).decode(),
        dry_run=saying.dry_run is DryRun.SERVER,
        manager=options.field_manager,
    )
    low = str(options.min) if options.min > 0 else "1"
    change = Change(
        place_of(one.target(scope)), "pods", "as many as are set", f"{low} to {options.max}"
    )
    operation = "created" if saying.dry_run is DryRun.CLIENT else "autoscaled"
    return Made(target, operation, step, (change,), item=_typed(document))


def _document(scope: Scope, options: Options, one: Found, metrics: list[JsonObject]) -> JsonObject:
    """Return the new object, with its fields in the order in which kubectl writes them."""
    resource = one.resource
    spec: dict[str, Any] = {
        "scaleTargetRef": {
            "kind": resource.kind,
            "name": one.name,
            "apiVersion": resource.api_version,
        }
    }
    spec |= {"minReplicas": options.min} if options.min > 0 else {}
    spec |= {"maxReplicas": options.max} | ({"metrics": metrics} if metrics else {})
    metadata = {"name": options.name or one.name}
    metadata |= {"namespace": scope.namespace} if scope.explicit_namespace else {}
    return {
        "kind": "HorizontalPodAutoscaler",
        "apiVersion": "autoscaling/v2",
        "metadata": metadata,
        "spec": spec,
    }


def _typed(document: JsonObject) -> JsonObject:
    # kubectl shows what its Go type holds of an object that is not there yet.
    return document | {"status": {"desiredReplicas": 0, "currentMetrics": None}}


def _noted(document: JsonObject) -> JsonObject:
    note = orjson.dumps(_typed(document)).decode() + "\n"
    return document | {"metadata": document["metadata"] | {"annotations": {_APPLIED: note}}}


COMMAND = Command(
    phrase="autoscale",
    summary="Auto-scale a deployment, replica set or stateful set",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) --max=COUNT [--min=COUNT] [--cpu=CPU]"
    " [--memory=MEMORY] [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "*"),
        Access("create", "horizontalpodautoscalers", "autoscaling"),
    ),
    options=Options,
    plan=plan,
    examples=(
        "autoscale deploy/cart --min=2 --max=6 --cpu=80% -n shop --dry-run=server",
        "autoscale statefulset db --max=4 --memory=200Mi --name=db-memory -n shop --dry-run=client",
    ),
)
