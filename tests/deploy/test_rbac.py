"""The bot can become whom deploy/rbac.yaml names, hold its Lease, and nothing else."""

import copy
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.deploy.manifests import DEPLOY, Document, documents, of_kind
from tests.deploy.rbac_evaluator import Ask, Caller, Rbac, Target
from tests.every import every

MANIFESTS = documents(DEPLOY / "rbac.yaml")
RBAC = Rbac(MANIFESTS)
BOT = Caller(
    "system:serviceaccount:quarterdeck:quarterdeck",
    frozenset({"system:serviceaccounts", "system:serviceaccounts:quarterdeck"}),
)
USERS = {"quarterdeck:user", "quarterdeck:watcher", "quarterdeck:auto-rollback"}
GROUPS = {
    "quarterdeck:viewers",
    "quarterdeck:operators",
    "quarterdeck:deployers",
    "quarterdeck:admins",
}
EXTRAS = {"quarterdeck.dev/person", "quarterdeck.dev/request"}
POWERS = (
    "system:masters",
    "system:authenticated",
    "system:nodes",
    "system:kube-controller-manager",
    "system:serviceaccount:kube-system:default",
    "system:serviceaccount:quarterdeck:quarterdeck",
    "cluster-admin",
    "quarterdeck",
    "quarterdeck:",
    "quarterdeck:*",
    "*",
)
VERBS = (
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "impersonate",
    "escalate",
    "bind",
    "approve",
    "impersonate:user-info",
    "impersonate:arbitrary-node",
    "impersonate-on:user-info:get",
    "*",
)
RESOURCES = (
    "pods",
    "pods/log",
    "pods/exec",
    "secrets",
    "nodes",
    "nodes/proxy",
    "leases",
    "leases/status",
    "users",
    "groups",
    "uids",
    "serviceaccounts",
    "serviceaccounts/token",
    "certificatesigningrequests/approval",
    "clusterroles",
    "clusterrolebindings",
    "userextras",
    "userextras/scopes",
    "userextras/quarterdeck.dev/person",
    "userextras/quarterdeck.dev/request",
    "*",
)
API_GROUPS = (
    "",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "coordination.k8s.io",
    "rbac.authorization.k8s.io",
    "*",
)


def near(words: set[str]) -> st.SearchStrategy[str]:
    """Return words, words that look like them, names of power, and anything else."""
    word = st.sampled_from(sorted(words))
    return st.one_of(
        word,
        st.sampled_from(POWERS),
        st.builds(str.__add__, word, st.text(max_size=2)),
        st.builds(str.__add__, st.text(max_size=2), word),
        word.map(str.upper),
        word.map(lambda text: text[:-1]),
        st.text(max_size=40),
    )


targets = st.builds(
    Target,
    user=near(USERS),
    groups=st.lists(near(GROUPS), max_size=5).map(tuple),
    uid=st.one_of(st.just(""), st.text(max_size=8)),
    extras=st.lists(st.tuples(near(EXTRAS), st.text(max_size=8)), max_size=3).map(tuple),
)
asks = st.builds(
    Ask,
    verb=st.one_of(st.sampled_from(VERBS), st.text(max_size=8)),
    group=st.one_of(st.sampled_from(API_GROUPS), st.text(max_size=8)),
    resource=st.one_of(st.sampled_from(RESOURCES), st.text(max_size=8)),
    name=near(USERS | GROUPS | {"quarterdeck-leader"}),
    namespace=st.sampled_from(["", "quarterdeck", "kube-system", "shop"]),
)


# How long an example takes says how busy the machine is, and nothing of the file.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def is_listed(target: Target) -> bool:
    """Say whether a target consists of names that DESIGN lists, and nothing else."""
    return (
        target.user in USERS
        and set(target.groups) <= GROUPS
        and not target.uid
        and {key for key, _ in target.extras} <= EXTRAS
    )


def is_granted(ask: Ask) -> bool:
    """Say whether the bot is to be allowed a request: to become those listed, or its Lease."""
    match ask:
        case Ask(verb="impersonate", group="", resource="users"):
            return ask.name in USERS
        case Ask(verb="impersonate", group="", resource="groups"):
            return ask.name in GROUPS
        case Ask(verb="impersonate", group="authentication.k8s.io"):
            return ask.resource in {f"userextras/{key}" for key in EXTRAS}
        case Ask(group="coordination.k8s.io", resource="leases", namespace="quarterdeck"):
            held = ask.verb in {"get", "update"} and ask.name == "quarterdeck-leader"
            return held or ask.verb == "create"
        case _:
            return False


@unhurried
@given(targets)
def test_the_bot_becomes_whom_the_lists_name_and_no_one_else(target: Target) -> None:
    assert RBAC.may_become(BOT, target) == is_listed(target)


@unhurried
@given(asks)
def test_the_bot_itself_may_do_nothing_else(ask: Ask) -> None:
    assert RBAC.allows(BOT, ask) == is_granted(ask)


@unhurried
@given(asks, near({BOT.user}), st.frozensets(near(GROUPS), max_size=4))
def test_nobody_but_the_bot_gets_anything_from_the_file(
    ask: Ask, user: str, groups: frozenset[str]
) -> None:
    assume(user != BOT.user)
    assert not RBAC.allows(Caller(user, groups), ask)


@pytest.mark.parametrize(
    "target",
    [
        Target("quarterdeck:user"),
        Target("quarterdeck:watcher"),
        Target("quarterdeck:auto-rollback"),
        Target("quarterdeck:user", tuple(sorted(GROUPS))),
        Target(
            "quarterdeck:user",
            ("quarterdeck:viewers",),
            extras=(("quarterdeck.dev/person", "T1/U1"), ("quarterdeck.dev/request", "r-1")),
        ),
    ],
    ids=["alone", "watcher", "auto-rollback", "all-groups", "person-and-request"],
)
def test_the_bot_can_send_what_it_is_to_send(target: Target) -> None:
    assert RBAC.may_become(BOT, target)


@every("power", POWERS)
def test_the_bot_can_never_become_a_power_of_the_cluster(power: str) -> None:
    assert not RBAC.may_become(BOT, Target(power))
    assert not RBAC.may_become(BOT, Target("quarterdeck:user", (power,)))


def every_rule() -> list[tuple[str, Document]]:
    return [
        (role["metadata"]["name"], rule)
        for kind in ("Role", "ClusterRole")
        for role in of_kind(MANIFESTS, kind)
        for rule in role.get("rules", [])
    ]


@every(
    ("role", "rule"),
    every_rule(),
    ids=[f"{role}-{rule['resources'][0]}" for role, rule in every_rule()],
)
def test_no_rule_holds_a_wildcard_or_reaches_into_rbac_itself(role: str, rule: Document) -> None:
    words = [*rule["apiGroups"], *rule["resources"], *rule["verbs"], *rule.get("resourceNames", [])]
    assert not [word for word in words if "*" in word]
    assert not {"escalate", "bind", "deletecollection"} & set(rule["verbs"])
    assert "rbac.authorization.k8s.io" not in rule["apiGroups"]
    if "impersonate" in rule["verbs"]:
        assert role == "quarterdeck:impersonator"


def test_only_the_bot_is_bound_and_only_to_its_own_two_roles() -> None:
    bindings = of_kind(MANIFESTS, "ClusterRoleBinding") + of_kind(MANIFESTS, "RoleBinding")
    assert {binding["roleRef"]["name"] for binding in bindings} == {
        "quarterdeck:impersonator",
        "quarterdeck:leader",
    }
    account = {"kind": "ServiceAccount", "name": "quarterdeck", "namespace": "quarterdeck"}
    assert all(binding["subjects"] == [account] for binding in bindings)


def test_the_account_gets_no_lasting_token() -> None:
    [account] = of_kind(MANIFESTS, "ServiceAccount")
    assert account["automountServiceAccountToken"] is False


Weakening = Callable[[list[Document]], object]


def rule_about(found: list[Document], resource: str) -> Document:
    """Return the rule of the impersonator that is about one kind of name."""
    [role] = [
        one
        for one in of_kind(found, "ClusterRole")
        if one["metadata"]["name"] == "quarterdeck:impersonator"
    ]
    [rule] = [rule for rule in role["rules"] if rule["resources"][0].startswith(resource)]
    weakened: Document = rule
    return weakened


WEAKENINGS: dict[str, tuple[Weakening, Target]] = {
    "any-user": (
        lambda found: rule_about(found, "users").pop("resourceNames"),
        Target("system:kube-controller-manager"),
    ),
    "any-group": (
        lambda found: rule_about(found, "groups").pop("resourceNames"),
        Target("quarterdeck:user", ("system:masters",)),
    ),
    "accounts": (
        lambda found: rule_about(found, "users").update(resources=["*"], resourceNames=[]),
        Target("system:serviceaccount:kube-system:default"),
    ),
    "any-extra": (
        lambda found: rule_about(found, "userextras").update(resources=["*"]),
        Target("quarterdeck:user", extras=(("scopes", "all"),)),
    ),
    "uids": (
        lambda found: rule_about(found, "userextras")["resources"].append("uids"),
        Target("quarterdeck:user", uid="1"),
    ),
}


@pytest.mark.parametrize(("weaken", "target"), WEAKENINGS.values(), ids=WEAKENINGS)
def test_a_weaker_file_would_be_noticed(weaken: Weakening, target: Target) -> None:
    weaker = copy.deepcopy(MANIFESTS)
    weaken(weaker)
    assert not is_listed(target)
    assert Rbac(weaker).may_become(BOT, target)
