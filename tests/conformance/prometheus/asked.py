"""A bot that asks a Prometheus at an address: through its engine, as people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.core.clock import SystemClock
from bot.core.picture import Picture
from bot.engine.monitoring import Instruments
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from tests.engine import rig


class _NoDrawing:
    async def draw(self, picture: Picture) -> bytes:
        raise NotImplementedError


@asynccontextmanager
async def asking_bot(folder: Path, url: str, *, link: str = "") -> AsyncIterator[rig.Bot]:
    """Run a bot that asks the Prometheus at that address until the block ends."""
    clock = SystemClock()
    options = Options(url=url, link=link)
    sources = PrometheusSources(options, clock)
    instruments = Instruments(sources, _NoDrawing())
    try:
        async with rig.bot(folder, clock=clock, instruments=instruments) as bot:
            yield bot
    finally:
        await sources.close()
