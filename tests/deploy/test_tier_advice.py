"""The tiers that a refusal names are those of deploy/rbac.yaml, right by right."""

import pytest

from bot.core.command import Access
from bot.policy.tiers import TIERS, sufficient
from tests.deploy.builtin_view import builtin_view
from tests.deploy.manifests import DEPLOY, documents
from tests.deploy.rbac_evaluator import Rbac, Rule

RBAC = Rbac([*documents(DEPLOY / "rbac.yaml"), builtin_view()])
NOWHERE = frozenset({"extensions", "resource.k8s.io"})
"""API groups of `view` of which no command speaks: one is gone, the other is not everywhere."""


def rights(rules: list[Rule]) -> set[tuple[str, str, str]]:
    return {
        (verb, group, resource)
        for rule in rules
        for verb in rule.verbs
        for group in rule.groups - NOWHERE
        for resource in rule.resources
    }


def claimed(tier: int) -> set[tuple[str, str, str]]:
    return {
        (verb, group, resource)
        for _, added in TIERS[: tier + 1]
        for verbs, group, resources in added
        for resource in resources.split()
        for verb in verbs.split()
    }


@pytest.mark.parametrize("tier", range(len(TIERS)), ids=[group for group, _ in TIERS])
def test_a_tier_is_said_to_have_exactly_its_rights(tier: int) -> None:
    role = TIERS[tier][0].removesuffix("s")
    assert claimed(tier) == rights(RBAC.rules(role))


@pytest.mark.parametrize(
    ("access", "least"),
    [
        (Access("get", "pods", "", "log"), "quarterdeck:viewers"),
        (Access("patch", "deployments", "apps", "scale"), "quarterdeck:operators"),
        (Access("patch", "deployments", "apps"), "quarterdeck:deployers"),
        (Access("patch", "nodes"), "quarterdeck:admins"),
        (Access("get", "secrets"), ""),
        (Access("create", "pods", "", "exec"), ""),
    ],
)
def test_the_least_tier_that_suffices_is_named(access: Access, least: str) -> None:
    assert next(sufficient(access), "") == least
