"""Tokens and certificates that change while the bot runs, proxies, and who is trusted."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from bot.core.errors import KubernetesError, UnreachableError
from bot.kube.credentials import InCluster
from bot.kube.transport import Call, Transport
from tests.clock import ManualClock
from tests.kube.proxy import proxy_to
from tests.kube.rig import PODS_PATH, call, closing, source, transport_to, upgrade
from tests.kube.server import ApiServer, api_server, body, pieces, status, upgraded


@asynccontextmanager
async def tls_server(pki: Path) -> AsyncIterator[ApiServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=pki / "ca.crt")
    context.load_cert_chain(pki / "server.crt", pki / "server.key")
    context.verify_mode = ssl.CERT_OPTIONAL
    async with api_server(context) as running:
        running.on(PODS_PATH, body({}))
        yield running


@pytest_asyncio.fixture
async def secure(pki: Path) -> AsyncIterator[ApiServer]:
    async with tls_server(pki) as running:
        yield running


def port(server: ApiServer) -> int:
    return int(server.url.rsplit(":", 1)[1])


def tokens(server: ApiServer) -> list[str]:
    return [asked.headers["Authorization"].lower() for asked in server.asked]


@pytest.fixture
def pod(secure: ApiServer, pki: Path, tmp_path: Path, clock: ManualClock) -> InCluster:
    (tmp_path / "token").write_text("one")
    (tmp_path / "ca.crt").write_bytes((pki / "ca.crt").read_bytes())
    where = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(port(secure))}
    return InCluster(clock, where, tmp_path)


async def test_a_rotated_token_is_sent_after_a_minute(
    secure: ApiServer, pod: InCluster, tmp_path: Path, clock: ManualClock
) -> None:
    async with closing(Transport(pod, clock)) as transport:
        await transport.request(call())
        (tmp_path / "token").write_text("two")
        await clock.advance(30)
        await transport.request(call())
        await clock.advance(30)
        await transport.request(call())
    assert tokens(secure) == ["bearer one", "bearer one", "bearer two"]
    assert len({asked.peer for asked in secure.asked}) == 1  # over the same connection


async def test_a_refused_token_is_read_again_for_the_next_request(
    secure: ApiServer, pod: InCluster, tmp_path: Path, clock: ManualClock
) -> None:
    secure.on(PODS_PATH, status(401, "Unauthorized", "expired"), body({}))
    async with closing(Transport(pod, clock)) as transport:
        (tmp_path / "token").write_text("two")
        await transport.request(call("/version"))
        (tmp_path / "token").write_text("three")
        with pytest.raises(KubernetesError, match="You must be logged in to the server"):
            await transport.request(call())
        await transport.request(call())
    assert tokens(secure) == ["bearer two", "bearer two", "bearer three"]


def trusting(pki: Path, name: str = "ca") -> dict[str, Any]:
    return {"cluster": {"certificate-authority": str(pki / f"{name}.crt")}}


async def test_a_private_authority_is_trusted(
    secure: ApiServer, pki: Path, tmp_path: Path, clock: ManualClock
) -> None:
    async with transport_to(secure, tmp_path, clock, **trusting(pki)) as transport:
        assert await transport.request(call()) == b"{}"


async def test_another_authority_is_not(
    secure: ApiServer, pki: Path, tmp_path: Path, clock: ManualClock
) -> None:
    async with transport_to(secure, tmp_path, clock, **trusting(pki, "stranger")) as transport:
        with pytest.raises(UnreachableError, match="tls: failed to verify certificate") as caught:
            await transport.request(call())
    assert secure.asked == []
    assert "\n" not in caught.value.text


async def test_the_name_in_the_certificate_counts(
    secure: ApiServer, pki: Path, tmp_path: Path, clock: ManualClock
) -> None:
    named = trusting(pki)
    named["cluster"]["tls-server-name"] = "other.test"
    async with transport_to(secure, tmp_path, clock, **named) as transport:
        with pytest.raises(UnreachableError, match="tls: failed to verify certificate"):
            await transport.request(call())
    named["cluster"]["tls-server-name"] = "api.test"
    async with transport_to(secure, tmp_path, clock, **named) as transport:
        assert await transport.request(call()) == b"{}"


def client_of(pki: Path, number: int) -> dict[str, str]:
    return {
        "client-certificate": str(pki / f"client-{number}.crt"),
        "client-key": str(pki / f"client-{number}.key"),
    }


def common_name(request: web.BaseRequest) -> str:
    assert request.transport is not None
    shown = request.transport.get_extra_info("ssl_object").getpeercert()
    return str(dict(pair for (pair,) in shown["subject"])["commonName"])


async def test_a_new_client_certificate_is_shown_while_an_older_stream_goes_on(
    secure: ApiServer, pki: Path, tmp_path: Path, clock: ManualClock
) -> None:
    shown: list[str] = []
    go_on = asyncio.Event()

    async def note(request: web.BaseRequest) -> web.StreamResponse:
        shown.append(common_name(request))
        return await body({})(request)

    secure.on(PODS_PATH, pieces(b"begun", then=go_on), note)
    secure.on("/version", status(401, "Unauthorized", "expired"))
    config = trusting(pki)
    async with transport_to(secure, tmp_path, clock, user=client_of(pki, 1), **config) as transport:
        stream = transport.stream(call())
        assert await anext(stream) == b"begun"
        source(tmp_path, secure.url, clock, user=client_of(pki, 2), **config)
        await asyncio.gather(transport.request(call("/version")), return_exceptions=True)
        await transport.request(call())
        go_on.set()
        assert [chunk async for chunk in stream] == []
    assert shown == ["client-2"]


@pytest.mark.parametrize("send", [Transport.request, upgrade], ids=["request", "websocket"])
async def test_a_server_is_reached_through_the_environments_proxy(
    server: ApiServer,
    tmp_path: Path,
    clock: ManualClock,
    send: Callable[[Transport, Call], Awaitable[object]],
) -> None:
    server.on(PODS_PATH, body({}) if send is Transport.request else upgraded)
    async with proxy_to(port(server)) as proxy:
        server.url = "http://api.test:8080"
        async with transport_to(
            server, tmp_path, clock, proxy_for=lambda _url: proxy.url
        ) as transport:
            await send(transport, call())
    [head] = proxy.heads
    assert head.startswith(f"GET http://api.test:8080{PODS_PATH} HTTP/1.1\r\n")
    assert [asked.headers["Impersonate-User"] for asked in server.asked] == ["quarterdeck:user"]


async def test_the_environment_is_looked_through_once_for_a_server(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    looked: list[str] = []
    server.on(PODS_PATH, body({}))
    async with transport_to(server, tmp_path, clock, proxy_for=looked.append) as transport:
        await transport.request(call())
        await transport.request(call())
    assert looked == [server.url]


async def test_tls_goes_through_a_proxy_as_it_is(
    secure: ApiServer, pki: Path, tmp_path: Path, clock: ManualClock
) -> None:
    async with proxy_to(port(secure)) as proxy:
        secure.url = "https://api.test"
        config = trusting(pki)
        config["cluster"]["proxy-url"] = proxy.url  # the kubeconfig's own beats the environment's
        async with transport_to(
            secure, tmp_path, clock, proxy_for=lambda _url: "http://127.0.0.1:1", **config
        ) as transport:
            assert await transport.request(call()) == b"{}"
    [head] = proxy.heads
    assert head.startswith("CONNECT api.test:443 HTTP/1.1\r\n")
    assert "Impersonate" not in head
    assert "Bearer" not in head
