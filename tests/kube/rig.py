"""What stands between a test and the scripted server: transports, readers, people."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.core.clock import Clock
from bot.core.ports import Query, Resource
from bot.core.request import Identity, Impersonated
from bot.kube.credentials import Kubeconfig, Source
from bot.kube.reader import ClusterReader, Discovered
from bot.kube.transport import Call, Transport
from tests.kube.files import kubeconfig
from tests.kube.server import ApiServer

ADA = Impersonated(
    "quarterdeck:user",
    ("quarterdeck:viewers", "quarterdeck:operators"),
    (("quarterdeck.dev/person", "T1/UADA"), ("quarterdeck.dev/request", "r-1")),
)
EVE = Impersonated("quarterdeck:user", ("quarterdeck:viewers",))
PODS_PATH = "/api/v1/namespaces/shop/pods"
PODS = Query(Resource("", "v1", "pods", "Pod", namespaced=True), "shop")
SECONDS = 5.0
"""Longer than anything on loopback takes."""


def call(
    path: str = PODS_PATH, identity: Identity | None = ADA, seconds: float = SECONDS, **more: Any
) -> Call:
    return Call(path, identity, "r-1", seconds, **more)


def source(folder: Path, server: str, clock: Clock, **config: Any) -> Source:
    """Return the credentials of a new kubeconfig's only context."""
    path = kubeconfig(folder / "config", server, **config)
    return Kubeconfig(str(path), clock, {}).source("test")


@asynccontextmanager
async def transport_to(
    server: ApiServer,
    folder: Path,
    clock: Clock,
    *,
    terminal: bool = False,
    proxy_for: Callable[[str], str | None] = lambda _url: None,
    **config: Any,
) -> AsyncIterator[Transport]:
    chosen = source(folder, server.url, clock, **config)
    async with closing(Transport(chosen, clock, terminal=terminal, proxy_for=proxy_for)) as opened:
        yield opened


@asynccontextmanager
async def closing(transport: Transport) -> AsyncIterator[Transport]:
    try:
        yield transport
    finally:
        await transport.close()


def reader(transport: Transport, clock: Clock, identity: Identity = ADA) -> ClusterReader:
    """Return the cluster as that identity, for ten seconds of the clock."""
    deadline = clock.monotonic() + 10
    return ClusterReader(transport, Discovered(), clock, identity, "r-1", deadline)


async def upgrade(transport: Transport, asked: Call) -> None:
    """Open a WebSocket and close it."""
    async with transport.websocket(asked, ("v5.channel.k8s.io",)):
        pass
