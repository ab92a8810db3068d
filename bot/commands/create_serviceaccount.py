"""`create serviceaccount`: a new account for pods."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.objects import SERVICE_ACCOUNT, generated, metadata

_PHRASE = "create serviceaccount"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create serviceaccount`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    account = generated(SERVICE_ACCOUNT, metadata(name))
    return maker.plan(scope, account, "failed to create serviceaccount:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a service account with the specified name",
    usage="NAME [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "serviceaccounts"),),
    options=Options,
    plan=plan,
    examples=("create serviceaccount robot -n shop",),
)
