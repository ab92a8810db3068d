"""On the constrained form the bot may as people what its commands declare, and nothing beyond."""

import copy
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deploy.builtin_view import READ, VIEW
from tests.deploy.manifests import DEPLOY, Document, documents, kustomize, of_kind
from tests.deploy.rbac_evaluator import AUTHENTICATION, CONSTRAINED, Ask, Rbac, Target
from tests.deploy.test_rbac import (
    API_GROUPS,
    BOT,
    EXTRAS,
    GROUPS,
    POWERS,
    RESOURCES,
    USERS,
    VERBS,
    is_granted,
    is_listed,
    near,
    targets,
    unhurried,
)
from tests.deploy.test_rbac_tiers import APART, CLUSTER_READS, NEVER, rows
from tests.every import every
from tests.verbs import typed

FILE = DEPLOY / "components/constrained/impersonator.yaml"
ON = "impersonate-on:user-info:"
IMPERSONATOR = "quarterdeck:impersonator"


def replaced(role: Document) -> list[Document]:
    """Return deploy/rbac.yaml with another role in the place of the classic one."""
    others = [
        one
        for one in documents(DEPLOY / "rbac.yaml")
        if (one["kind"], one["metadata"]["name"]) != ("ClusterRole", IMPERSONATOR)
    ]
    return [*others, role]


ROLE = documents(FILE)[0]
MANIFESTS = replaced(ROLE)
RBAC = Rbac(MANIFESTS)

# What may be done as people, verb by verb; subresources of what is read are not read.
_READ_BY_NAME = {
    (verb, group, resource)
    for group, resources in VIEW.items()
    for resource in resources.split()
    for verb in READ
    if "/" not in resource and resource != "bindings" and group != "extensions"
}
_REVIEWS = {
    ("create", "authentication.k8s.io", "selfsubjectreviews"),
    ("create", "authorization.k8s.io", "selfsubjectaccessreviews"),
    ("create", "authorization.k8s.io", "selfsubjectrulesreviews"),
}
# What the description of a node shows beside it.
_OF_NODES = {
    ("get", "coordination.k8s.io", "leases"),
    ("list", "resource.k8s.io", "resourceslices"),
}
_METRICS = {(verb, "metrics.k8s.io", what) for verb in READ for what in ("nodes", "pods")}
_OF_BOT = {*rows(APART["watcher"]), *rows(APART["auto-rollback"])}
_SIZES = {
    (verb, group, f"{what}/scale")
    for verb in ("get", "patch")
    for group, what in (
        *(("apps", what) for what in ("deployments", "replicasets", "statefulsets")),
        ("", "replicationcontrollers"),
    )
}
# What can be read by its name can be made, patched and deleted, unless it is touched for nobody.
_UNTOUCHED = {
    ("", "namespaces"),
    ("", "persistentvolumes"),
    ("apiextensions.k8s.io", "customresourcedefinitions"),
}
_KEPT = {("delete", group, "nodes") for group in ("", "metrics.k8s.io")}
_CHANGED = {
    (verb, group, what)
    for read, group, what in (*_READ_BY_NAME, *rows(CLUSTER_READS), *_METRICS)
    for verb in ("create", "patch", "delete")
    if read == "get" and (group, what) not in _UNTOUCHED
} - _KEPT
_APART = {("create", "", "secrets"), ("create", "", "pods/eviction")}
DECLARED = (
    _READ_BY_NAME
    | _CHANGED
    | _APART
    | {*rows(CLUSTER_READS)}
    | _REVIEWS
    | _METRICS
    | _OF_BOT
    | _SIZES
    | {("get", "", "pods/log")}
    | _OF_NODES
)


def is_declared(ask: Ask) -> bool:
    """Say whether a command, or the bot for itself, does such a thing as somebody."""
    if ask.path:
        return ask.verb == "get" and ask.path.startswith("/openapi/v3/")
    return (ask.verb, ask.group, ask.resource) in DECLARED


declared = st.sampled_from(sorted(DECLARED))
asks = st.one_of(
    st.builds(
        Ask,
        verb=st.one_of(st.sampled_from(VERBS), st.text(max_size=8)),
        group=st.one_of(st.sampled_from(API_GROUPS), st.text(max_size=8)),
        resource=st.one_of(st.sampled_from(RESOURCES), st.text(max_size=8)),
        name=near(USERS | GROUPS | {"quarterdeck-leader"}),
        namespace=st.sampled_from(["", "quarterdeck", "kube-system", "shop"]),
    ),
    st.builds(lambda row, name: Ask(row[0], row[1], row[2], name), declared, near({"web"})),
    # What is declared with another verb, on another type, in another group.
    st.builds(lambda row, verb: Ask(verb, row[1], row[2]), declared, st.sampled_from(VERBS)),
    st.builds(lambda row, other: Ask(row[0], row[1], other[2]), declared, declared),
    st.builds(
        lambda path: Ask("get", "", "", path=path),
        st.sampled_from(["/openapi/v3/apis/apps/v1", "/openapi/v3", "/metrics", "/logs/", "/"]),
    ),
)


@unhurried
@given(targets, asks)
def test_the_bot_does_as_those_listed_what_commands_declare_and_no_more(
    target: Target, ask: Ask
) -> None:
    # An empty value of an extra cannot be sent in this form.
    empty = any(not value for _, value in target.extras)
    expected = is_listed(target) and is_declared(ask) and not empty
    assert RBAC.may_as(BOT, target, ask) == expected


def is_granted_here(ask: Ask) -> bool:
    """Say whether the bot itself is to hold a right: its Lease, or a half of the form."""
    if ask.verb.startswith(ON):
        return is_declared(Ask(ask.verb.removeprefix(ON), ask.group, ask.resource))
    if ask.verb == CONSTRAINED and ask.group == AUTHENTICATION:
        names = {"users": USERS, "groups": GROUPS}.get(ask.resource, set())
        return ask.name in names or ask.resource in {f"userextras/{key}" for key in EXTRAS}
    return ask.verb != "impersonate" and is_granted(ask)


@unhurried
@given(asks)
def test_the_bot_itself_may_do_nothing_at_all_but_that(ask: Ask) -> None:
    if not ask.path:
        assert RBAC.allows(BOT, ask) == is_granted_here(ask)


@every("power", POWERS)
def test_the_bot_can_never_become_a_power_of_the_cluster(power: str) -> None:
    pods = Ask("get", "", "pods", "web", "shop")
    assert not RBAC.may_as(BOT, Target(power), pods)
    assert not RBAC.may_as(BOT, Target("quarterdeck:user", (power,)), pods)


@every("row", sorted({*rows(NEVER)} - DECLARED), ids="-".join)
def test_whatever_people_may_the_bot_never_does_it_as_them(row: tuple[str, str, str]) -> None:
    target = Target("quarterdeck:user", tuple(sorted(GROUPS)))
    assert not RBAC.may_as(BOT, target, Ask(*row, "web", "shop"))


def every_word(role: Document) -> list[str]:
    fields = ("verbs", "apiGroups", "resources", "resourceNames")
    return [word for rule in role["rules"] for field in fields for word in rule.get(field, [])]


def test_the_role_holds_no_wildcard_and_no_system_name() -> None:
    words = every_word(ROLE)
    assert [word for word in words if "*" in word or word.startswith("system:")] == []
    # Paths have no other way of saying which version of which group.
    paths = [path for rule in ROLE["rules"] for path in rule.get("nonResourceURLs", ())]
    assert paths == ["/openapi/v3/*"]


@pytest.mark.parametrize(
    "others", [(), ("http", "ha-postgres", "restart")], ids=["alone", "with-the-others"]
)
def test_what_is_built_holds_no_plain_impersonate_anywhere(others: tuple[str, ...]) -> None:
    built = kustomize(*others, "constrained")
    held = [
        verb
        for kind in ("Role", "ClusterRole")
        for role in of_kind(built, kind)
        for rule in role.get("rules", [])
        for verb in rule["verbs"]
    ]
    assert "impersonate" not in held
    assert CONSTRAINED in held
    assert {ask for ask in map(str, held) if ask.startswith("impersonate:")} == {CONSTRAINED}
    [role] = [one for one in of_kind(built, "ClusterRole") if name_of(one) == IMPERSONATOR]
    assert role["rules"] == ROLE["rules"]


def test_without_the_component_what_is_built_is_classic() -> None:
    [role] = [one for one in of_kind(kustomize(), "ClusterRole") if name_of(one) == IMPERSONATOR]
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"impersonate"}


def name_of(document: Document) -> str:
    return str(document["metadata"]["name"])


def test_the_file_is_what_the_commands_declare_today() -> None:
    # quarterdeck rbac render --constrained > deploy/components/constrained/impersonator.yaml
    printed = typed("rbac", "render", "--constrained")
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert FILE.read_text() == printed.stdout


Weakening = Callable[[Document], object]
WEAKENINGS: dict[str, tuple[Weakening, Target, Ask]] = {
    "classic-beside": (
        lambda role: role["rules"].extend(
            one["rules"][0]
            for one in documents(DEPLOY / "rbac.yaml")
            if name_of(one) in IMPERSONATOR and one["kind"] == "ClusterRole"
        ),
        Target("quarterdeck:user"),
        Ask("delete", "", "secrets"),
    ),
    "any-user": (
        lambda role: role["rules"][0].pop("resourceNames"),
        Target("system:kube-controller-manager"),
        Ask("get", "", "pods"),
    ),
    "secrets": (
        lambda role: role["rules"].append(
            {"apiGroups": [""], "resources": ["secrets"], "verbs": [f"{ON}get"]}
        ),
        Target("quarterdeck:user"),
        Ask("get", "", "secrets"),
    ),
}


@pytest.mark.parametrize(("weaken", "target", "ask"), WEAKENINGS.values(), ids=WEAKENINGS)
def test_a_weaker_role_would_be_noticed(weaken: Weakening, target: Target, ask: Ask) -> None:
    weaker = copy.deepcopy(ROLE)
    weaken(weaker)
    assert not RBAC.may_as(BOT, target, ask)
    assert Rbac(replaced(weaker)).may_as(BOT, target, ask)
