"""The rules of a role, taken apart and put together."""

from typing import Any

import pytest

from bot.kube.describe.rights import compacted, qualified
from tests.every import every

READ = ["get", "list"]
RULES = {
    "nothing": ([], []),
    "one verb": ([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}], ["pods () get"]),
    "a rule for each resource": (
        [{"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": READ}],
        ["nodes () get list", "pods () get list"],
    ),
    "a rule for each group": (
        [{"apiGroups": ["apps", "batch"], "resources": ["jobs"], "verbs": ["get"]}],
        ["jobs.apps () get", "jobs.batch () get"],
    ),
    "a rule for each name": (
        [
            {
                "apiGroups": [""],
                "resources": ["pods"],
                "resourceNames": ["b", "a"],
                "verbs": ["get"],
            }
        ],
        ["pods (a) get", "pods (b) get"],
    ),
    "verbs of one resource together": (
        [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
        ],
        ["pods () list get"],
    ),
    "no verbs": ([{"apiGroups": [""], "resources": ["pods"], "verbs": []}], []),
    "sorted by verbs first": (
        [
            {"apiGroups": [""], "resources": ["a"], "verbs": ["watch"]},
            {"apiGroups": [""], "resources": ["z"], "verbs": ["create"]},
        ],
        ["z () create", "a () watch"],
    ),
}


@every(("rules", "expected"), RULES.values(), ids=RULES)
def test_rules_are_told_resource_by_resource(rules: Any, expected: list[str]) -> None:
    found = [
        f"{qualified(resources, groups)} ({' '.join(names)}) {' '.join(verbs)}"
        for (groups, resources, names, _), verbs in compacted(rules)
    ]
    assert found == expected


def test_a_url_has_a_line_for_each_verb() -> None:
    rule = {"nonResourceURLs": ["/healthz", "/version"], "verbs": READ}
    found = [(urls, verbs) for (_, _, _, urls), verbs in compacted([rule])]
    assert found == [
        (("/healthz",), ("get",)),
        (("/version",), ("get",)),
        (("/healthz",), ("list",)),
        (("/version",), ("list",)),
    ]


@pytest.mark.parametrize(
    ("resources", "groups", "expected"),
    [
        ((), (), ""),
        (("pods",), ("",), "pods"),
        (("deployments",), ("apps",), "deployments.apps"),
        (("deployments/scale",), ("apps",), "deployments.apps/scale"),
        (("*",), ("*",), "*.*"),
        (("pods/log",), (), "pods/log"),
    ],
)
def test_a_resource_is_named_with_its_group(
    resources: tuple[str, ...], groups: tuple[str, ...], expected: str
) -> None:
    assert qualified(resources, groups) == expected
