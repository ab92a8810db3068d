"""What each tier may do, bound as deploy/examples/bindings.yaml binds it."""

import pytest

from tests.deploy.builtin_view import READ, VIEW, builtin_view, role
from tests.deploy.manifests import DEPLOY, documents, of_kind
from tests.deploy.rbac_evaluator import Ask, Caller, Rbac
from tests.every import every

MANIFESTS = documents(DEPLOY / "rbac.yaml")
BINDINGS = documents(DEPLOY / "examples/bindings.yaml")
RBAC = Rbac([*MANIFESTS, *BINDINGS, builtin_view()])
TIERS = ("viewer", "operator", "deployer", "admin")
WRITE = ("create", "update", "patch", "delete")
SCALE = ("get", "update", "patch")

# Tier, API group, resources, verbs: what the tier adds to the one before.
TABLE = (
    ("viewer", "metrics.k8s.io", "pods", ("get", "list")),
    ("operator", "apps", "deployments/scale statefulsets/scale replicasets/scale", SCALE),
    ("operator", "", "replicationcontrollers/scale", SCALE),
    ("operator", "", "pods", ("delete",)),
    ("deployer", "apps", "deployments statefulsets daemonsets", WRITE),
    ("deployer", "batch", "jobs cronjobs", WRITE),
    ("deployer", "", "services configmaps", WRITE),
    ("deployer", "networking.k8s.io", "ingresses", WRITE),
    ("deployer", "autoscaling", "horizontalpodautoscalers", WRITE),
    ("deployer", "policy", "poddisruptionbudgets", WRITE),
    ("admin", "", "pods/eviction", ("create",)),
    # Without effect in a namespace: see test_a_node_is_patched_only_by_an_admin_of_the_cluster.
    ("admin", "", "nodes", ("patch",)),
)
CLUSTER_READS = (
    ("", "namespaces nodes persistentvolumes", READ),
    ("metrics.k8s.io", "nodes", ("get", "list")),
    ("storage.k8s.io", "storageclasses", READ),
    ("networking.k8s.io", "ingressclasses", READ),
    ("scheduling.k8s.io", "priorityclasses", READ),
    ("apiextensions.k8s.io", "customresourcedefinitions", READ),
)
# Roles that are a part of no tier, and the one that is a part of all.
APART = {
    "cluster-viewer": CLUSTER_READS,
    "exec": (("", "pods/exec", ("create", "get")),),
    "watcher": (
        ("apps", "deployments replicasets statefulsets daemonsets", READ),
        ("", "pods events", READ),
    ),
    "auto-rollback": (
        ("apps", "deployments", ("get", "list", "patch")),
        ("apps", "replicasets", ("get", "list")),
        ("", "pods", ("get", "list")),
        ("", "configmaps serviceaccounts persistentvolumeclaims", ("get",)),
    ),
}
# What no tier may ever do, in the namespace or the cluster.
NEVER = (
    ("", "secrets", (*READ, *WRITE)),
    ("", "pods/exec pods/attach pods/portforward pods/proxy services/proxy", ("get", "create")),
    ("", "pods", ("create", "update", "patch")),
    ("", "pods/ephemeralcontainers", ("update", "patch")),
    ("", "nodes/proxy", ("get", "create")),
    ("", "nodes", ("create", "update", "delete")),
    ("", "nodes/status", ("patch",)),
    ("", "namespaces persistentvolumes", WRITE),
    ("", "serviceaccounts", (*WRITE, "impersonate")),
    ("", "serviceaccounts/token", ("create",)),
    ("", "users groups", ("impersonate",)),
    ("", "pods services configmaps", ("deletecollection",)),
    ("authentication.k8s.io", "uids userextras/quarterdeck.dev/person", ("impersonate",)),
    (
        "rbac.authorization.k8s.io",
        "roles rolebindings clusterroles clusterrolebindings",
        (*READ, *WRITE, "bind", "escalate"),
    ),
    ("certificates.k8s.io", "certificatesigningrequests/approval", ("update",)),
    (
        "admissionregistration.k8s.io",
        "mutatingwebhookconfigurations validatingwebhookconfigurations "
        "validatingadmissionpolicies validatingadmissionpolicybindings",
        WRITE,
    ),
    ("apiextensions.k8s.io", "customresourcedefinitions", WRITE),
    ("apiregistration.k8s.io", "apiservices", WRITE),
    ("coordination.k8s.io", "leases", (*READ, *WRITE)),
    ("networking.k8s.io", "networkpolicies", WRITE),
)


def caller(tier: str) -> Caller:
    """Return a person of one tier, as the bot impersonates them."""
    return Caller("quarterdeck:user", frozenset({f"quarterdeck:{tier}s", "system:authenticated"}))


def who_may(ask: Ask, rbac: Rbac = RBAC) -> set[str]:
    """Return the tiers that are allowed a request."""
    return {tier for tier in TIERS if rbac.allows(caller(tier), ask)}


def from_tier(lowest: str) -> set[str]:
    """Return a tier and those above it."""
    return set(TIERS[TIERS.index(lowest) :])


def rows(
    table: tuple[tuple[str, str, tuple[str, ...]], ...],
) -> list[tuple[str, str, str]]:
    """Return a table's (verb, API group, resource), one by one."""
    return [
        (verb, group, resource)
        for group, resources, verbs in table
        for resource in resources.split()
        for verb in verbs
    ]


def added_by(tier: str) -> list[tuple[str, str, str]]:
    """Return the rows of one tier."""
    return rows(tuple(row[1:] for row in TABLE if row[0] == tier))


GAINS = [(tier, *row) for tier in TIERS for row in added_by(tier) if row != ("patch", "", "nodes")]
GAINS_ALONE = [row[1:] for row in GAINS]
READS = [
    (verb, group, resource)
    for group, resources in VIEW.items()
    for resource in resources.split()
    for verb in READ
]


@every(("lowest", "verb", "group", "resource"), GAINS)
def test_a_tier_and_those_above_it_may(lowest: str, verb: str, group: str, resource: str) -> None:
    already = {"viewer"} if (verb, group, resource) in READS else set()
    expected = from_tier("viewer") if already else from_tier(lowest)
    assert who_may(Ask(verb, group, resource, "web", "shop")) == expected


@every(("verb", "group", "resource"), READS)
def test_every_tier_reads_what_the_builtin_view_reads(verb: str, group: str, resource: str) -> None:
    assert who_may(Ask(verb, group, resource, "web", "shop")) == set(TIERS)


@every(("verb", "group", "resource"), rows(CLUSTER_READS))
def test_every_tier_reads_what_has_no_namespace(verb: str, group: str, resource: str) -> None:
    assert who_may(Ask(verb, group, resource)) == set(TIERS)


@every(("verb", "group", "resource"), rows(NEVER))
def test_no_tier_may_ever(verb: str, group: str, resource: str) -> None:
    for namespace in ("shop", "other", "quarterdeck", ""):
        assert who_may(Ask(verb, group, resource, "web", namespace)) == set()


@pytest.mark.parametrize("tier", TIERS)
def test_no_tier_may_ever_even_if_it_is_bound_to_the_whole_cluster(tier: str) -> None:
    rules = RBAC.rules(f"quarterdeck:{tier}")
    granted = {
        row for row in rows(NEVER) if any(rule.allows(Ask(*row, name="web")) for rule in rules)
    }
    assert granted == set()


@every(("lowest", "verb", "group", "resource"), GAINS)
def test_a_binding_ends_at_its_namespace(lowest: str, verb: str, group: str, resource: str) -> None:
    assert who_may(Ask(verb, group, resource, "web", "other")) == set()
    assert who_may(Ask(verb, group, resource)) == set()


def test_the_file_grants_what_the_table_says_and_nothing_more() -> None:
    granted = {
        one["metadata"]["name"]: {
            (verb, group, resource)
            for rule in one.get("rules", [])
            for verb in rule["verbs"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
        }
        for one in of_kind(MANIFESTS, "ClusterRole")
        if "rules" in one
    }
    granted.pop("quarterdeck:impersonator")
    expected = {f"quarterdeck:aggregate-to-{tier}": set(added_by(tier)) for tier in TIERS}
    expected |= {f"quarterdeck:{name}": set(rows(table)) for name, table in APART.items()}
    assert granted == expected


def test_a_node_is_patched_only_by_an_admin_of_the_cluster() -> None:
    patch = Ask("patch", "", "nodes", "node-a")
    assert who_may(patch) == set()
    everywhere = [
        {
            "kind": "ClusterRoleBinding",
            "metadata": {"name": tier},
            "roleRef": {"kind": "ClusterRole", "name": f"quarterdeck:{tier}"},
            "subjects": [{"kind": "Group", "name": f"quarterdeck:{tier}s"}],
        }
        for tier in TIERS
    ]
    assert who_may(patch, Rbac([*MANIFESTS, *everywhere, builtin_view()])) == {"admin"}


@pytest.mark.parametrize(
    ("label", "allowed"),
    [
        pytest.param("rbac.authorization.k8s.io/aggregate-to-view", set(TIERS), id="view"),
        *(
            pytest.param(f"rbac.quarterdeck.dev/aggregate-to-{tier}", from_tier(tier), id=tier)
            for tier in TIERS
        ),
    ],
)
def test_the_owner_of_a_custom_resource_adds_it_by_a_label(label: str, allowed: set[str]) -> None:
    ask = Ask("list", "example.com", "crontabs", namespace="shop")
    assert who_may(ask) == set()
    owner = role("crontabs", {"example.com": "crontabs"}, label)
    assert who_may(ask, Rbac([*MANIFESTS, *BINDINGS, owner])) == allowed


def bound_in(namespace: str) -> dict[str, str]:
    """Return what the examples bind in a namespace: the subject's name, and its role."""
    return {
        binding["subjects"][0]["name"]: binding["roleRef"]["name"]
        for binding in of_kind(BINDINGS, "RoleBinding")
        if binding["metadata"]["namespace"] == namespace
    }


def test_the_examples_bind_each_group_to_its_tier_and_the_bot_to_its_own_roles() -> None:
    tiers = {f"quarterdeck:{tier}s": f"quarterdeck:{tier}" for tier in TIERS}
    own = {name: name for name in OWN}
    assert bound_in("shop") == tiers | own


def test_the_examples_show_a_team_with_groups_of_its_own() -> None:
    assert bound_in("payments") == {
        "quarterdeck:viewers": "quarterdeck:viewer",
        "team:payments": "quarterdeck:deployer",
        "team:payments-shell": "quarterdeck:exec",
    }


OWN = ("quarterdeck:watcher", "quarterdeck:auto-rollback")


@pytest.mark.parametrize("name", OWN)
def test_the_bot_does_for_itself_what_its_role_says_where_it_is_bound(name: str) -> None:
    itself = Caller(name, frozenset({"system:authenticated"}))
    allowed = set(rows(APART[name.removeprefix("quarterdeck:")]))
    assert allowed
    for row in {*allowed, *READS, *rows(NEVER), *GAINS_ALONE}:
        assert RBAC.allows(itself, Ask(*row, "web", "shop")) == (row in allowed), row
        assert not RBAC.allows(itself, Ask(*row, "web", "payments"))
        assert not RBAC.allows(itself, Ask(*row, "web"))


@pytest.mark.parametrize("tier", TIERS)
def test_a_shell_is_a_part_of_no_tier(tier: str) -> None:
    exec_ = Ask("create", "", "pods/exec", "web", "payments")
    team = frozenset({"team:payments-shell"})
    assert RBAC.allows(Caller("quarterdeck:user", team), exec_)
    assert not any(rule.allows(exec_) for rule in RBAC.rules(f"quarterdeck:{tier}"))


def test_the_tiers_leave_their_rules_to_the_cluster() -> None:
    # A manifest with `rules: []` would empty the role at every apply.
    for one in of_kind(MANIFESTS, "ClusterRole"):
        assert ("rules" in one) != ("aggregationRule" in one), one["metadata"]["name"]
