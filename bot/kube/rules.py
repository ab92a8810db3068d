"""What somebody may do in a namespace, as a SelfSubjectRulesReview lists it.

Pure. Good for menus and never for a decision: a review may be incomplete, and an authorizer other
than RBAC may not be in it at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.command import Access
from bot.core.ports import JsonObject

REVIEW = "selfsubjectrulesreviews.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one person in one namespace."""

    resources: tuple[JsonObject, ...]
    paths: tuple[JsonObject, ...]
    incomplete: bool
    """Whether there may be more than is listed."""

    def allow(self, access: Access) -> bool:
        """Tell whether a rule gives the right, be it for some names only."""
        if access.resource.startswith("/"):
            return any(_reaches(rule, access) for rule in self.paths)
        return any(_gives(rule, access) for rule in self.resources)


def read_rules(review: JsonObject) -> Rules:
    """Return the rules of the API server's answer."""
    status = review.get("status") or {}
    return Rules(
        tuple(status.get("resourceRules") or ()),
        tuple(status.get("nonResourceRules") or ()),
        bool(status.get("incomplete")),
    )


def _gives(rule: JsonObject, access: Access) -> bool:
    groups = rule.get("apiGroups") or ()
    # Where the phrase names the type, it names its group, too.
    anywhere = access.resource == "*" and not access.group
    return (
        _holds(rule.get("verbs") or (), access.verb)
        and (anywhere or _holds(groups, access.group))
        and any(_names(resource, access) for resource in rule.get("resources") or ())
    )


def _names(resource: str, access: Access) -> bool:
    if resource == "*":
        return True
    plural, _, part = resource.partition("/")
    return part == access.subresource and (
        access.resource == "*" or plural in ("*", access.resource)
    )


def _reaches(rule: JsonObject, access: Access) -> bool:
    asked = access.resource.rstrip("*")
    return _holds(rule.get("verbs") or (), access.verb) and any(
        url == access.resource or (url.endswith("*") and asked.startswith(url[:-1]))
        for url in rule.get("nonResourceURLs") or ()
    )


def _holds(listed: Sequence[str], word: str) -> bool:
    return "*" in listed or word in listed
