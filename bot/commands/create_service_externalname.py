"""`create service externalname`: a name inside of the cluster for one outside."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.services import service

_PHRASE = "create service externalname"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create service externalname`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    tcp: tuple[str, ...] = words(help="A port and what it leads to, as 80:8080 or 80:http.")
    external_name: str = text(required=True, help="The DNS name outside of the cluster.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = service(name, "ExternalName", options.tcp, external_name=options.external_name)
    return maker.plan(scope, made, "failed to create ExternalName service:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create an ExternalName service",
    usage="NAME --external-name=DNS-NAME [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "services"),),
    options=Options,
    plan=plan,
    examples=("create service externalname shop-db --external-name=db.example.org -n shop",),
)
