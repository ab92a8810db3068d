"""The Slack room running against a simulated workspace, with a scripted service behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from pydantic import SecretStr

from bot.core.clock import Clock, SystemClock
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.slack.inbound import Peers
from bot.slack.options import Options
from bot.slack.surface import PATH, SlackSurface
from bot.web import server
from tests.slack.scripted import Memory, Play, ScriptedService


@dataclass
class Rig:
    """Everything that a story needs."""

    slack: Workspace
    service: ScriptedService
    surface: SlackSurface
    web: server.WebServer
    ada: Person
    eve: Person
    shop: Channel
    memory: Memory = field(default_factory=Memory)


def slack_options(slack: Workspace, **changes: object) -> Options:
    return Options.model_validate(
        {
            "bot_token": SecretStr(slack.bot_token),
            "app_token": SecretStr(slack.app_token),
            "signing_secret": SecretStr(slack.signing_secret),
            "mode": slack.transport,
            "base_url": slack.base_url,
            **changes,
        }
    )


@asynccontextmanager
async def rig(
    transport: TransportKind, *scripts: Play, clock: Clock | None = None, **options: object
) -> AsyncIterator[Rig]:
    clock = clock or SystemClock()
    service, memory, numbers = ScriptedService(list(scripts)), Memory(), count(1)
    async with Workspace(transport=transport, clock=clock) as slack:
        peers = Peers(service, memory, clock, lambda: f"req-{next(numbers)}")
        surface = SlackSurface(slack_options(slack, **options), peers)
        web = server.WebServer(
            server.Options(port=0),
            alive={"slack": surface.alive},
            ready={"slack": surface.ready},
            routes=surface.routes(),
        )
        ada, eve = slack.user("ada"), slack.user("eve")
        shop = slack.channel("shop", members=[ada, eve, slack.bot])
        await web.start()
        slack.events_url = f"http://127.0.0.1:{web.port}{PATH}"
        try:
            await surface.start()
            if transport == "socket":
                await slack.connected(2)
            yield Rig(slack, service, surface, web, ada, eve, shop, memory)
        finally:
            await surface.drain(0)
            await web.close()
            await surface.close()
