"""Which bindings of a cluster, or of some manifests, apply to somebody, and what they grant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.ports import JsonObject
from bot.rbac.rights import Right, Rule, of_rules

KINDS = ("clusterroles", "clusterrolebindings", "roles", "rolebindings")
"""The types that are read, as a phrase names them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody as the API server knows them."""

    user: str
    groups: tuple[str, ...] = ()

    @classmethod
    def account(cls, namespace: str, name: str) -> "Subject":
        """Return a ServiceAccount, with the groups that the API server gives it."""
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")
        user = f"system:serviceaccount:{namespace}:{name}"
        return cls(user, (*groups, "system:authenticated"))

    def is_meant_by(self, subject: JsonObject) -> bool:
        """Say whether a binding's subject is this one."""
        match subject["kind"]:
            case "User":
                return bool(subject["name"] == self.user)
            case "Group":
                return subject["name"] in self.groups
            case "ServiceAccount":
                account = self.account(subject.get("namespace", ""), subject["name"])
                return account.user == self.user
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Binding:
    """A binding that applies to somebody, and through which of their names."""

    namespace: str
    """Empty: it counts everywhere."""
    name: str
    role: str
    """`ClusterRole quarterdeck:viewer`."""
    through: tuple[str, ...]
    """`Group quarterdeck:viewers`."""

    def __str__(self) -> str:
        """Return the binding in one line."""
        kind, place = ("RoleBinding", f"{self.namespace}/") if self.namespace else (_EVERYWHERE, "")
        return f"{kind} {place}{self.name} → {self.role} (as {', '.join(self.through)})"


_EVERYWHERE = "ClusterRoleBinding"


class Rbac:
    """The roles and bindings among some objects; others are passed over."""

    def __init__(self, documents: Iterable[JsonObject]) -> None:
        found = [one for one in documents if one]
        self._roles: Mapping[tuple[str, str, str], JsonObject] = {
            (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]): one
            for one in found
            if one["kind"] in ("Role", "ClusterRole")
        }
        self._bindings = [one for one in found if one["kind"] in ("RoleBinding", _EVERYWHERE)]

    def bindings(self, who: Subject) -> list[Binding]:
        """Return the bindings that apply to somebody."""
        return [self._binding(one, met) for one, met in self._met(who)]

    def rights(self, who: Subject) -> frozenset[Right]:
        """Return everything that somebody is granted."""
        return frozenset(
            right
            for binding, _ in self._met(who)
            for right in of_rules(self._bound(binding), _place(binding))
        )

    def rules(self, cluster_role: str) -> Sequence[Rule]:
        """Return the rules of a ClusterRole; aggregated ones are added up where nobody has yet."""
        role = self._roles.get(("ClusterRole", "", cluster_role), {})
        if role.get("rules") or "aggregationRule" not in role:
            return role.get("rules") or ()
        selectors = role["aggregationRule"].get("clusterRoleSelectors") or ()
        return [
            rule
            for (kind, _, name), other in self._roles.items()
            if kind == "ClusterRole" and name != cluster_role and _selected(selectors, other)
            for rule in self.rules(name)
        ]

    def _met(self, who: Subject) -> Iterator[tuple[JsonObject, tuple[str, ...]]]:
        for binding in self._bindings:
            subjects = [one for one in binding.get("subjects") or () if who.is_meant_by(one)]
            if subjects:
                yield binding, tuple(f"{one['kind']} {one['name']}" for one in subjects)

    def _binding(self, found: JsonObject, through: tuple[str, ...]) -> Binding:
        reference = found["roleRef"]
        role = f"{reference['kind']} {reference['name']}"
        return Binding(_place(found), found["metadata"]["name"], role, through)

    def _bound(self, binding: JsonObject) -> Sequence[Rule]:
        reference = binding["roleRef"]
        if reference["kind"] == "ClusterRole":
            return self.rules(reference["name"])
        role = self._roles.get(("Role", _place(binding), reference["name"]), {})
        return role.get("rules") or ()


def _place(binding: JsonObject) -> str:
    return str(binding["metadata"].get("namespace", ""))


def _selected(selectors: Iterable[JsonObject], role: JsonObject) -> bool:
    labels = role["metadata"].get("labels") or {}
    return any((one.get("matchLabels") or {}).items() <= labels.items() for one in selectors)
