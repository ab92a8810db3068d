"""Manifests in chat: what is refused changes nothing, and no Secret's value is told."""

import base64
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
import yaml

from bot.audit.record import told
from bot.commands import Registry
from bot.core.clock import SystemClock
from bot.core.plan import dump_plan
from bot.core.request import Attachment, Request
from bot.engine.admission import Admission, AsTheyCome, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.lookups import Lookups
from bot.engine.reading import Phrasebook
from bot.engine.waiting import in_memory
from bot.kube.fleet import Fleet, Options
from bot.policy.decide import PolicyGate
from bot.policy.model import Policy
from bot.render.plain import preview
from tests.cluster.audit import AuditLog
from tests.cluster.bed import Bed
from tests.engine.rig import ADA, POLICY, SHOP, Answer, Ledger

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

CORPUS = Path(__file__).parents[1] / "kube" / "manifests" / "corpus"
SAYS = yaml.load((CORPUS.parent / "corpus.expected.yaml").read_bytes(), yaml.CSafeLoader)
ADMIN = {"slack": "UADA", "groups": ["quarterdeck:viewers", "quarterdeck:admins"]}
VALUE, OTHER = "correct-horse-battery-manifest", "staple-of-the-second-manifest-"
FRAGMENTS = [
    form for value in (VALUE, OTHER) for form in (value, base64.b64encode(value.encode()).decode())
]
WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})


def document(kind: str, api_version: str = "v1", **more: object) -> bytes:
    metadata = {
        "name": "from-chat",
        **({"namespace": more.pop("namespace")} if "namespace" in more else {}),
    }
    return yaml.safe_dump(
        {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}
    ).encode()


KEEPERS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: keepers, namespace: shop}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, create, patch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: keepers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: keepers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "quarterdeck:admins"}]
"""
FINE = document("ConfigMap")
RBAC = "rbac.authorization.k8s.io/v1"
ROLE = {"roleRef": {"apiGroup": RBAC[:-3], "kind": "ClusterRole", "name": "cluster-admin"}}
NOBODY = "Objects of the type {} are not touched from here, whoever asks."
REFUSED = {
    "foreign-namespace": (
        document("ConfigMap", namespace="prod"),
        'error: the namespace from the provided object "prod" does not match the namespace "shop".'
        " You must pass '--namespace=prod' to perform this operation.",
    ),
    "cluster-role-binding": (
        document("ClusterRoleBinding", RBAC, **ROLE),
        NOBODY.format("clusterrolebindings.rbac.authorization.k8s.io"),
    ),
    "role-binding-in-a-list": (
        document("List", items=[yaml.safe_load(document("RoleBinding", RBAC, **ROLE))]),
        NOBODY.format("rolebindings.rbac.authorization.k8s.io"),
    ),
    "second-document-is-a-role": (
        FINE + b"---\n" + document("Role", RBAC, rules=[]),
        NOBODY.format("roles.rbac.authorization.k8s.io"),
    ),
    "namespace": (document("Namespace"), NOBODY.format("namespaces")),
    "token": (
        document("Secret", type="kubernetes.io/service-account-token"),
        "error: web.yaml: tokens of ServiceAccounts are not made from here, whoever asks",
    ),
    "unknown-type": (
        document("Gizmo", "nope.example.org/v1"),
        'error: resource mapping not found for name: "from-chat" namespace: "" from "web.yaml":'
        ' no matches for kind "Gizmo" in version "nope.example.org/v1"\n'
        "ensure CRDs are installed first",
    ),
    "plural-for-a-kind": (
        document("configmaps"),
        'error: resource mapping not found for name: "from-chat" namespace: "" from "web.yaml":'
        ' no matches for kind "configmaps" in version "v1"\nensure CRDs are installed first',
    ),
    "twice": (
        FINE + b"---\n" + FINE,
        "error: web.yaml, document 2, line 6: configmaps from-chat stands in web.yaml, line 1"
        " already",
    ),
    "nothing": (b"# nothing\n", "error: no objects passed to {verb}"),
    "five-megabytes": (
        b"a: 1\n" * 1_000_000,
        "error: web.yaml: it has 4883 kB of at most 256 kB",
    ),
}


@dataclass(frozen=True)
class Chat:
    """An engine as the bot in chat has it, with its own token and nothing else."""

    engine: Engine
    ledger: Ledger

    async def say(self, text: str, *contents: bytes) -> Answer:
        answer, now = Answer(), SystemClock().now()
        files = tuple(Attachment("web.yaml", content) for content in contents)
        request = Request(secrets.token_hex(4), ADA, SHOP, text, now, files)
        await self.engine.serve(request, answer)
        return answer

    async def press(self, ticket: str) -> Answer:
        answer, now = Answer(), SystemClock().now()
        request = Request(secrets.token_hex(4), ADA, SHOP, "", now)
        await self.engine.confirm(ticket, request, answer)
        return answer


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chat(bed: Bed) -> AsyncIterator[Chat]:
    clock, ledger = SystemClock(), Ledger()
    policy = Policy.model_validate({**POLICY, "people": [ADMIN]})
    fleet = Fleet(Options(kubeconfig=str(bed.bot_kubeconfig)), clock, environment={})
    admission = Admission(PolicyGate(lambda: policy), fleet, MemoryDefaults(), AsTheyCome())
    lookups = Lookups(admission, clock, ledger)
    engine = Engine(
        *(Phrasebook(Registry()), admission, in_memory(clock), clock, ledger), lookups=lookups
    )
    try:
        yield Chat(engine, ledger)
    finally:
        await lookups.close()
        await fleet.close()


@pytest.fixture
def swept(bed: Bed) -> Iterator[Bed]:
    """Let the admins change Secrets, which none of the tiers lets anybody; leave nothing behind."""
    bed.kubectl.out("apply", "--validate=false", "-f=-", stdin=KEEPERS)
    yield bed
    bed.kubectl.out("delete", "-f=-", stdin=KEEPERS)
    bed.kubectl.out(
        "delete", "secret/from-chat", "configmap/from-chat", "-n=shop", "--ignore-not-found"
    )


def data(bed: Bed) -> object:
    """Return what the ConfigMap holds."""
    [found] = bed.kubectl.items("configmaps", "-n=shop", "--field-selector=metadata.name=from-chat")
    return found["data"]


def written(audit: AuditLog, since: int) -> list[str]:
    """Return what was written for people; reviews of their rights are stored by nobody."""
    return [
        event["requestURI"]
        for event in audit.events(since)
        if event["verb"] in WRITES
        and "impersonatedUser" in event
        and "accessreviews" not in event["requestURI"]
    ]


@pytest.mark.parametrize("verb", ["apply", "create"])
@pytest.mark.parametrize("name", REFUSED)
async def test_t15_what_is_refused_says_why_and_nothing_is_written(
    chat: Chat, audit: AuditLog, name: str, verb: str
) -> None:
    content, says = REFUSED[name]
    since = audit.position()
    answer = await chat.say(f"{verb} -f web.yaml -n shop", content)
    assert answer.problem.text == says.replace("{verb}", verb)
    assert not written(audit, since)


async def test_t12_no_file_of_the_corpus_reaches_the_cluster(chat: Chat, audit: AuditLog) -> None:
    since = audit.position()
    for name in SAYS:
        for verb in ("apply", "create", "diff"):
            answer = await chat.say(f"{verb} -f web.yaml -n shop", (CORPUS / name).read_bytes())
            assert answer.problem.text == f"error: web.yaml{SAYS[name]['says']}"
    assert not written(audit, since)


@pytest.mark.parametrize("word", ["/etc/passwd", "https://evil.example/a.yaml", "../a.yaml"])
async def test_t13_a_path_or_an_address_is_neither_read_nor_fetched(chat: Chat, word: str) -> None:
    answer = await chat.say(f"apply -f {word} -n shop")
    assert answer.problem.text.startswith(f"error: -f {word} is refused: ")


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        ("apply", "Namespace prod is not changed from this channel"),
        ("create", "Namespace prod is not changed from this channel"),
        ("diff", 'does not match the namespace "shop"'),
    ],
)
async def test_without_a_namespace_typed_the_channels_own_hold(
    chat: Chat, verb: str, says: str
) -> None:
    answer = await chat.say(f"{verb} -f web.yaml", document("ConfigMap", namespace="prod"))
    assert says in answer.problem.text


async def test_t18_the_values_of_a_secret_are_told_to_nobody(
    chat: Chat, swept: Bed, audit: AuditLog
) -> None:
    """Neither in a card, in an answer, in a difference, in an error nor in the record."""
    first = document("Secret", stringData={"password": VALUE}, data={"other": FRAGMENTS[3]})
    second = document("Secret", stringData={"password": OTHER})
    told_of = []
    for verb, content in (("create", first), ("diff", second), ("apply", second), ("diff", second)):
        force = " --force-conflicts" if verb != "create" else ""
        answer = await chat.say(f"{verb} -f web.yaml -n shop{force}", content)
        told_of.append(answer.text)
        if verb != "diff":
            plan = answer.proposal.plan
            assert plan.secret
            told_of.append(preview(answer.proposal))
            # What is sent stands in the step's document, which is kept encrypted, and nowhere else.
            loose = orjson.loads(dump_plan(plan))
            loose["steps"][0].pop("document")
            told_of += [orjson.dumps(loose).decode(), answer.proposal.ticket]
            pressed = await chat.press(answer.proposal.ticket)
            assert pressed.code == 0, pressed.text
            told_of.append(pressed.text)
    again = await chat.say("create -f web.yaml -n shop", first)
    assert "AlreadyExists" in again.problem.text
    broken = await chat.say("apply -f web.yaml -n shop", first + b"data: &a {x: y}\n")
    told_of += [again.text, broken.text]
    told_of += [orjson.dumps(told(entry)).decode() for entry in chat.ledger.entries]
    assert not [each for each in told_of for value in FRAGMENTS if value in each]
    assert any("*** (after)" in each for each in told_of)
    stored = swept.kubectl.items("secrets", "-n=shop", "--field-selector=metadata.name=from-chat")
    assert stored[0]["data"]["password"] == base64.b64encode(OTHER.encode()).decode()


async def test_what_is_applied_is_what_was_attached(chat: Chat, swept: Bed) -> None:
    answer = await chat.say("apply -f - -n shop", FINE + b"data: {a: '1', b: 'on'}\n")
    [change] = answer.proposal.plan.changes
    assert (change.subject, change.after) == ("configmap/from-chat in shop", "new")
    done = await chat.press(answer.proposal.ticket)
    assert done.text == "configmap/from-chat serverside-applied\n"
    answer = await chat.say("apply -f - -n shop", FINE + b"data: {a: '2'}\n")
    [change] = answer.proposal.plan.changes
    assert (change.field, change.before, change.after) == ("data.a", "1", "2")
    await chat.press(answer.proposal.ticket)
    [stored] = swept.kubectl.items(
        "configmaps", "-n=shop", "--field-selector=metadata.name=from-chat"
    )
    assert stored["data"] == {"a": "2"}


async def test_a_plan_whose_field_has_changed_since_is_superseded(chat: Chat, swept: Bed) -> None:
    swept.kubectl.out("create", "configmap", "from-chat", "-n=shop", "--from-literal=a=1")
    answer = await chat.say("apply -f - -n shop --force-conflicts", FINE + b"data: {a: '2'}\n")
    swept.kubectl.out("patch", "configmap/from-chat", "-n=shop", "-p", '{"data":{"a":"3"}}')
    late = await chat.press(answer.proposal.ticket)
    assert "has changed since this was shown" in late.problem.text
    assert data(swept) == {"a": "3"}


async def test_a_field_that_nobody_named_voids_no_plan(chat: Chat, swept: Bed) -> None:
    swept.kubectl.out("create", "configmap", "from-chat", "-n=shop", "--from-literal=a=1")
    answer = await chat.say("apply -f - -n shop --force-conflicts", FINE + b"data: {a: '2'}\n")
    swept.kubectl.out("label", "configmap/from-chat", "-n=shop", "nobody=named-this")
    done = await chat.press(answer.proposal.ticket)
    assert done.code == 0, done.text
