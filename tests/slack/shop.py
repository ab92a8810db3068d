"""Three people in one channel, the real engine, and a cluster that shows each what they may see."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.commands import Registry
from bot.core.clock import Clock, SystemClock
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.engine.lookups import Lookups
from bot.engine.monitoring import Instruments
from bot.engine.rights import KnownRights
from bot.policy.decide import PolicyGate
from bot.slack.board import CardBoard
from bot.slack.desks import Beyond
from bot.slack.directory import Directory
from bot.slack.inbound import Peers
from bot.slack.surface import PATH, SlackSurface
from bot.web import server
from tests.engine.rig import Bot, Ledger, bot
from tests.kube.server import ApiServer, status
from tests.slack.beyond import MemoryResults
from tests.slack.opened import workspace
from tests.slack.rig import slack_options
from tests.slack.scripted import Bell, Memory, MemoryCases, Shelf

OPERATORS, VIEWERS = "quarterdeck:operators", "quarterdeck:viewers"
COLUMNS = [{"name": name} for name in ("Name", "Ready", "Status", "Restarts", "Age")]
# What only operators see stands among what everybody sees.
OPEN = [["web-1", "1/1", "Running", "0", "5d"], ["web-10", "0/1", "Pending", "2", "3h"]]
HIDDEN = [["vault-0", "1/1", "Running", "0", "90s"], ["web-2", "1/1", "Running", "11", "2d4h"]]


def table(rows: list[list[str]]) -> dict[str, Any]:
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {},
        "columnDefinitions": COLUMNS,
        "rows": [{"cells": row} for row in rows],
    }


@dataclass
class Shop:
    """Who and what a story needs."""

    slack: Workspace
    server: ApiServer
    results: MemoryResults
    ada: Person
    """An operator."""
    bob: Person
    """An operator too: the same identity as ada's."""
    eve: Person
    """A viewer."""
    mallory: Person
    """Not in the policy."""
    channel: Channel
    rows: list[list[str]]
    """What operators see."""
    ledger: Ledger
    engine: Bot

    def fetched(self) -> int:
        """Return how often pods were listed."""
        return len([asked for asked in self.server.asked if asked.path.endswith("/pods")])


@asynccontextmanager
async def shop(
    transport: TransportKind,
    folder: Path,
    rules: Callable[[Mapping[str, str]], Mapping[str, Any]] = lambda _ids: {},
    clock: Clock | None = None,
    instruments: Instruments | None = None,
    **channel: Any,
) -> AsyncIterator[Shop]:
    """Run the bot until the block ends; `channel` is its entry in the policy.

    `rules` returns what else stands there, and is given the ids of people by their names.
    """
    clock, numbers, results = clock or SystemClock(), count(1), MemoryResults()
    async with workspace(transport) as slack:
        people = [slack.user(name) for name in ("ada", "bob", "eve", "mallory")]
        ada, bob, eve, mallory = people
        place = slack.channel("shop", members=[*people, slack.bot])
        policy = {
            "version": 1,
            "channels": {place.id: {"namespaces": ["shop"], **channel}},
            "people": [
                {"slack": ada.id, "groups": [OPERATORS]},
                {"slack": bob.id, "groups": [OPERATORS]},
                {"slack": eve.id, "groups": [VIEWERS]},
            ],
            **rules({one.name: one.id for one in people}),
        }
        board = CardBoard(MemoryCases(), Shelf(), Bell(), clock)
        directory = Directory(clock)
        async with bot(
            folder,
            policy=policy,
            acquaintance=directory,
            board=board,
            instruments=instruments,
        ) as engine:
            board.cases = engine.waiting.proposals
            rows = [*OPEN, *HIDDEN]

            async def pods(request: web.BaseRequest) -> web.StreamResponse:
                groups = request.headers.getall("Impersonate-Group", [])
                if OPERATORS in groups:
                    return web.json_response(table(rows))
                if VIEWERS in groups:
                    return web.json_response(table(OPEN))
                return await status(403, "Forbidden", "pods is forbidden")(request)

            for namespace in ("shop", "ops"):
                engine.server.on(f"/api/v1/namespaces/{namespace}/pods", pods)
            gate = PolicyGate(lambda: engine.policies[-1])
            admission = engine.engine._admission
            beyond = Beyond(
                results,
                engine.engine,
                Lookups(admission, clock, engine.ledger),
                KnownRights(admission, gate.rights),
                Registry().all(),
            )
            peers = Peers(
                engine.engine,
                Memory(),
                clock,
                lambda: f"req-{next(numbers)}",
                board.letters,
                directory,
                board,
            )
            surface = SlackSurface(slack_options(slack), peers, beyond)
            async with _served(slack, surface):
                four = ada, bob, eve, mallory
                yield Shop(slack, engine.server, results, *four, place, rows, engine.ledger, engine)


@asynccontextmanager
async def _served(slack: Workspace, surface: SlackSurface) -> AsyncIterator[None]:
    site = server.WebServer(
        server.Options(port=0),
        alive={"slack": surface.alive},
        ready={"slack": surface.ready},
        routes=surface.routes(),
    )
    await site.start()
    slack.events_url = f"http://127.0.0.1:{site.port}{PATH}"
    try:
        await surface.start()
        if slack.transport == "socket":
            await slack.connected(2)
        yield
    finally:
        await surface.drain(0)
        await site.close()
        await surface.close()
