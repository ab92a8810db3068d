"""`rollout pause`, `resume` and `restart`: one field of each workload that they are about.

Rules and texts: kubectl 1.37 `pkg/cmd/rollout`, `pkg/polymorphichelpers`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.core.errors import QuarterdeckError, UsageError
from bot.core.plan import Change, Patch, Plan
from bot.core.ports import Scope
from bot.kube.changes import (
    Found,
    Made,
    Saying,
    Which,
    caused,
    gathered,
    place_of,
    refuse,
)
from bot.kube.filed import Filed, aimed
from bot.kube.patches import Edit, Path, operations


class UnfitError(Exception):
    """Says why an object cannot be turned, without its name."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the three verbs."""

    done: str
    """kubectl's word for what was done."""
    change: tuple[str, str, str]
    """The field that a preview names, what it is and what it will be."""
    edits: Callable[[Found], Iterable[Edit]]
    """Returns what is written, or raises `UnfitError`."""
    reads: tuple[Path, ...] = ()
    rolls: bool = False
    """Whether a rollout starts."""
    template: bool = False
    """Whether it changes the pod template, so that its cause is noted."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What was typed behind the verb."""

    arguments: Sequence[str]
    selector: str
    output: str
    manager: str
    files: Filed


async def turned(scope: Scope, typed: Turned, turn: Turn) -> Plan:
    """Return the plan that turns each of the objects.

    Raises:
        UsageError: nothing was named.
        QuarterdeckError: one of them cannot be turned; kubectl would turn the others.
    """
    if not (typed.arguments or typed.files.given):
        raise UsageError(
            "error: required resource not specified",
            next_step=f"Such as `{scope.text} deploy/web`.",
        )
    saying = Saying(output=typed.output)
    which = Which(typed.selector, everything=True)
    objects = await aimed(scope, typed.arguments, typed.files, which)
    made, failures = list[Made](), list[QuarterdeckError]()
    for one in objects:
        try:
            made.append(_made(scope, typed, turn, one))
        except UnfitError as error:
            failures.append(
                QuarterdeckError(f'error: {one.resource.qualified} "{one.name}" {error}')
            )
        except QuarterdeckError as error:
            failures.append(error)
    refuse(failures, marked=True)
    nothing = f"No resources found in {scope.namespace} namespace."
    return gathered(made, saying, () if objects else (nothing,))


def _made(scope: Scope, typed: Turned, turn: Turn, one: Found) -> Made:
    edits = [*turn.edits(one), *(caused(scope, one) if turn.template else ())]
    target = one.target(scope)
    patch = Patch(
        target,
        operations(one.item, edits, turn.reads),
        manager=typed.manager,
        refused="failed to patch",
    )
    return Made(target, turn.done, patch, (Change(place_of(target), *turn.change),), turn.rolls)
