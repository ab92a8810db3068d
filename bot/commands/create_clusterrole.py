"""`create clusterrole`: rights everywhere."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, words
from bot.core.errors import UsageError
from bot.core.plan import Plan
from bot.core.ports import JsonObject, Scope
from bot.kube.generators import roles
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.mapping import known, pairs, warned

_PHRASE = "create clusterrole"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create clusterrole`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    verb: tuple[str, ...] = words(help="What may be done, such as get,list.")
    non_resource_url: tuple[str, ...] = words(help="On which path, such as /metrics.")
    resource: tuple[str, ...] = words(help="To what, such as pods or deployments.apps.")
    resource_name: tuple[str, ...] = words(split=False, help="To objects of that name alone.")
    aggregation_rule: tuple[str, ...] = words(
        split=False, help="The labels of the roles whose rules it has, as key=value."
    )
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    labels = pairs(_PHRASE, "aggregation-rule", options.aggregation_rule)
    name, maker = begin(_PHRASE, options)
    if labels:
        _check_aggregation(options)
        return maker.plan(scope, roles.aggregated(name, labels))
    rules, warnings = await _rules(scope, options)
    return maker.plan(scope, roles.cluster_role(name, rules), asides=warnings)


def _check_aggregation(options: Options) -> None:
    if options.non_resource_url or options.verb or options.resource or options.resource_name:
        raise UsageError(
            "error: aggregation rule must be specified without nonResourceURLs, verbs, resources or"
            " resourceNames"
        )


async def _rules(scope: Scope, options: Options) -> tuple[list[JsonObject], list[str]]:
    verbs, typed = roles.verbs_of(options.verb), roles.resources_of(options.resource)
    roles.check_cluster_role(verbs, typed, options.non_resource_url)
    warnings = roles.warnings(verbs) if typed else []
    with warned(warnings):
        resources = await known(scope.cluster, typed)
        roles.check_resources(verbs, resources)
        roles.check_paths(verbs, options.non_resource_url)
    names, paths = options.resource_name, options.non_resource_url
    return roles.rules_of(verbs, resources, names, paths), warnings


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a cluster role",
    usage="NAME --verb=VERB --resource=RESOURCE [--resource-name=NAME] [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "clusterroles", "rbac.authorization.k8s.io"),),
    options=Options,
    plan=plan,
    examples=("create clusterrole pod-reader --verb=get,list,watch --resource=pods",),
)
