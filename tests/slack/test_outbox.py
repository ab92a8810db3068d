"""What really crosses the wire: when a connection breaks, through a proxy, and over TLS."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.errors import SlackError, UnreachableError
from bot.slack.answer import File
from bot.slack.blocks import Message
from bot.slack.calls import ANSWER_LOST
from bot.slack.client import open_session, web_client
from bot.slack.options import Options
from bot.slack.outbox import Outbox, Posted
from tests.absent import give_up

HELLO = Message("hello")
NOTES = File("notes.txt", b"a\nb\n", "text")


@dataclass
class HurriedClock:
    """A clock on which every wait is over at once."""

    passed: float = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += max(0.0, seconds)


@dataclass
class Wire:
    """A Slack that reads each request and then, as often as it is told, cuts the connection."""

    cuts: int = 0
    asked: list[str] = field(default_factory=list)
    server: TestServer | None = None

    async def handle(self, request: web.Request) -> web.Response:
        await request.read()
        self.asked.append(str(request.url))
        if len(self.asked) <= self.cuts:
            assert request.transport is not None
            request.transport.abort()
        assert self.server is not None
        upload = str(self.server.make_url("/upload"))
        return web.json_response(
            {"ok": True, "channel": "C1", "ts": "1.1", "upload_url": upload, "file_id": "F1"}
        )


@asynccontextmanager
async def outbox(
    wire: Wire, *, tls: ssl.SSLContext | None = None, **more: str
) -> AsyncIterator[Outbox]:
    """Yield an outbox that talks to the wire; `{here}` in an option is the wire's address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", wire.handle)
    wire.server = TestServer(app, scheme="https" if tls else "http")
    await wire.server.start_server(ssl=tls)
    here = str(wire.server.make_url("/"))
    settings = {"bot_token": "xoxb-1", "app_token": "xapp-1", "base_url": "{here}api/", **more}
    options = Options.model_validate(
        {name: value.replace("{here}", here) for name, value in settings.items()}
    )
    try:
        async with open_session() as session:
            yield Outbox(web_client(options, session), session, HurriedClock(), frozenset())
    finally:
        await wire.server.close()


async def test_a_post_whose_connection_is_cut_is_sent_once() -> None:
    wire = Wire(cuts=1)
    async with outbox(wire) as slack:
        with pytest.raises(SlackError) as raised:
            await slack.post("C1", lambda: HELLO)
    assert raised.value.code == ANSWER_LOST
    assert len(wire.asked) == 1


async def test_an_edit_whose_connection_is_cut_is_sent_again() -> None:
    wire = Wire(cuts=2)
    async with outbox(wire) as slack:
        await slack.edit(Posted("C1", "1.1"), lambda: HELLO)
    assert len(wire.asked) == 3


async def test_what_reaches_nobody_is_unreachable() -> None:
    async with outbox(Wire(), base_url="http://127.0.0.1:9/api/") as slack:
        with pytest.raises(UnreachableError):
            await slack.post("C1", lambda: HELLO)


async def test_every_kind_of_call_goes_through_the_proxy() -> None:
    wire = Wire()
    async with outbox(wire, base_url="http://slack.invalid/api/", proxy="{here}") as slack:
        await slack.post("C1", lambda: HELLO)
        await slack.respond("http://hooks.invalid/1", HELLO)
        await slack.attach(NOTES, "C1")
    hosts = [url.split("/")[2] for url in wire.asked]
    assert hosts[:3] == ["slack.invalid", "hooks.invalid", "slack.invalid"]
    assert hosts[4] == "slack.invalid"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A private CA's certificate and key for 127.0.0.1, in one PEM file."""
    if shutil.which("openssl") is None:
        give_up("openssl is not installed: it makes the certificate of this test")
    made = tmp_path / "ca.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(made), "-out", str(tmp_path / "crt.pem")]
    subprocess.run([*command.split(), *subject, *files], check=True, capture_output=True)
    made.write_text(made.read_text() + (tmp_path / "crt.pem").read_text())
    return made


async def test_every_kind_of_call_trusts_the_private_ca(certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    wire = Wire()
    async with outbox(wire, tls=tls, ca_file=str(certificate)) as slack:
        await slack.post("C1", lambda: HELLO)
        await slack.attach(NOTES, "C1")
    assert len(wire.asked) == 4


async def test_without_the_private_ca_nothing_is_said(certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    wire = Wire()
    async with outbox(wire, tls=tls) as slack:
        with pytest.raises(UnreachableError):
            await slack.post("C1", lambda: HELLO)
    assert wire.asked == []
