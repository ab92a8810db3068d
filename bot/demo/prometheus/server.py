"""Prometheus's HTTP API, version 1, on 127.0.0.1: from a request to an answer.

GET and, where Prometheus takes it, POST with a form. What is not served is answered with 404.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web
from multidict import MultiDict

from bot.core.clock import Clock, deadline
from bot.demo.prometheus import queries, wire
from bot.demo.prometheus.refusals import (
    BAD_DATA,
    STATUSES,
    TIMEOUT,
    QueryRefusedError,
    bad,
)
from bot.demo.prometheus.samples import Store

LOOPBACK = "127.0.0.1"
# What is being answered when the server stops has so many seconds to end.
_SHUTDOWN = 0.1
# Seconds: Prometheus's own, where a request names none or a longer one.
_LONGEST = 120.0
_JSON = "application/json"
BUILD = {
    "version": "3.13.0",
    "revision": "simulated",
    "branch": "HEAD",
    "buildUser": "",
    "buildDate": "",
    "goVersion": "",
}
Answer = tuple[Any, Sequence[str]]
"""The data, and the warnings."""
Handler = Callable[[wire.Parameters], Awaitable[Answer]]


class Server:
    """The web server of one Prometheus."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Serve from now on, on a free port; return the address."""
        app = web.Application()
        for path, handler in {"query": self._query, "query_range": self._query_range}.items():
            app.router.add_get(f"/api/v1/{path}", self._handled(handler))
            app.router.add_post(f"/api/v1/{path}", self._handled(handler))
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=_SHUTDOWN, handler_cancellation=True
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        return f"http://{LOOPBACK}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Serve no more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _handled(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            form = await request.post() if request.method == "POST" else {}
            typed = MultiDict((name, str(value)) for name, value in form.items())
            typed.extend(request.query)
            try:
                data, warnings = await handler(typed)
            except QueryRefusedError as refused:
                status = STATUSES[refused.kind]
                return web.Response(body=wire.failure(refused), status=status, content_type=_JSON)
            return web.Response(body=wire.success(data, warnings), content_type=_JSON)

        return answer

    async def _query(self, asked: wire.Parameters) -> Answer:
        most, query = wire.limit(asked), wire.instant_query(asked, self._now())
        return await self._limited(asked, self._instant(query), most)

    async def _query_range(self, asked: wire.Parameters) -> Answer:
        most, query = wire.limit(asked), wire.range_query(asked)
        return await self._limited(asked, queries.over(self._store, query, self._clock), most)

    async def _instant(self, query: queries.Query) -> queries.Json:
        return queries.instant(self._store, query)

    async def _limited(
        self, asked: wire.Parameters, evaluation: Awaitable[queries.Json], most: int
    ) -> Answer:
        """Return what was evaluated within the time and the number that were asked for."""
        timeout = asked.get("timeout", "")
        seconds = wire.seconds(timeout, "timeout") if timeout else _LONGEST
        try:
            async with deadline(self._clock, min(seconds, _LONGEST)):
                data = await evaluation
        except TimeoutError as error:
            why = "query timed out in expression evaluation"
            raise QueryRefusedError(why, TIMEOUT) from error
        except QueryRefusedError as refused:
            raise bad(refused.text, "query") if refused.kind == BAD_DATA else refused from refused
        if most and data["resultType"] in ("vector", "matrix") and len(data["result"]) > most:
            return data | {"result": data["result"][:most]}, [wire.TRUNCATED]
        return data, ()

    def _now(self) -> int:
        return wire.milliseconds(self._clock.now())
