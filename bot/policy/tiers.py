"""Whom to ask for a right that the cluster refuses, and for what.

Pure. The tables are what deploy/rbac.yaml and the cluster's built-in role `view` give to each
tier; a test holds them to both. They only explain: whether somebody may do something is the
cluster's word.
"""

from collections.abc import Iterator

from bot.core.access import Lack
from bot.core.command import Access
from bot.core.request import Identity, Impersonated

_SEE, _SIZE = "get list watch", "get update patch"
_WRITE = "create update patch delete"
# Each tier's group, and what it adds to the one above: verbs, API group, resources.
TIERS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "quarterdeck:viewers",
        (
            (
                _SEE,
                "",
                "bindings configmaps endpoints events limitranges namespaces namespaces/status "
                "persistentvolumeclaims persistentvolumeclaims/status pods pods/log pods/status "
                "replicationcontrollers replicationcontrollers/scale "
                "replicationcontrollers/status resourcequotas resourcequotas/status "
                "serviceaccounts services services/status nodes persistentvolumes",
            ),
            (
                _SEE,
                "apps",
                "controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
                "deployments/status replicasets replicasets/scale replicasets/status "
                "statefulsets statefulsets/scale statefulsets/status",
            ),
            (_SEE, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
            (_SEE, "batch", "cronjobs cronjobs/status jobs jobs/status"),
            (_SEE, "discovery.k8s.io", "endpointslices"),
            (_SEE, "events.k8s.io", "events"),
            ("get list", "metrics.k8s.io", "nodes pods"),
            (_SEE, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
            (_SEE, "networking.k8s.io", "ingressclasses"),
            (_SEE, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
            (_SEE, "storage.k8s.io", "storageclasses"),
            (_SEE, "scheduling.k8s.io", "priorityclasses"),
            (_SEE, "apiextensions.k8s.io", "customresourcedefinitions"),
        ),
    ),
    (
        "quarterdeck:operators",
        (
            (_SIZE, "apps", "deployments/scale statefulsets/scale replicasets/scale"),
            (_SIZE, "", "replicationcontrollers/scale"),
            ("delete", "", "pods"),
        ),
    ),
    (
        "quarterdeck:deployers",
        (
            (_WRITE, "apps", "deployments statefulsets daemonsets"),
            (_WRITE, "batch", "jobs cronjobs"),
            (_WRITE, "", "services configmaps"),
            (_WRITE, "networking.k8s.io", "ingresses"),
            (_WRITE, "autoscaling", "horizontalpodautoscalers"),
            (_WRITE, "policy", "poddisruptionbudgets"),
        ),
    ),
    ("quarterdeck:admins", (("create", "", "pods/eviction"), ("patch", "", "nodes"))),
)


def advise(identity: Identity, lack: Lack, admins: str) -> str:
    """Return whom to ask for the right, and for what; `admins` as the middle of a sentence."""
    scope = f"in the namespace {lack.namespace}" if lack.namespace else "in the whole cluster"
    if not isinstance(identity, Impersonated):
        return f"Ask the cluster's admins for a role that has it {scope}."
    kind = "RoleBinding" if lack.namespace else "ClusterRoleBinding"
    where = f" in {lack.namespace}" if lack.namespace else ""
    group = next(sufficient(lack.access), "")
    if not group:
        return f"No tier has this right: ask the cluster's admins for a {kind}{where}."
    binding = f"a {kind}{where} to the group {group}"
    if group in identity.groups:
        return f"Ask {admins} for {binding}."
    return f"Ask {admins} for the group {group}, and for {binding}."


def sufficient(access: Access) -> Iterator[str]:
    """Yield the groups of the tiers that have the right, the least one first."""
    held = False
    for group, rights in TIERS:
        held = held or any(_gives(right, access) for right in rights)
        if held:
            yield group


def _gives(right: tuple[str, str, str], access: Access) -> bool:
    verbs, group, resources = right
    return (
        access.verb in verbs.split() and access.group == group and access.whole in resources.split()
    )
