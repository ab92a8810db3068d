"""A bot that is killed in the middle of a change leaves nobody in doubt about it."""

import asyncio
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from bot.demo.slack.people import Person
from bot.demo.slack.platform import Options
from bot.demo.slack.state import Channel, User
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import TransportKind, Workspace
from tests.kube.files import kubeconfig
from tests.kube.server import ApiServer, api_server, body, hang
from tests.ports import free_port
from tests.slack.opened import workspace
from tests.slack.process import ready, secrets, settings, started
from tests.stories.small import PHRASE, SCALE, scale

# What reading shows of it, once it is sure that nobody carries it out any more.
WORDS = "0 of 1 steps were done; nothing else was changed."


@pytest.mark.peers
@pytest.mark.timeout(300)
async def test_the_next_process_says_that_the_change_may_have_been_made(
    tmp_path: Path, transport: TransportKind
) -> None:
    options = Options(patience=150)
    async with workspace(transport, options=options) as slack, api_server() as server:
        sent, port = hung_up_on(server), free_port()
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        configure(tmp_path, server, ada.user, shop.id)
        async with process(tmp_path, slack, port) as first:
            asked = await proposed(ada, shop)
            pressing = asyncio.ensure_future(asked.click("Confirm"))
            await sent.wait()
            first.kill()
        async with process(tmp_path, slack, port):
            await asked.until(WORDS)
        assert {button.label for button in asked.buttons} <= {"Plan again", "Audit"}
        assert "replicas 3 → 5" in asked.plain()
        await pressing


async def proposed(ada: Person, shop: Channel) -> SeenMessage:
    """Type the change and return its proposal, which may come after a sign that it is coming."""

    def shown() -> list[SeenMessage]:
        labelled = [(one, [button.label for button in one.buttons]) for one in ada.sees(shop)]
        return [one for one, labels in labelled if "Confirm" in labels]

    first = await ada.slash(shop, PHRASE)
    await first.until(lambda _: bool(shown()))
    return shown()[0]


def hung_up_on(server: ApiServer) -> asyncio.Event:
    """Let `web` be read, and a patch never be answered; the event says that one has come."""
    sent = asyncio.Event()

    async def play(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET" or "dryRun" in request.query_string:
            return await body(scale(3))(request)
        sent.set()
        return await hang(request)

    server.on(SCALE, play)
    return sent


def configure(folder: Path, server: ApiServer, person: User, channel: str) -> None:
    policy = {
        "version": 1,
        "channels": {channel: {"namespaces": ["shop"]}},
        "people": [{"slack": person.id, "groups": ["quarterdeck:operators"]}],
    }
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    kubeconfig(folder / "kubeconfig", server.url)


@asynccontextmanager
async def process(folder: Path, slack: Workspace, port: int) -> AsyncIterator[Process]:
    """Run a bot until the block ends, unless it was killed before."""
    made = await started(settings(folder, slack, port) | secrets(slack), DEVNULL)
    try:
        await ready(made)
        if slack.transport == "socket":
            await slack.connected(2)
        yield made
    finally:
        if made.returncode is None:
            made.kill()
        await made.communicate()
