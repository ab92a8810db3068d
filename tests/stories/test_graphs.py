"""A graph typed in Slack: a picture in the message, and its numbers for whoever cannot see it."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.test_utils import TestServer
from PIL import Image

from bot.core.clock import SystemClock
from bot.demo.prometheus.samples import Store
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.settings import Settings
from bot.slack.surface import PATH
from bot.wiring import running
from tests.commands.measured import DAY, REPLICA_SETS, apis, fill, prometheus
from tests.kube.files import kubeconfig
from tests.kube.server import ACCESS_REVIEWS, api_server, body
from tests.slack.opened import workspace
from tests.store.migrated import migrated
from tests.stories.small import AUDIT_KEY


@dataclass(frozen=True, slots=True)
class Story:
    slack: Workspace
    ada: Person
    shop: Channel


@asynccontextmanager
async def measured_shop(folder: Path, transport: TransportKind) -> AsyncIterator[Story]:
    """Run the whole bot between Slack, a cluster and a Prometheus, on the machine's own clock.

    Nothing is skipped: the process that draws takes real time.
    """
    clock, store = SystemClock(), Store(DAY * 1_000)
    async with (
        workspace(transport) as slack,
        api_server() as server,
        TestServer(prometheus(store, clock)) as measures,
    ):
        server.on("/apis", body(apis()))
        server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
        server.on(REPLICA_SETS, body({"kind": "ReplicaSetList", "items": []}))
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        policy = {
            "version": 1,
            "channels": {shop.id: {"namespaces": ["shop"]}},
            "people": [{"slack": ada.id, "groups": ["quarterdeck:viewers"]}],
        }
        (folder / "policy.yaml").write_text(f"{json.dumps(policy)}\n")
        kubeconfig(folder / "kubeconfig", server.url)
        settings = Settings.model_validate(
            {
                "policy": folder / "policy.yaml",
                "kubernetes": {"kubeconfig": str(folder / "kubeconfig")},
                "store": {"url": migrated(folder)},
                "web": {"port": 0},
                "audit": {"key": AUDIT_KEY},
                "prometheus": {
                    "url": str(measures.make_url("/")),
                    "link": "https://prometheus.example.org",
                },
                "slack": {
                    "bot_token": slack.bot_token,
                    "app_token": slack.app_token,
                    "signing_secret": slack.signing_secret,
                    "mode": slack.transport,
                    "base_url": slack.base_url,
                },
            }
        )
        async with running(settings, clock) as bot:
            slack.events_url = f"http://127.0.0.1:{bot.web.port}{PATH}"
            if transport == "socket":
                await slack.connected(2)
            # Only now: what is asked for is of the last half hour, and the start takes its time.
            fill(store, clock, "queue", lambda ago: 3.0 + ago / 3_600, pod="web-7f9c6b5d4-2xkqp")
            fill(store, clock, "queue", lambda ago: 1.0, pod="web-7f9c6b5d4-8hjwz")
            yield Story(slack, ada, shop)


async def test_a_graph_stands_in_the_channel_with_its_numbers(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with measured_shop(tmp_path, transport) as story:
        answer = await story.ada.slash(story.shop, "/prom graph queue 30m")
        await answer.until("Prometheus")
        [image] = [block for block in answer.blocks if block["type"] == "image"]
        assert image["title"]["text"] == "queue"
        assert image["alt_text"] == (
            "web-7f9c6b5d4-2xkqp: min 3, avg 3.25, max 3.5, last 3; "
            "web-7f9c6b5d4-8hjwz: min 1, avg 1, max 1, last 1"
        )
        sent = story.slack._platform.state.files[image["slack_file"]["id"]].content
        assert sent is not None
        assert Image.open(io.BytesIO(sent)).size == (1200, 675)
        assert "2 series; last 1 to 3, max of all 3.5." in answer.text.splitlines()[0]
        assert "Of namespace shop alone, 30m until" in answer.plain()
        assert not answer.ephemeral
