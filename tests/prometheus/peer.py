"""A server of HTTP that answers as a test wants, down to the bytes and when they come."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.core.clock import Clock, SystemClock
from bot.prometheus.asking import Asking, Means
from bot.prometheus.client import Client
from bot.prometheus.options import Caps, Source
from bot.prometheus.threads import Threads
from bot.prometheus.turns import Room, Turns

ASKING = Asking("T1/U1", 5.0)
ROOM = Room(per_person=4, waiting_per_person=8, in_all=16)
CAPS = Caps(seconds=5.0, bytes=2**20, series=100, points=1000)


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


Answer = Callable[[Request, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Server:
    """The server and what it has heard."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has closed a connection."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request is there."""


def document(
    found: Any, *, status: int = 200, kind: str = "application/json", more: str = ""
) -> bytes:
    """Return an answer in bytes; text stays as it is, everything else becomes JSON."""
    body = found.encode() if isinstance(found, str) else json.dumps(found).encode()
    return (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    ).encode() + body


def success(data: Any, **more: Any) -> bytes:
    """Return Prometheus's envelope of what it found."""
    return document({"status": "success", "data": data, **more})


def vector(*series: Any, **more: Any) -> bytes:
    """Return the answer to an instant query."""
    return success({"resultType": "vector", "result": list(series)}, **more)


UP = {"metric": {"__name__": "up", "job": "web"}, "value": [1700000000.5, "1"]}


def always(answer: bytes) -> Answer:
    """Return what gives the same answer to everybody."""

    async def give(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return give


def each(*answers: bytes | Answer) -> Answer:
    """Return what gives one answer after the other, and the last one again and again."""
    left = list(answers)

    async def give(request: Request, writer: asyncio.StreamWriter) -> None:
        answer = left.pop(0) if len(left) > 1 else left[0]
        await (always(answer) if isinstance(answer, bytes) else answer)(request, writer)

    return give


@asynccontextmanager
async def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve on a port of this machine until the block ends."""
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        try:
            while request := await _read(reader):
                server.requests.append(request)
                server.arrived.set()
                await _unless_gone(answer(request, writer), reader)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            server.gone.set()
            tasks.discard(task)
            writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"http{'s' if tls else ''}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _unless_gone(answering: Coroutine[Any, Any, None], reader: asyncio.StreamReader) -> None:
    """Answer until the client goes away."""
    answered, gone = asyncio.create_task(answering), asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait({answered, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            raise ConnectionResetError
        answered.result()
    finally:
        answered.cancel()
        gone.cancel()
        await asyncio.gather(answered, gone, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    with contextlib.suppress(asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, target, headers, body)
    return None


@asynccontextmanager
async def client_of(
    url: str,
    *,
    caps: Caps = CAPS,
    clock: Clock | None = None,
    room: Room = ROOM,
    threads: Threads | None = None,
    **source: Any,
) -> AsyncIterator[Client]:
    """Open a client of one Prometheus until the block ends."""
    means = Means(clock or SystemClock(), Turns(room), threads or Threads())
    client = Client(Source(url=url, **source), caps, means, room.in_all, None)
    try:
        yield client
    finally:
        client.close()
        means.threads.shutdown()
