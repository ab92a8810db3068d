"""The role that lets the bot act for people, as YAML: classic, or constrained."""

from collections.abc import Iterable

import yaml

from bot.core.command import Access
from bot.core.ports import JsonObject
from bot.rbac.needs import AUTHENTICATION, CLASSIC, CONSTRAINED, Identities, ceiling
from bot.rbac.needs import EXTRAS as KEYS
from bot.rbac.rights import Rule, as_rules

IMPERSONATOR = "quarterdeck:impersonator"
"""In both forms: applying the one takes the other away."""
LABELS = {"app.kubernetes.io/name": "quarterdeck", "app.kubernetes.io/part-of": "quarterdeck"}
_CLASSIC = """\
# Printed by `quarterdeck rbac render`: whom the bot may become, and nothing else.
"""
_CONSTRAINED = """\
# Printed by `quarterdeck rbac render --constrained`, for Kubernetes 1.36 and later: whom the bot
# may become, and what it may then do at most. It takes the place of the classic role.
"""


def classic(who: Identities) -> JsonObject:
    """Return the ClusterRole for every version of Kubernetes."""
    return _role(_becoming(who, CLASSIC, ""))


def constrained(who: Identities, accesses: Iterable[Access]) -> JsonObject:
    """Return the ClusterRole for Kubernetes 1.36 and later, capped at what commands declare."""
    rules = _becoming(who, CONSTRAINED, AUTHENTICATION)
    return _role([*rules, *as_rules(ceiling(accesses))])


def as_yaml(role: JsonObject) -> str:
    """Return a role as text that says what it is."""
    capped = any(CONSTRAINED in rule["verbs"] for rule in role["rules"])
    text = yaml.safe_dump(role, sort_keys=False, width=100, default_flow_style=None)
    return (_CONSTRAINED if capped else _CLASSIC) + text


def _becoming(who: Identities, verb: str, group: str) -> list[Rule]:
    def rule(group: str, resources: list[str]) -> Rule:
        return {"apiGroups": [group], "resources": resources, "verbs": [verb]}

    return [
        rule(group, ["users"]) | {"resourceNames": [*who.users]},
        rule(group, ["groups"]) | {"resourceNames": [*who.groups]},
        rule(AUTHENTICATION, [f"userextras/{key}" for key in KEYS]),
    ]


def _role(rules: list[Rule]) -> JsonObject:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": IMPERSONATOR, "labels": dict(LABELS)},
        "rules": rules,
    }
