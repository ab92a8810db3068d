"""Socket Mode survives what happens to its connections, and says when it does not."""

import asyncio
from collections.abc import Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.core.clock import SystemClock
from bot.core.reply import Text
from bot.demo.slack.workspace import RefreshReason
from bot.slack.board import CardBoard
from bot.slack.directory import Directory
from bot.slack.inbound import Peers
from bot.slack.options import Options
from bot.slack.surface import SlackSurface
from tests.clock import IdleClock
from tests.slack.beyond import Backstage
from tests.slack.rig import rig
from tests.slack.scripted import PODS, Bell, Memory, MemoryCases, ScriptedService, Shelf, plays


async def test_two_connections_are_opened_and_make_the_bot_ready() -> None:
    async with rig("socket", plays(PODS)) as story:
        await until(story.surface.ready)
        assert story.slack.connections == 2
        assert story.surface.alive()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_refresh_leaves_no_command_unanswered(reason: RefreshReason) -> None:
    async with rig("socket", plays(PODS)) as story:
        await until(story.surface.ready)
        await story.slack.refresh_connections(reason)
        assert story.surface.ready()
        await story.slack.connected(2)
        assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()


@pytest.mark.parametrize("way", ["reset", "closed", "frozen", "warning", "refresh_requested"])
async def test_however_a_connection_dies_the_bot_hears_again_within_twenty_seconds(
    way: str,
) -> None:
    clock = IdleClock()
    async with rig("socket", plays(PODS), clock=clock) as story:
        slack, since = story.slack, clock.monotonic()
        match way:
            case "reset":
                slack.drop_connections()
            case "closed":
                await slack.close_connections()
            case "frozen":
                slack.freeze()
            case _:
                await slack.refresh_connections(
                    "warning" if way == "warning" else "refresh_requested"
                )
        await slack.connected(2)
        await until(story.surface.ready)
        assert clock.monotonic() - since <= 20
        assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()


async def test_readiness_tells_the_truth_while_slack_cannot_be_reached() -> None:
    clock = IdleClock()
    async with rig("socket", plays(PODS), clock=clock) as story:
        await until(story.surface.ready)
        assert await status(clock, story.web.port) == 200
        for _ in range(4):
            story.slack.fail_next("apps.connections.open", error="access_denied")
        story.slack.freeze()
        while story.surface.ready():
            await clock.sleep(0.25)
        assert await status(clock, story.web.port) == 503
        while not story.surface.ready():
            await clock.sleep(0.25)
        assert await status(clock, story.web.port) == 200


async def status(clock: IdleClock, port: int) -> int:
    """Return what is answered now, however long that takes."""
    async with aiohttp.ClientSession() as session:
        with clock.hold():
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status


async def test_after_draining_nothing_is_heard_any_more() -> None:
    async with rig("socket", plays(Text("never\n"))) as story:
        await story.surface.drain(0)
        told = await story.ada.slash(story.shop, "/kubectl get pods")
        assert "failed with the error" in told.plain()
        assert not story.surface.ready()
        assert story.service.served == []


async def test_a_connection_that_was_not_greeted_does_not_make_the_bot_ready() -> None:
    greet, greeted = asyncio.Event(), asyncio.Event()

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        greeted.set()
        await greet.wait()
        await socket.send_json({"type": "hello", "num_connections": 1})
        async for _ in socket:
            pass
        return socket

    async def method(request: web.Request) -> web.Response:
        url = f"ws://{request.host}/link"
        known = {"team_id": "T1", "user_id": "U1", "user": "deck", "url": "http://t.test/"}
        return web.json_response({"ok": True, **known, "url": url})

    app = web.Application()
    app.add_routes([web.get("/link", link), web.post("/api/{method}", method)])
    async with TestServer(app) as server:
        options = Options(
            bot_token=SecretStr("xoxb-1"),
            app_token=SecretStr("xapp-1"),
            base_url=str(server.make_url("/api/")),
            connections=1,
        )
        peers = Peers(
            ScriptedService([plays()]),
            Memory(),
            SystemClock(),
            lambda: "req-1",
            Shelf(),
            Directory(SystemClock()),
            CardBoard(MemoryCases(), Shelf(), Bell(), SystemClock()),
        )
        surface = SlackSurface(options, peers, Backstage().beyond())
        await surface.start()
        await greeted.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not surface.ready()
        assert surface.alive()
        greet.set()
        await until(surface.ready)
        await surface.drain(0)
        await surface.close()


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until it holds; never for longer than ten seconds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)
