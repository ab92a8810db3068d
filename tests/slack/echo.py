"""A process that answers every request at once: how soon this machine lets anybody answer now."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def echoing(seconds: list[float], pause: float = 0.1) -> AsyncIterator[None]:
    """Ask such a process until the block ends, and add how long each answer took."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.slack.echo", cwd=ROOT, stdout=PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    asking = asyncio.create_task(_ask(url, seconds, pause))
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        process.kill()
        await process.wait()


async def _ask(url: str, seconds: list[float], pause: float) -> None:
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session:
        while True:
            began = loop.time()
            async with session.post(url, data=b"text=get+pods") as answer:
                await answer.read()
            seconds.append(loop.time() - began)
            await asyncio.sleep(pause)


async def _serve() -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response()

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}/\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
