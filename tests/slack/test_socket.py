"""Socket Mode survives what happens to its connections, and says when it does not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.core.clock import SystemClock
from bot.core.reply import Text
from bot.slack.inbound import Peers
from bot.slack.options import Options
from bot.slack.socket import Watchdog
from bot.slack.surface import SlackSurface
from tests.clock import ManualClock
from tests.slack.rig import rig
from tests.slack.scripted import PODS, Memory, ScriptedService, plays


async def test_two_connections_are_opened_and_make_the_bot_ready() -> None:
    async with rig("socket", plays(PODS)) as story:
        await until(story.surface.ready)
        assert story.slack.connections == 2
        assert story.surface.alive()


async def test_a_refresh_leaves_no_command_unanswered() -> None:
    async with rig("socket", plays(PODS)) as story:
        await story.slack.refresh_connections()
        await story.slack.connected(2)
        assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()


async def test_cut_connections_are_opened_again() -> None:
    async with rig("socket", plays(PODS), ping_seconds=0.1) as story:
        await until(story.surface.ready)
        story.slack.drop_connections()
        await until(lambda: not story.surface.ready())
        await until(story.surface.ready)
        assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()


async def test_a_frozen_peer_is_noticed_and_left() -> None:
    async with rig("socket", plays(PODS), ping_seconds=0.1) as story:
        await until(story.surface.ready)
        story.slack.freeze()
        await until(lambda: not story.surface.ready())
        await until(story.surface.ready)
        assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()


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
        peers = Peers(ScriptedService([plays()]), Memory(), SystemClock(), lambda: "req-1")
        surface = SlackSurface(options, peers)
        await surface.start()
        await greeted.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not surface.ready()
        greet.set()
        await until(surface.ready)
        await surface.drain(0)
        await surface.close()


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until it holds; never for longer than ten seconds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


@dataclass
class Scripted:
    """A connection that works when the test says so."""

    works: bool = False
    rebuilt: int = 0

    def hears(self) -> bool:
        return self.works

    async def rebuild(self) -> None:
        self.rebuilt += 1

    async def close(self) -> None:
        self.works = False


@pytest.mark.parametrize(
    ("looks", "rebuilt", "gave_up"),
    [(0, 0, False), (1, 0, False), (2, 1, False), (4, 2, False), (5, 2, True), (6, 3, True)],
)
async def test_a_deaf_connection_is_rebuilt_and_in_the_end_given_up(
    looks: int, rebuilt: int, gave_up: bool
) -> None:
    clock, deaf = ManualClock(), Scripted()
    watchdog = Watchdog([deaf], clock, 20)
    task = asyncio.create_task(watchdog.run())
    await clock.advance(20 * looks + 1)
    assert deaf.rebuilt == rebuilt
    assert watchdog.gave_up() is gave_up
    task.cancel()


async def test_one_working_connection_is_enough_to_live() -> None:
    clock = ManualClock()
    watchdog = Watchdog([Scripted(), Scripted(works=True)], clock, 20)
    task = asyncio.create_task(watchdog.run())
    await clock.advance(500)
    assert not watchdog.gave_up()
    task.cancel()


async def test_a_connection_that_came_back_is_forgiven() -> None:
    clock, shaky = ManualClock(), Scripted()
    watchdog = Watchdog([shaky], clock, 20)
    task = asyncio.create_task(watchdog.run())
    await clock.advance(81)
    shaky.works = True
    await clock.advance(20)
    shaky.works = False
    await clock.advance(20)
    assert not watchdog.gave_up()
    task.cancel()
