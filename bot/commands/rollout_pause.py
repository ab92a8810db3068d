"""`rollout pause`: a Deployment's changes wait until it is resumed."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.changes import Found
from bot.kube.changing.turning import Turn, Turned, UnfitError, turned
from bot.kube.filed import Filed
from bot.kube.patches import Edit, at

_PAUSED = ("spec", "paused")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `rollout pause`."""

    arguments: tuple[str, ...] = ()
    selector: str = text("l", help="Label selector.")
    files: Filed = shared(Filed)
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-rollout", help="Whose the changed field is.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what pausing would change."""
    typed = Turned(
        options.arguments, options.selector, options.output, options.field_manager, options.files
    )
    return await turned(scope, typed, Turn("paused", ("rollout", "running", "paused"), _edits))


def _edits(one: Found) -> Iterable[Edit]:
    if (one.resource.group, one.resource.kind) != ("apps", "Deployment"):
        raise UnfitError("pausing is not supported")
    if at(one.item, _PAUSED) is True:
        raise UnfitError("is already paused")
    return (Edit(_PAUSED, True),)


COMMAND = Command(
    phrase="rollout pause",
    summary="Mark a deployment as paused",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "deployments", "apps"),
        Access("list", "deployments", "apps", optional=True),
        Access("patch", "deployments", "apps"),
    ),
    options=Options,
    plan=plan,
    examples=("rollout pause deploy/web -n shop",),
)
