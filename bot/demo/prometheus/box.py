"""A Prometheus and an Alertmanager in this process, filled from a simulated cluster.

async with Observatory(box.registry, box.clock) as observatory:
    ...  # GET {observatory.url}/api/v1/query
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import quote_plus

from aiohttp import web

from bot.core.clock import Clock
from bot.demo.cluster.registry import Registry
from bot.demo.prometheus.alertmanager import Alertmanager, Notice
from bot.demo.prometheus.rules import Alert, Rules
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.scraping import INTERVAL, Scraper
from bot.demo.prometheus.server import Server
from bot.demo.prometheus.wire import milliseconds

LOOPBACK = "127.0.0.1"
# What is being answered when a server stops has so many seconds to end.
_SHUTDOWN = 0.1
# What is remembered at the start, and kept, in seconds.
HISTORY, _KEPT = 2 * 3600, 4 * 3600
# Recording rules are filled in for so long, and so often.
_RECORDED, _RECORDED_STEP = 3600, 60
# An alert that Prometheus tells of no more ends after four evaluations (rules/manager.go).
_TOLD_AGAIN = 4 * INTERVAL


class Observatory:
    """One Prometheus that scrapes a cluster, and the Alertmanager that it tells."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self.clock = clock
        self.store = Store(_KEPT * 1000)
        self.scraper, self.rules = Scraper(registry, self.store), Rules(self.store)
        self.alertmanager = Alertmanager(clock)
        self.url = self.alerts_url = ""
        """Where the two are, as `http://127.0.0.1:31234`."""
        self._runners: list[web.AppRunner] = []
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Serve on free ports; all that is there now has been there for two hours."""
        now = milliseconds(self.clock.now())
        self.scraper.remember(now, HISTORY)
        self.rules.remember(now, _RECORDED, _RECORDED_STEP)
        server = Server(self.store, self.clock, self.scraper, self.rules)
        self.url = await self._served(server.application())
        self.alerts_url = await self._served(self.alertmanager.application())
        self.look()
        self._running = asyncio.create_task(self._look_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop; what is being answered ends at once."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        for runner in self._runners:
            await runner.cleanup()

    def look(self) -> None:
        """Scrape all, evaluate the rules, and tell Alertmanager what fires."""
        now = milliseconds(self.clock.now())
        self.scraper.scrape(now)
        self.rules.evaluate(now)
        firing = [each for each in self.rules.alerts() if each.firing is not None]
        self.alertmanager.tell([self._notice(each) for each in firing])

    async def _look_on(self) -> None:
        while True:
            await self.clock.sleep(INTERVAL)
            self.look()

    def _notice(self, alert: Alert) -> Notice:
        now = self.clock.now()
        expression = quote_plus(self.rules.rule_of(alert).expression)
        return Notice(
            dict(alert.labels),
            alert.annotations,
            starts=datetime.fromtimestamp((alert.firing or alert.active) / 1000, UTC),
            ends=now + timedelta(seconds=_TOLD_AGAIN),
            updated=now,
            generator=f"{self.url}/graph?g0.expr={expression}&g0.tab=1",
        )

    async def _served(self, application: web.Application) -> str:
        runner = web.AppRunner(
            application,
            access_log=None,
            shutdown_timeout=_SHUTDOWN,
            handler_cancellation=True,
        )
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0).start()
        return f"http://{LOOPBACK}:{runner.addresses[0][1]}"
