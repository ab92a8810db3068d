"""`create priorityclass`: a new rank for pods."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, number, shared, switch, text
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.limits import priority_class

_PHRASE = "create priorityclass"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create priorityclass`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    value: int = number(small=True, help="The rank; the highest goes first.")
    global_default: bool = switch(help="For all pods that name no class.")
    description: str = text(help="When it is to be used.")
    preemption_policy: str = text(
        default="PreemptLowerPriority", help="PreemptLowerPriority or Never."
    )
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = priority_class(
        name,
        options.value,
        everywhere=options.global_default,
        description=options.description,
        preemption=options.preemption_policy,
    )
    return maker.plan(scope, made, "failed to create priorityclass:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a priority class with the specified name",
    usage="NAME --value=VALUE --description=TEXT [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "priorityclasses", "scheduling.k8s.io"),),
    options=Options,
    plan=plan,
    examples=("create priorityclass urgent --value=1000",),
)
