"""`create rolebinding` and `create clusterrolebinding`.

Pure.
"""

from dataclasses import dataclass

from bot.core.errors import UsageError
from bot.core.ports import JsonObject, Resource
from bot.kube.generators.objects import (
    CLUSTER_ROLE_BINDING,
    RBAC,
    ROLE_BINDING,
    Generated,
    generated,
    metadata,
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom a binding is for, as the flags name them."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    service_accounts: tuple[str, ...] = ()
    """Each `namespace:name`."""

    def objects(self) -> list[JsonObject]:
        """Return the subjects as a binding lists them.

        Raises:
            UsageError: a service account cannot be read.
        """
        named = (("User", self.users), ("Group", self.groups))
        people = [
            {"kind": kind, "apiGroup": RBAC, "name": name}
            for kind, names in named
            for name in names
        ]
        return people + [_account(text) for text in self.service_accounts]


def role_binding(name: str, role_: str, cluster_role_: str, subjects: Subjects) -> Generated:
    """Return a RoleBinding of a role or of a cluster role.

    Raises:
        UsageError: there are both roles or none, or a subject cannot be read.
    """
    if bool(role_) == bool(cluster_role_):
        raise UsageError("error: exactly one of clusterrole or role must be specified")
    kind, of = ("Role", role_) if role_ else ("ClusterRole", cluster_role_)
    return _binding(ROLE_BINDING, name, (kind, of), subjects)


def cluster_role_binding(name: str, cluster_role_: str, subjects: Subjects) -> Generated:
    """Return a ClusterRoleBinding of a cluster role.

    Raises:
        UsageError: a subject cannot be read.
    """
    return _binding(CLUSTER_ROLE_BINDING, name, ("ClusterRole", cluster_role_), subjects)


def _binding(resource: Resource, name: str, of: tuple[str, str], subjects: Subjects) -> Generated:
    kind, role = of
    found = {"subjects": objects} if (objects := subjects.objects()) else {}
    reference = {"apiGroup": RBAC, "kind": kind, "name": role}
    return generated(resource, metadata(name), **found, roleRef=reference)


def _account(text: str) -> JsonObject:
    parts = text.split(":")
    if len(parts) != 2 or not all(parts):
        raise UsageError(
            "error: serviceaccount must be <namespace>:<name>",
            next_step="Such as --serviceaccount=shop:web",
        )
    return {"kind": "ServiceAccount", "name": parts[1], "namespace": parts[0]}
