"""A real API server says of deploy/rbac.yaml what the evaluator says, to the last row."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
import yaml

from tests.cluster.bed import Bed
from tests.deploy.builtin_view import builtin_view
from tests.deploy.manifests import DEPLOY, ROOT, documents
from tests.deploy.rbac_evaluator import Ask, Caller, Rbac, Target
from tests.deploy.test_rbac import BOT, POWERS, RESOURCES
from tests.deploy.test_rbac_tiers import CLUSTER_READS, NEVER, READS, TABLE, TIERS, caller, rows

pytestmark = pytest.mark.peers

# As the bed applies them.
APPLIED = [
    *documents(DEPLOY / "rbac.yaml"),
    *documents(ROOT / "tests/cluster/fixture.yaml"),
    builtin_view(),
]
RBAC = Rbac(one for one in APPLIED if one["apiVersion"] == "rbac.authorization.k8s.io/v1")
OF_TIERS = [*READS, *rows(CLUSTER_READS), *rows(NEVER), *rows(tuple(row[1:] for row in TABLE))]


def review(who: Caller, ask: Ask) -> dict[str, object]:
    """Return the API server's question whether somebody may do something."""
    resource, _, subresource = ask.resource.partition("/")
    attributes = {
        "verb": ask.verb,
        "group": ask.group,
        "resource": resource,
        "subresource": subresource,
        "name": ask.name,
        "namespace": ask.namespace,
    }
    spec = {"user": who.user, "groups": sorted(who.groups), "resourceAttributes": attributes}
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
    return kind | {"spec": spec}


def answers(bed: Bed, asked: Iterable[tuple[Caller, Ask]]) -> list[bool]:
    """Return the API server's answers, in order."""
    reviews = yaml.safe_dump_all(review(who, ask) for who, ask in asked)
    template = '-o=jsonpath={.status.allowed}{"\\n"}'
    said = bed.kubectl.out("create", "-f=-", template, stdin=reviews, seconds=90)
    return [line == "true" for line in said.splitlines()]


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_may_what_the_evaluator_says(bed: Bed, tier: str) -> None:
    asked = [(caller(tier), Ask(*row, "web", "shop")) for row in OF_TIERS]
    assert answers(bed, asked) == [RBAC.allows(who, ask) for who, ask in asked]


def test_the_bot_may_what_the_evaluator_says(bed: Bed) -> None:
    asked = [
        (BOT, Ask(verb, group, resource, name, "quarterdeck"))
        for verb in ("get", "create", "update", "impersonate", "escalate")
        for group in ("", "authentication.k8s.io", "coordination.k8s.io")
        for resource in RESOURCES
        for name in ("quarterdeck:user", "quarterdeck-leader")
    ]
    assert answers(bed, asked) == [RBAC.allows(who, ask) for who, ask in asked]


PERSON = (("quarterdeck.dev/person", "T1/U1"), ("quarterdeck.dev/request", "r-1"))
TARGETS = [
    Target("quarterdeck:user"),
    Target("quarterdeck:user", ("quarterdeck:viewers", "quarterdeck:admins"), extras=PERSON),
    Target("quarterdeck:user", uid="1"),
    Target("quarterdeck:user", extras=(("scopes", "all"),)),
    *(Target(power) for power in POWERS),
    *(Target("quarterdeck:user", (power,)) for power in POWERS),
]


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: ",".join((one.user, *one.groups)))
def test_the_bot_becomes_whom_the_evaluator_says(bed: Bed, target: Target) -> None:
    bot = replace(bed.kubectl, kubeconfig=bed.bot_kubeconfig)
    done = bot(
        *("auth", "whoami", "-o=json", f"--as={target.user}"),
        *(f"--as-group={group}" for group in target.groups),
        *(f"--as-uid={uid}" for uid in [target.uid] if uid),
        *(f"--as-user-extra={key}={value}" for key, value in target.extras),
    )
    assert (done.returncode == 0) == RBAC.may_become(BOT, target), done.stderr
    if done.returncode == 0:
        found = json.loads(done.stdout)["status"]["userInfo"]
        assert found["username"] == target.user
        assert found.get("extra", {}) == {key: [value] for key, value in target.extras}
