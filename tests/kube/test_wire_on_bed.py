"""What our own requests mean to a real API server, and what its audit log says of them."""

import secrets
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml

from bot.core.clock import SystemClock
from bot.core.errors import ForbiddenError, KubernetesError, SupersededError
from bot.core.plan import Operation, Patch, Target
from bot.core.ports import Connection, Form, Query
from bot.core.request import Impersonated
from bot.kube.credentials import InCluster, Kubeconfig
from bot.kube.fleet import Fleet, Options
from bot.kube.transport import Call, Head, Transport
from tests.clock import ManualClock
from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import BOT, NAME, Bed
from tests.cluster.rest import MOVING, await_rest
from tests.kube.rig import closing

pytestmark = pytest.mark.peers

SERVICE_ACCOUNT = f"system:serviceaccount:{BOT[0]}:{BOT[1]}"
PODS_PATH = "/api/v1/namespaces/shop/pods"
SCALE_PATH = "/apis/apps/v1/namespaces/shop/deployments/cart/scale"
SECONDS = 20.0
SHELL = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: wire-test-shell, namespace: shop}
rules: [{apiGroups: [""], resources: [pods/exec], verbs: [get, create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: wire-test-shell, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wire-test-shell}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "quarterdeck:admins"}]
"""


def someone(*groups: str, request: str = "r-1") -> Impersonated:
    extras = (("quarterdeck.dev/person", "T1/UADA"), ("quarterdeck.dev/request", request))
    return Impersonated("quarterdeck:user", tuple(f"quarterdeck:{g}" for g in groups), extras)


@dataclass(frozen=True)
class Wire:
    """The bot's own way to the cluster."""

    fleet: Fleet
    transport: Transport

    def open(self, who: Impersonated, request: str = "r-1") -> Connection:
        return self.fleet.open(NAME, who, request, SECONDS)


@pytest_asyncio.fixture
async def wire(bed: Bed) -> AsyncIterator[Wire]:
    clock, path = SystemClock(), str(bed.bot_kubeconfig)
    fleet = Fleet(Options(kubeconfig=path), clock, environment={})
    source = Kubeconfig(path, clock, {}).source(NAME)
    async with closing(Transport(source, clock)) as transport:
        try:
            yield Wire(fleet, transport)
        finally:
            await fleet.close()


def of_request(request: str) -> Any:
    return lambda event: f"request {request}" in event.get("userAgent", "")


async def test_two_groups_and_the_person_stand_in_the_audit_log(
    wire: Wire, audit: AuditLog
) -> None:
    since, request = audit.position(), secrets.token_hex(4)
    cluster = wire.open(someone("viewers", "operators", request=request), request)
    pods = await cluster.resource("pods")
    await anext(cluster.pages(Query(pods, "shop"), Form.TABLE_CELLS))
    event = await audit.awaited(lambda e: of_request(request)(e) and "impersonatedUser" in e, since)
    assert event["user"]["username"] == SERVICE_ACCOUNT
    assert event["auditID"] in {call.audit_id for call in cluster.calls}
    as_whom = event["impersonatedUser"]
    assert as_whom["username"] == "quarterdeck:user"
    assert set(as_whom["groups"]) == {
        "quarterdeck:viewers",
        "quarterdeck:operators",
        "system:authenticated",
    }
    assert as_whom["extra"] == {
        "quarterdeck.dev/person": ["T1/UADA"],
        "quarterdeck.dev/request": [request],
    }


async def test_without_a_right_the_server_refuses_in_kubectls_words(wire: Wire, bed: Bed) -> None:
    cluster = wire.open(someone("viewers"))
    kind = await cluster.resource("secrets")
    with pytest.raises(ForbiddenError) as caught:
        await anext(cluster.pages(Query(kind, "shop")))
    as_user = ("--as=quarterdeck:user", "--as-group=quarterdeck:viewers")
    assert f"{caught.value.text}\n" == bed.kubectl("get", "secrets", "-n=shop", *as_user).stderr
    assert cluster.calls


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        (
            [("Impersonate-User", "quarterdeck:user"), ("Impersonate-Group", "system:masters")],
            'groups "system:masters" is forbidden',
        ),
        ([("Impersonate-User", "kwok-admin")], 'users "kwok-admin" is forbidden'),
        (
            [("Impersonate-User", "system:serviceaccount:kube-system:default")],
            'serviceaccounts "default" is forbidden',
        ),
        (
            [("Impersonate-User", "quarterdeck:user"), ("Impersonate-Uid", "1")],
            'uids.authentication.k8s.io "1" is forbidden',
        ),
        (
            [("Impersonate-User", "quarterdeck:user"), ("Impersonate-Extra-scopes", "all")],
            'userextras.authentication.k8s.io "all" is forbidden',
        ),
        ([], "cannot list resource"),
    ],
    ids=["masters", "user", "service-account", "uid", "extra", "as-itself"],
)
async def test_the_bots_token_alone_can_be_nobody_else(
    bed: Bed, headers: list[tuple[str, str]], refusal: str
) -> None:
    token = yaml.safe_load(bed.bot_kubeconfig.read_text())["users"][0]["user"]["token"]
    trust = ssl.create_default_context(cafile=bed.ca_file)
    async with (
        aiohttp.ClientSession(headers=[("Authorization", f"Bearer {token}")]) as session,
        session.get(f"{bed.server}{PODS_PATH}", headers=headers, ssl=trust) as response,
    ):
        answer = await response.json()
    assert (response.status, answer["reason"]) == (403, "Forbidden")
    assert refusal in answer["message"]


@pytest.fixture
def shell(bed: Bed) -> Iterator[None]:
    """Give the admins a right that no tier has, for as long as a test takes."""
    bed.kubectl.out("apply", "-f=-", stdin=SHELL)
    try:
        yield
    finally:
        bed.kubectl.out("delete", "-f=-", stdin=SHELL)


def executing(who: Impersonated, request: str) -> Call:
    parameters = {"command": "cat", "container": "db", "stdout": "true", "stderr": "true"}
    return Call(f"{PODS_PATH}/db-0/exec", who, request, SECONDS, parameters=parameters)


@pytest.mark.usefixtures("shell")
async def test_a_websocket_acts_as_the_person(wire: Wire, audit: AuditLog) -> None:
    since, request = audit.position(), secrets.token_hex(4)
    call = executing(someone("admins", request=request), request)
    async with wire.transport.websocket(call, ("v5.channel.k8s.io",)) as opened:
        assert opened.protocol == "v5.channel.k8s.io"
    event = await audit.awaited(of_request(request), since)
    assert event["objectRef"]["subresource"] == "exec"
    assert event["user"]["username"] == SERVICE_ACCOUNT
    assert event["impersonatedUser"]["username"] == "quarterdeck:user"
    assert "quarterdeck:admins" in event["impersonatedUser"]["groups"]
    assert event["impersonatedUser"]["extra"]["quarterdeck.dev/request"] == [request]
    assert event["responseStatus"]["code"] == 101


@pytest.mark.usefixtures("shell")
async def test_a_websocket_without_a_right_is_refused_in_the_servers_words(wire: Wire) -> None:
    with pytest.raises(ForbiddenError) as caught:
        async with wire.transport.websocket(executing(someone("viewers"), "r"), ()):
            pass
    assert caught.value.text == (
        'Error from server (Forbidden): pods "db-0" is forbidden: User "quarterdeck:user" cannot'
        ' get resource "pods/exec" in API group "" in the namespace "shop"'
    )


@pytest.fixture
def replicas(bed: Bed) -> Iterator[None]:
    yield
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n=shop")
    await_rest(partial(bed.kubectl.items, MOVING, "-n=shop"))


def scaled(cart: dict[str, Any], expected: int, wanted: int) -> Patch:
    uid = cart["metadata"]["uid"]
    target = Target(NAME, "apps", "v1", "deployments", "Deployment", "shop", "cart", uid)
    operations = (
        Operation("test", "/metadata/uid", uid),
        Operation("test", "/spec/replicas", expected),
        Operation("add", "/spec/replicas", wanted),
    )
    return Patch(target, operations, "scale")


def patches(audit: AuditLog, since: int) -> list[Event]:
    return [
        event
        for event in audit.events(since)
        if event["verb"] == "patch" and event["requestURI"].startswith(SCALE_PATH)
    ]


@asynccontextmanager
async def operator(wire: Wire) -> AsyncIterator[tuple[Connection, dict[str, Any]]]:
    cluster = wire.open(someone("operators"))
    deployments = await cluster.resource("deployments")
    yield cluster, await cluster.fetch(Query(deployments, "shop", "cart", "scale"))


@pytest.mark.usefixtures("replicas")
async def test_a_step_is_carried_out_once(wire: Wire, audit: AuditLog) -> None:
    async with operator(wire) as (cluster, cart):
        since = audit.position()
        now = await cluster.send(scaled(cart, cart["spec"]["replicas"], 3))
        assert now["spec"]["replicas"] == 3
        await audit.of([cluster.calls[-1].audit_id], since)
        assert [event["responseStatus"]["code"] for event in patches(audit, since)] == [200]


@pytest.mark.usefixtures("replicas")
async def test_a_precondition_that_fails_changes_nothing(wire: Wire, audit: AuditLog) -> None:
    async with operator(wire) as (cluster, cart):
        since = audit.position()
        with pytest.raises(SupersededError, match="nothing was done"):
            await cluster.send(scaled(cart, 77, 3))
        await audit.of([cluster.calls[-1].audit_id], since)
        assert [event["responseStatus"]["code"] for event in patches(audit, since)] == [422]
        again = await cluster.fetch(
            Query(await cluster.resource("deployments"), "shop", "cart", "scale")
        )
        assert again["spec"] == cart["spec"]


async def test_what_the_server_finds_invalid_is_not_taken_for_overtaken(wire: Wire) -> None:
    async with operator(wire) as (cluster, cart):
        with pytest.raises(KubernetesError) as caught:
            await cluster.send(scaled(cart, cart["spec"]["replicas"], -1))
    assert "must be greater than or equal to 0" in caught.value.text


async def test_a_rotated_token_is_used_from_then_on(
    bed: Bed, audit: AuditLog, tmp_path: Path
) -> None:
    clock, since = ManualClock(), audit.position()
    host, _, port = bed.server.removeprefix("https://").rpartition(":")
    (tmp_path / "ca.crt").write_bytes(bed.ca_file.read_bytes())
    (tmp_path / "token").write_text("worthless")
    where = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
    call = Call(PODS_PATH, someone("viewers"), "rotated", SECONDS, parameters={"limit": "1"})
    heard: list[Head] = []
    async with closing(Transport(InCluster(clock, where, tmp_path), clock)) as transport:
        with pytest.raises(KubernetesError, match="You must be logged in to the server"):
            await transport.request(call)
        for _ in range(2):
            (tmp_path / "token").write_text(fresh_token(bed))
            await transport.request(call, heard.append)
            await clock.advance(60)
    ids = [head.audit_id for head in heard]
    events = await audit.of(ids, since)
    used = [
        event["user"]["extra"]["authentication.kubernetes.io/credential-id"] for event in events
    ]
    assert used[0] != used[1]


def fresh_token(bed: Bed) -> str:
    namespace, name = BOT
    return bed.kubectl.out("create", "token", name, f"--namespace={namespace}", "--duration=1h")
