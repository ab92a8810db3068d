"""`create quota`: a new limit of what a namespace may use."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.limits import quota

_PHRASE = "create quota"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create quota`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    hard: str = text(help="The limits, such as pods=10,requests.memory=4Gi.")
    scopes: str = text(help="Which objects it counts, such as BestEffort.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = quota(name, options.hard, options.scopes)
    return maker.plan(scope, made, "failed to create quota:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a quota with the specified name",
    usage="NAME --hard=LIMITS --scopes=SCOPES [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "resourcequotas"),),
    options=Options,
    plan=plan,
    examples=("create quota small --hard=pods=100,requests.memory=64Gi -n shop",),
)
