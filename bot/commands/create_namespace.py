"""`create namespace`: a new namespace."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.objects import NAMESPACE, generated, metadata

_PHRASE = "create namespace"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create namespace`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    return maker.plan(scope, generated(NAMESPACE, metadata(name), spec={}, status={}))


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a namespace with the specified name",
    usage="NAME [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "namespaces"),),
    options=Options,
    plan=plan,
    examples=("create namespace shop-test",),
)
