"""What the bot changes for nobody: what would give rights away, or reach around the cluster's own.

Pure. The built-in list cannot be taken away by any policy; it follows the escalation paths of
Kubernetes' "RBAC good practices". Values of Secrets are not on it: they never leave `kube/masking`
in clear, whoever asks, so a Secret can be deleted and never be read.
"""

from collections.abc import Iterable

from bot.core.access import Asked
from bot.core.command import Access, Effect
from bot.policy.model import Policy

BUILT_IN = (
    "*.rbac.authorization.k8s.io",
    "*.admissionregistration.k8s.io",
    "*.certificates.k8s.io",
    "*.apiextensions.k8s.io",
    "*.apiregistration.k8s.io",
    "*.authentication.k8s.io",
    "*.authorization.k8s.io",
    # The labels of a namespace say what Pod Security lets its pods do.
    "namespaces",
    "persistentvolumes",
    "serviceaccounts/token",
    # Through a proxy the API server itself talks to whatever listens there.
    "nodes/proxy",
    "pods/proxy",
    "services/proxy",
    "pods/binding",
    "pods/ephemeralcontainers",
)
"""In the form of the policy's `never.kinds`."""

# Whoever deletes a node deletes the pods on it from the API, without their disruption budgets.
_NEVER_DELETED = ("nodes",)
_TALKS = ("proxy", "token")
_READS = frozenset({"get", "list", "watch"})


def forbidden(policy: Policy, asked: Asked) -> bool:
    """Tell whether nobody may do this to objects of that type."""
    if not asked.resource:
        return False
    if asked.effect is Effect.READ and asked.subresource not in _TALKS:
        return False
    kinds: Iterable[str] = (*BUILT_IN, *policy.never.kinds)
    if asked.effect is Effect.DESTROY:
        kinds = (*kinds, *_NEVER_DELETED)
    return any(_means(kind, asked) for kind in kinds)


def untouchable(access: Access) -> bool:
    """Tell whether a right is used for nobody, whatever a policy says."""
    # A review is created to ask something, and nothing stays of it.
    if access.verb in _READS or access.resource.endswith("reviews"):
        return False
    resource = f"{access.resource}.{access.group}" if access.group else access.resource
    asked = Asked(Effect.CHANGE, resource=resource, subresource=access.subresource)
    kinds = (*BUILT_IN, *_NEVER_DELETED) if access.verb == "delete" else BUILT_IN
    return any(_means(kind, asked) for kind in kinds)


def _means(kind: str, asked: Asked) -> bool:
    """Tell whether a line of the list means the type.

    Without a group it means the type in every group, and without a subresource all of them.
    """
    pattern, _, subresource = kind.partition("/")
    if subresource not in ("", asked.subresource):
        return False
    plural, _, group = pattern.partition(".")
    asked_plural, _, asked_group = asked.resource.lower().partition(".")
    return plural in ("*", asked_plural) and group in ("", asked_group)
