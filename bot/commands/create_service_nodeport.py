"""`create service nodeport`: a service behind a port of each node."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, number, shared, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.services import service

_PHRASE = "create service nodeport"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create service nodeport`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    tcp: tuple[str, ...] = words(help="A port and what it leads to, as 80:8080 or 80:http.")
    node_port: int = number(help="The port of the nodes; without it one is chosen.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = service(name, "NodePort", options.tcp, node_port=options.node_port)
    return maker.plan(scope, made, "failed to create NodePort service:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a NodePort service",
    usage="NAME --tcp=PORT[:TARGET] --node-port=PORT [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "services"),),
    options=Options,
    plan=plan,
    examples=("create service nodeport hello-outside --tcp=80:8080 -n shop",),
)
