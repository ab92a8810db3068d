"""What somebody may do in a namespace, as a SelfSubjectRulesReview lists it.

Pure. Good for menus and never for a decision: a review may be incomplete, and an authorizer other
than RBAC may not be in it at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.command import Access
from bot.core.ports import JsonObject

# What everybody may create, so that they can ask what they may do: no change of the cluster.
_REVIEWS = frozenset({"authentication.k8s.io", "authorization.k8s.io"})
_CHANGES = ("create", "update", "patch", "delete", "deletecollection")
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

    @property
    def change_something(self) -> bool:
        """Tell whether anything at all may be changed."""
        rules = (rule for rule in self.resources if not _is_of_reviews(rule))
        return any(_holds(rule.get("verbs") or (), verb) for rule in rules for verb in _CHANGES)


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
    if access.resource == "*" and _is_of_reviews(rule):
        return False
    return (
        _holds(rule.get("verbs") or (), access.verb)
        and (anywhere or _holds(groups, access.group))
        and any(_names(resource, access) for resource in rule.get("resources") or ())
    )


def _is_of_reviews(rule: JsonObject) -> bool:
    return _REVIEWS.issuperset(rule.get("apiGroups") or ("",))


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
