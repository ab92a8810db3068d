"""Which gate a change waits at.

Pure. The defaults: a confirmation for changes and deletions, one approver for entering a container
and for whatever is protected.
"""

from collections.abc import Iterable, Set
from fnmatch import fnmatchcase

from bot.core.command import Effect
from bot.core.proposal import Consent
from bot.policy.model import GateRule, Policy

# Kubernetes' own namespaces.
PROTECTED = ("kube-system", "kube-public", "kube-node-lease")

_ORDER = tuple(Consent)
_DEFAULTS = {
    Effect.READ: Consent.NONE,
    Effect.CHANGE: Consent.CONFIRM,
    Effect.ENTER: Consent.APPROVE,
    Effect.DESTROY: Consent.CONFIRM,
}


def gate_of(
    policy: Policy,
    effect: Effect,
    namespace: str,
    protected: bool,
    contexts: Set[str] = frozenset(),
) -> Consent:
    """Return the gate of a change; `contexts` are the names of its cluster.

    What enters or deletes is never easier than a change is in the same place.
    """
    if effect is Effect.READ:
        return Consent.NONE
    gates = [_matched(policy, one, namespace, contexts) for one in (effect, Effect.CHANGE)]
    if protected:
        gates.append(Consent.APPROVE)
    return max(gates, key=_ORDER.index)


def is_protected(policy: Policy, namespace: str, name: str = "") -> bool:
    """Tell whether a namespace, or an object's name, is protected."""
    namespaces = (*PROTECTED, policy.own_namespace, *policy.protected.namespaces)
    return matches(namespace, namespaces) or matches(name, policy.protected.names)


def matches(text: str, patterns: Iterable[str]) -> bool:
    """Tell whether a text is one of the patterns, in which a `*` stands for any letters."""
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def _matched(policy: Policy, effect: Effect, namespace: str, contexts: Set[str]) -> Consent:
    for rule in policy.gates:
        if _is_about(rule, effect, namespace, contexts):
            return rule.gate
    return _DEFAULTS[effect]


def _is_about(rule: GateRule, effect: Effect, namespace: str, contexts: Set[str]) -> bool:
    return (
        rule.effect in (None, effect.name.lower())
        and (not rule.namespaces or matches(namespace, rule.namespaces))
        and (not rule.clusters or not contexts.isdisjoint(rule.clusters))
    )
