"""The bot in either form of impersonation on a real API server, both at once.

The classic one as the bed applies it; the constrained one for an account of another namespace, so
that no other test meets it.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import yaml

from bot.core.clock import SystemClock
from bot.kube.fleet import Fleet, Options
from bot.policy.model import Policy
from bot.rbac.manifest import constrained
from bot.rbac.needs import identities
from bot.rights import declared
from tests.cluster.bed import Bed
from tests.deploy.manifests import DEPLOY, Document, documents
from tests.deploy.rbac_evaluator import AUTHENTICATION, CLASSIC, CONSTRAINED, Ask, Caller, Rbac
from tests.deploy.sender import Sender, sender, token_of_the_bot
from tests.deploy.test_rbac_constrained import IMPERSONATOR, replaced
from tests.deploy.test_rbac_on_a_real_server import answers
from tests.metrics.asking import awaited

SHIPPED = Rbac(documents(DEPLOY / "rbac.yaml"))
CAPPED = "quarterdeck-constrained"
# Somebody who may read Secrets in a namespace where nothing else is.
READS_SECRETS = f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: reads-secrets, namespace: {CAPPED}}}
rules: [{{apiGroups: [""], resources: [secrets], verbs: [get, list]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: reads-secrets, namespace: {CAPPED}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: reads-secrets}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "quarterdeck:viewers"}}]
"""


def moved(document: Document) -> Document:
    """Return an object of the bot's own as one of the other namespace, under another name."""
    text = json.dumps(document).replace(f'"{IMPERSONATOR}"', f'"{CAPPED}:impersonator"')
    there = text.replace('"namespace": "quarterdeck"', f'"namespace": "{CAPPED}"')
    found: Document = json.loads(there)
    return found


# As shipped, with the custom resource of the bed, as `rbac render --also` adds it.
ROLE = constrained(identities(Policy(version=1)), declared(["widgets.example.org"]))


def own(found: list[Document]) -> list[Document]:
    """Return what is about the bot itself, moved."""
    return [
        moved(one)
        for one in found
        if one["metadata"].get("namespace") == "quarterdeck"
        or one["metadata"]["name"] == IMPERSONATOR
    ]


BEFORE, OWN = own(documents(DEPLOY / "rbac.yaml")), own(replaced(ROLE))
PLACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": CAPPED}}


def account(namespace: str) -> Caller:
    """Return the bot's ServiceAccount of a namespace, as the API server knows it."""
    groups = frozenset({"system:serviceaccounts", f"system:serviceaccounts:{namespace}"})
    return Caller(f"system:serviceaccount:{namespace}:quarterdeck", groups)


IN_FORCE: dict[tuple[Caller, Ask], bool] = {
    (account(CAPPED), Ask(CONSTRAINED, AUTHENTICATION, "users", "quarterdeck:user")): True,
    (account(CAPPED), Ask(CLASSIC, "", "users", "quarterdeck:user")): False,
    (
        account(CAPPED),
        Ask("get", "coordination.k8s.io", "leases", "quarterdeck-leader", CAPPED),
    ): True,
    (
        Caller("quarterdeck:user", frozenset({"quarterdeck:viewers"})),
        Ask("list", "", "secrets", "", CAPPED),
    ): True,
}
"""What the API server says of each role and binding once it has heard of all of them."""
SECONDS = 20


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until what was written is in force: the API server's authorizer hears of it later."""
    awaited(is_so, "that it comes into force", SECONDS)


@pytest.fixture(scope="module")
def capped(bed: Bed) -> Iterator[str]:
    """Give the token of an account that has the constrained form; its namespace stays."""
    powers = [f"{kind}/{CAPPED}:impersonator" for kind in ("clusterrole", "clusterrolebinding")]
    try:
        # As an installation changes its form: the one role takes the place of the other.
        for form in (BEFORE, OWN):
            bed.kubectl.out("apply", "-f=-", stdin=yaml.safe_dump_all([PLACE, *form]))
        bed.kubectl.out("apply", "-f=-", stdin=READS_SECRETS)
        wait_until(lambda: answers(bed, IN_FORCE) == list(IN_FORCE.values()))
        yield bed.kubectl.out("create", "token", "quarterdeck", f"--namespace={CAPPED}").strip()
    finally:
        bed.kubectl.out("delete", *powers)
        bed.kubectl.out("delete", "rolebinding/reads-secrets", f"--namespace={CAPPED}")


@dataclass(frozen=True, slots=True)
class Form:
    """The bot in one of the two forms, and what the manifests say of it."""

    name: str
    token: str
    bot: Sender
    account: Caller
    namespace: str
    rbac: Rbac


@pytest.fixture(params=["classic", "constrained"])
async def form(request: pytest.FixtureRequest, bed: Bed, capped: str) -> AsyncIterator[Form]:
    classic = request.param == "classic"
    token = token_of_the_bot(bed) if classic else capped
    namespace = "quarterdeck" if classic else CAPPED
    rbac = SHIPPED if classic else Rbac(OWN)
    async with sender(bed, token) as bot:
        yield Form(request.param, token, bot, account(namespace), namespace, rbac)


@asynccontextmanager
async def fleet(bed: Bed, form: Form) -> AsyncIterator[Fleet]:
    """Give the bot's own way to the cluster, with that form's token and nothing else."""
    content = yaml.safe_load(bed.bot_kubeconfig.read_text())
    content["users"][0]["user"]["token"] = form.token
    file = bed.home / f"{form.name}.yaml"
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(content))
    opened = Fleet(Options(str(file)), SystemClock(), environment={})
    try:
        yield opened
    finally:
        await opened.close()
