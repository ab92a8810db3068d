"""`rollout restart`: the pods of a workload are made anew, of the same template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.errors import QuarterdeckError
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.changes import Found, is_workload
from bot.kube.changing.turning import Turn, Turned, UnfitError, turned
from bot.kube.filed import Filed
from bot.kube.patches import Edit, at
from bot.kube.undoing import RESTARTED

_MARK = ("spec", "template", "metadata", "annotations", RESTARTED)
_PAUSED = ("spec", "paused")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `rollout restart`."""

    arguments: tuple[str, ...] = ()
    selector: str = text("l", help="Label selector.")
    files: Filed = shared(Filed)
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-rollout", help="Whose the changed field is.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what a restart would change: a mark in the pod template."""
    typed = Turned(
        options.arguments, options.selector, options.output, options.field_manager, options.files
    )
    stamp = _stamp(scope.now)

    def edits(one: Found) -> Iterable[Edit]:
        return (_edit(one, stamp),)

    change = ("pods", "as they are", "started anew")
    turn = Turn("restarted", change, edits, (_PAUSED,), rolls=True, template=True)
    return await turned(scope, typed, turn)


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def _edit(one: Found, stamp: str) -> Edit:
    if not is_workload(one.resource):
        raise UnfitError("restarting is not supported")
    if at(one.item, _PAUSED) is True:
        raise UnfitError("can't restart paused deployment (run rollout resume first)")
    if at(one.item, _MARK) == stamp:
        raise QuarterdeckError(
            f"error: failed to create patch for {one.name}: if restart has already been triggered"
            " within the past second, please wait before attempting to trigger another"
        )
    return Edit(_MARK, stamp)


COMMAND = Command(
    phrase="rollout restart",
    summary="Restart the pods of a deployment, stateful set or daemon set",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) [flags]",
    effect=Effect.CHANGE,
    access=tuple(
        Access(verb, resource, "apps", optional=verb == "list")
        for resource in ("deployments", "daemonsets", "statefulsets")
        for verb in ("get", "list", "patch")
    ),
    options=Options,
    plan=plan,
    examples=(
        "rollout restart deploy/web -n shop",
        "rollout restart ds -l app=agent -n shop",
    ),
)
