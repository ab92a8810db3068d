"""Unmodified Bolt apps against the simulated workspace, over Socket Mode or over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.workspace import Workspace

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def client_of(slack: Workspace, token: str | None = None) -> AsyncWebClient:
    """Return the real SDK's client, pointed at the workspace."""
    return AsyncWebClient(token=token or slack.bot_token, base_url=slack.base_url)


def bolt_app(slack: Workspace) -> AsyncApp:
    # With a name, for which slack_bolt 1.30 would read the sources of the whole stack.
    return AsyncApp(name="app", client=client_of(slack), signing_secret=slack.signing_secret)


@asynccontextmanager
async def running(slack: Workspace, app: AsyncApp, connections: int = 1) -> AsyncIterator[None]:
    """Run a Bolt app over the transport that the workspace uses."""
    if slack.transport == "socket":
        async with over_socket_mode(slack, app, connections):
            yield
    else:
        async with listening(slack, bolt_handler(app)):
            yield


@asynccontextmanager
async def over_socket_mode(
    slack: Workspace, app: AsyncApp, connections: int = 1, ping_seconds: float = 10
) -> AsyncIterator[None]:
    handlers = [
        AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_seconds)
        for _ in range(connections)
    ]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.connected(connections)
    try:
        yield
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def listening(slack: Workspace, handler: Handler) -> AsyncIterator[None]:
    """Serve `/slack/events` and tell the workspace where."""
    server = web.Application()
    server.router.add_post("/slack/events", handler)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


def bolt_handler(app: AsyncApp) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return handle


def button(label: str, action_id: str, **more: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "text": text, "action_id": action_id, **more}


def actions(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons)}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def asking(label: str, element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    asked = {"type": "plain_text_input", **(element or {})}
    return {"type": "input", "label": plain(label), "element": asked, **more}


def modal(*blocks: dict[str, Any], submit: str = "Run", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain(submit),
        "blocks": list(blocks),
        **more,
    }


@dataclass
class Recorder:
    """A bare HTTP endpoint that keeps what it was sent and answers as it was told."""

    answers: list[web.Response] = field(default_factory=list)
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((headers, await request.text()))
        return self.answers.pop(0) if self.answers else web.Response()
