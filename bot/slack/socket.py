"""Socket Mode: as many connections as the options say, each of which keeps itself alive.

Two, so that one that died unseen costs half of the envelopes for some seconds, and not all.
"""

import asyncio
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock, deadline
from bot.slack.calls import Caller
from bot.slack.envelopes import acknowledged
from bot.slack.line import Line, Socket
from bot.slack.options import Options

_LOG = structlog.stdlib.get_logger(__name__)

# Deaf for so long on all connections: only a new process may help.
GIVE_UP_SECONDS = 300.0
_CONNECT_SECONDS = 5.0
_CLOSE_SECONDS = 1.0


class SocketMode:
    """All connections of one process."""

    def __init__(
        self, app: AsyncApp, client: AsyncWebClient, options: Options, clock: Clock
    ) -> None:
        self._app = app
        self._client = client
        self._options = options
        self._clock = clock
        self._caller = Caller(clock)
        self._session: aiohttp.ClientSession | None = None
        self._lines = [
            Line(self._dial, self._take, self._greeted, clock, options.ping_seconds)
            for _ in range(options.connections)
        ]
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to connect; `ready` tells when it worked."""
        # A WebSocket lives for hours, which the session of the calls would not let it.
        timeout = aiohttp.ClientTimeout(total=None)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        self._running = [asyncio.create_task(line.run()) for line in self._lines]

    def ready(self) -> bool:
        """Tell whether Slack can reach the bot over at least one connection."""
        return any(line.hears() for line in self._lines)

    def alive(self) -> bool:
        """Tell whether there is hope: false when nothing was heard for minutes."""
        return any(line.deaf_seconds() < GIVE_UP_SECONDS for line in self._lines)

    async def close(self) -> None:
        """Hear nothing more."""
        running, self._running = self._running, []
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.gather(*(line.close() for line in self._lines))
        if self._session:
            await self._session.close()

    async def _dial(self) -> Socket:
        if self._session is None:
            raise RuntimeError("start comes first")
        token = self._options.app_token.get_secret_value()
        answer = await self._caller.call(
            lambda: self._client.apps_connections_open(app_token=token), repeatable=True
        )
        async with deadline(self._clock, _CONNECT_SECONDS):
            return await self._session.ws_connect(
                str(answer["url"]),
                autoping=False,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                proxy=self._client.proxy,
                ssl=self._client.ssl or True,
            )

    def _greeted(self, greeting: dict[str, Any]) -> None:
        own = self._options.connections + sum(line.replacing for line in self._lines)
        others = int(greeting.get("num_connections", 0)) - own
        if others > 0:
            # Slack deals each payload to any connection: another bot with this token steals some.
            _LOG.warning("slack_socket_shared", other_connections=others)

    async def _take(self, envelope: dict[str, Any]) -> bytes | None:
        return await acknowledged(self._app, envelope)
