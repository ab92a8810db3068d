import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trustme

from bot.demo.cluster.access import MASTERS, Caller, Identities
from bot.demo.cluster.kinds import KINDS, Kind
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.server import Server
from tests.demo.cluster.objects import MAPS, SHOP, config_map, registry

HERE = f"/api/v1/namespaces/{SHOP}"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@dataclass
class Wire:
    """A server without controllers, and an administrator's session with it."""

    registry: Registry
    server: Server
    tls: ssl.SSLContext
    session: aiohttp.ClientSession
    audit: Path

    async def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[aiohttp.ClientResponse, Any]:
        url = self.server.address + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, url, json=body, headers=named) as answer:
            text = await answer.text()
        return answer, json.loads(text) if text.startswith("{") else text

    def audited(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    box = registry()
    authority = trustme.CA()
    tls, trusting = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(),
    )
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.configure_trust(trusting)
    people = Identities(box, {"secret": Caller("admin", (MASTERS,))})
    audit = tmp_path / "audit.log"
    server = Server(box, people, audit, tmp_path)
    await server.start(tls)
    connector = aiohttp.TCPConnector(ssl=trusting)
    headers = {"Authorization": "Bearer secret"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        yield Wire(box, server, tls, session, audit)
    await server.stop()


async def test_every_answer_has_the_number_that_it_is_audited_under(wire: Wire) -> None:
    for path in (f"{HERE}/configmaps", f"{HERE}/configmaps/none", "/version"):
        answer, _ = await wire.send("GET", path)
        assert answer.headers["Audit-Id"] == wire.audited()[-1]["auditID"]


async def test_openapi_is_said_to_be_out_of_scope(wire: Wire) -> None:
    for path in ("/openapi/v2", "/openapi/v3"):
        answer, status = await wire.send("GET", path)
        assert (answer.status, status["reason"]) == (404, "NotFound")
        assert "out of scope" in status["message"]


async def test_the_older_discovery_is_said_to_be_out_of_scope(wire: Wire) -> None:
    answer, status = await wire.send("GET", "/apis")
    assert answer.status == 406
    assert "out of scope" in status["message"]


async def test_applying_a_scale_is_said_to_be_out_of_scope(wire: Wire) -> None:
    path = f"/apis/apps/v1/namespaces/{SHOP}/deployments/web/scale"
    answer, status = await wire.send("PATCH", path, {}, Content_Type="application/apply-patch+yaml")
    assert answer.status == 501
    assert "out of scope" in status["message"]


async def test_a_body_in_protobuf_is_answered_in_json(wire: Wire) -> None:
    type_ = b"\x0a\x02v1\x12\x09ConfigMap"
    raw = b"\x0a\x05\x0a\x03one"
    body = b"k8s\x00\x0a" + bytes([len(type_)]) + type_ + b"\x12" + bytes([len(raw)]) + raw
    protobuf = "application/vnd.kubernetes.protobuf"
    headers = {"Content-Type": protobuf, "Accept": f"{protobuf},application/json"}
    url = f"{wire.server.address}{HERE}/configmaps"
    async with wire.session.post(url, data=body, headers=headers) as answer:
        made = await answer.json()
    assert (answer.status, made["metadata"]["name"]) == (201, "one")


async def test_a_token_that_nobody_has_is_refused_before_anything_else(wire: Wire) -> None:
    answer, status = await wire.send("GET", "/nowhere", Authorization="Bearer wrong")
    assert (answer.status, status["reason"]) == (401, "Unauthorized")


async def test_who_may_not_is_told_nothing_of_what_is_there(wire: Wire) -> None:
    for path in (f"{HERE}/pods/none", f"{HERE}/unicorns", "/apis/unicorns.example.org/v1/unicorns"):
        answer, _ = await wire.send("GET", path, Impersonate_User="eve")
        assert answer.status == 403


async def test_a_watch_ends_when_the_server_stops(wire: Wire) -> None:
    url = f"{wire.server.address}{HERE}/configmaps?watch=1"
    async with wire.session.get(url) as answer:
        wire.registry.create(MAPS.resource, SHOP, config_map("one"))
        assert json.loads(await answer.content.readline())["type"] == "ADDED"
        await wire.server.stop()
        with pytest.raises(aiohttp.ClientError):
            await answer.content.readline()


async def test_a_server_comes_back_where_it_was(wire: Wire) -> None:
    before = wire.server.address
    await wire.server.stop()
    with pytest.raises(aiohttp.ClientError):
        await wire.send("GET", "/livez")
    assert await wire.server.start(wire.tls) == before
    assert (await wire.send("GET", "/livez"))[1] == "ok"


async def test_a_watch_that_its_client_leaves_is_over(wire: Wire) -> None:
    url = f"{wire.server.address}{HERE}/configmaps?watch=1"
    async with wire.session.get(url):
        assert wire.registry.store._listeners
    while wire.registry.store._listeners:
        await asyncio.sleep(0)
    stages = [(e["stage"], e["responseStatus"]["code"]) for e in wire.audited()]
    assert stages == [("ResponseStarted", 200), ("ResponseComplete", 200)]


async def test_a_table_of_nothing_has_its_columns(wire: Wire) -> None:
    _, table = await wire.send("GET", f"{HERE}/pods", Accept=TABLE)
    assert table["rows"] == []
    assert [column["name"] for column in table["columnDefinitions"]][:3] == [
        "Name", "Ready", "Status",
    ]  # fmt: skip


@pytest.mark.parametrize("asked", [k for k in KINDS if "watch" in k.verbs], ids=lambda k: k.kind)
async def test_a_bookmark_is_a_table_as_well(wire: Wire, asked: Kind) -> None:
    root = f"/apis/{asked.api_version}" if asked.group else "/api/v1"
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    url = f"{wire.server.address}{root}/{asked.plural}?{query}&allowWatchBookmarks=true"
    async with wire.session.get(url, headers={"Accept": TABLE}) as answer:
        event: dict[str, Any] = {"type": "ADDED"}
        while event["type"] == "ADDED":
            event = json.loads(await answer.content.readline())
    assert event["type"] == "BOOKMARK"
    version = str(wire.registry.store.revision)
    assert event["object"]["metadata"]["resourceVersion"] == version
    assert len(event["object"]["rows"]) == 1
