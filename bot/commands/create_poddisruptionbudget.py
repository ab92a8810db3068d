"""`create poddisruptionbudget`: how many pods may be missing at a time."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.limits import budget

_PHRASE = "create poddisruptionbudget"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create poddisruptionbudget`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    min_available: str = text(help="How many pods stay, as 2 or 50%.")
    max_unavailable: str = text(help="How many pods may be missing, as 1 or 25%.")
    selector: str = text(help="The pods, such as app=web.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = budget(name, options.selector, options.min_available, options.max_unavailable)
    return maker.plan(scope, made, "failed to create poddisruptionbudgets:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a pod disruption budget with the specified name",
    usage="NAME --selector=SELECTOR (--min-available=N | --max-unavailable=N) [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "poddisruptionbudgets", "policy"),),
    options=Options,
    plan=plan,
    examples=("create poddisruptionbudget db --selector=app=db --min-available=50% -n shop",),
)
