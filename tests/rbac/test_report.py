"""`rbac check` names what is missing and what nobody needs."""

import copy
from collections.abc import Callable

import pytest

from bot.core.command import Access
from bot.core.ports import JsonObject
from bot.policy.model import Policy
from bot.rbac.bindings import Subject
from bot.rbac.report import compare
from bot.rights import declared
from tests.deploy.manifests import DEPLOY, documents
from tests.every import every

SHIPPED = documents(DEPLOY / "rbac.yaml")
CONSTRAINED = documents(DEPLOY / "components/constrained/impersonator.yaml")
RESTART = [
    one
    for name in ("role.yaml", "policy.yaml")
    for one in documents(DEPLOY / "components/restart" / name)
]
BOT = Subject.account("quarterdeck", "quarterdeck")
POLICY = Policy(version=1)


def lines(
    found: list[JsonObject], policy: Policy = POLICY, accesses: list[Access] | None = None
) -> list[str]:
    return compare(found, BOT, policy, "default", declared() if accesses is None else accesses)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(SHIPPED, id="classic"),
        pytest.param([*SHIPPED, *CONSTRAINED], id="constrained"),
        pytest.param([*SHIPPED, *RESTART], id="restart"),
    ],
)
def test_of_what_is_shipped_nothing_is_missing_and_nothing_unused(found: list[JsonObject]) -> None:
    assert lines(found) == []


def role_named(found: list[JsonObject], name: str) -> JsonObject:
    [role] = [
        one
        for one in found
        if one["kind"] in ("Role", "ClusterRole") and one["metadata"]["name"] == name
    ]
    return role


def rule(verbs: str, resources: str, group: str = "", names: str = "") -> JsonObject:
    made: JsonObject = {"apiGroups": [group], "resources": [resources], "verbs": verbs.split()}
    return made | ({"resourceNames": names.split()} if names else {})


def adds(role: str, *rules: JsonObject) -> Callable[[list[JsonObject]], object]:
    return lambda found: role_named(found, role)["rules"].extend(rules)


def drops(role: str, index: int) -> Callable[[list[JsonObject]], object]:
    return lambda found: role_named(found, role)["rules"].pop(index)


def unbinds(found: list[JsonObject]) -> None:
    found[:] = [one for one in found if one["kind"] != "ClusterRoleBinding"]


IMPERSONATOR, LEADER = "quarterdeck:impersonator", "quarterdeck:leader"
CHANGES: dict[str, tuple[Callable[[list[JsonObject]], object], str]] = {
    "no-binding": (unbinds, "missing: the bot may not impersonate users quarterdeck:user"),
    "no-user": (drops(IMPERSONATOR, 0), "missing: the bot may not impersonate users"),
    "no-lease": (
        drops(LEADER, 1),
        "missing: the bot may not get leases.coordination.k8s.io quarterdeck-leader in quarterdeck",
    ),
    "another-group": (
        adds(IMPERSONATOR, rule("impersonate", "groups", names="old:team")),
        "unused: the bot may impersonate groups old:team, and nothing needs it",
    ),
    "secrets": (
        adds(LEADER, rule("get", "secrets")),
        "unused: the bot may get secrets in quarterdeck, and nothing needs it",
    ),
    "everything": (
        adds(IMPERSONATOR, rule("*", "*", "*")),
        "unused: the bot may * *.*, and nothing needs it",
    ),
    "watcher-writes": (
        adds("quarterdeck:watcher", rule("delete", "pods")),
        "unused: the role quarterdeck:watcher may delete pods",
    ),
    "rollback-without-patch": (
        drops("quarterdeck:auto-rollback", 0),
        "missing: the role quarterdeck:auto-rollback may not patch deployments.apps",
    ),
    "operators-patch": (
        adds("quarterdeck:aggregate-to-operator", rule("patch", "deployments", "apps")),
        "missing: operators may patch deployments, and the admission policy",
    ),
    "no-tier-scales": (
        drops("quarterdeck:aggregate-to-operator", 0),
        "missing: no tier may patch deployments.apps/scale",
    ),
}


@every(("change", "line"), CHANGES.values(), ids=CHANGES)
def test_what_differs_is_named(change: Callable[[list[JsonObject]], object], line: str) -> None:
    found = copy.deepcopy(SHIPPED)
    change(found)
    assert any(one.startswith(line) for one in lines(found)), lines(found)


def test_the_classic_role_beside_the_constrained_one_is_named() -> None:
    [capped] = copy.deepcopy(CONSTRAINED)
    capped["metadata"]["name"] = "capped"
    binding = copy.deepcopy(next(one for one in SHIPPED if one["kind"] == "ClusterRoleBinding"))
    binding["roleRef"]["name"] = "capped"
    found = lines([*SHIPPED, capped, binding])
    assert found
    assert all("so the constrained form caps nothing" in line for line in found)


def test_half_of_the_component_is_not_the_component() -> None:
    role, policy, _binding = RESTART
    assert lines([*SHIPPED, role, policy])
    assert lines([*SHIPPED, role])


def test_a_policy_that_only_warns_is_not_in_force() -> None:
    role, policy, binding = copy.deepcopy(RESTART)
    binding["spec"]["validationActions"] = ["Warn", "Audit"]
    assert lines([*SHIPPED, role, policy, binding])
    binding["spec"]["validationActions"] = ["Deny"]
    policy["spec"]["failurePolicy"] = "Ignore"
    assert lines([*SHIPPED, role, policy, binding])


def test_a_command_that_declares_more_makes_the_constrained_role_too_narrow() -> None:
    more = [*declared(), Access("update", "services")]
    found = lines([*SHIPPED, *CONSTRAINED], accesses=more)
    assert found == ["missing: the bot may not impersonate-on:user-info:update services"]


def test_a_command_that_is_gone_leaves_the_constrained_role_too_wide() -> None:
    fewer = [access for access in declared() if access.subresource != "log"]
    [line] = lines([*SHIPPED, *CONSTRAINED], accesses=fewer)
    assert line.startswith("unused: the bot may impersonate-on:user-info:get pods/log")


def test_a_type_that_was_added_to_the_cap_is_no_fault_and_secrets_are() -> None:
    [role] = copy.deepcopy(CONSTRAINED)
    role["rules"].append(rule("impersonate-on:user-info:get", "widgets", "example.org"))
    assert lines([*SHIPPED, role]) == []
    role["rules"].append(rule("impersonate-on:user-info:get", "secrets"))
    assert lines([*SHIPPED, role]) == [
        "unused: the bot may impersonate-on:user-info:get secrets, and nothing needs it"
    ]


def test_the_policy_says_whom_the_role_should_list() -> None:
    people = [{"slack": "U1A", "user": "ada@example.com", "groups": ["team:a"]}]
    clusters = {"default": {"mode": "users"}}
    policy = Policy.model_validate({"version": 1, "people": people, "clusters": clusters})
    assert lines(SHIPPED, policy) == [
        "missing: the bot may not impersonate groups team:a",
        "missing: the bot may not impersonate users ada@example.com",
        "unused: the bot may impersonate users quarterdeck:user, and nothing needs it",
    ]
