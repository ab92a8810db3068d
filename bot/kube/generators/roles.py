"""`create role` and `create clusterrole`.

Pure: which resources there are, the caller has asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import JsonObject
from bot.kube.generators.objects import (
    CLUSTER_ROLE,
    RBAC,
    ROLE,
    Generated,
    generated,
    metadata,
)

_ON_RESOURCES = "get delete list create update patch watch proxy deletecollection"
_OF_SOME = "use bind escalate impersonate"
_STANDARD = frozenset({"*", *_ON_RESOURCES.split(" "), *_OF_SOME.split(" ")})
_ON_PATHS = frozenset({"*", "get", "post", "put", "delete", "patch", "head", "options"})
# Verbs that only some resources know, by group; such a resource need not be one of the cluster's.
_SPECIAL = {
    "use": {("policy", "podsecuritypolicies"), ("extensions", "podsecuritypolicies")},
    "bind": {(RBAC, "roles"), (RBAC, "clusterroles")},
    "escalate": {(RBAC, "roles"), (RBAC, "clusterroles")},
    "impersonate": {
        ("", "users"),
        ("", "serviceaccounts"),
        ("", "groups"),
        ("authentication.k8s.io", "userextras"),
    },
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One resource as it is typed: `pods`, `deployments.apps`, `pods/log`."""

    name: str
    group: str
    part: str

    @property
    def word(self) -> str:
        """Return the resource without its part, as the cluster is asked for it."""
        return f"{self.name}.{self.group}" if self.group else self.name


@dataclass(frozen=True, slots=True)
class Known:
    """A resource that was typed, and what the cluster knows of it."""

    typed: Typed
    group: str
    plural: str
    missing: QuarterdeckError | None = None
    """Why the cluster does not know it."""

    @property
    def whole(self) -> str:
        """Return the resource as a rule names it."""
        return f"{self.plural}/{self.typed.part}" if self.typed.part else self.plural


def verbs_of(typed: Sequence[str]) -> list[str]:
    """Return the verbs, each once; `*` stands for all of them."""
    return ["*"] if "*" in typed else list(dict.fromkeys(typed))


def resources_of(typed: Iterable[str]) -> list[Typed]:
    """Return the resources as they were typed; a lone `*` stands for all of them."""
    found: list[Typed] = []
    for text in typed:
        whole, _, part = text.partition("/")
        name, _, group = whole.partition(".")
        one = Typed(name, group, part)
        if text == "*":
            return [one]
        found.append(one)
    return found


def warnings(verbs: Iterable[str]) -> list[str]:
    """Return kubectl's warnings about verbs that no resource has."""
    return [f"Warning: '{v}' is not a standard resource verb" for v in verbs if v not in _STANDARD]


def check_role(verbs: Sequence[str], resources: Sequence[Typed]) -> None:
    """Refuse a role that lacks something.

    Raises:
        UsageError: it does.
    """
    _require_verbs(verbs)
    if not resources:
        raise UsageError(
            "error: at least one resource must be specified", next_step="Such as --resource=pods"
        )


def check_cluster_role(
    verbs: Sequence[str], resources: Sequence[Typed], paths: Sequence[str]
) -> None:
    """Refuse a cluster role that lacks something.

    Raises:
        UsageError: it does.
    """
    _require_verbs(verbs)
    if not resources and not paths:
        raise UsageError(
            "error: one of resource or nonResourceURL must be specified",
            next_step="Such as --resource=pods",
        )


def check_resources(verbs: Sequence[str], known: Iterable[Known]) -> None:
    """Refuse what no rule can say of a resource.

    Raises:
        UsageError: a verb does not fit.
        NotFoundError: the cluster has no such resource.
    """
    for one in known:
        if not one.typed.name:
            raise UsageError("error: resource must be specified if apiGroup/subresource specified")
        if one.typed.name == "*":
            return
        special = [verb for verb in verbs if verb in _SPECIAL]
        for verb in special:
            if (one.group, one.plural) not in _SPECIAL[verb]:
                raise UsageError(
                    f"error: can not perform '{verb}' on '{one.plural}' in group '{one.group}'"
                )
        if one.missing is not None and not special:
            raise one.missing


def check_paths(verbs: Iterable[str], paths: Iterable[str]) -> None:
    """Refuse what no rule can say of a path.

    Raises:
        UsageError: a verb does not fit, or a path is none.
    """
    paths = list(paths)
    for verb in verbs if paths else ():
        if verb not in _ON_PATHS:
            raise UsageError(f"error: invalid verb: '{verb}' for nonResourceURL")
    for path in paths:
        if path != "*" and not path.startswith("/"):
            raise UsageError("error: nonResourceURL should start with /")
        if "*" in path[:-1]:
            raise UsageError(
                "error: nonResourceURL only supports wildcard matches when '*' is at the end"
            )


def role(name: str, rules: list[JsonObject]) -> Generated:
    """Return a Role with those rules."""
    return generated(ROLE, metadata(name), rules=rules)


def cluster_role(name: str, rules: list[JsonObject]) -> Generated:
    """Return a ClusterRole with those rules."""
    return generated(CLUSTER_ROLE, metadata(name), rules=rules)


def aggregated(name: str, labels: dict[str, str]) -> Generated:
    """Return a ClusterRole that has the rules of those with the labels."""
    selector = {"matchLabels": dict(sorted(labels.items()))}
    rule = {"clusterRoleSelectors": [selector]}
    return generated(CLUSTER_ROLE, metadata(name), rules=None, aggregationRule=rule)


def rules_of(
    verbs: Sequence[str], known: Iterable[Known], names: Sequence[str], paths: Sequence[str] = ()
) -> list[JsonObject]:
    """Return one rule for each group, and one for the paths."""
    groups: dict[str, list[str]] = {}
    for one in known:
        there = groups.setdefault(one.group, [])
        if one.whole not in there:
            there.append(one.whole)
    named = {"resourceNames": list(dict.fromkeys(names))} if names else {}
    found: list[JsonObject] = [
        {"verbs": list(verbs), "apiGroups": [group], "resources": groups[group], **named}
        for group in sorted(groups)
    ]
    if paths:
        found.append({"verbs": list(verbs), "nonResourceURLs": list(dict.fromkeys(paths))})
    return found


def _require_verbs(verbs: Sequence[str]) -> None:
    if not verbs:
        raise UsageError(
            "error: at least one verb must be specified", next_step="Such as --verb=get,list"
        )
