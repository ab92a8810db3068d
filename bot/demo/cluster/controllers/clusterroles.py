"""Aggregated ClusterRoles: the rules of all that their selectors mean."""

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.values import Json, at

_ROLES = "clusterroles.rbac.authorization.k8s.io"


def reconcile(hands: Hands, it: Json) -> None:
    """Give an aggregated ClusterRole the rules of those it is made of."""
    rules: list[Json] = []
    for selector in at(it, "aggregationRule.clusterRoleSelectors", ()):
        for role in hands.every(_ROLES):
            if role is not it and selector_matches(selector, role["metadata"].get("labels", {})):
                rules += [rule for rule in role.get("rules") or () if rule not in rules]
    if it.get("aggregationRule"):
        hands.patch(it, {"rules": rules})


CONTROLLERS = [(_ROLES, reconcile, {_ROLES: Hands.near})]
