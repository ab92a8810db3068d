"""`create deployment`: a new deployment of one or several images."""

import secrets
from dataclasses import dataclass
from functools import partial

from bot.core.command import Access, Command, Effect, number, shared, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin, command_of
from bot.kube.generators.workloads import deployment

_PHRASE = "create deployment"
# The letters of Kubernetes' generated names: none that would make words.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create deployment`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    image: tuple[str, ...] = words(
        required=True, help="The image to run; several make several containers."
    )
    port: int = number(default=-1, small=True, help="The port that the first container opens.")
    replicas: int = number("r", default=1, small=True, help="How many pods there are to be.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = deployment(
        name,
        options.image,
        command_of(options),
        port=options.port,
        replicas=options.replicas,
        suffix=partial(_suffix, 5),
    )
    return maker.plan(scope, made, "failed to create deployment:")


def _suffix(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a deployment with the specified name",
    usage="NAME --image=IMAGE --replicas=COUNT --port=PORT [flags] [-- COMMAND [args...]]",
    effect=Effect.CHANGE,
    access=(Access("create", "deployments", "apps"),),
    options=Options,
    plan=plan,
    examples=(
        "create deployment hello --image=registry.example.org/hello:1.0 -n shop",
        "create deployment worker --image=registry.example.org/app:2.4.0 --replicas=3 -n shop"
        " -- work --queue=orders",
    ),
)
