"""What `set image` and `set env` have in common: containers of several objects are changed.

Rules and texts: kubectl 1.37 `pkg/cmd/set`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.errors import QuarterdeckError, UsageError
from bot.core.plan import Change, Patch, Plan
from bot.core.ports import Scope
from bot.kube.changes import (
    DryRun,
    Found,
    Made,
    Saying,
    Which,
    caused,
    gathered,
    read_dry_run,
    refuse,
)
from bot.kube.filed import Filed, aimed
from bot.kube.patches import Edit, Path, operations, patched


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objects are changed, and how it is tried and told."""

    arguments: Sequence[str]
    selector: str
    all: bool
    dry_run: str
    output: str
    manager: str
    files: Filed


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What becomes of one object's containers."""

    edits: Sequence[Edit]
    """Nothing: they are as they should be."""
    reads: Sequence[Path]
    changes: Sequence[Change]


def check(wanted: Wanted) -> None:
    """Refuse what contradicts itself.

    Raises:
        UsageError: in kubectl's words.
    """
    if wanted.all and wanted.selector:
        raise UsageError("error: cannot set --all and --selector at the same time")


async def meant(scope: Scope, wanted: Wanted) -> list[Found]:
    """Return the objects that are changed."""
    which = Which(wanted.selector, everything=wanted.all)
    return await aimed(scope, wanted.arguments, wanted.files, which)


def rewritten(
    scope: Scope,
    wanted: Wanted,
    objects: Sequence[Found],
    field: str,
    rewrite: Callable[[Found], Rewrite],
) -> Plan:
    """Return the plan that rewrites a field of containers; what stays as it is is not told.

    `field`: `image` or `env`.

    Raises:
        QuarterdeckError: one of the objects cannot be changed; kubectl would change the others.
    """
    saying = Saying(read_dry_run(wanted.dry_run), wanted.output)
    made, failures = list[Made](), list[QuarterdeckError]()
    for one in objects:
        try:
            found_ = rewrite(one)
        except QuarterdeckError as error:
            failures.append(error)
        else:
            made += [_made(scope, wanted, one, field, found_)] if found_.edits else []
    refuse(failures, marked=True)
    return gathered(made, saying)


def _made(scope: Scope, wanted: Wanted, one: Found, field: str, made: Rewrite) -> Made:
    target = one.target(scope)
    steps = operations(one.item, [*made.edits, *caused(scope, one)], made.reads)
    patch = Patch(
        target,
        steps,
        dry_run=read_dry_run(wanted.dry_run) is DryRun.SERVER,
        manager=wanted.manager,
        refused=f"failed to patch {field} update to pod template",
    )
    return Made(
        *(target, f"{field} updated", patch, tuple(made.changes), one.rolls),
        item=patched(one.item, steps),
    )
