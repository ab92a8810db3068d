"""An API server that answers what a test wrote down, and keeps what it was asked.

Real HTTP on 127.0.0.1. A path without a script gets a 404; a script of several answers plays them
in turn and repeats the last.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from multidict import CIMultiDictProxy

from tests.kube.catalogue import API, APIS

Play = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it was on the wire."""

    method: str
    target: str
    """Path and query, still percent-encoded."""
    headers: CIMultiDictProxy[str]
    body: bytes
    peer: object
    """The other end of the connection: equal for requests on the same one."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def changes(self) -> bool:
        """Tell whether it is a patch that is not only tried."""
        return self.method == "PATCH" and "dryRun" not in self.target

    def all(self, name: str) -> list[str]:
        """Return every value of a header, in the order of the wire."""
        return list(self.headers.getall(name, []))


@dataclass
class ApiServer:
    """What is scripted, and what was asked."""

    scripts: dict[str, list[Play]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def on(self, path: str, *plays: Play) -> None:
        """Answer requests for a path, whatever their method and query."""
        self.scripts[path] = list(plays)

    def to(self, path: str) -> list[Asked]:
        """Return the requests for a path, in their order."""
        return [one for one in self.asked if one.path == path]

    async def heard(self, count: int) -> None:
        """Wait until so many requests have come."""
        while len(self.asked) < count:
            self.news.clear()
            await self.news.wait()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        peer = request.transport.get_extra_info("peername") if request.transport else None
        self.asked.append(
            Asked(request.method, request.raw_path, request.headers, await request.read(), peer)
        )
        self.news.set()
        plays = self.scripts.get(request.rel_url.raw_path)
        if not plays:
            return await status(404, "NotFound", "the server could not find the resource")(request)
        return await (plays.pop(0) if len(plays) > 1 else plays[0])(request)


@asynccontextmanager
async def api_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[ApiServer]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    server = ApiServer()
    server.on("/api", body(API, {"Content-Type": AGGREGATED}))
    server.on("/apis", body(APIS, {"Content-Type": AGGREGATED}))
    server.on("/version", body({"gitVersion": "v1.37.2", "major": "1", "minor": "37"}))
    server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
    # What hangs is cancelled when its client goes, and at the end of the test.
    runner = web.ServerRunner(
        web.Server(server.answer, access_log=None, handler_cancellation=True),
        shutdown_timeout=0.1,
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def body(value: Any, headers: Mapping[str, str] | None = None, code: int = 200) -> Play:
    """Answer a JSON value; bytes are sent as they are."""
    content = value if isinstance(value, bytes) else orjson.dumps(value)
    fields = {"Content-Type": "application/json", **(headers or {})}

    async def play(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=code, body=content, headers=fields)

    return play


def warned(value: Any, *warnings: str, audit_id: str = "") -> Play:
    """Answer a JSON value under `Warning` headers, each a header of its own."""

    async def play(_request: web.BaseRequest) -> web.StreamResponse:
        response = web.json_response(value)
        for warning in warnings:
            response.headers.add("Warning", warning)
        if audit_id:
            response.headers["Audit-Id"] = audit_id
        return response

    return play


def status(code: int, reason: str, message: str, **fields: Any) -> Play:
    """Answer a Status that is a failure."""
    value = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
    return body({**value, "reason": reason, "message": message, **fields}, code=code)


def redirect(url: str) -> Play:
    """Answer with a redirect."""
    return body(b"", {"Location": url}, code=302)


def pieces(*chunks: bytes, then: asyncio.Event | None = None) -> Play:
    """Answer in pieces; with `then` the answer stays open until the event is set."""

    async def play(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        if then is not None:
            await then.wait()
        return response

    return play


def lines(events: Sequence[Any]) -> bytes:
    """Return events as a watch sends them."""
    return b"".join(orjson.dumps(event) + b"\n" for event in events)


async def hang(_request: web.BaseRequest) -> web.StreamResponse:
    """Answer nothing until the client has gone."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def reset(request: web.BaseRequest) -> web.StreamResponse:
    """Break the connection, as a crashed process does."""
    assert request.transport is not None
    peer: socket.socket = request.transport.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
    return web.Response()


async def hang_up(request: web.BaseRequest) -> web.StreamResponse:
    """Close the connection without an answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def upgraded(request: web.BaseRequest) -> web.StreamResponse:
    """Accept the WebSocket, greet, and close it when the client has spoken."""
    protocols = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    socket_ = web.WebSocketResponse(protocols=protocols)
    await socket_.prepare(request)
    await socket_.send_bytes(b"\x01hello")
    await socket_.receive()
    await socket_.close()
    return socket_
