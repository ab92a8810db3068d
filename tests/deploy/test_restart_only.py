"""Operators restart workloads and run no new code: components/restart on a real API server.

Everything is sent as the bot sends it, as its ServiceAccount that impersonates, and as a dry run,
which passes admission and changes nothing.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.cluster.bed import Bed
from tests.deploy.forms import wait_until
from tests.deploy.manifests import DEPLOY, documents
from tests.deploy.rbac_evaluator import Target
from tests.deploy.sender import (
    APPLY_PATCH,
    JSON_PATCH,
    MERGE_PATCH,
    Answer,
    Sender,
    Wish,
    sender,
    token_of_the_bot,
)

pytestmark = pytest.mark.peers

COMPONENT = DEPLOY / "components/restart"
NAME = "quarterdeck-restart-only"
OPERATOR_ROLE, RULES = "quarterdeck:operator", "-o=jsonpath={.rules}"
WORKLOADS = ("deployments/web", "statefulsets/db", "daemonsets/agent")
RESTARTED = "kubectl.kubernetes.io/restartedAt"
# A group of a team's own that holds the operators' role, in ops.
TEAM = f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: {NAME}, namespace: ops}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "quarterdeck:operator"}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "quarterdeck:deployers"}}]
"""


def person(*tiers: str) -> Target:
    return Target("quarterdeck:user", tuple(f"quarterdeck:{tier}" for tier in tiers))


OPERATOR, DEPLOYER = person("operators"), person("deployers")


@pytest.fixture(scope="module")
def restart(bed: Bed) -> Iterator[None]:
    """Apply the component for the tests of this module, and wait until it is in force."""
    files = [f"-f={COMPONENT / name}" for name in ("policy.yaml", "role.yaml")]
    try:
        bed.kubectl.out("apply", *files)
        bed.kubectl.out("apply", "-f=-", stdin=TEAM)
        await_force(bed)
        yield
    finally:
        bed.kubectl.out("delete", "--ignore-not-found", *files)
        bed.kubectl.out("delete", "rolebinding", NAME, "--namespace=ops", "--ignore-not-found")
        await_end(bed)


def await_force(bed: Bed) -> None:
    """Wait until operators and the team may patch, and until the policy refuses them something."""
    wait_until(lambda: is_held_back(bed, "operators", "shop", "web"))
    wait_until(lambda: is_held_back(bed, "deployers", "ops", "vault"))


def is_held_back(bed: Bed, group: str, namespace: str, deployment: str) -> bool:
    change = '--patch={"metadata":{"labels":{"a":"b"}}}'
    patch = ("patch", f"deployment/{deployment}", "--dry-run=server", "--type=merge", change)
    me = ("--as=quarterdeck:user", f"--as-group=quarterdeck:{group}", f"--namespace={namespace}")
    return NAME in bed.kubectl(*patch, *me).stderr


def await_end(bed: Bed) -> None:
    """Wait until the operators' role is what it was: the cluster takes the rest out again."""
    wait_until(lambda: "restart" not in bed.kubectl.out("get", "clusterrole", OPERATOR_ROLE, RULES))


@pytest.fixture
async def bot(bed: Bed, restart: None) -> AsyncIterator[Sender]:
    async with sender(bed, token_of_the_bot(bed)) as found:
        yield found


def path(workload: str, namespace: str = "shop") -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/{workload}?dryRun=All&fieldManager=kubectl"


def merge(workload: str, body: Any, who: Target, namespace: str = "shop") -> Wish:
    return Wish("PATCH", path(workload, namespace), body, MERGE_PATCH, who)


def template(change: Any) -> Any:
    return {"spec": {"template": change}}


def restarting(when: str = "2026-01-01T10:00:00Z") -> Any:
    return template({"metadata": {"annotations": {RESTARTED: when}}})


def first_container(change: dict[str, Any]) -> list[dict[str, Any]]:
    where = "/spec/template/spec/containers/0"
    return [{"op": "add", "path": f"{where}/{key}", "value": change[key]} for key in change]


def is_by_policy(answer: Answer) -> bool:
    return answer.status == 403 and f"ValidatingAdmissionPolicy '{NAME}'" in answer.message


ALLOWED: dict[str, Any] = {
    "restart": restarting(),
    "restart-in-another-zone": restarting("2026-01-01T10:00:00.123456+02:00"),
    "nothing": {},
}


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
async def test_an_operator_restarts(bot: Sender, workload: str, change: Any) -> None:
    answer = await bot.send(merge(workload, change, OPERATOR))
    assert answer.status == 200, answer.message
    spec = change.get("spec", {}).get("template", {}).get("metadata", {})
    annotations = answer.content["spec"]["template"]["metadata"].get("annotations", {})
    assert spec.get("annotations", {}).items() <= annotations.items()


@pytest.mark.parametrize(
    "change", [{"spec": {"paused": True}}, {"spec": {"replicas": 5}}], ids=["pause", "scale"]
)
async def test_an_operator_pauses_and_scales_a_deployment(bot: Sender, change: Any) -> None:
    answer = await bot.send(merge("deployments/web", change, OPERATOR))
    assert answer.status == 200, answer.message
    assert change["spec"].items() <= answer.content["spec"].items()


# What would run something else, or let something else run, in a container or around it.
CODE: dict[str, Any] = {
    "image": first_container({"image": "evil:1"}),
    "command": first_container({"command": ["sh", "-c", "evil"]}),
    "args": first_container({"args": ["--evil"]}),
    "env": first_container({"env": [{"name": "LD_PRELOAD", "value": "evil.so"}]}),
    "env-from-a-secret": first_container({"envFrom": [{"secretRef": {"name": "db-password"}}]}),
    "probe": first_container({"livenessProbe": {"exec": {"command": ["evil"]}}}),
    "hook": first_container({"lifecycle": {"preStop": {"exec": {"command": ["evil"]}}}}),
    "privileged": first_container({"securityContext": {"privileged": True}}),
}
POD: dict[str, Any] = {
    "init-container": {"spec": {"initContainers": [{"name": "evil", "image": "evil:1"}]}},
    "volume": {"spec": {"volumes": [{"name": "v", "secret": {"secretName": "db-password"}}]}},
    "host-network": {"spec": {"hostNetwork": True}},
    "service-account": {"spec": {"serviceAccountName": "default"}},
    "node": {"spec": {"nodeName": "somewhere"}},
    "runtime": {"spec": {"runtimeClassName": "evil"}},
    "label": {"metadata": {"labels": {"sidecar": "evil"}}},
    "annotation": {"metadata": {"annotations": {"sidecar.example.org/inject": "evil"}}},
    "words-as-a-time": {"metadata": {"annotations": {RESTARTED: "evil"}}},
}
AROUND: dict[str, Any] = {
    "own-label": {"metadata": {"labels": {"a": "b"}}},
    "own-annotation": {"metadata": {"annotations": {"image-updater.example.org/to": "evil"}}},
    "finalizer": {"metadata": {"finalizers": ["example.org/stay"]}},
    "owner": {
        "metadata": {
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "gone"}
            ]
        }
    },
    "history": {"spec": {"revisionHistoryLimit": 1}},
    "slow": {"spec": {"minReadySeconds": 60}},
}
REFUSED = CODE | {name: template(change) for name, change in POD.items()} | AROUND


def wish_of(workload: str, change: Any, who: Target, namespace: str = "shop") -> Wish:
    content_type = JSON_PATCH if isinstance(change, list) else MERGE_PATCH
    return Wish("PATCH", path(workload, namespace), change, content_type, who)


@pytest.mark.parametrize("workload", WORKLOADS)
async def test_t17_an_operator_changes_nothing_else_and_a_deployer_may(
    bot: Sender, workload: str
) -> None:
    refused = await bot.send_all(wish_of(workload, c, OPERATOR) for c in REFUSED.values())
    passed = await bot.send_all(wish_of(workload, c, DEPLOYER) for c in REFUSED.values())
    found = dict(zip(REFUSED, zip(refused, passed, strict=True), strict=True))
    assert {name: one.message for name, (one, _) in found.items() if not is_by_policy(one)} == {}
    assert {name: two.message for name, (_, two) in found.items() if two.status != 200} == {}


async def test_one_change_that_is_allowed_does_not_carry_another(bot: Sender) -> None:
    both = restarting() | {"metadata": {"labels": {"a": "b"}}}
    assert is_by_policy(await bot.send(merge("deployments/web", both, OPERATOR)))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("/spec/template/metadata/labels/tier", id="label"),
        pytest.param("/spec/template/spec/containers/0/readinessProbe", id="probe"),
        pytest.param("/metadata/annotations/kubernetes.io~1change-cause", id="cause"),
    ],
)
async def test_an_operator_takes_nothing_away(bot: Sender, change: str) -> None:
    remove = [{"op": "remove", "path": change}]
    assert is_by_policy(await bot.send(wish_of("deployments/web", remove, OPERATOR)))
    assert (await bot.send(wish_of("deployments/web", remove, DEPLOYER))).status == 200


async def test_who_is_both_is_what_the_namespace_makes_of_them(bot: Sender) -> None:
    # In shop the deployers' role is theirs; in ops only the operators' is, whatever their groups.
    both = person("operators", "deployers")
    image = CODE["image"]
    assert (await bot.send(wish_of("deployments/web", image, both))).status == 200
    assert is_by_policy(await bot.send(wish_of("deployments/vault", image, both, "ops")))


async def test_the_policy_looks_at_the_role_and_not_at_the_name_of_a_group(bot: Sender) -> None:
    # Another group holds the operators' role in ops.
    assert is_by_policy(
        await bot.send(wish_of("deployments/vault", CODE["image"], DEPLOYER, "ops"))
    )
    answer = await bot.send(merge("deployments/vault", restarting(), DEPLOYER, "ops"))
    assert answer.status == 200, answer.message


async def test_an_admin_of_the_cluster_is_not_limited(bot: Sender) -> None:
    admin = person("admins", "operators")
    assert (await bot.send(wish_of("deployments/vault", CODE["image"], admin, "ops"))).status == 200


async def test_an_operator_creates_nothing_by_applying_it(bot: Sender) -> None:
    [deployment] = [
        one
        for one in documents(DEPLOY.parent / "tests/cluster/fixture.yaml")
        if (one["kind"], one["metadata"]["name"]) == ("Deployment", "vault")
    ]
    new = deployment | {"metadata": {"name": "new", "namespace": "shop"}}
    wish = Wish("PATCH", path("deployments/new"), new, APPLY_PATCH, OPERATOR)
    answer = await bot.send(wish)
    assert answer.status == 403
    assert 'cannot create resource "deployments"' in answer.message


async def test_a_viewer_may_not_even_restart(bot: Sender) -> None:
    answer = await bot.send(merge("deployments/web", restarting(), person("viewers")))
    assert answer.status == 403
    assert 'cannot patch resource "deployments"' in answer.message


def test_the_api_server_finds_no_fault_with_the_expressions(bed: Bed, restart: None) -> None:
    def status() -> str:
        result = "-o=jsonpath={.status.typeChecking}"
        return bed.kubectl.out("get", "validatingadmissionpolicy", NAME, result)

    wait_until(lambda: status() != "")  # a controller looks at them after they were written
    assert status() == "{}"
