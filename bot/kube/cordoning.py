"""Nodes that take new pods, or no more. Rules and texts: kubectl 1.37 `pkg/cmd/drain`."""

import asyncio
from collections.abc import Sequence

from bot.core.errors import NotFoundError, QuarterdeckError, UsageError
from bot.core.plan import Change, Patch
from bot.core.ports import Query, Scope
from bot.kube.changes import DryRun, Found, Made, refuse
from bot.kube.patches import GONE, Edit, at, operations

_UNSCHEDULABLE = ("spec", "unschedulable")


async def found_nodes(
    scope: Scope, verb: str, arguments: Sequence[str], selector: str
) -> list[Found]:
    """Return the nodes that are named, or that the selector finds.

    Raises:
        UsageError: both or neither were given, or what is named is no node.
        NotFoundError: a named node is not there.
    """
    if not arguments and not selector:
        raise _misread(verb, f"USAGE: {verb} NODE [flags]")
    if arguments and selector:
        raise _misread(verb, "cannot specify both a node name and a --selector option")
    nodes = await scope.cluster.resource("nodes")
    if selector:
        pages = scope.cluster.pages(Query(nodes, label_selector=selector))
        return [Found(nodes, item) async for page in pages for item in page["items"] or ()]
    queries = [Query(nodes, name=await _node_name(scope, word)) for word in arguments]
    answers = await asyncio.gather(
        *(scope.cluster.fetch(query) for query in queries), return_exceptions=True
    )
    failures = list[QuarterdeckError]()
    for answer in answers:
        if isinstance(answer, NotFoundError):
            failures.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
    refuse(failures)
    return [Found(nodes, answer) for answer in answers if isinstance(answer, dict)]


async def _node_name(scope: Scope, word: str) -> str:
    kind, slash, name = word.partition("/")
    if not slash:
        return word
    resource = await scope.cluster.resource(kind)
    if resource.qualified != "nodes":
        namespace = scope.namespace if resource.namespaced else ""
        await scope.cluster.fetch(Query(resource, namespace, name))
        raise UsageError(f"error: {word} is not a node", next_step="Name nodes alone.")
    return name


def scheduled(scope: Scope, one: Found, dry_run: DryRun, *, cordon: bool) -> Made:
    """Return what makes a node take no more pods, or take them again; nothing if it is so."""
    target, words = one.target(scope), ("cordoned" if cordon else "uncordoned")
    if (at(one.item, _UNSCHEDULABLE) is True) is cordon:
        return Made(target, f"already {words}")
    edit = Edit(_UNSCHEDULABLE, True if cordon else GONE)
    step = Patch(
        target,
        operations(one.item, [edit]),
        dry_run=dry_run is DryRun.SERVER,
        manager="kubectl",  # of the program: kubectl names none here
    )
    states = ("on", "off") if cordon else ("off", "on")
    return Made(target, words, step, (Change(target.qualified, "scheduling", *states),))


def _misread(verb: str, text: str) -> UsageError:
    return UsageError(
        f"error: {text}\nSee 'kubectl {verb} -h' for help and examples",
        next_step=f"Such as `{verb} NODE`.",
    )
