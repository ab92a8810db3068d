"""The workspace in which tests run the bot: no call of the bot's may be refused there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.commands import Registry
from bot.core.clock import Clock
from bot.core.command import Family
from bot.demo.slack.platform import Options
from bot.demo.slack.shapes import Json
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.slack.manifest import app_manifest

# Patience only ends a wait that would not end otherwise: a busy machine is no mistake of the bot's.
STRICT = Options(patience=60, enforce_rates=True)
# The app that is proven is the app that is shipped.
NAMES = {Family.KUBECTL: "/kubectl", Family.PROM: "/prom", Family.DECK: "/deck"}
MANIFEST = app_manifest(Registry().all(), NAMES)


@asynccontextmanager
async def workspace(
    transport: TransportKind = "socket",
    *,
    clock: Clock | None = None,
    manifest: Json = MANIFEST,
    options: Options = STRICT,
) -> AsyncIterator[Workspace]:
    """Open a workspace until the block ends.

    The test fails on each refusal that it did not ask for (`fail_next`) or foresee
    (`expect_refusal`): what the bot sends is right.
    """
    async with Workspace(
        transport=transport, clock=clock, manifest=manifest, options=options
    ) as slack:
        yield slack
        surprises = [f"{call.method}: {call.error}" for call in slack.wire.surprises()]
        assert surprises == []
