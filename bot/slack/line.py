"""One Socket Mode connection that notices when it is dead, and is then opened anew.

A dead connection may look alive for hours, so proof is asked for all the time: a hello at the
start, and then some frame within three pings. All waiting is done on the Clock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import aiohttp
import orjson
import structlog
from aiohttp import WSMessage, WSMsgType

from bot.core.clock import Clock, deadline
from bot.slack.calls import FAILURES

_LOG = structlog.stdlib.get_logger(__name__)

# So many pings without any frame, and the peer counts as gone.
SILENT_PINGS = 3
# From the open WebSocket to Slack's hello.
HELLO_SECONDS = 5.0
# Before each further attempt to connect; `apps.connections.open` tolerates bursts.
_PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0)
# What the server still sends over a connection that it asked to have replaced.
_LINGER_SECONDS = 5.0
LOST, SILENT = "lost", "silent"
# Slack's words of a `disconnect` frame. After the others a new connection is opened at once.
_PAUSE_AFTER = {"too_many_websockets": 10.0, "link_disabled": 60.0}
_OVER = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


class Socket(Protocol):
    """An open WebSocket, as aiohttp has it."""

    async def receive(self) -> WSMessage:
        """Return the next frame; one that says so when it is over."""
        ...

    async def send_str(self, data: str) -> None:
        """Send a text frame."""
        ...

    async def ping(self, message: bytes = b"") -> None:
        """Send a ping."""
        ...

    async def pong(self, message: bytes = b"") -> None:
        """Answer a ping."""
        ...

    async def close(self) -> Any:
        """Close it."""
        ...


Dial = Callable[[], Awaitable[Socket]]
"""Opens a WebSocket to Slack; raises what `calls.FAILURES` names, or aiohttp's errors."""
Take = Callable[[dict[str, Any]], Awaitable[bytes | None]]
"""Takes an envelope in; returns the frame that acknowledges it, if it does."""
Greeted = Callable[[dict[str, Any]], None]
"""Hears of each hello."""
TROUBLE = (*FAILURES, aiohttp.ClientError, OSError, TimeoutError)


class Link:
    """One WebSocket from its opening to its end."""

    def __init__(self, socket: Socket, take: Take, clock: Clock, ping_seconds: float) -> None:
        self._socket = socket
        self._take = take
        self._clock = clock
        self._silence = SILENT_PINGS * ping_seconds
        self._ping_seconds = ping_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled, self._ended = asyncio.Event(), asyncio.Event()
        self.greeting: dict[str, Any] | None = None
        """Slack's hello."""
        self.reason = ""
        """Why it is to be replaced; empty while it is not."""
        self._dead = False
        self._heard = clock.monotonic()

    def start(self) -> None:
        """Begin to listen, and to ask for signs of life."""
        self._spawn(self._listen())
        self._spawn(self._ping())

    async def settled(self) -> None:
        """Wait until it was greeted, or is over before that."""
        await self._settled.wait()

    async def ended(self) -> None:
        """Wait until it is to be replaced; `reason` says why."""
        await self._ended.wait()

    def good(self) -> bool:
        """Tell whether it was greeted and heard of late; one to be replaced may still be good."""
        greeted = self.greeting is not None and not self._dead
        return greeted and self.silent_seconds() < self._silence + self._ping_seconds

    def silent_seconds(self) -> float:
        """Return for how long nothing was heard."""
        return self._clock.monotonic() - self._heard

    async def close(self) -> None:
        """End it, with whatever is still to be acknowledged over it."""
        self._die(LOST)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._socket.close()
        except TROUBLE as error:
            _LOG.info("slack_socket_torn", reason=type(error).__name__)

    def _end(self, reason: str) -> None:
        self.reason = self.reason or reason
        self._settled.set()
        self._ended.set()

    def _die(self, reason: str) -> None:
        self._dead = True
        self._end(reason)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self) -> None:
        try:
            while (frame := await self._socket.receive()).type not in _OVER:
                self._heard = self._clock.monotonic()
                if frame.type is WSMsgType.PING:
                    await self._socket.pong(frame.data)
                elif frame.type is WSMsgType.TEXT:
                    self._hear(orjson.loads(frame.data))
        except (*TROUBLE, orjson.JSONDecodeError) as error:
            _LOG.warning("slack_socket_broke", reason=type(error).__name__)
        finally:
            self._die(LOST)

    def _hear(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "hello":
                self.greeting = message
                self._settled.set()
            case "disconnect":
                self._end(str(message.get("reason")))
            case _:
                self._spawn(self._acknowledge(message))

    async def _acknowledge(self, envelope: dict[str, Any]) -> None:
        answer = await self._take(envelope)
        if answer is None:
            return
        try:
            await self._socket.send_str(answer.decode())
        except TROUBLE as error:
            # Slack shows the person that it failed, or sends an event again.
            _LOG.warning("slack_ack_lost", reason=type(error).__name__)

    async def _ping(self) -> None:
        try:
            while self.silent_seconds() < self._silence:
                await self._socket.ping()
                await self._clock.sleep(self._ping_seconds)
            self._die(SILENT)
        except TROUBLE:
            self._die(LOST)


class Line:
    """A connection that comes back, whatever becomes of the WebSockets that it is made of."""

    def __init__(
        self, dial: Dial, take: Take, greeted: Greeted, clock: Clock, ping_seconds: float
    ) -> None:
        self._dial = dial
        self._take = take
        self._on_greeting = greeted
        self._clock = clock
        self._ping_seconds = ping_seconds
        self._link: Link | None = None
        self._retiring: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._began = clock.monotonic()

    @property
    def replacing(self) -> int:
        """How many of its WebSockets are still open beside the one that counts."""
        told_to_go = self._link is not None and bool(self._link.reason)
        return len(self._retiring) + told_to_go

    def hears(self) -> bool:
        """Tell whether there is proof that Slack reaches the bot over it now."""
        return self._link is not None and self._link.good()

    def deaf_seconds(self) -> float:
        """Return for how long nothing was heard over it; 0 while it hears."""
        if self._link is None:
            return self._clock.monotonic() - self._began
        return 0.0 if self._link.good() else self._link.silent_seconds()

    async def run(self) -> None:
        """Keep it open until cancelled."""
        while True:
            link = await self._greeted()
            if link is None:
                continue
            self._replace(link)
            await link.ended()
            _LOG.info("slack_socket_over", reason=link.reason)
            await self._clock.sleep(_PAUSE_AFTER.get(link.reason, 0.0))

    async def close(self) -> None:
        """Hear nothing more."""
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        if self._link:
            await self._link.close()

    async def _greeted(self) -> Link | None:
        """Return a new link; None after a failure, when it is time to try again."""
        try:
            link = await self._opened()
        except TROUBLE as error:
            reason, pause = type(error).__name__, _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        else:
            if link.greeting:
                self._failures = 0
                self._on_greeting(link.greeting)
                return link
            await link.close()
            reason, pause = link.reason, _PAUSE_AFTER.get(link.reason, _PAUSES[-1])
        self._failures += 1
        # Types and Slack's words alone: the texts of aiohttp carry the address with its ticket.
        _LOG.warning("slack_socket_not_open", reason=reason, again_in=pause)
        await self._clock.sleep(pause)
        return None

    async def _opened(self) -> Link:
        link = Link(await self._dial(), self._take, self._clock, self._ping_seconds)
        link.start()
        try:
            async with deadline(self._clock, HELLO_SECONDS):
                await link.settled()
        except (TimeoutError, asyncio.CancelledError):
            await link.close()
            raise
        return link

    def _replace(self, fresh: Link) -> None:
        old, self._link = self._link, fresh
        if old is None:
            return
        task = asyncio.create_task(self._retire(old))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _retire(self, old: Link) -> None:
        try:
            if old.good():
                await self._clock.sleep(_LINGER_SECONDS)
        finally:
            await old.close()
