"""What Kubernetes' RBAC authorizer and impersonation filter would say, from manifests alone.

The rules are the API server's: pkg/registry/rbac and the impersonation filter, version 1.37. Only
what the manifests use is understood; anything else is an error, never a silent no.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

AUTHENTICATION = "authentication.k8s.io"
SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a role."""

    verbs: frozenset[str]
    groups: frozenset[str]
    resources: frozenset[str]
    names: frozenset[str]
    """Empty: every name."""

    def allows(self, ask: "Ask") -> bool:
        """Say whether the rule covers a request."""
        return (
            covers(self.verbs, ask.verb)
            and covers(self.groups, ask.group)
            and (covers(self.resources, ask.resource) or self._any_parent(ask.resource))
            and (not self.names or ask.name in self.names)
        )

    def _any_parent(self, resource: str) -> bool:
        """Match `*/scale`, which reaches the subresource of everything."""
        _, slash, subresource = resource.partition("/")
        return bool(slash) and f"*/{subresource}" in self.resources


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as the authorizer sees it."""

    verb: str
    group: str
    resource: str
    """With its subresource: `pods/log`."""
    name: str = ""
    namespace: str = ""
    """Empty: cluster-scoped, or all namespaces."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request."""

    user: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a request wants to be, as its impersonation headers say."""

    user: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extras: tuple[tuple[str, str], ...] = ()

    def asks(self) -> list[Ask]:
        """Return the requests that the impersonation filter authorizes, one for each header."""
        return [
            self._user(),
            *(Ask("impersonate", "", "groups", group) for group in self.groups),
            *(Ask("impersonate", AUTHENTICATION, "uids", uid) for uid in [self.uid] if uid),
            *(
                Ask("impersonate", AUTHENTICATION, f"userextras/{key}", value)
                for key, value in self.extras
            ),
        ]

    def _user(self) -> Ask:
        namespace, colon, name = self.user.removeprefix(SERVICE_ACCOUNT).partition(":")
        if self.user.startswith(SERVICE_ACCOUNT) and colon:
            return Ask("impersonate", "", "serviceaccounts", name, namespace)
        return Ask("impersonate", "", "users", self.user)


class Rbac:
    """The roles and bindings of some manifests."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Read every role and binding of `documents`; other kinds are passed over."""
        found = list(documents)
        self._cluster_roles = {name_of(one): one for one in found if one["kind"] == "ClusterRole"}
        self._roles = {
            (one["metadata"]["namespace"], name_of(one)): one
            for one in found
            if one["kind"] == "Role"
        }
        self._bindings = [one for one in found if one["kind"] in {"RoleBinding", BOUND_EVERYWHERE}]

    def rules(self, cluster_role: str) -> list[Rule]:
        """Return a ClusterRole's rules, aggregated ones as the cluster fills them in."""
        role = self._cluster_roles[cluster_role]
        if "aggregationRule" not in role:
            return rules_of(role)
        return [
            rule
            for name, other in self._cluster_roles.items()
            if name != cluster_role and selects(role["aggregationRule"], other)
            for rule in self.rules(name)
        ]

    def allows(self, caller: Caller, ask: Ask) -> bool:
        """Say whether any binding lets `caller` do `ask`."""
        return any(
            rule.allows(ask)
            for binding in self._bindings
            if reaches(binding, ask) and any(is_subject(one, caller) for one in binding["subjects"])
            for rule in self._bound(binding)
        )

    def may_become(self, caller: Caller, target: Target) -> bool:
        """Say whether every header of an impersonation is allowed."""
        return all(self.allows(caller, ask) for ask in target.asks())

    def _bound(self, binding: Document) -> list[Rule]:
        reference = binding["roleRef"]
        if reference["kind"] == "ClusterRole":
            return self.rules(reference["name"])
        return rules_of(self._roles[binding["metadata"]["namespace"], reference["name"]])


BOUND_EVERYWHERE = "ClusterRoleBinding"


def covers(allowed: frozenset[str], asked: str) -> bool:
    """Say whether a list of a rule holds a word, or everything."""
    return "*" in allowed or asked in allowed


def name_of(document: Document) -> str:
    """Return an object's name."""
    return str(document["metadata"]["name"])


def rules_of(role: Document) -> list[Rule]:
    """Return the rules that stand in a role.

    Raises:
        ValueError: A rule has a field that is not understood, such as nonResourceURLs.
    """
    for rule in role["rules"]:
        if unknown := rule.keys() - {"apiGroups", "resources", "verbs", "resourceNames"}:
            raise ValueError(f"{name_of(role)}: not understood: {sorted(unknown)}")
    return [
        Rule(
            frozenset(rule["verbs"]),
            frozenset(rule["apiGroups"]),
            frozenset(rule["resources"]),
            frozenset(rule.get("resourceNames", ())),
        )
        for rule in role["rules"]
    ]


def selects(aggregation: Document, role: Document) -> bool:
    """Say whether an aggregation takes up a role, by its labels.

    Raises:
        ValueError: A selector is not a plain list of labels.
    """
    selectors = aggregation["clusterRoleSelectors"]
    if any(selector.keys() != {"matchLabels"} for selector in selectors):
        raise ValueError(f"not understood: {selectors}")
    labels = role["metadata"].get("labels", {})
    return any(selector["matchLabels"].items() <= labels.items() for selector in selectors)


def reaches(binding: Document, ask: Ask) -> bool:
    """Say whether a binding counts where a request goes."""
    everywhere: bool = binding["kind"] == BOUND_EVERYWHERE
    return everywhere or binding["metadata"]["namespace"] == ask.namespace


def is_subject(subject: Document, caller: Caller) -> bool:
    """Say whether a caller is a subject of a binding.

    Raises:
        ValueError: The kind of subject is not understood.
    """
    match subject["kind"]:
        case "Group":
            return subject["name"] in caller.groups
        case "User":
            return bool(subject["name"] == caller.user)
        case "ServiceAccount":
            return f"{SERVICE_ACCOUNT}{subject['namespace']}:{subject['name']}" == caller.user
        case other:
            raise ValueError(f"not understood: {other}")
