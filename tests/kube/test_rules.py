"""What somebody may do, read from the API server's own list of their rules."""

from typing import Any

import pytest

from bot.core.command import Access
from bot.kube.rules import read_rules
from tests.every import every


def rule(verbs: str, resources: str = "", groups: tuple[str, ...] = ("",), **more: Any) -> Any:
    return {
        "verbs": verbs.split(),
        "apiGroups": list(groups),
        "resources": resources.split(),
        **more,
    }


VIEWER = rule("get list watch", "pods pods/log services")
OPERATOR = rule("get patch", "deployments/scale", ("apps",))
ADMIN = rule("*", "*", ("*",))
NAMED = rule("get", "configmaps", resourceNames=["web"])


@every(
    ("rules", "access", "allowed"),
    [
        ((VIEWER,), Access("list", "pods"), True),
        ((VIEWER,), Access("get", "pods", "", "log"), True),
        ((VIEWER,), Access("delete", "pods"), False),
        ((VIEWER,), Access("list", "pods", "metrics.k8s.io"), False),
        ((VIEWER,), Access("get", "services", "", "proxy"), False),
        ((VIEWER,), Access("list", "*"), True),
        ((VIEWER,), Access("patch", "*", subresource="scale"), False),
        ((OPERATOR,), Access("patch", "*", subresource="scale"), True),
        ((OPERATOR,), Access("patch", "deployments", "apps", "scale"), True),
        ((OPERATOR,), Access("patch", "deployments", "apps"), False),
        ((OPERATOR,), Access("list", "*"), False),
        ((ADMIN,), Access("patch", "nodes"), True),
        ((ADMIN,), Access("create", "pods", "", "exec"), True),
        (
            (rule("patch", "*/scale", ("*",)),),
            Access("patch", "deployments", "apps", "scale"),
            True,
        ),
        ((NAMED,), Access("get", "configmaps"), True),
        ((), Access("get", "pods"), False),
    ],
)
def test_a_rule_gives_its_own_verbs_groups_and_types(
    rules: tuple[Any, ...], access: Access, allowed: bool
) -> None:
    assert read_rules({"status": {"resourceRules": list(rules)}}).allow(access) is allowed


@pytest.mark.parametrize(
    ("urls", "allowed"),
    [
        (["/openapi/*"], True),
        (["*"], True),
        (["/openapi/v3/*"], True),
        (["/healthz", "/version"], False),
        (["/openapi"], False),
    ],
)
def test_paths_are_rules_of_their_own(urls: list[str], allowed: bool) -> None:
    rules = read_rules(
        {"status": {"nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": urls}]}}
    )
    assert rules.allow(Access("get", "/openapi/v3/*")) is allowed


def test_an_empty_answer_gives_nothing_and_says_whether_it_is_whole() -> None:
    assert read_rules({}).allow(Access("get", "pods")) is False
    assert read_rules({"status": {"incomplete": True}}).incomplete
