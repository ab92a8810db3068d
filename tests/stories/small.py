"""The whole bot, wired as in production, between a simulated workspace and a scripted cluster."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.demo.slack.people import Person
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.settings import Settings
from bot.slack.surface import PATH
from bot.wiring import Bot, running
from tests.clock import IdleClock
from tests.kube.files import kubeconfig
from tests.kube.server import ApiServer, Play, api_server, body
from tests.slack.opened import MANIFEST, workspace
from tests.store.migrated import migrated

SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
AUDIT_KEY = "the-key-of-the-record-in-all-stories"
PHRASE = "/kubectl scale deploy web --replicas=5"


@dataclass
class Small:
    """Who and what a story needs; the bot can be started again on the same store."""

    slack: Workspace
    server: ApiServer
    clock: IdleClock
    folder: Path
    ada: Person
    """An operator of `shop`."""
    gus: Person
    """One too, but a guest of the workspace."""
    shop: Channel
    """Bound to the namespace `shop`."""
    shared: Channel
    """Bound to it too, and shared with another organisation."""
    prometheus: str = ""
    """The address of one, if the bot is told of it."""

    @asynccontextmanager
    async def bot(self, **slack: object) -> AsyncIterator[Bot]:
        """Run a bot until the block ends; `slack` are settings of its Slack room."""
        async with running(self._settings(slack), self.clock) as bot:
            self.slack.events_url = f"http://127.0.0.1:{bot.web.port}{PATH}"
            if self.slack.transport == "socket":
                await self.slack.connected(2)
            yield bot

    def scales(self, patched: Play) -> None:
        """Let `web` have three replicas, and a patch be answered so."""

        async def play(request: web.BaseRequest) -> web.StreamResponse:
            return await (body(scale(3)) if request.method == "GET" else patched)(request)

        self.server.on(SCALE, play)

    def governs(self, **parts: object) -> None:
        """Write another policy: these parts in place of the usual ones."""
        policy = {**json.loads((self.folder / "policy.yaml").read_text()), **parts}
        # JSON is YAML without the anchors that a policy may not have.
        (self.folder / "policy.yaml").write_text(json.dumps(policy))

    @property
    def patches(self) -> int:
        """How often `web` was asked to change, and not only to be tried."""
        asked = [one for one in self.server.to(SCALE) if one.method == "PATCH"]
        return sum("dryRun=" not in one.target for one in asked)

    def _settings(self, slack: dict[str, object]) -> Settings:
        return Settings.model_validate(
            {
                "policy": self.folder / "policy.yaml",
                "kubernetes": {"kubeconfig": str(self.folder / "kubeconfig")},
                "store": {"url": migrated(self.folder)},
                "web": {"port": 0},
                "audit": {"key": AUDIT_KEY},
                "prometheus": {"url": self.prometheus},
                "slack": {
                    "bot_token": self.slack.bot_token,
                    "app_token": self.slack.app_token,
                    "signing_secret": self.slack.signing_secret,
                    "mode": self.slack.transport,
                    "base_url": self.slack.base_url,
                    **slack,
                },
                "drain_seconds": 5,
            }
        )


def scale(replicas: int) -> dict[str, object]:
    return {
        "kind": "Scale",
        "metadata": {"name": "web", "uid": "uid-1", "resourceVersion": "7"},
        "spec": {"replicas": replicas},
    }


@asynccontextmanager
async def small(
    folder: Path, transport: TransportKind, manifest: Json = MANIFEST
) -> AsyncIterator[Small]:
    """Open the simulators until the block ends."""
    clock = IdleClock()
    async with (
        workspace(transport, clock=clock, manifest=manifest) as slack,
        api_server() as server,
    ):
        ada, gus = slack.user("ada"), slack.user("gus", flags=["guest"])
        shop = slack.channel("shop", members=[ada, gus, slack.bot])
        shared = slack.channel("shared", members=[ada, gus, slack.bot], shared=True)
        policy = {
            "version": 1,
            "channels": {one.id: {"namespaces": ["shop"]} for one in (shop, shared)},
            "people": [
                {"slack": one.id, "groups": ["quarterdeck:operators"]} for one in (ada, gus)
            ],
        }
        (folder / "policy.yaml").write_text(f"{json.dumps(policy)}\n")
        kubeconfig(folder / "kubeconfig", server.url)
        yield Small(slack, server, clock, folder, ada, gus, shop, shared)
