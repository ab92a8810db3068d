"""`create clusterrolebinding`: who has a cluster role everywhere."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.bindings import Subjects, cluster_role_binding
from bot.kube.generators.creating import Creation, begin

_PHRASE = "create clusterrolebinding"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create clusterrolebinding`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    clusterrole: str = text(required=True, help="The cluster role.")
    user: tuple[str, ...] = words(split=False, help="A user.")
    group: tuple[str, ...] = words(split=False, help="A group.")
    serviceaccount: tuple[str, ...] = words(split=False, help="An account, as namespace:name.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    subjects = Subjects(options.user, options.group, options.serviceaccount)
    made = cluster_role_binding(name, options.clusterrole, subjects)
    return maker.plan(scope, made, "failed to create clusterrolebinding:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a cluster role binding for a particular cluster role",
    usage="NAME --clusterrole=NAME [--user=USER] [--group=GROUP] [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "clusterrolebindings", "rbac.authorization.k8s.io"),),
    options=Options,
    plan=plan,
    examples=("create clusterrolebinding readers --clusterrole=view --group=readers",),
)
