"""The Slack room running against a simulated workspace, with a scripted service behind it."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from pydantic import SecretStr

from bot.core.clock import Clock
from bot.core.reply import Proposal
from bot.demo.slack.people import Person
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Channel
from bot.demo.slack.wire import Act
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.slack.board import CardBoard
from bot.slack.directory import Directory
from bot.slack.inbound import Peers
from bot.slack.options import Options
from bot.slack.surface import PATH, SlackSurface
from bot.web import server
from tests.clock import IdleClock
from tests.slack.beyond import Backstage
from tests.slack.opened import MANIFEST, workspace
from tests.slack.scripted import Bell, Memory, Play, ScriptedService, Shelf, case, plays


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
    shelf: Shelf = field(default_factory=Shelf)
    backstage: Backstage = field(default_factory=Backstage)

    def propose(self, ticket: str = "ticket-1", **changes: Any) -> None:
        """Let the next command be answered with a change that waits, asked for by ada."""
        key = f"{self.slack.team}/{self.ada.id}"
        waits = case(ticket, requester=key, channel=self.shop.id, **changes)
        self.service.cases.items[ticket] = waits
        self.service.scripts = [plays(Proposal(waits))]

    def key(self, person: Person) -> str:
        return f"{self.slack.team}/{person.id}"

    @property
    def directory(self) -> Directory:
        return self.surface._peers.directory


# Asked once in five minutes for each person and channel: counted apart from what an answer costs.
LOOK_UPS = ("users.info", "conversations.info", "usergroups.list")


def calls(slack: Workspace, act: Act | None) -> Counter[str]:
    """Return what the bot called for an act, without looking up who and where that was."""
    assert act is not None
    made = slack.wire.counts(act)
    return Counter({name: times for name, times in made.items() if name not in LOOK_UPS})


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


def granted(*scopes: str, without: str = "") -> Json:
    """Return our manifest with further scopes, and without one."""
    manifest: Json = deepcopy(MANIFEST)
    asked = [*manifest["oauth_config"]["scopes"]["bot"], *scopes]
    manifest["oauth_config"]["scopes"]["bot"] = [one for one in asked if one != without]
    return manifest


@asynccontextmanager
async def rig(
    transport: TransportKind,
    *scripts: Play,
    clock: Clock | None = None,
    manifest: Json = MANIFEST,
    foreseen: Iterable[tuple[str, str]] = (),
    **options: object,
) -> AsyncIterator[Rig]:
    """Run the Slack room until the block ends; `foreseen` are methods and how Slack refuses them.

    `options` are settings of the room.
    """
    clock = clock or IdleClock()
    service, memory, numbers = ScriptedService(list(scripts)), Memory(), count(1)
    shelf, backstage = Shelf(), Backstage()
    async with workspace(transport, clock=clock, manifest=manifest) as slack:
        for method, error in foreseen:
            slack.expect_refusal(method, error)
        directory = Directory(clock)
        board = CardBoard(service.cases, shelf, Bell(), clock)
        peers = Peers(
            service, memory, clock, lambda: f"req-{next(numbers)}", shelf, directory, board
        )
        surface = SlackSurface(slack_options(slack, **options), peers, backstage.beyond())
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
            yield Rig(slack, service, surface, web, ada, eve, shop, memory, shelf, backstage)
        finally:
            await surface.drain(0)
            await web.close()
            await surface.close()
