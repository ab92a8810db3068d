"""Socket Mode: connections that are watched, because a dead one may look alive for hours.

Two, since each is deaf for a moment whenever Slack asks for a refresh. The SDK reconnects by
itself; the watchdog asks for proof (a hello, and pongs that are not old) and builds anew what
gives none.
"""

import asyncio
from typing import Any, Protocol

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock
from bot.slack.client import quiet_logger
from bot.slack.options import Options

_LOG = structlog.stdlib.get_logger(__name__)

# In pings: the SDK itself gives a connection up after four without a pong.
_CHECK_PINGS = 4
_OLDEST_PONG_PINGS = 12
_MISSES_TO_REBUILD = 2
_MISSES_TO_GIVE_UP = 5
_CLOSE_SECONDS = 5.0


class Connection(Protocol):
    """One way to hear from Slack."""

    def hears(self) -> bool:
        """Tell whether there is proof that it works now."""
        ...

    async def rebuild(self) -> None:
        """Begin to connect, from nothing."""
        ...

    async def close(self) -> None:
        """End it."""
        ...


class Watchdog:
    """Looks at connections and rebuilds the deaf ones."""

    def __init__(self, connections: list[Connection], clock: Clock, seconds: float) -> None:
        self._connections = connections
        self._clock = clock
        self._seconds = seconds
        self._misses = [0] * len(connections)

    def gave_up(self) -> bool:
        """Tell whether no connection could be brought back; only a new process may help."""
        return all(misses >= _MISSES_TO_GIVE_UP for misses in self._misses)

    async def run(self) -> None:
        """Look at all connections, again and again, until cancelled."""
        while True:
            await self._clock.sleep(self._seconds)
            for index, connection in enumerate(self._connections):
                await self._look(index, connection)

    async def _look(self, index: int, connection: Connection) -> None:
        if connection.hears():
            self._misses[index] = 0
            return
        self._misses[index] += 1
        _LOG.warning("slack_socket_deaf", connection=index, misses=self._misses[index])
        if self._misses[index] % _MISSES_TO_REBUILD == 0:
            await connection.rebuild()


class SocketMode:
    """All connections of one process."""

    def __init__(
        self, app: AsyncApp, client: AsyncWebClient, options: Options, clock: Clock
    ) -> None:
        self._connections: list[Connection] = [
            _AiohttpConnection(app, client, options, clock) for _ in range(options.connections)
        ]
        seconds = options.ping_seconds * _CHECK_PINGS
        self._watchdog = Watchdog(self._connections, clock, seconds)
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to connect; `ready` tells when it worked."""
        for connection in self._connections:
            await connection.rebuild()
        self._watching = asyncio.create_task(self._watchdog.run())

    def ready(self) -> bool:
        """Tell whether Slack can reach the bot over at least one connection."""
        return any(connection.hears() for connection in self._connections)

    def alive(self) -> bool:
        """Tell whether there is hope: false when rebuilding does not help any more."""
        return not self._watchdog.gave_up()

    async def close(self) -> None:
        """Hear nothing more."""
        if self._watching:
            self._watching.cancel()
        await asyncio.gather(*(connection.close() for connection in self._connections))


class _AiohttpConnection:
    """A connection of slack_sdk's aiohttp client, the only one that recovers in seconds."""

    def __init__(
        self, app: AsyncApp, client: AsyncWebClient, options: Options, clock: Clock
    ) -> None:
        self._app = app
        self._client = client
        self._options = options
        self._clock = clock
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._greeted: aiohttp.ClientWebSocketResponse | None = None

    def hears(self) -> bool:
        """Tell whether the current session was greeted and its last pong is not old."""
        session = self._handler.client.current_session if self._handler else None
        if session is None or session.closed or session is not self._greeted:
            return False
        return self._pong_age() < self._options.ping_seconds * _OLDEST_PONG_PINGS

    async def rebuild(self) -> None:
        """Close what is there and let a new client connect in a task of its own."""
        await self.close()
        handler = AsyncSocketModeHandler(
            self._app,
            self._options.app_token.get_secret_value(),
            logger=quiet_logger(),
            web_client=self._client,
            ping_interval=self._options.ping_seconds,
        )
        # slack_sdk 3.47 falls back to HTTPS_PROXY, for 127.0.0.1 too; only the settings decide.
        handler.client.proxy = self._client.proxy
        handler.client.message_listeners.append(self._on_message)
        self._handler = handler
        self._connecting = asyncio.create_task(_connect(handler))

    async def close(self) -> None:
        """End the session and everything that the client runs beside it."""
        if self._connecting:
            self._connecting.cancel()
        if self._handler:
            await _shut(self._handler)
        self._handler = self._connecting = self._greeted = None

    def _pong_age(self) -> float:
        last = self._handler.client.last_ping_pong_time if self._handler else None
        return 0.0 if last is None else self._clock.now().timestamp() - last

    async def _on_message(self, _client: Any, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") != "hello" or self._handler is None:
            return
        self._greeted = self._handler.client.current_session
        others = int(message.get("num_connections", 0)) - self._options.connections
        if others > 0:
            # Slack deals each payload to any connection: another bot with this token steals some.
            _LOG.warning("slack_socket_shared", other_connections=others)


async def _connect(handler: AsyncSocketModeHandler) -> None:
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt has no types here


async def _shut(handler: AsyncSocketModeHandler) -> None:
    client = handler.client
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await handler.close_async()  # type: ignore[no-untyped-call]
    except (aiohttp.ClientError, OSError) as error:
        _LOG.info("slack_socket_torn", reason=type(error).__name__)
    # `close_async` stops at the first failure; the rest of what it does is done here.
    tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
    for task in tasks:
        if task:
            task.cancel()
    await client.aiohttp_client_session.close()
