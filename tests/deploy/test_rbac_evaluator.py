"""The evaluator says what the API server's RBAC authorizer says."""

from typing import Any

import pytest

from tests.deploy.rbac_evaluator import Ask, Caller, Rbac, Target
from tests.every import every

ADA = Caller("ada", frozenset({"team"}))


def cluster_role(name: str, *rules: dict[str, Any], **labels: str) -> dict[str, Any]:
    return {
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": labels},
        "rules": list(rules),
    }


def rule(verbs: str, resources: str, group: str = "", names: str = "") -> dict[str, Any]:
    found = {"verbs": verbs.split(), "resources": resources.split(), "apiGroups": [group]}
    return found | ({"resourceNames": names.split()} if names else {})


def binding(role: str, subject: dict[str, str], namespace: str = "") -> dict[str, Any]:
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    return {
        "kind": kind,
        "metadata": {"name": role, "namespace": namespace},
        "roleRef": {"kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }


TEAM = {"kind": "Group", "name": "team"}


@every(
    ("granted", "ask", "allowed"),
    [
        pytest.param(rule("get", "pods"), Ask("get", "", "pods"), True, id="equal"),
        pytest.param(rule("get", "pods"), Ask("list", "", "pods"), False, id="verb"),
        pytest.param(rule("get", "pods"), Ask("get", "apps", "pods"), False, id="group"),
        pytest.param(rule("get", "pods"), Ask("get", "", "pods/log"), False, id="subresource"),
        pytest.param(rule("get", "pods/log"), Ask("get", "", "pods"), False, id="parent"),
        pytest.param(rule("*", "*", "*"), Ask("x", "y", "z/q", "n"), True, id="everything"),
        pytest.param(rule("get", "*/scale"), Ask("get", "", "a/scale"), True, id="any-parent"),
        pytest.param(rule("get", "*/scale"), Ask("get", "", "scale"), False, id="no-parent"),
        pytest.param(rule("get", "pods", "", "a b"), Ask("get", "", "pods", "b"), True, id="name"),
        pytest.param(
            rule("get", "pods", "", "a"), Ask("get", "", "pods", "b"), False, id="other-name"
        ),
        pytest.param(rule("list", "pods", "", "a"), Ask("list", "", "pods"), False, id="no-name"),
    ],
)
def test_a_rule_covers_as_kubernetes_says(granted: dict[str, Any], ask: Ask, allowed: bool) -> None:
    rbac = Rbac([cluster_role("r", granted), binding("r", TEAM)])
    assert rbac.allows(ADA, ask) is allowed


@pytest.mark.parametrize(
    ("subject", "caller", "allowed"),
    [
        pytest.param(TEAM, ADA, True, id="group"),
        pytest.param(TEAM, Caller("team"), False, id="user-named-like-a-group"),
        pytest.param({"kind": "User", "name": "ada"}, ADA, True, id="user"),
        pytest.param({"kind": "User", "name": "team"}, ADA, False, id="group-named-like-a-user"),
        pytest.param(
            {"kind": "ServiceAccount", "name": "a", "namespace": "b"},
            Caller("system:serviceaccount:b:a"),
            True,
            id="account",
        ),
        pytest.param(
            {"kind": "ServiceAccount", "name": "a", "namespace": "b"},
            Caller("system:serviceaccount:a:b"),
            False,
            id="other-account",
        ),
    ],
)
def test_a_subject_is_who_kubernetes_says(
    subject: dict[str, str], caller: Caller, allowed: bool
) -> None:
    rbac = Rbac([cluster_role("r", rule("get", "pods")), binding("r", subject)])
    assert rbac.allows(caller, Ask("get", "", "pods")) is allowed


def test_a_binding_in_a_namespace_counts_there_only() -> None:
    rbac = Rbac([cluster_role("r", rule("get", "pods")), binding("r", TEAM, "shop")])
    places = ("shop", "other", "")
    found = [rbac.allows(ADA, Ask("get", "", "pods", namespace=place)) for place in places]
    assert found == [True, False, False]


def test_an_aggregated_role_is_the_sum_of_the_roles_that_its_selectors_find() -> None:
    selectors = [{"matchLabels": {"a": "1"}}, {"matchLabels": {"b": "1"}}]
    total = {
        "kind": "ClusterRole",
        "metadata": {"name": "total", "labels": {"a": "1"}},
        "aggregationRule": {"clusterRoleSelectors": selectors},
    }
    parts = [
        cluster_role("one", rule("get", "pods"), a="1"),
        cluster_role("two", rule("get", "nodes"), b="1"),
        cluster_role("three", rule("get", "secrets"), a="2"),
    ]
    found = Rbac([total, *parts]).rules("total")
    assert [sorted(rule.resources) for rule in found] == [["pods"], ["nodes"]]


def test_each_header_of_an_impersonation_is_asked_for() -> None:
    target = Target("u", ("g", "h"), "1", (("example.com/k", "v"),))
    authentication = "authentication.k8s.io"
    assert target.asks() == [
        Ask("impersonate", "", "users", "u"),
        Ask("impersonate", "", "groups", "g"),
        Ask("impersonate", "", "groups", "h"),
        Ask("impersonate", authentication, "uids", "1"),
        Ask("impersonate", authentication, "userextras/example.com/k", "v"),
    ]


def test_an_account_is_asked_for_as_an_account() -> None:
    asked = Target("system:serviceaccount:kube-system:default").asks()
    assert asked == [Ask("impersonate", "", "serviceaccounts", "default", "kube-system")]


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param(
            [cluster_role("r", rule("get", "pods") | {"when": "noon"}), binding("r", TEAM)],
            id="field",
        ),
        pytest.param(
            [cluster_role("r", rule("impersonate:arbitrary-node", "nodes")), binding("r", TEAM)],
            id="mode",
        ),
        pytest.param(
            [cluster_role("r", rule("get", "pods")), binding("r", {"kind": "Robot", "name": "x"})],
            id="subject",
        ),
    ],
)
def test_what_is_not_understood_is_an_error_and_never_a_no(strange: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="not understood"):
        Rbac(strange).allows(ADA, Ask("get", "", "pods"))


@pytest.mark.parametrize(
    ("pattern", "path", "allowed"),
    [
        pytest.param("/version", "/version", True, id="equal"),
        pytest.param("/version", "/version/x", False, id="longer"),
        pytest.param("/openapi/*", "/openapi/v3", True, id="below"),
        pytest.param("/openapi/*", "/openapi", False, id="above"),
    ],
)
def test_a_path_is_reached_as_kubernetes_says(pattern: str, path: str, allowed: bool) -> None:
    granted = {"nonResourceURLs": [pattern], "verbs": ["get"]}
    rbac = Rbac([cluster_role("r", granted, rule("get", "*", "*")), binding("r", TEAM)])
    assert rbac.allows(ADA, Ask("get", "", "", path=path)) is allowed


# Who may be `u` in the group `g`, and get pods as whoever they are.
CAPPED = (
    rule("impersonate:user-info", "users", "authentication.k8s.io", "u system:node:n"),
    rule("impersonate:user-info", "groups", "authentication.k8s.io", "g system:masters"),
    rule("impersonate:user-info", "userextras/a.b/c", "authentication.k8s.io"),
    rule("impersonate-on:user-info:get", "pods"),
)


@every(
    ("target", "ask", "allowed"),
    [
        pytest.param(Target("u", ("g",)), Ask("get", "", "pods"), True, id="declared"),
        pytest.param(Target("u", ("g",)), Ask("get", "", "secrets"), False, id="undeclared"),
        pytest.param(Target("v", ("g",)), Ask("get", "", "pods"), False, id="other-user"),
        pytest.param(Target("u", ("h",)), Ask("get", "", "pods"), False, id="other-group"),
        pytest.param(Target("u", ("system:masters",)), Ask("get", "", "pods"), False, id="masters"),
        pytest.param(Target("system:node:n"), Ask("get", "", "pods"), False, id="node"),
        pytest.param(
            Target("u", extras=(("a.b/c", "x"),)), Ask("get", "", "pods"), True, id="extra"
        ),
        pytest.param(
            Target("u", extras=(("a.b/c", ""),)), Ask("get", "", "pods"), False, id="empty-extra"
        ),
    ],
)
def test_the_constrained_form_asks_for_the_act_too(target: Target, ask: Ask, allowed: bool) -> None:
    rbac = Rbac([cluster_role("r", *CAPPED), binding("r", TEAM)])
    assert rbac.may_as(ADA, target, ask) is allowed


def test_the_classic_form_beside_the_constrained_one_takes_its_cap_away() -> None:
    plain = rule("impersonate", "users", "", "u")
    rbac = Rbac([cluster_role("r", *CAPPED, plain), binding("r", TEAM)])
    assert rbac.may_as(ADA, Target("u"), Ask("delete", "", "secrets"))
