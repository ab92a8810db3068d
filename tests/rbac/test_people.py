"""`rbac render --from-cluster` lists which bindings apply to whom, in either mode."""

from bot.core.ports import JsonObject
from bot.policy.model import Policy
from bot.rbac.bindings import Rbac, Subject
from bot.rbac.people import listed, subjects

POLICY = Policy.model_validate(
    {
        "version": 1,
        "clusters": {"default": {"mode": "groups"}},
        "people": [
            {"slack": "U1A", "name": "ada", "user": "ada@example.com", "groups": ["ops", "dev"]},
            {"slack": "U2A", "groups": ["nobody"]},
        ],
        "usergroups": {"S1A": {"groups": ["dev"]}},
        "domains": {"example.com": {"groups": ["dev"]}},
    }
)


def binding(name: str, subject: JsonObject, namespace: str = "") -> JsonObject:
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    place = {"namespace": namespace} if namespace else {}
    return {
        "kind": kind,
        "metadata": {"name": name, **place},
        "roleRef": {"kind": "ClusterRole", "name": "edit"},
        "subjects": [subject],
    }


RBAC = Rbac(
    [
        binding("of-ada", {"kind": "User", "name": "ada@example.com"}, "shop"),
        binding("of-ops", {"kind": "Group", "name": "ops"}),
        binding("of-dev", {"kind": "Group", "name": "dev"}, "shop"),
        binding("of-others", {"kind": "Group", "name": "others"}),
        binding("of-an-account", {"kind": "ServiceAccount", "name": "ops", "namespace": "x"}),
        binding("of-all", {"kind": "Group", "name": "system:authenticated"}, "docs"),
        binding("system:basic-user", {"kind": "Group", "name": "system:authenticated"}),
        binding("of-the-watcher", {"kind": "User", "name": "quarterdeck:watcher"}, "shop"),
        {**binding("nobody", {"kind": "User", "name": "x"}), "subjects": None},
    ]
)
ALL = "  RoleBinding docs/of-all → ClusterRole edit (as Group system:authenticated)"
DEV = "  RoleBinding shop/of-dev → ClusterRole edit (as Group dev)"
OPS = "  ClusterRoleBinding of-ops → ClusterRole edit (as Group ops)"


def test_each_person_is_listed_in_each_mode_with_what_applies() -> None:
    assert list(listed(subjects(POLICY, "default"), RBAC)) == [
        "ada, mode groups, as the policy says: quarterdeck:user with ops, dev",
        *(OPS, ALL, DEV),
        "ada, mode users: ada@example.com with ops, dev",
        *(OPS, ALL, "  RoleBinding shop/of-ada → ClusterRole edit (as User ada@example.com)", DEV),
        "U2A, mode groups, as the policy says: quarterdeck:user with nobody",
        ALL,
        "user group S1A, mode groups, as the policy says: quarterdeck:user with dev",
        *(ALL, DEV),
        "user group S1A, mode users: each one's own address with dev",
        *(ALL, DEV),
        "everybody of example.com, mode groups, as the policy says: quarterdeck:user with dev",
        *(ALL, DEV),
        "everybody of example.com, mode users: each one's own address with dev",
        *(ALL, DEV),
        "the bot itself: quarterdeck:watcher",
        *(
            ALL,
            "  RoleBinding shop/of-the-watcher → ClusterRole edit (as User quarterdeck:watcher)",
        ),
        "the bot itself: quarterdeck:auto-rollback",
        ALL,
    ]


def test_where_nothing_applies_that_is_said() -> None:
    lines = list(listed([("eve", Subject("eve"))], RBAC))
    assert lines == ["eve", "  no binding applies"]
