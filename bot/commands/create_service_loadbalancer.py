"""`create service loadbalancer`: a service behind a load balancer."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.services import service

_PHRASE = "create service loadbalancer"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create service loadbalancer`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    tcp: tuple[str, ...] = words(help="A port and what it leads to, as 80:8080 or 80:http.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = service(name, "LoadBalancer", options.tcp)
    return maker.plan(scope, made, "failed to create LoadBalancer service:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a LoadBalancer service",
    usage="NAME --tcp=PORT[:TARGET] [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "services"),),
    options=Options,
    plan=plan,
    examples=("create service loadbalancer hello-public --tcp=80:8080 -n shop",),
)
