"""A Socket Mode connection that dies in any way is noticed and replaced, on a clock of our own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import WSMessage, WSMsgType

from bot.slack.line import HELLO_SECONDS, Line
from bot.slack.options import Options
from tests.clock import ManualClock

PING: float = Options.model_fields["ping_seconds"].default
LONGEST_DEAF = 20.0
HELLO = {"type": "hello", "num_connections": 1}


@dataclass
class Wire:
    """A WebSocket whose other end is the test."""

    frozen: bool = False
    closed: bool = False
    sent: list[dict[str, Any]] = field(default_factory=list)
    _frames: "asyncio.Queue[WSMessage]" = field(default_factory=asyncio.Queue)

    def says(self, message: dict[str, Any]) -> None:
        self._frames.put_nowait(WSMessage(WSMsgType.TEXT, orjson.dumps(message).decode(), None))

    def ends(self, kind: WSMsgType = WSMsgType.CLOSE) -> None:
        self._frames.put_nowait(WSMessage(kind, None, None))

    async def receive(self) -> WSMessage:
        return await self._frames.get()

    async def send_str(self, data: str) -> None:
        self.sent.append(orjson.loads(data))

    async def ping(self, message: bytes = b"") -> None:
        if not self.frozen:
            self._frames.put_nowait(WSMessage(WSMsgType.PONG, message, None))

    async def pong(self, message: bytes = b"") -> None:
        self.sent.append({"pong": message.decode()})

    async def close(self) -> None:
        self.closed = True


@dataclass
class Exchange:
    """What the line dials: each time a new wire, greeted unless the test says otherwise."""

    clock: ManualClock
    wires: list[Wire] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    greeting: dict[str, Any] | None = field(default_factory=lambda: dict(HELLO))
    dialled: list[float] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def dial(self) -> Wire:
        self.dialled.append(self.clock.monotonic())
        if self.failures:
            raise self.failures.pop(0)
        wire = Wire()
        if self.greeting:
            wire.says(self.greeting)
        self.wires.append(wire)
        return wire

    async def take(self, envelope: dict[str, Any]) -> bytes | None:
        self.taken.append(envelope)
        if self.hold:
            await self.hold.wait()
        return orjson.dumps({"envelope_id": envelope["envelope_id"]})


@asynccontextmanager
async def line(**script: Any) -> AsyncIterator[tuple[Line, Exchange, ManualClock]]:
    clock = ManualClock()
    exchange = Exchange(clock, **script)
    made = Line(exchange.dial, exchange.take, lambda _hello: None, clock, PING)
    running = asyncio.create_task(made.run())
    await clock.advance(0)
    try:
        yield made, exchange, clock
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await made.close()


async def deaf_seconds(made: Line, exchange: Exchange, clock: ManualClock) -> float:
    """Let time pass until a new wire is heard; return how long that took."""
    since, before = clock.monotonic(), len(exchange.wires)
    while len(exchange.wires) == before or not made.hears():
        await clock.advance(0.5)
        assert clock.monotonic() - since < 600
    return clock.monotonic() - since


async def test_what_was_greeted_and_answers_pings_is_heard_for_hours() -> None:
    async with line() as (made, exchange, clock):
        assert made.hears()
        await clock.advance(3 * 3600)
        assert made.hears()
        assert made.deaf_seconds() == 0.0
        assert len(exchange.wires) == 1


@pytest.mark.parametrize("kind", [WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR])
async def test_a_cut_connection_is_replaced_at_once(kind: WSMsgType) -> None:
    async with line() as (made, exchange, clock):
        exchange.wires[0].ends(kind)
        assert await deaf_seconds(made, exchange, clock) <= 1.0
        assert exchange.wires[0].closed


async def test_a_frozen_peer_is_noticed_and_left_within_twenty_seconds() -> None:
    async with line() as (made, exchange, clock):
        await clock.advance(PING / 2)
        exchange.wires[0].frozen = True
        assert await deaf_seconds(made, exchange, clock) <= LONGEST_DEAF
        assert exchange.wires[0].closed


async def test_a_frozen_peer_does_not_make_the_bot_ready_for_longer_than_that() -> None:
    async with line(failures=[]) as (made, exchange, clock):
        exchange.wires[0].frozen = True
        exchange.failures += [aiohttp.ClientConnectionError()] * 100
        await clock.advance(LONGEST_DEAF)
        assert not made.hears()
        assert made.deaf_seconds() == LONGEST_DEAF
        assert len(exchange.wires) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_at_a_refresh_the_old_connection_serves_until_the_new_one_is_greeted(
    reason: str,
) -> None:
    async with line() as (made, exchange, clock):
        exchange.greeting = None
        [old] = exchange.wires
        old.says({"type": "disconnect", "reason": reason})
        await clock.advance(1)
        assert len(exchange.wires) == 2
        assert made.hears()
        old.says({"type": "slash_commands", "envelope_id": "e1", "payload": {}})
        await clock.advance(0)
        assert old.sent == [{"envelope_id": "e1"}]
        exchange.wires[1].says(HELLO)
        await clock.advance(10)
        assert made.hears()
        assert old.closed


async def test_what_is_not_greeted_is_given_up_and_tried_again() -> None:
    async with line(greeting=None) as (made, exchange, clock):
        assert not made.hears()
        exchange.greeting = HELLO
        assert await deaf_seconds(made, exchange, clock) <= HELLO_SECONDS + 1
        assert exchange.wires[0].closed


async def test_too_many_connections_are_no_reason_to_hammer() -> None:
    goodbye = {"type": "disconnect", "reason": "too_many_websockets"}
    async with line(greeting=goodbye) as (made, exchange, clock):
        await clock.advance(59)
        assert not made.hears()
        assert exchange.dialled == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
        exchange.greeting = HELLO
        assert await deaf_seconds(made, exchange, clock) <= LONGEST_DEAF


async def test_a_socket_mode_that_was_turned_off_is_asked_for_once_a_minute() -> None:
    async with line() as (made, exchange, clock):
        exchange.wires[0].says({"type": "disconnect", "reason": "link_disabled"})
        exchange.wires[0].ends()
        await clock.advance(59)
        assert not made.hears()
        assert len(exchange.dialled) == 1
        await clock.advance(1)
        assert made.hears()


async def test_failures_to_connect_are_repeated_at_growing_intervals() -> None:
    failures: list[Exception] = [aiohttp.ClientConnectionError() for _ in range(7)]
    async with line(failures=failures) as (made, exchange, clock):
        await clock.advance(48)
        assert exchange.dialled == [0.0, 0.0, 1.0, 3.0, 8.0, 18.0, 28.0, 38.0]
        assert made.hears()


async def test_a_slow_envelope_holds_up_no_other_and_no_ping() -> None:
    async with line(hold=asyncio.Event()) as (_made, exchange, clock):
        [wire] = exchange.wires
        for number in range(3):
            wire.says({"type": "interactive", "envelope_id": f"e{number}", "payload": {}})
        await clock.advance(60)
        assert [one["envelope_id"] for one in exchange.taken] == ["e0", "e1", "e2"]
        assert exchange.hold is not None
        exchange.hold.set()
        await clock.advance(0)
        assert [one["envelope_id"] for one in wire.sent] == ["e0", "e1", "e2"]


async def test_a_frame_that_is_no_json_ends_the_connection_and_nothing_else() -> None:
    async with line() as (made, exchange, clock):
        exchange.wires[0]._frames.put_nowait(WSMessage(WSMsgType.TEXT, "{", None))
        assert await deaf_seconds(made, exchange, clock) <= 1.0


async def test_pings_of_the_peer_are_answered() -> None:
    async with line() as (_made, exchange, clock):
        exchange.wires[0]._frames.put_nowait(WSMessage(WSMsgType.PING, b"now", None))
        await clock.advance(0)
        assert exchange.wires[0].sent == [{"pong": "now"}]
