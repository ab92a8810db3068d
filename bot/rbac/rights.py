"""Rights one by one, as RBAC's rules grant them in manifests, in clusters and in reviews.

Pure. A rule with lists is the product of its lists; each element is one right.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from bot.core.command import Access
from bot.core.ports import JsonObject

Rule = JsonObject
"""A PolicyRule, as a role has it and as a SelfSubjectRulesReview answers it."""


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One verb on one resource, perhaps on one name, perhaps in one namespace."""

    verb: str
    group: str
    resource: str
    """With its subresource; a path, such as `/version`, where it is not about resources."""
    name: str = ""
    """Empty: every name."""
    namespace: str = ""
    """Empty: everywhere."""

    def covers(self, other: "Right") -> bool:
        """Say whether whoever holds this right holds the other."""
        return (
            self.verb in (other.verb, "*")
            and self.group in (other.group, "*")
            and (self.resource in (other.resource, "*") or self._leads_to(other.resource))
            and self.name in (other.name, "")
            and self.namespace in (other.namespace, "")
        )

    def _leads_to(self, path: str) -> bool:
        # Of paths alone a last `*` stands for whatever follows.
        return (
            self.resource.startswith("/")
            and self.resource.endswith("*")
            and path.startswith(self.resource[:-1])
        )

    def __str__(self) -> str:
        """Return `patch deployments.apps/scale web in shop`."""
        name = f" {self.name}" if self.name else ""
        place = f" in {self.namespace}" if self.namespace else ""
        return f"{self.verb} {self.type}{name}{place}"

    @property
    def type(self) -> str:
        """Return `deployments.apps/scale`, or the path."""
        head, slash, rest = self.resource.partition("/")
        dotted = f"{head}.{self.group}" if self.group and head else head
        return f"{dotted}{slash}{rest}"


def of_access(access: Access) -> Right:
    """Return the right that a command declares."""
    return Right(access.verb, access.group, access.whole)


def of_rules(rules: Iterable[Rule], namespace: str = "") -> Iterator[Right]:
    """Yield each right that the rules grant in a namespace; empty: everywhere."""
    for rule in rules:
        for verb in rule.get("verbs") or ():
            for path in rule.get("nonResourceURLs") or ():
                yield Right(verb, "", path)
            for group, resource, name in product(
                rule.get("apiGroups") or (),
                rule.get("resources") or (),
                rule.get("resourceNames") or ("",),
            ):
                yield Right(verb, group, resource, name, namespace)


def as_rules(rights: Iterable[Right]) -> list[Rule]:
    """Return the shortest list of rules that grants exactly the rights, wherever it is bound."""
    verbs: dict[tuple[str, str, str], list[str]] = {}
    for right in sorted(set(rights)):
        verbs.setdefault((right.group, right.resource, right.name), []).append(right.verb)
    # What has the same verbs and names stands in one rule.
    resources: dict[tuple[bool, str, str, tuple[str, ...]], list[str]] = {}
    for (group, resource, name), found in verbs.items():
        key = (resource.startswith("/"), group, name, tuple(found))
        resources.setdefault(key, []).append(resource)
    return [
        {"nonResourceURLs": found, "verbs": list(allowed)}
        if is_path
        else _rule(group, found, allowed, (name,) if name else ())
        for (is_path, group, name, allowed), found in sorted(resources.items())
    ]


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str], names: Iterable[str]) -> Rule:
    rule: Rule = {"apiGroups": [group], "resources": [*resources], "verbs": [*verbs]}
    return rule | ({"resourceNames": [*names]} if names else {})


def beyond(held: Iterable[Right], needed: Iterable[Right]) -> list[Right]:
    """Return the rights that are held and not needed, sorted: those that no needed one covers."""
    wanted = frozenset(needed)
    return sorted(
        {one for one in held if one not in wanted and not any(two.covers(one) for two in wanted)}
    )


def lacking(held: Iterable[Right], needed: Iterable[Right]) -> list[Right]:
    """Return the rights that are needed and not held, sorted."""
    return beyond(needed, held)
