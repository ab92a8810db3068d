"""A bot that asks a simulated Prometheus, which holds what a test writes into it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError
from bot.core.picture import Picture
from bot.core.request import Place
from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Store as Cluster
from bot.demo.prometheus.rules import Rules
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.scraping import Scraper
from bot.demo.prometheus.server import Server
from bot.demo.prometheus.values import Labels
from bot.engine.monitoring import Instruments
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from tests.clock import ManualClock
from tests.engine import rig
from tests.kube.catalogue import APIS, resource
from tests.kube.server import ACCESS_REVIEWS, body

LINK = "https://prometheus.example.org"
DAY = 86_400
REPLICA_SETS = "/apis/apps/v1/namespaces/shop/replicasets"


@dataclass
class Drawn:
    """What is drawn in this process: the pictures themselves; `fails` makes it fail."""

    pictures: list[Picture] = field(default_factory=list)
    fails: QuarterdeckError | None = None

    async def draw(self, picture: Picture) -> bytes:
        if self.fails:
            raise self.fails
        self.pictures.append(picture)
        return b"\x89PNG"


@dataclass
class Measured:
    """The bot, what it draws, and what is measured."""

    bot: rig.Bot
    drawn: Drawn
    store: Store
    clock: ManualClock

    async def say(self, text: str, place: Place = rig.SHOP) -> rig.Answer:
        return await self.bot.say(text, rig.ADA, place)

    @property
    def picture(self) -> Picture:
        [picture] = self.drawn.pictures
        return picture

    def holds(
        self, name: str, value: Callable[[float], float], *, hours: float = 1, **labels: str
    ) -> None:
        """Let a series have a sample every 15 seconds of the last hours: of the seconds to now."""
        fill(self.store, self.clock, name, value, hours=hours, **labels)


def fill(
    store: Store,
    clock: Clock,
    name: str,
    value: Callable[[float], float],
    *,
    hours: float = 1,
    **labels: str,
) -> None:
    """Write a sample every 15 seconds of the last hours: of the seconds to now."""
    now = round(clock.now().timestamp())
    whole = Labels({"__name__": name, "namespace": "shop", **labels})
    for at in range(now - round(hours * 3_600), now + 1, 15):
        store.append(whole, at * 1_000, value(now - at))


def prometheus(store: Store, clock: Clock) -> web.Application:
    """Return what speaks the API of a Prometheus that holds what is in the store."""
    registry = Registry(Cluster(), Kinds(), clock)
    return Server(store, clock, Scraper(registry, store), Rules(store)).application()


def apis() -> dict[str, Any]:
    found = deepcopy(APIS)
    found["items"][0]["versions"][0]["resources"].append(
        resource("replicasets", "ReplicaSet", "rs")
    )
    return found


@asynccontextmanager
async def measured(
    folder: Path, url: str = "", namespace_label: str = "namespace"
) -> AsyncIterator[Measured]:
    """Run a bot with a Prometheus until the block ends: that one, or one that a test fills.

    It remembers two days then. The clock stands still at noon.
    """
    clock, store, drawn = ManualClock(), Store(2 * DAY * 1_000), Drawn()
    async with TestServer(prometheus(store, clock)) as server:
        options = Options(
            url=url or str(server.make_url("/")), link=LINK, namespace_label=namespace_label
        )
        sources = PrometheusSources(options, clock)
        instruments = Instruments(sources, drawn)
        async with rig.bot(folder, clock=clock, instruments=instruments) as running:
            running.server.on("/apis", body(apis()))
            running.server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
            running.server.on(REPLICA_SETS, body({"kind": "ReplicaSetList", "items": []}))
            yield Measured(running, drawn, store, clock)
        await sources.close()
