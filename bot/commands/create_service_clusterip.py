"""`create service clusterip`: a service with an address inside of the cluster."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.services import service

_PHRASE = "create service clusterip"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create service clusterip`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    tcp: tuple[str, ...] = words(help="A port and what it leads to, as 80:8080 or 80:http.")
    clusterip: str = text(help="Its address; None makes it headless.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = service(name, "ClusterIP", options.tcp, cluster_ip=options.clusterip)
    return maker.plan(scope, made, "failed to create ClusterIP service:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a ClusterIP service",
    usage="NAME --tcp=PORT[:TARGET] --clusterip=ADDRESS [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "services"),),
    options=Options,
    plan=plan,
    examples=("create service clusterip hello --tcp=80:8080 -n shop",),
)
