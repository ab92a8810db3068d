"""What the bot needs follows from the policy and from what commands declare, and from no more."""

import pytest

from bot.core.command import Access
from bot.policy.model import Policy
from bot.rbac.needs import OF_AUTO_ROLLBACK, OF_WATCHER, TIER_GROUPS, ceiling, identities, needed
from bot.rbac.readable import OF_TIERS, OF_VIEW, SCALABLE, each
from bot.rbac.rights import Right, beyond, of_access
from tests.deploy.builtin_view import VIEW
from tests.deploy.test_rbac_tiers import APART, CLUSTER_READS, rows

OWN = ("quarterdeck:watcher", "quarterdeck:auto-rollback")
POLICY = Policy.model_validate(
    {
        "version": 1,
        "clusters": {"default": {"mode": "groups"}, "east": {"mode": "users"}},
        "people": [
            {"slack": "U1A", "user": "eve@example.com", "groups": ["team:b"]},
            {"slack": "U2A", "user": "ada@example.com", "groups": ["quarterdeck:viewers"]},
        ],
        "usergroups": {"S1A": {"groups": ["team:a"]}},
        "domains": {"example.com": {"groups": ["team:a", "team:c"]}},
    }
)


def test_in_groups_mode_everybody_is_one_user_with_the_groups_of_the_policy() -> None:
    who = identities(POLICY)
    assert who.users == ("quarterdeck:user", *OWN)
    assert who.groups == (*TIER_GROUPS, "team:a", "team:b", "team:c")


def test_in_users_mode_the_users_are_those_that_the_policy_names() -> None:
    who = identities(POLICY, "east")
    assert who.users == ("ada@example.com", "eve@example.com", *OWN)
    assert who.groups == identities(POLICY).groups


def test_without_people_the_groups_of_the_tiers_are_there() -> None:
    assert identities(Policy(version=1)).groups == TIER_GROUPS


def test_a_type_that_the_phrase_names_means_a_list_without_secrets() -> None:
    capped = ceiling([Access("get", "*")])
    for group, resource in each(OF_VIEW, OF_TIERS):
        assert Right("impersonate-on:user-info:get", group, resource) in capped
    assert "secrets" not in {right.resource for right in capped}
    assert not {right for right in capped if "*" in f"{right.verb}{right.group}{right.resource}"}


def test_what_no_command_declares_is_not_done() -> None:
    own = ceiling([])
    more = ceiling([Access("delete", "pods")])
    assert more - own == {Right("impersonate-on:user-info:delete", "", "pods")}


def test_the_readable_types_are_those_of_the_builtin_view_and_of_the_shipped_roles() -> None:
    of_view = {
        (group, resource)
        for group, resource in each(VIEW)
        if "/" not in resource and resource != "bindings" and group != "extensions"
    }
    of_tiers = {(group, resource) for _, group, resource in rows(CLUSTER_READS)}
    assert {*each(OF_VIEW)} == of_view
    assert {*each(OF_VIEW, OF_TIERS)} == of_view | of_tiers | {("metrics.k8s.io", "pods")}


def test_a_size_is_that_of_each_type_that_view_shows_one_of() -> None:
    scales = {
        (group, resource.removesuffix("/scale"))
        for group, resource in each(VIEW)
        if resource.endswith("/scale") and group != "extensions"
    }
    assert {*each(SCALABLE)} == scales
    capped = ceiling([Access("patch", "*", subresource="scale")])
    patched = {right.resource for right in capped if right.verb.endswith(":patch")}
    assert patched == {"deployments", *(f"{resource}/scale" for _, resource in scales)}


@pytest.mark.parametrize(
    ("name", "accesses"), [("watcher", OF_WATCHER), ("auto-rollback", OF_AUTO_ROLLBACK)]
)
def test_the_bots_own_roles_are_what_it_does_for_itself(
    name: str, accesses: tuple[Access, ...]
) -> None:
    granted = {Right(*row) for row in rows(APART[name])}
    assert {of_access(access) for access in accesses} == granted


def test_the_two_forms_are_never_needed_together() -> None:
    classic = needed(POLICY, [Access("get", "*")], constrained=False)
    constrained = needed(POLICY, [Access("get", "*")], constrained=True)
    assert {right.verb for right in classic} == {"impersonate", "create", "get", "update"}
    assert "impersonate" not in {right.verb for right in constrained}
    assert {right.group for right in beyond(classic, constrained)} == {"", "authentication.k8s.io"}
