"""`create rolebinding`: who has a role in one namespace."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.bindings import Subjects, role_binding
from bot.kube.generators.creating import Creation, begin

_PHRASE = "create rolebinding"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create rolebinding`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    clusterrole: str = text(help="The cluster role.")
    role: str = text(help="The role.")
    user: tuple[str, ...] = words(split=False, help="A user.")
    group: tuple[str, ...] = words(split=False, help="A group.")
    serviceaccount: tuple[str, ...] = words(split=False, help="An account, as namespace:name.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    subjects = Subjects(options.user, options.group, options.serviceaccount)
    made = role_binding(name, options.role, options.clusterrole, subjects)
    return maker.plan(scope, made, "failed to create rolebinding:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a role binding for a particular role or cluster role",
    usage="NAME (--clusterrole=NAME | --role=NAME) [--user=USER] [--group=GROUP] [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "rolebindings", "rbac.authorization.k8s.io"),),
    options=Options,
    plan=plan,
    examples=("create rolebinding readers --clusterrole=view --group=readers -n shop",),
)
