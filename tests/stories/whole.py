"""The whole bot, wired as in production, between a simulated workspace and a real cluster."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.settings import Settings
from bot.slack.surface import PATH
from bot.wiring import Bot, running
from tests.cluster.audit import AuditLog
from tests.cluster.bed import Bed, Monitors
from tests.slack.opened import workspace
from tests.store.migrated import migrated
from tests.stories.small import AUDIT_KEY

NAMESPACED = "quarterdeck:viewers"


@dataclass(frozen=True, slots=True)
class Whole:
    """Who and what a story needs."""

    slack: Workspace
    bot: Bot
    ada: Person
    """An operator of `shop`."""
    vic: Person
    """A viewer of `shop`."""
    eve: Person
    """Not in the policy."""
    shop: Channel
    """Bound to the namespace `shop`."""
    ops: Channel
    """Bound to the namespace `ops`, of which vic sees nothing."""
    lobby: Channel
    """Bound to nothing."""


@asynccontextmanager
async def whole(
    bed: Bed,
    folder: Path,
    transport: TransportKind,
    *,
    tier: str = "quarterdeck:operators",
    store_key: str = "",
    monitors: Monitors | None = None,
) -> AsyncIterator[Whole]:
    """Run the bot until the block ends, on the cluster's clock where that skips idle time.

    `tier` is ada's; with a key the store encrypts what waits; `monitors` are asked by `/prom`.
    """
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(workspace(transport, clock=bed.clock))
        ada, vic, eve = (slack.user(name) for name in ("ada", "vic", "eve"))
        people = [ada, vic, eve]
        shop = slack.channel("shop", members=[*people, slack.bot])
        ops = slack.channel("ops", members=[*people, slack.bot])
        lobby = slack.channel("lobby", members=[*people, slack.bot])
        policy = {
            "version": 1,
            "channels": {
                shop.id: {"namespaces": ["shop"], "share": True},
                ops.id: {"namespaces": ["ops"]},
            },
            "people": [
                {"slack": ada.id, "groups": [tier, NAMESPACED]},
                {"slack": vic.id, "groups": [NAMESPACED]},
            ],
        }
        (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
        if bed.clock:
            stack.enter_context(bed.clock.passing())
        settings = settings_of(bed, folder, slack, store_key, monitors)
        bot = await stack.enter_async_context(running(settings, bed.clock))
        slack.events_url = f"http://127.0.0.1:{bot.web.port}{PATH}"
        if transport == "socket":
            await slack.connected(2)
        yield Whole(slack, bot, ada, vic, eve, shop, ops, lobby)


async def tried(audit: AuditLog, since: int) -> int:
    """Wait until the log holds that a shown change was tried, and return where it ends then.

    An event follows its response: else it might be taken for one of what comes afterwards.
    """
    await audit.awaited(
        lambda event: event["verb"] == "patch" and "dryRun" in event["requestURI"], since
    )
    return audit.position()


def settings_of(
    bed: Bed,
    folder: Path,
    slack: Workspace,
    store_key: str = "",
    monitors: Monitors | None = None,
) -> Settings:
    """Return what a bot of that workspace runs with on that cluster."""
    at = monitors or Monitors("", "")
    values: dict[str, Any] = {
        "policy": folder / "policy.yaml",
        "kubernetes": {"kubeconfig": str(bed.bot_kubeconfig)},
        "prometheus": {"url": at.prometheus, "alertmanager": at.alertmanager},
        "store": {"url": migrated(folder), "key": store_key},
        "web": {"port": 0},
        "audit": {"key": AUDIT_KEY},
        "slack": {
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "mode": slack.transport,
            "base_url": slack.base_url,
        },
        "drain_seconds": 5,
    }
    return Settings(**values)
