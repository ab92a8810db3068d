"""Aggregated ClusterRoles: the rules of all that their selectors mean."""

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.store import Key


def reconcile(hands: Hands, key: Key) -> None:
    """Give an aggregated ClusterRole the rules of those it is made of."""
    it = hands.find(key)
    if it is None or not it.get("aggregationRule"):
        return
    rules: list[JsonObject] = []
    for selector in it["aggregationRule"].get("clusterRoleSelectors", ()):
        for role in hands.every("clusterroles.rbac.authorization.k8s.io"):
            meant = selector_matches(selector, role["metadata"].get("labels", {}))
            if meant and role["metadata"]["name"] != key.name:
                rules += [rule for rule in role.get("rules") or () if rule not in rules]
    if rules != (it.get("rules") or []):
        hands.change(it, lambda x: x | {"rules": rules})
