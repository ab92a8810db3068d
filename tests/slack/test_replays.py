"""T4, F24: what is sent a second time, to the byte, happens once, and nobody learns anything."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.slack.board import CardBoard
from bot.slack.directory import Directory
from bot.slack.inbound import Peers
from bot.slack.surface import PATH, SlackSurface
from tests.clock import IdleClock
from tests.slack.rig import Rig, rig, slack_options
from tests.slack.scripted import PODS, Bell, plays, proposal


@dataclass
class Tap:
    """Stands between Slack and the bot, and can say again what it heard."""

    bot: str
    heard: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    async def forward(self, request: web.Request) -> web.Response:
        body, headers = await request.read(), dict(request.headers.items())
        self.heard.append((body, headers))
        status, said = await self._send(self.bot, body, headers)
        return web.Response(status=status, body=said, content_type="application/json")

    async def again(self, url: str = "") -> tuple[int, bytes]:
        """Send the last request once more."""
        return await self._send(url or self.bot, *self.heard[-1])

    async def _send(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=headers) as response,
        ):
            return response.status, await response.read()


@asynccontextmanager
async def tapped(story: Rig) -> AsyncIterator[Tap]:
    tap, app = Tap(story.slack.events_url), web.Application()
    app.router.add_post(PATH, tap.forward)
    async with TestServer(app) as server:
        story.slack.events_url = str(server.make_url(PATH))
        yield tap


@asynccontextmanager
async def replica(story: Rig) -> AsyncIterator[tuple[SlackSurface, str]]:
    """Run a second bot on the same store; yield it and its address."""
    peers = Peers(
        story.service,
        story.memory,
        IdleClock(),
        lambda: "other",
        story.shelf,
        Directory(IdleClock()),
        CardBoard(story.service.cases, story.shelf, Bell(), IdleClock()),
    )
    surface = SlackSurface(slack_options(story.slack), peers, story.backstage.beyond())
    app = web.Application()
    app.add_routes(surface.routes())
    await surface.start()
    try:
        async with TestServer(app) as server:
            yield surface, str(server.make_url(PATH))
    finally:
        await surface.drain(0)
        await surface.close()


async def types(story: Rig) -> None:
    await story.ada.slash(story.shop, "/kubectl get pods")


async def mentions(story: Rig) -> None:
    await story.ada.mention(story.shop, "get pods")


async def confirms(story: Rig) -> None:
    asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
    await (await asked.click("Confirm")).until("web-1")


async def submits(story: Rig) -> None:
    form = await story.ada.open(story.shop, "/kubectl")
    await form.until("The same, typed:")
    await form.fill("Type", "pods")
    await form.until("get pods\n")
    await form.submit()


async def opens_a_form(story: Rig) -> None:
    form = await story.ada.open(story.shop, "/kubectl")
    await form.until("The same, typed:")


async def opens_home(story: Rig) -> None:
    await story.ada.open_home()


ACTS = pytest.mark.parametrize(
    "act",
    [types, mentions, confirms, submits, opens_a_form, opens_home],
    ids=lambda one: one.__name__,
)
Act = Callable[[Rig], Awaitable[None]]


@ACTS
async def test_t4_an_act_that_is_replayed_does_nothing_and_says_nothing(act: Act) -> None:
    script = plays(proposal() if act is confirms else PODS)
    async with rig("http", script) as story, tapped(story) as tap:
        await act(story)
        done = did(story)
        assert await tap.again() == (200, b"")
        await story.surface.drain(5)
        assert did(story) == done


@ACTS
async def test_t4_an_act_that_is_replayed_to_another_replica_does_nothing_twice(act: Act) -> None:
    script = plays(proposal() if act is confirms else PODS)
    async with rig("http", script) as story, tapped(story) as tap:
        await act(story)
        async with replica(story) as (other, url):
            done = did(story)
            status, said = await tap.again(url)
            assert (status, said.strip()) == (200, b"")
            await other.drain(5)
            assert did(story) == done


async def test_a_menu_gets_its_options_each_time_that_it_asks() -> None:
    async with rig("http", plays(PODS)) as story, tapped(story) as tap:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        await form.suggestions("Namespace")
        status, said = await tap.again()
        assert status == 200
        assert b"shop" in said


def did(story: Rig) -> tuple[object, ...]:
    """Return what the bot did so far, but for learning who it is and who asks."""
    made = [call.method for call in story.slack.wire.calls]
    asked = {"auth.test", "bots.info", "users.info", "conversations.info"}
    service = story.service
    return (
        [request.text for request in service.served],
        [ticket for ticket, _ in service.confirmed],
        [method for method in made if method not in asked],
    )
