"""`create role`: rights in one namespace."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators import roles
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.mapping import known, warned

_PHRASE = "create role"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create role`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    verb: tuple[str, ...] = words(help="What may be done, such as get,list.")
    resource: tuple[str, ...] = words(help="To what, such as pods or deployments.apps.")
    resource_name: tuple[str, ...] = words(split=False, help="To objects of that name alone.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    verbs, typed = roles.verbs_of(options.verb), roles.resources_of(options.resource)
    warnings = roles.warnings(verbs)
    with warned(warnings):
        roles.check_role(verbs, typed)
        resources = await known(scope.cluster, typed)
        roles.check_resources(verbs, resources)
    made = roles.role(name, roles.rules_of(verbs, resources, options.resource_name))
    return maker.plan(scope, made, asides=warnings)


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a role with single rule",
    usage="NAME --verb=VERB --resource=RESOURCE [--resource-name=NAME] [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "roles", "rbac.authorization.k8s.io"),),
    options=Options,
    plan=plan,
    examples=("create role pod-reader --verb=get,list,watch --resource=pods,pods/log -n shop",),
)
