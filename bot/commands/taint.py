"""`taint`: nodes keep pods away that do not tolerate it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.core.command import Access, Command, Effect, switch, text
from bot.core.errors import NotFoundError, QuarterdeckError, UsageError
from bot.core.plan import Change, Patch, Plan
from bot.core.ports import Scope
from bot.kube.changes import (
    DryRun,
    Found,
    Made,
    Saying,
    Which,
    found,
    gathered,
    read_dry_run,
    refuse,
)
from bot.kube.patches import GONE, Edit, operations
from bot.kube.tainting import Tainting, is_taint, read_taints, tainted

_TAINTS = ("spec", "taints")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `taint`."""

    arguments: tuple[str, ...] = ()
    selector: str = text("l", help="Label selector.")
    all: bool = switch(help="Every node.")
    overwrite: bool = switch(help="Taints that are there may get another value.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-taint", help="Whose the changed fields are.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return which taints the nodes would have; those that they have now are the precondition."""
    dry_run = read_dry_run(options.dry_run)
    names, taints = _split(options.arguments)
    tainting = read_taints(taints, overwrite=options.overwrite)
    nodes = await _nodes(scope, options, names)
    made, failures = list[Made](), list[QuarterdeckError]()
    for node in nodes:
        try:
            made.append(_made(scope, options, node, tainting))
        except QuarterdeckError as error:
            failures.append(error)
    refuse(failures)
    return gathered(made, Saying(dry_run, options.output, suffixed=False))


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    names = list(takewhile(lambda word: not is_taint(word), arguments))
    taints = list(arguments[len(names) :])
    for word in taints:
        if not is_taint(word):
            raise UsageError(f"error: all resources must be specified before taint changes: {word}")
    if not names:
        raise UsageError("error: one or more resources must be specified as <resource> <name>")
    if not taints:
        raise UsageError(
            "error: at least one taint update is required",
            next_step="Such as `taint nodes NODE key=value:NoSchedule`.",
        )
    return names, taints


async def _nodes(scope: Scope, options: Options, names: Sequence[str]) -> list[Found]:
    kind, *rest = names
    if await _type(scope, kind) != "nodes":
        raise UsageError(f"error: invalid resource type {kind}, only node types are supported")
    if options.all and options.selector:
        raise UsageError("error: setting 'all' parameter with a non empty selector is prohibited")
    if not options.all and not options.selector and not rest:
        raise UsageError(
            "error: at least one resource name must be specified since 'all' parameter is not set"
        )
    chosen = options.all or options.selector
    words = ["nodes"] if chosen else [f"nodes/{name}" for name in rest]
    return await found(scope, words, Which(options.selector, everything=options.all))


async def _type(scope: Scope, kind: str) -> str:
    try:
        return (await scope.cluster.resource(kind)).qualified
    except NotFoundError as error:
        # Here kubectl says it without its mark.
        raise QuarterdeckError(
            error.text.removeprefix("error: "),
            next_step="Such as `taint nodes NODE key=value:NoSchedule`.",
        ) from error


def _made(scope: Scope, options: Options, node: Found, tainting: Tainting) -> Made:
    before = node.item["spec"].get("taints") or []
    after, word = tainted(node.name, before, tainting)
    edit = Edit(_TAINTS, after or GONE)
    step = Patch(
        node.target(scope),
        operations(node.item, [edit]),
        dry_run=read_dry_run(options.dry_run) is DryRun.SERVER,
        manager=options.field_manager,
    )
    change = Change(step.target.qualified, "taints", _told(before), _told(after))
    return Made(step.target, word, step, (change,))


def _told(taints: Sequence[dict[str, str]]) -> str:
    told = (f"{t['key']}={t.get('value', '')}:{t['effect']}".replace("=:", ":") for t in taints)
    return ", ".join(told) or "none"


COMMAND = Command(
    phrase="taint",
    summary="Update the taints on one or more nodes",
    usage="NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "nodes"),
        Access("patch", "nodes"),
        Access("list", "nodes", optional=True),
    ),
    options=Options,
    plan=plan,
    examples=(
        "taint nodes node-b example.org/repair=yes:PreferNoSchedule --overwrite",
        "taint nodes -l kubernetes.io/hostname=node-b example.org/old=:NoSchedule --dry-run=server",
    ),
)
