"""The one web server of the simulated Slack, on 127.0.0.1 and a port of its own."""

from aiohttp import web

from bot.demo.slack.socketmode import SocketMode
from bot.demo.slack.webapi import WebApi

_LARGEST_BODY = 64 * 1024 * 1024
"""Bytes; more than any file that the bot sends."""


async def start_server(api: WebApi, socket_mode: SocketMode) -> tuple[web.AppRunner, str]:
    """Listen, and return the runner with the server's base URL."""
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.add_routes(
        [
            web.get("/link/", socket_mode.handle),
            web.get("/api/{method}", api.method),
            web.post("/api/{method}", api.method),
            web.post("/upload/v1/{secret}", api.upload),
            web.get("/files-pri/{file}/{name}", api.download),
            web.get("/signin", api.sign_in),
            web.post("/commands/{team}/{secret}", api.hook),
            web.post("/actions/{team}/{secret}", api.hook),
        ]
    )
    # The bot's sockets are cut before, so nothing has to be waited for at the end.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"
