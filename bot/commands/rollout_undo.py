"""`rollout undo`: the pod template of an earlier revision comes back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.core.command import Access, Command, Effect, number, shared, switch, text
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.plan import Change, Outlook, Patch, Plan
from bot.core.ports import JsonObject, Scope
from bot.kube.changes import (
    DryRun,
    Found,
    Made,
    Saying,
    Which,
    gathered,
    is_workload,
    place_of,
    read_dry_run,
    refuse,
)
from bot.kube.changing.podspecs import template_changes
from bot.kube.describe.lines import Lines
from bot.kube.describe.pods import template
from bot.kube.filed import Filed, aimed
from bot.kube.history import CHANGE_CAUSE, change_cause
from bot.kube.patches import GONE, Edit, at, operations
from bot.kube.revisions import keepers
from bot.kube.undoing import Revision, chosen, chosen_by_number, current, is_at, revisions_of

_TEMPLATE, _PAUSED = ("spec", "template"), ("spec", "paused")
_ANNOTATIONS = ("metadata", "annotations")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# kubectl 1.37 `pkg/polymorphichelpers/rollback.go`: what of the Deployment's own it keeps.
_KEPT = frozenset(
    {
        _APPLIED,
        "deployment.kubernetes.io/revision",
        "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas",
        "deployment.kubernetes.io/max-replicas",
        "deprecated.deployment.rollback.to",
    }
)


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `rollout undo`."""

    arguments: tuple[str, ...] = ()
    to_revision: int = number(help="The revision to go back to; 0: the one before.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    selector: str = text("l", help="Label selector.")
    files: Filed = shared(Filed)
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    like_kubectl: bool = switch(
        help="Choose as kubectl does, by number alone, and replace all annotations."
    )


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what going back would change; the template as it was read is the precondition."""
    saying = Saying(read_dry_run(options.dry_run), options.output, read=True)
    if not (options.arguments or options.files.given):
        raise UsageError(
            "error: required resource not specified", next_step="Such as `rollout undo deploy/web`."
        )
    which = Which(options.selector, everything=True)
    objects = await aimed(scope, options.arguments, options.files, which)
    made, failures = list[Made](), list[QuarterdeckError]()
    for one in objects:
        try:
            made.append(await _made(scope, options, saying, one))
        except QuarterdeckError as error:
            failures.append(error)
    refuse(failures)
    plan = gathered(made, saying, [line for one in objects for line in _applied(one)])
    return plan if scope.plain else _warned(plan, objects)


async def _made(scope: Scope, options: Options, saying: Saying, one: Found) -> Made:
    if not is_workload(one.resource):
        group = f".{one.resource.group}" if one.resource.group else ""
        raise UsageError(
            f'error: no rollbacker has been implemented for "{one.resource.kind}{group}"',
            next_step="`rollout undo` works on deployments, statefulsets and daemonsets.",
        )
    kept = await keepers(scope.cluster, one.resource, one.item)
    choose = chosen_by_number if options.like_kubectl else chosen
    revision, target = choose(one.item, kept, options.to_revision), one.target(scope)
    if saying.dry_run is DryRun.CLIENT:
        return Made(target, _shown(one, revision), item=one.item)
    if at(one.item, _PAUSED) is True:
        raise QuarterdeckError(
            "error: you cannot rollback a paused deployment;"
            " resume it first with 'kubectl rollout resume' and try again"
        )
    if is_at(one.item, revision):
        number = options.to_revision if options.like_kubectl else revision.number
        text = f"skipped rollback (current template already matches revision {number})"
        return Made(target, text, item=one.item)
    edits = [Edit(_TEMPLATE, revision.template), *_annotations(scope, options, one, revision)]
    patch = Patch(
        target,
        operations(one.item, edits, (_PAUSED,) if one.resource.kind == "Deployment" else ()),
        dry_run=saying.dry_run is DryRun.SERVER,
        manager="kubectl",
        refused=f"failed restoring revision {options.to_revision}",
    )
    changes = tuple(_changes(place_of(target), one.item, revision, kept))
    return Made(target, "rolled back", patch, changes, rolls=True, item=one.item)


def _annotations(scope: Scope, options: Options, one: Found, revision: Revision) -> Iterator[Edit]:
    """Yield what becomes of the object's annotations: it keeps its own, but for the cause."""
    cause = f"{scope.text} {scope.link}" if scope.link else ""
    if one.resource.kind == "Deployment" and options.like_kubectl:
        own, theirs = (
            each["metadata"].get("annotations") or {} for each in (one.item, revision.kept)
        )
        kept = {key: value for key, value in own.items() if key in _KEPT}
        kept |= {key: value for key, value in theirs.items() if key not in _KEPT}
        yield Edit(_ANNOTATIONS, kept | ({CHANGE_CAUSE: cause} if cause else {}))
    elif one.resource.kind == "Deployment" or cause:
        cause = cause or change_cause(revision.kept)
        yield Edit((*_ANNOTATIONS, CHANGE_CAUSE), cause or GONE)


def _changes(
    subject: str, item: JsonObject, revision: Revision, kept: list[JsonObject]
) -> Iterator[Change]:
    now = current(item, revisions_of(item, kept))
    images, others = template_changes(subject, item["spec"]["template"], revision.template)
    beside = f" ({others} other field{'s' if others > 1 else ''})" if others else ""
    yield Change(
        subject, "revision", str(now.number) if now else "newest", f"{revision.number}{beside}"
    )
    yield from images


def _shown(one: Found, revision: Revision) -> str:
    w = Lines()
    kept = revision.kept
    template(w, kept["spec"]["template"] if kept["kind"] == "ReplicaSet" else revision.template)
    return ("" if kept["kind"] == "ReplicaSet" else "will roll back to ") + w.raw()


def _applied(one: Found) -> Iterator[str]:
    if _APPLIED in (one.item["metadata"].get("annotations") or {}):
        yield (
            f"Warning: resource {one.plural} was previously managed with 'kubectl apply'."
            f" Rolling back will not update the {_APPLIED} annotation, which may cause unexpected"
            " behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with"
            " your previous configuration file instead."
        )


def _warned(plan: Plan, objects: list[Found]) -> Plan:
    stuck = [one for one in objects if one.resource.kind == "StatefulSet" and _is_stuck(one.item)]
    warnings = tuple(
        f"{one.name} makes its pods one after the other, and waits for one that is not ready:"
        " delete that pod once the template is back."
        for one in stuck
    )
    return replace(plan, outlook=Outlook(warnings=warnings)) if warnings else plan


def _is_stuck(item: JsonObject) -> bool:
    # Kubernetes does not repair this by itself (its documentation, Forced Rollback).
    spec, status = item["spec"], item.get("status") or {}
    ordered = spec.get("podManagementPolicy", "OrderedReady") == "OrderedReady"
    return bool(ordered and status.get("readyReplicas", 0) < spec.get("replicas", 1))


COMMAND = Command(
    phrase="rollout undo",
    summary="Go back to an earlier revision",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) [--to-revision=N] [flags]",
    effect=Effect.CHANGE,
    access=(
        *(
            Access(verb, resource, "apps", optional=verb == "list")
            for resource in ("deployments", "daemonsets", "statefulsets")
            for verb in ("get", "list", "patch")
        ),
        Access("list", "replicasets", "apps"),
        Access("list", "controllerrevisions", "apps"),
    ),
    options=Options,
    urgent=True,
    plan=plan,
    examples=(
        "rollout undo deploy/web -n shop",
        "rollout undo daemonset/agent --to-revision=1 -n shop --dry-run=server",
        "rollout undo deploy/web -n shop --like-kubectl --dry-run=client",
    ),
)
