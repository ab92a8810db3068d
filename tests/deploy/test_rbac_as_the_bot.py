"""The bot's own ServiceAccount on a real API server, in both forms: what it asks, what it tries."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Registry
from bot.core.health import Finding, State
from bot.kube.own import OwnRights
from bot.policy.model import Policy
from bot.rbac.form import examine
from tests.cluster.audit import AuditLog
from tests.cluster.bed import NAME, Bed
from tests.deploy.forms import CAPPED, Form, fleet
from tests.deploy.rbac_evaluator import CONSTRAINED, Ask, Target
from tests.deploy.sender import JSON_PATCH, Wish
from tests.deploy.test_rbac import EXTRAS, GROUPS, POWERS, USERS
from tests.deploy.test_rbac_constrained import DECLARED, IMPERSONATOR, ON
from tests.deploy.test_rbac_tiers import CLUSTER_READS, NEVER, READS, TABLE, rows

pytestmark = pytest.mark.peers

PERSON = (("quarterdeck.dev/person", "T1/U1"), ("quarterdeck.dev/request", "r-1"))
VIEWER = Target("quarterdeck:user", ("quarterdeck:viewers",), extras=PERSON)
EVERYONE = Target("quarterdeck:user", tuple(sorted(GROUPS)), extras=PERSON)


def questions(namespace: str) -> list[Ask]:
    """Return what the bot is asked about itself: rights of power, of tiers, near its own."""
    tiers = [*READS, *rows(CLUSTER_READS), *rows(tuple(row[1:] for row in TABLE)), *rows(NEVER)]
    names = sorted({*USERS, *GROUPS, *POWERS})
    becoming = [
        Ask(verb, group, kind, name)
        for verb in ("impersonate", CONSTRAINED)
        for group in ("", "authentication.k8s.io")
        for kind in ("users", "groups")
        for name in ("", *names)
    ]
    extras = [
        Ask(verb, "authentication.k8s.io", resource, "x")
        for verb in ("impersonate", CONSTRAINED, "impersonate:arbitrary-node")
        for resource in ("uids", "userextras/scopes", *(f"userextras/{key}" for key in EXTRAS))
    ]
    leases = [
        Ask(verb, "coordination.k8s.io", "leases", name, place)
        for verb in ("get", "list", "watch", "create", "update", "patch", "delete")
        for name in ("quarterdeck-leader", "kube-controller-manager")
        for place in (namespace, "kube-system")
    ]
    acting = [Ask(f"{ON}{row[0]}", row[1], row[2], "", "shop") for row in {*tiers, *DECLARED}]
    itself = [Ask(*row, name="web", namespace="shop") for row in tiers]
    return [*becoming, *extras, *leases, *acting, *itself]


async def test_the_api_server_says_of_the_bot_what_the_manifests_say(form: Form) -> None:
    asked = questions(form.namespace)
    assert len(asked) >= 300
    said = await form.bot.may(asked)
    expected = [form.rbac.allows(form.account, ask) for ask in asked]
    assert [ask for ask, one, two in zip(asked, said, expected, strict=True) if one != two] == []
    assert any(expected)


def role_binding(kind: str, role: str, account: str, namespace: str) -> dict[str, Any]:
    place = {} if kind == "ClusterRoleBinding" else {"namespace": namespace}
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": kind,
        "metadata": {"name": "more", **place},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }


def created(group: str, kind: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": group, "kind": kind, "metadata": {"name": "more"}, **content}


RBAC_API = "/apis/rbac.authorization.k8s.io/v1"
ADD = [{"op": "add", "path": "/rules/-", "value": {"apiGroups": ["*"], "resources": ["*"]}}]
AUTH = "/apis/authentication.k8s.io/v1"


def attempts(namespace: str) -> dict[str, Wish]:
    """Return what somebody with the bot's token would try first."""
    own, system = f"/api/v1/namespaces/{namespace}", "/api/v1/namespaces/kube-system"
    token = created("authentication.k8s.io/v1", "TokenRequest", spec={"audiences": []})
    pod = created("v1", "Pod", spec={"containers": [{"name": "a", "image": "a"}]})
    binding = role_binding("ClusterRoleBinding", "cluster-admin", "quarterdeck", namespace)
    local = role_binding("RoleBinding", "admin", "quarterdeck", namespace)
    csr = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
    policies = "/apis/admissionregistration.k8s.io/v1"
    reviews = "/apis/authorization.k8s.io/v1"
    leases = "/apis/coordination.k8s.io/v1/namespaces"
    impersonator = f"{RBAC_API}/clusterroles/quarterdeck:impersonator"
    shell = "/api/v1/namespaces/shop/pods/db-0/exec?command=sh&stdout=true"
    return {
        "own-token": Wish("POST", f"{own}/serviceaccounts/quarterdeck/token", token),
        "token-of-the-system": Wish("POST", f"{system}/serviceaccounts/default/token", token),
        "account": Wish("POST", f"{own}/serviceaccounts", created("v1", "ServiceAccount")),
        "secret": Wish("GET", "/api/v1/namespaces/shop/secrets/db-password"),
        "own-secret": Wish("GET", f"{own}/secrets/quarterdeck"),
        "secrets": Wish("GET", "/api/v1/secrets"),
        "watch-secrets": Wish("GET", "/api/v1/secrets?watch=true&timeoutSeconds=1"),
        "make-a-secret": Wish("POST", f"{own}/secrets", created("v1", "Secret")),
        "config-map": Wish("GET", f"{system}/configmaps/extension-apiserver-authentication"),
        "own-policy": Wish("GET", f"{own}/configmaps"),
        "pods": Wish("GET", "/api/v1/pods"),
        "own-pods": Wish("GET", f"{own}/pods"),
        "log": Wish("GET", "/api/v1/namespaces/shop/pods/db-0/log"),
        "nodes": Wish("GET", "/api/v1/nodes"),
        "kubelet": Wish("GET", "/api/v1/nodes/node-a/proxy/pods"),
        "pod": Wish("POST", f"{own}/pods", pod),
        "shell": Wish("POST", shell),
        "shell-by-get": Wish("GET", shell),
        "delete-pod": Wish("DELETE", "/api/v1/namespaces/shop/pods/db-0"),
        "scale": Wish("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale", ADD),
        "own-role": Wish("PATCH", impersonator, ADD, JSON_PATCH),
        "cluster-admin": Wish("PATCH", f"{RBAC_API}/clusterroles/cluster-admin", ADD, JSON_PATCH),
        "read-roles": Wish("GET", f"{RBAC_API}/clusterroles"),
        "new-role": Wish("POST", f"{RBAC_API}/clusterroles", created("rbac", "ClusterRole")),
        "binding": Wish("POST", f"{RBAC_API}/clusterrolebindings", binding),
        "own-binding": Wish("POST", f"{RBAC_API}/namespaces/{namespace}/rolebindings", local),
        "csr": Wish("POST", csr, created("certificates.k8s.io/v1", "CertificateSigningRequest")),
        "approve": Wish("PUT", f"{csr}/more/approval", created("certificates.k8s.io/v1", "X")),
        "policy": Wish("DELETE", f"{policies}/validatingadmissionpolicies/more"),
        "webhook": Wish("POST", f"{policies}/mutatingwebhookconfigurations", created("a", "b")),
        "namespace": Wish("PATCH", f"/api/v1/namespaces/{namespace}", ADD, JSON_PATCH),
        "crd": Wish("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"),
        "api-service": Wish("POST", "/apis/apiregistration.k8s.io/v1/apiservices", created("", "")),
        "leader": Wish("GET", f"{leases}/kube-system/leases/kube-controller-manager"),
        "other-lease": Wish("GET", f"{leases}/{namespace}/leases/other"),
        "leases": Wish("GET", f"{leases}/{namespace}/leases"),
        "delete-lease": Wish("DELETE", f"{leases}/{namespace}/leases/quarterdeck-leader"),
        "others-rights": Wish("POST", f"{reviews}/subjectaccessreviews", created("a", "b")),
        "others-tokens": Wish("POST", f"{AUTH}/tokenreviews", created("a", "b")),
        "metrics": Wish("GET", "/metrics"),
        "configuration": Wish("GET", "/configz"),
        "profile": Wish("GET", "/debug/pprof/heap"),
        "node-logs": Wish("GET", "/logs/"),
    }


async def test_t16_whatever_the_bot_tries_as_itself_is_refused(form: Form) -> None:
    tried = attempts(form.namespace)
    answers = dict(zip(tried, await form.bot.send_all(tried.values()), strict=True))
    assert {name: one.status for name, one in answers.items() if one.status != 403} == {}
    assert len(tried) >= 40


PODS = "/api/v1/namespaces/shop/pods?limit=1"
STRANGERS = [
    *(Target(power) for power in POWERS if "*" not in power),
    *(Target("quarterdeck:user", (power,)) for power in POWERS),
    *(Target(name) for name in ("ada@example.com", "system:admin", "system:node:node-a")),
    Target("system:kube-scheduler", ("system:authenticated",)),
    Target("system:serviceaccount:kube-system:generic-garbage-collector"),
    Target("system:serviceaccount:quarterdeck-constrained:quarterdeck", ("quarterdeck:admins",)),
    Target("quarterdeck:user", ("quarterdeck:viewers", "system:masters")),
    Target("quarterdeck:user", (*sorted(GROUPS), "system:masters"), extras=PERSON),
    Target("quarterdeck:user", ("team:other",)),
    Target("quarterdeck:user", ("QUARTERDECK:ADMINS",)),
    Target("quarterdeck:user", uid="1"),
    Target("quarterdeck:watcher", uid="0"),
    Target("quarterdeck:user", extras=(("scopes", "all"),)),
    Target("quarterdeck:user", extras=(("authentication.kubernetes.io/pod-name", "web"),)),
    Target("quarterdeck:user", extras=(("quarterdeck.dev/other", "x"),)),
]


async def test_t16_the_bot_becomes_nobody_else(form: Form) -> None:
    answers = await form.bot.send_all(Wish("GET", PODS, target=one) for one in STRANGERS)
    passed = [one for one, answer in zip(STRANGERS, answers, strict=True) if answer.status != 403]
    assert passed == []


async def test_t15_who_it_becomes_passes_no_more_than_their_tier(form: Form) -> None:
    tried = attempts(form.namespace)
    # What the highest tier may: a pod is deleted, others are read, and nothing else.
    mine = ("pods", "log", "nodes", "own-pods", "delete-pod", "scale", "namespace", "crd")
    allowed = {*mine, "config-map", "own-policy"}
    wishes = {name: replace(one, target=EVERYONE) for name, one in tried.items()}
    asked = {name: one for name, one in wishes.items() if name not in allowed}
    answers = dict(zip(asked, await form.bot.send_all(asked.values()), strict=True))
    assert {name: one.status for name, one in answers.items() if one.status != 403} == {}


async def test_what_it_is_for_it_may(form: Form) -> None:
    leases = f"/apis/coordination.k8s.io/v1/namespaces/{form.namespace}/leases"
    lease = created("coordination.k8s.io/v1", "Lease", spec={"holderIdentity": "a"})
    lease["metadata"] = {"name": "quarterdeck-leader"}
    made = await form.bot.send(Wish("POST", leases, lease))
    assert made.status in (201, 409), made.message
    held = await form.bot.send(Wish("GET", f"{leases}/quarterdeck-leader"))
    assert held.status == 200
    again = Wish("PUT", f"{leases}/quarterdeck-leader", held.content)
    assert (await form.bot.send(again)).status == 200
    assert (await form.bot.send(Wish("GET", "/apis"))).status == 200


async def test_it_becomes_whom_the_list_names(form: Form) -> None:
    reviews = f"{AUTH}/selfsubjectreviews"
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    for target in (VIEWER, EVERYONE, *(Target(name) for name in sorted(USERS))):
        answer = await form.bot.send(Wish("POST", reviews, body, target=target))
        assert answer.status == 201, answer.message
        told = answer.content["status"]["userInfo"]
        assert told["username"] == target.user
        assert set(told["groups"]) == {*target.groups, "system:authenticated"}
        assert told.get("extra", {}) == {key: [value] for key, value in target.extras}


def readable() -> list[tuple[str, str]]:
    """Return the path of each list that a viewer of shop may read, with its type."""
    versions = {"": "/api/v1", "autoscaling": "/apis/autoscaling/v2"}
    skipped = {"extensions", "resource.k8s.io", "metrics.k8s.io"}
    listed = sorted({(group, what) for verb, group, what in READS if verb == "list"})
    return [
        (f"{versions.get(group, f'/apis/{group}/v1')}/namespaces/shop/{what}?limit=1", what)
        for group, what in listed
        if group not in skipped and "/" not in what and what not in ("bindings", "namespaces")
    ]


async def test_a_viewer_reads_what_their_tier_reads_in_either_form(form: Form) -> None:
    asked = readable()
    answers = await form.bot.send_all(Wish("GET", path, target=VIEWER) for path, _ in asked)
    refused = {
        what: one.message
        for (_, what), one in zip(asked, answers, strict=True)
        if one.status != 200
    }
    assert refused == {}
    assert len(asked) >= 20


async def test_the_constrained_form_caps_what_people_may(
    form: Form, audit: AuditLog, bed: Bed
) -> None:
    since = audit.position()
    secrets = Wish("GET", f"/api/v1/namespaces/{CAPPED}/secrets?limit=7", target=VIEWER)
    answer = await form.bot.send(secrets)
    if form.name == "classic":
        # Whoever may read Secrets elsewhere may through the bot, too: RBAC alone decides.
        assert answer.status == 200
    else:
        assert answer.status == 403
        assert f'cannot {ON}list resource "secrets"' in answer.message
    pods = await form.bot.send(Wish("GET", f"{PODS}&pretty=1", target=VIEWER))
    assert pods.status == 200
    event = await audit.awaited(lambda one: one["requestURI"].endswith("limit=1&pretty=1"), since)
    constraint = event.get("authenticationMetadata", {}).get("impersonationConstraint", "")
    assert constraint == ("" if form.name == "classic" else CONSTRAINED)
    assert event["impersonatedUser"]["username"] == "quarterdeck:user"


async def found_by(own: OwnRights, form: Form) -> list[Finding]:
    policy = Policy(version=1, own_namespace=form.namespace)
    accesses = [access for command in Registry().all() for access in command.access]
    return await examine(own, policy, "default", accesses, (1, 37))


async def test_the_bot_says_which_form_is_in_force(bed: Bed, form: Form) -> None:
    async with fleet(bed, form) as opened:
        findings = await found_by(opened.own_rights(NAME, "r-1", 10.0), form)
    assert {one.state for one in findings} == {State.GOOD}, findings
    assert f"impersonates in the {form.name} form: 3 users and 4 groups." in findings[0].text
    assert "nothing there but that" in findings[-1].text


MORE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: {kind}
metadata: {{name: quarterdeck-more, namespace: {namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "{role}"}}
subjects: [{{kind: ServiceAccount, name: quarterdeck, namespace: {namespace}}}]
"""


@contextmanager
def bound_too(bed: Bed, form: Form, kind: str, role: str) -> Iterator[None]:
    binding = MORE.format(kind=kind, role=role, namespace=form.namespace)
    try:
        bed.kubectl.out("apply", "-f=-", stdin=binding)
        yield
    finally:
        bed.kubectl.out("delete", "-f=-", stdin=binding)


async def until(own: OwnRights, form: Form, word: str) -> Finding:
    """Return the finding that says the word, once the API server knows the new binding."""
    deadline = time.monotonic() + 10
    while True:
        findings = await found_by(own, form)
        for one in findings:
            if word in one.text:
                return one
        assert time.monotonic() < deadline, findings


async def test_the_bot_says_that_it_holds_both_forms(bed: Bed, form: Form) -> None:
    other = IMPERSONATOR if form.name == "constrained" else f"{CAPPED}:impersonator"
    async with fleet(bed, form) as opened:
        own = opened.own_rights(NAME, "r-1", 10.0)
        with bound_too(bed, form, "ClusterRoleBinding", other):
            warned = await until(own, form, "nothing caps what it may do")
    assert warned.state is State.LACKING


async def test_the_bot_names_a_right_that_it_should_not_have(bed: Bed, form: Form) -> None:
    async with fleet(bed, form) as opened:
        own = opened.own_rights(NAME, "r-1", 10.0)
        with bound_too(bed, form, "RoleBinding", "quarterdeck:exec"):
            warned = await until(own, form, f"create pods/exec in {form.namespace}")
    assert warned.state is State.LACKING
    assert "more there than it should" in warned.text
