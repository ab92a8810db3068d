"""The process says how it is, and serves the routes of other rooms."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.web.server import Options, WebServer


@asynccontextmanager
async def serving(
    alive: Callable[[], bool] = lambda: True, ready: Callable[[], bool] = lambda: True
) -> AsyncIterator[str]:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    server = WebServer(
        Options(port=0),
        alive={"slack": alive, "loop": lambda: True},
        ready={"slack": ready, "store": lambda: True},
        routes=[web.post("/echo", echo)],
    )
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.close()


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_all_is_well(path: str) -> None:
    async with serving() as url:
        assert await get(url + path) == (200, "ok\n")


async def test_a_process_that_cannot_serve_now_is_alive_but_not_ready() -> None:
    async with serving(ready=lambda: False) as url:
        assert await get(f"{url}/livez") == (200, "ok\n")
        assert await get(f"{url}/readyz") == (503, "slack failed\n")


async def test_a_process_that_only_a_restart_can_help_says_so() -> None:
    async with serving(alive=lambda: False) as url:
        assert await get(f"{url}/livez") == (503, "slack failed\n")


async def test_health_is_asked_anew_each_time() -> None:
    health = [False, True]
    async with serving(ready=health.pop) as url:
        assert (await get(f"{url}/readyz"))[0] == 200
        assert (await get(f"{url}/readyz"))[0] == 503


async def test_routes_that_it_was_given_are_served() -> None:
    async with (
        serving() as url,
        aiohttp.ClientSession() as session,
        session.post(f"{url}/echo", data="hello") as response,
    ):
        assert await response.text() == "hello"


async def test_what_is_not_there_is_not_found() -> None:
    async with serving() as url:
        assert (await get(f"{url}/metrics"))[0] == 404


async def test_a_server_listens_only_on_this_machine_unless_told() -> None:
    assert Options().host == "127.0.0.1"
