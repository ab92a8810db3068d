"""What Kubernetes' RBAC authorizer and impersonation filter would say, from manifests alone.

The rules are the API server's: pkg/registry/rbac and the impersonation filter, version 1.37. Only
what the manifests use is understood; anything else is an error, never a silent no.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

Document = Mapping[str, Any]

AUTHENTICATION = "authentication.k8s.io"
SERVICE_ACCOUNT = "system:serviceaccount:"
NODE = "system:node:"
MASTERS = "system:masters"
CLASSIC, CONSTRAINED = "impersonate", "impersonate:user-info"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a role."""

    verbs: frozenset[str]
    groups: frozenset[str]
    resources: frozenset[str]
    names: frozenset[str]
    """Empty: every name."""
    paths: frozenset[str] = frozenset()
    """What is not about resources; such a rule is about nothing else."""

    def allows(self, ask: "Ask") -> bool:
        """Say whether the rule covers a request."""
        if ask.path:
            return covers(self.verbs, ask.verb) and any(leads(one, ask.path) for one in self.paths)
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
    path: str = ""
    """Of a request that is not about resources; then nothing else is said."""


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

    def asks(self, verb: str = CLASSIC) -> list[Ask]:
        """Return the requests that the impersonation filter authorizes, one for each header."""
        group = "" if verb == CLASSIC else AUTHENTICATION
        return [
            self._user(verb, group),
            *(Ask(verb, group, "groups", name) for name in self.groups),
            *(Ask(verb, AUTHENTICATION, "uids", uid) for uid in [self.uid] if uid),
            *(Ask(verb, AUTHENTICATION, f"userextras/{key}", value) for key, value in self.extras),
        ]

    def is_plain(self) -> bool:
        """Say whether the constrained form has its mode `user-info` for this target.

        Nodes and accounts have modes of their own, whose verbs are not understood here: no manifest
        may hold them. Its keys are paths under a domain, its values are not empty.
        """
        special = self.user.startswith((SERVICE_ACCOUNT, NODE))
        named = self.user and all(self.groups) and MASTERS not in self.groups
        keys = all(key == key.lower() and "/" in key and value for key, value in self.extras)
        return bool(named and keys and not special)

    def _user(self, verb: str, group: str) -> Ask:
        namespace, colon, name = self.user.removeprefix(SERVICE_ACCOUNT).partition(":")
        if self.user.startswith(SERVICE_ACCOUNT) and colon:
            return Ask(verb, group, "serviceaccounts", name, namespace)
        return Ask(verb, group, "users", self.user)


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
        """Say whether every header of an impersonation is allowed, in the classic form."""
        return all(self.allows(caller, ask) for ask in target.asks())

    def may_as(self, caller: Caller, target: Target, ask: Ask) -> bool:
        """Say whether a request of somebody passes the filter as somebody else, in either form.

        What is asked for is then still put to RBAC as the target. The constrained form comes
        first, and where it says no, the classic one is tried.
        """
        capped = replace(ask, verb=f"impersonate-on:user-info:{ask.verb}")
        constrained = target.is_plain() and all(
            self.allows(caller, one) for one in (capped, *target.asks(CONSTRAINED))
        )
        return constrained or self.may_become(caller, target)

    def _bound(self, binding: Document) -> list[Rule]:
        reference = binding["roleRef"]
        if reference["kind"] == "ClusterRole":
            return self.rules(reference["name"])
        return rules_of(self._roles[binding["metadata"]["namespace"], reference["name"]])


BOUND_EVERYWHERE = "ClusterRoleBinding"


def leads(pattern: str, path: str) -> bool:
    """Say whether a path of a rule, which may end in `*`, is or begins a path."""
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def covers(allowed: frozenset[str], asked: str) -> bool:
    """Say whether a list of a rule holds a word, or everything."""
    return "*" in allowed or asked in allowed


def name_of(document: Document) -> str:
    """Return an object's name."""
    return str(document["metadata"]["name"])


def rules_of(role: Document) -> list[Rule]:
    """Return the rules that stand in a role.

    Raises:
        ValueError: A rule has a field or a mode of impersonation that is not understood.
    """
    for rule in role["rules"]:
        strange = sorted(rule.keys() - FIELDS) + [verb for verb in rule["verbs"] if is_odd(verb)]
        if strange:
            raise ValueError(f"{name_of(role)}: not understood: {strange}")
    return [
        Rule(
            frozenset(rule["verbs"]),
            frozenset(rule.get("apiGroups", ())),
            frozenset(rule.get("resources", ())),
            frozenset(rule.get("resourceNames", ())),
            frozenset(rule.get("nonResourceURLs", ())),
        )
        for rule in role["rules"]
    ]


FIELDS = {"apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs"}


def is_odd(verb: str) -> bool:
    """Say whether a verb belongs to impersonation of nodes or accounts."""
    known = verb in (CLASSIC, CONSTRAINED) or verb.startswith("impersonate-on:user-info:")
    return verb.startswith("impersonate") and not known


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
