"""Socket Mode: envelopes over WebSockets that the bot opens, answered by envelope id."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import WSMessage, WSMsgType, web

from bot.demo.slack import limits
from bot.demo.slack.chaos import cut
from bot.demo.slack.delivery import Envelope, NotAcknowledgedError
from bot.demo.slack.platform import Platform
from bot.demo.slack.shapes import Json

_HOST = "applink-playground"
_CONNECTION_SECONDS = 18_060
"""`approximate_connection_time` as Slack's sample hello says it."""
_CLOSE_AFTER_SECONDS = 10.0
"""From the request to refresh until the server closes the old connection by itself."""


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of the bot."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    retiring: bool = False
    """It was told to go, or is cut, and gets no more envelopes."""
    frozen: bool = False
    """Its peer seems dead: TCP lives, nothing is read or answered."""

    @property
    def good(self) -> bool:
        """Whether the bot can still count on it."""
        return not (self.retiring or self.frozen)

    async def say(self, message: Json) -> None:
        """Send one JSON frame, unless the peer is frozen."""
        if not self.frozen:
            await self.socket.send_str(orjson.dumps(message).decode())

    def reset(self) -> None:
        """Cut the connection with a TCP reset."""
        self.retiring = True
        cut(self.transport)


class SocketMode:
    """The server's side of Socket Mode, and a transport for envelopes."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        # Which connection gets an envelope is any one's guess, and repeats for a seed.
        self._random = random.Random(platform.options.seed)  # noqa: S311
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self.connections: list[Connection] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from its hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._platform.tickets:
            return web.Response(status=403, text="This address was used or never given out.")
        self._platform.tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if request.transport is None:
            return socket
        await self._serve(Connection(socket, request.transport))
        return socket

    async def deliver(self, envelope: Envelope) -> Json:
        """Send an envelope to any one connection and wait for its acknowledgement.

        Raises:
            NotAcknowledgedError: no connection is open.
        """
        open_ones = [one for one in self.connections if not one.retiring]
        if not open_ones:
            raise NotAcknowledgedError("dispatch_failed", reason="no_connection")
        # A duplicate has the same id: whichever copy is acknowledged first ends both waits.
        fresh = asyncio.get_running_loop().create_future()
        answer = self._waiting.setdefault(envelope.id, fresh)
        try:
            await self._random.choice(open_ones).say(_frame(envelope))
            return await asyncio.shield(answer)
        except ConnectionResetError:
            raise NotAcknowledgedError("dispatch_failed", reason="connection_failed") from None
        finally:
            self._waiting.pop(envelope.id, None)

    async def refresh(self, reason: str, most: int | None) -> None:
        """Tell the oldest connections to go, at most so many (None is all).

        The reason is `warning`, `refresh_requested` or `link_disabled`.
        """
        for connection in self.connections[:most]:
            if reason != "warning":
                connection.retiring = True
                self._platform.errands.start(self._close_later(connection))
            with suppress(ConnectionResetError):
                await connection.say(_goodbye(reason))

    def drop(self) -> None:
        """Cut every connection with a TCP reset."""
        for connection in list(self.connections):
            connection.reset()

    async def close(self) -> None:
        """Close every connection with a close frame, without a word before it."""
        for connection in list(self.connections):
            connection.retiring = True
            await connection.socket.close()

    def freeze(self) -> None:
        """Let every connection that is open now go silent without closing."""
        for connection in self.connections:
            connection.frozen = True

    async def _serve(self, connection: Connection) -> None:
        if len(self.connections) >= limits.CONNECTIONS:
            await connection.say(_goodbye("too_many_websockets"))
            await connection.socket.close()
            return
        self.connections.append(connection)
        pings = self._platform.errands.start(self._ping(connection))
        try:
            with suppress(ConnectionResetError):
                await connection.say(self._hello())
            self._platform.state.changes.announce()
            async for frame in connection.socket:
                await self._hear(connection, frame)
        finally:
            pings.cancel()
            self.connections.remove(connection)
            self._platform.state.changes.announce()

    async def _hear(self, connection: Connection, frame: WSMessage) -> None:
        if connection.frozen:
            return
        if frame.type == WSMsgType.PING:
            with suppress(ConnectionResetError):
                await connection.socket.pong(frame.data)
        elif frame.type == WSMsgType.TEXT:
            self._acknowledged(orjson.loads(frame.data))

    def _acknowledged(self, answer: dict[str, Any]) -> None:
        """Wake whoever waits; an answer after the three seconds, or a second one, is nothing."""
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload") or {})

    async def _ping(self, connection: Connection) -> None:
        while not connection.socket.closed:
            await self._platform.clock.sleep(self._platform.options.ping_seconds)
            if not connection.frozen:
                with suppress(ConnectionResetError):
                    await connection.socket.ping(f"Ping from {_HOST}".encode())

    async def _close_later(self, connection: Connection) -> None:
        await self._platform.clock.sleep(_CLOSE_AFTER_SECONDS)
        await connection.socket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self._platform.names.app},
            "debug_info": {
                "host": _HOST,
                "build_number": 1,
                "approximate_connection_time": _CONNECTION_SECONDS,
            },
        }


def _frame(envelope: Envelope) -> Json:
    frame: Json = {
        "envelope_id": envelope.id,
        "type": envelope.kind,
        "accepts_response_payload": envelope.kind != "events_api",
        "payload": envelope.payload,
    }
    if envelope.kind == "events_api":
        frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return frame


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
