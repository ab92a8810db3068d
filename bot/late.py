"""What a terminal opens when a command first asks for it: one that only reads starts quickly."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.clock import SystemClock
from bot.environment import proxy_for

if TYPE_CHECKING:
    from bot.core.alerting import Silences
    from bot.core.clock import Clock
    from bot.core.metrics import Metrics, Reach
    from bot.core.monitoring import Sources
    from bot.core.picture import Picture
    from bot.kube.fleet import Fleet
    from bot.render.drawing import Drawer


@dataclass(slots=True)
class LateSources:
    """The Prometheus servers of the environment, opened when a command asks for one.

    Their libraries would make each start slower by a third.
    """

    fleet: Fleet
    _opened: Sources | None = None

    def metrics(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Metrics:
        """Return what `core.monitoring.Sources` promises."""
        return self._open().metrics(context, reach, person, seconds, source)

    def silences(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Silences:
        """Return what `core.monitoring.Sources` promises."""
        return self._open().silences(context, reach, person, seconds, source)

    async def close(self) -> None:
        """Close what was opened."""
        if self._opened is not None:
            await self._opened.close()

    def _open(self) -> Sources:
        if self._opened is None:
            from bot.prometheus.sources import PrometheusSources  # noqa: PLC0415 - see above
            from bot.settings import read_prometheus_settings  # noqa: PLC0415

            self._opened = PrometheusSources(
                read_prometheus_settings().prometheus,
                SystemClock(),
                default_context=lambda: self.fleet.default_context,
                proxy_for=proxy_for,
            )
        return self._opened


@dataclass(slots=True)
class LateDrawing:
    """What `core.picture.Drawing` promises, with a helper process from the first picture on."""

    clock: Clock
    _drawer: Drawer | None = None

    async def draw(self, picture: Picture) -> bytes:
        """Return the picture as a PNG.

        Raises:
            BusyError: it took too long, or could not be drawn.
        """
        if self._drawer is None:
            # A terminal that draws nothing must start quickly.
            import structlog  # noqa: PLC0415

            from bot.render.drawing import Drawer  # noqa: PLC0415

            # Standard output is the answer's alone.
            log = structlog.wrap_logger(structlog.PrintLogger(sys.stderr))
            self._drawer = Drawer(self.clock, log=log)
        return await self._drawer.draw(picture)

    async def close(self) -> None:
        """End the process, if there is one."""
        if self._drawer is not None:
            await self._drawer.close()
