"""How objects are deleted: what the flags mean, and the steps and lines that come of it.

Rules and texts: kubectl 1.37 `pkg/cmd/delete`.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from bot.core.command import Effect
from bot.core.errors import KubernetesError, NotFoundError, UsageError
from bot.core.plan import Change, Delete, Plan, Seen
from bot.core.ports import Query, Resource, Scope
from bot.kube.changes import DryRun, Found, place_of, read_dry_run, refuse
from bot.kube.draining import controller_of
from bot.kube.errors import deleting, of_source
from bot.kube.patches import seen

Propagation = Literal["Background", "Foreground", "Orphan"]
_PROPAGATIONS: dict[str, Propagation] = {
    "background": "Background",
    "foreground": "Foreground",
    "orphan": "Orphan",
    # kubectl still reads what was typed before these had names.
    "true": "Background",
    "false": "Orphan",
}
_AT_ONCE = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been"
    " terminated. The resource may continue to run on the cluster indefinitely."
)
_CLUSTER_WIDE = "Warning: deleting cluster-scoped resources, not scoped to the provided namespace"


class Flags(Protocol):
    """The flags that say how objects are deleted, whichever way they are named."""

    @property
    def cascade(self) -> str: ...  # noqa: D102 - they are documented where they are declared
    @property
    def grace_period(self) -> int: ...  # noqa: D102
    @property
    def now(self) -> bool: ...  # noqa: D102
    @property
    def force(self) -> bool: ...  # noqa: D102
    @property
    def wait(self) -> bool: ...  # noqa: D102
    @property
    def timeout(self) -> timedelta: ...  # noqa: D102
    @property
    def dry_run(self) -> str: ...  # noqa: D102
    @property
    def output(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Deletion:
    """How objects are deleted, and in which form it is said."""

    propagation: Propagation
    grace_seconds: int | None
    """None: each object's own."""
    wait_seconds: float | None
    dry_run: DryRun
    names: bool
    """Whether only names are said."""
    missing_ok: bool
    asides: tuple[str, ...]

    def line(self, one: Found) -> str:
        """Return kubectl's line for one object."""
        kind = f"{one.resource.kind.lower()}.{one.resource.group}".rstrip(".")
        if self.names:
            return f"{kind}/{one.name}"
        done = "force deleted" if self.grace_seconds == 0 else "deleted"
        place = f" from {one.item['metadata'].get('namespace')} namespace"
        where = place if one.resource.namespaced else ""
        return f'{kind} "{one.name}" {done}{where}{self.dry_run.suffix}'


def read_deletion(flags: Flags, *, missing_ok: bool = False) -> Deletion:
    """Return what the flags mean.

    Raises:
        UsageError: they contradict each other; the text is kubectl's.
    """
    if flags.output not in ("", "name"):
        raise UsageError(
            f"error: unexpected -o output mode: {flags.output}. We only support '-o name'"
        )
    if flags.cascade not in _PROPAGATIONS:
        raise UsageError(
            f'error: invalid cascade value ({flags.cascade}). Must be "background", "foreground",'
            ' or "orphan"'
        )
    grace, dry_run = _grace(flags), read_dry_run(flags.dry_run)
    waits = flags.wait and dry_run is DryRun.NONE
    return Deletion(
        _PROPAGATIONS[flags.cascade],
        grace_seconds=grace,
        wait_seconds=max(flags.timeout.total_seconds(), 0) if waits else None,
        dry_run=dry_run,
        names=flags.output == "name",
        missing_ok=missing_ok,
        asides=tuple(_asides(flags)),
    )


def _grace(flags: Flags) -> int | None:
    grace = flags.grace_period
    if flags.now:
        if grace >= 0:
            raise UsageError("error: --now and --grace-period cannot be specified together")
        grace = 1
    if flags.force:
        if grace > 0:
            raise UsageError(
                "error: --force and --grace-period greater than 0 cannot be specified together"
            )
        return 0
    if grace == 0:
        return 1  # at once is meant only with --force
    return grace if grace > 0 else None


def _asides(flags: Flags) -> Iterable[str]:
    if flags.cascade in ("true", "false"):
        instead = _PROPAGATIONS[flags.cascade].lower()
        yield (
            f"warning: --cascade={flags.cascade} is deprecated (boolean value) and can be replaced"
            f" with --cascade={instead}."
        )
    if flags.force:
        yield _AT_ONCE


@dataclass(frozen=True, slots=True)
class Named:
    """One object by its names, which may be missing."""

    resource: Resource
    namespace: str
    """Empty for a cluster-scoped object."""
    name: str
    source: str = ""
    """The file that names it, as kubectl's errors name it."""


async def found_named(scope: Scope, named: Sequence[Named], deletion: Deletion) -> list[Found]:
    """Return the named objects; with a client's dry run they are not looked for, as with kubectl.

    Raises:
        NotFoundError: one is missing, and that is not allowed; then none is deleted.
    """
    if deletion.dry_run is DryRun.CLIENT:
        return [_unseen(one) for one in named]
    answers = await asyncio.gather(*(_fetched(scope, one) for one in named), return_exceptions=True)
    failures, there = list[KubernetesError](), list[Found]()
    for answer in answers:
        if isinstance(answer, Found):
            there.append(answer)
        elif not isinstance(answer, KubernetesError):
            raise answer
        elif not (isinstance(answer, NotFoundError) and deletion.missing_ok):
            failures.append(answer)
    refuse(failures)
    return there


def _unseen(one: Named) -> Found:
    metadata = {"name": one.name, "namespace": one.namespace, "uid": ""}
    return Found(one.resource, {"metadata": metadata}, one.source)


async def _fetched(scope: Scope, one: Named) -> Found:
    query = Query(one.resource, one.namespace, one.name)
    try:
        return Found(one.resource, await scope.cluster.fetch(query), one.source)
    except KubernetesError as error:
        if one.source:
            raise of_source(error, deleting(one.source)) from error
        if not isinstance(error, NotFoundError):
            raise
        elsewhere = error.sought is not None and error.sought.name != one.name
        if not (scope.plain and elsewhere):
            raise
        # It is the namespace that is missing, which kubectl does not look for.
        message = f'{one.resource.qualified} "{one.name}" not found'
        text = f"Error from server (NotFound): {message}"
        raise NotFoundError(text, code=404, reason="NotFound", message=message) from error


def deletion_plan(
    scope: Scope,
    deletion: Deletion,
    objects: Sequence[Found],
    read: Callable[[Found], Iterable[Seen]] = lambda _one: (),
) -> Plan:
    """Return the plan that deletes the objects in their order; `read` are fields that chose them.

    A pod that a controller owns is replaced by it; what else is deleted is lost.
    """
    cluster_wide = any(not one.resource.namespaced for one in objects)
    warned = scope.explicit_namespace and cluster_wide
    real = [] if deletion.dry_run is DryRun.CLIENT else objects
    return Plan(
        phrase="",
        steps=tuple(_step(scope, deletion, one, read(one)) for one in real),
        changes=tuple(Change(place_of(one.target(scope)), "", "there", "deleted") for one in real),
        done=tuple(deletion.line(one) for one in objects),
        asides=(*deletion.asides, *((_CLUSTER_WIDE,) if warned else ())),
    )


def _step(scope: Scope, deletion: Deletion, one: Found, read: Iterable[Seen]) -> Delete:
    is_pod = (one.resource.group, one.resource.plural) == ("", "pods")
    owned = is_pod and controller_of(one.item) is not None
    # Whether it is replaced depends on its owner.
    owner = (seen(one.item, ("metadata", "ownerReferences")),) if is_pod else ()
    return Delete(
        one.target(scope),
        (*owner, *read),
        deletion.propagation,
        grace_seconds=deletion.grace_seconds,
        wait_seconds=deletion.wait_seconds,
        effect=Effect.CHANGE if owned else Effect.DESTROY,
        dry_run=deletion.dry_run is DryRun.SERVER,
        missing_ok=deletion.missing_ok,
        source=one.source,
    )
