"""`create ingress`: which host and path lead to which service."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.ingresses import ingress

_PHRASE = "create ingress"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create ingress`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    class_: str = text(help="The ingress class.")
    rule: tuple[str, ...] = words(
        split=False, help="host/path=service:port[,tls[=secret]]; a path ending in * is a prefix."
    )
    default_backend: str = text(help="service:port for what no rule is about.")
    annotation: tuple[str, ...] = words(split=False, help="An annotation, as key=value.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = ingress(
        name,
        options.rule,
        annotations=options.annotation,
        class_=options.class_,
        default_backend=options.default_backend,
    )
    return maker.plan(scope, made, "failed to create ingress:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create an ingress with the specified name",
    usage="NAME --rule=HOST/PATH=SERVICE:PORT[,tls[=SECRET]] [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "ingresses", "networking.k8s.io"),),
    options=Options,
    plan=plan,
    examples=("create ingress shop --rule=shop.example.org/*=web:80,tls=shop-cert -n shop",),
)
