"""Prometheus's HTTP API, version 1: from a request to an answer.

GET and, where Prometheus takes it, POST with a form. What is not served is answered with 404.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web
from multidict import MultiDict

from bot.core.clock import Clock, deadline
from bot.demo.prometheus import queries, wire
from bot.demo.prometheus.parsing import data, formatted
from bot.demo.prometheus.refusals import (
    BAD_DATA,
    STATUSES,
    TIMEOUT,
    QueryRefusedError,
    bad,
)
from bot.demo.prometheus.rules import Rules, alert_json, group_json
from bot.demo.prometheus.samples import Series, Store
from bot.demo.prometheus.scraping import INTERVAL, Scraper, Target
from bot.demo.prometheus.traffic import DURATIONS
from bot.demo.prometheus.wire import Parameters

# Seconds that a scrape takes.
_TOOK = 0.004
# Seconds: Prometheus's own, where a request names none or a longer one.
_LONGEST = 120.0
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
Handler = Callable[[Parameters], Awaitable[Answer]]


class Server:
    """What answers for one Prometheus."""

    def __init__(self, store: Store, clock: Clock, scraper: Scraper, rules: Rules) -> None:
        self._store, self._clock = store, clock
        self._scraper, self._rules = scraper, rules

    def application(self) -> web.Application:
        """Return what speaks the API."""
        app = web.Application()
        by_form: dict[str, Handler] = {
            "format_query": self._format,
            "labels": self._labels,
            "query": self._query,
            "query_range": self._query_range,
            "series": self._series,
        }
        others: dict[str, Handler] = {
            "alerts": self._alerts,
            "label/{name}/values": self._values,
            "metadata": self._metadata,
            "rules": self._groups,
            "status/buildinfo": self._buildinfo,
            "targets": self._targets,
        }
        for path, handler in (by_form | others).items():
            app.router.add_get(f"/api/v1/{path}", _handled(handler))
        for path, handler in by_form.items():
            app.router.add_post(f"/api/v1/{path}", _handled(handler))
        return app

    async def _query(self, asked: Parameters) -> Answer:
        most, query = wire.limit(asked), wire.instant_query(asked, self._now())
        return await self._limited(asked, query, most)

    async def _query_range(self, asked: Parameters) -> Answer:
        most, query = wire.limit(asked), wire.range_query(asked)
        return await self._limited(asked, query, most)

    async def _limited(self, asked: Parameters, query: queries.Query, most: int) -> Answer:
        """Return what was evaluated within the time and the number that were asked for."""
        timeout = asked.get("timeout", "")
        seconds = wire.seconds(timeout, "timeout") if timeout else _LONGEST
        try:
            async with deadline(self._clock, min(seconds, _LONGEST)):
                data = await self._evaluated(query)
        except TimeoutError as error:
            why = "query timed out in expression evaluation"
            raise QueryRefusedError(why, TIMEOUT) from error
        except QueryRefusedError as refused:
            raise bad(refused.text, "query") if refused.kind == BAD_DATA else refused from refused
        if most and data["resultType"] in ("vector", "matrix") and len(data["result"]) > most:
            return data | {"result": data["result"][:most]}, [wire.TRUNCATED]
        return data, ()

    async def _evaluated(self, query: queries.Query) -> queries.Json:
        if query.step:
            return await queries.over(self._store, query, self._clock)
        return queries.instant(self._store, query)

    def _now(self) -> int:
        return wire.milliseconds(self._clock.now())

    async def _format(self, asked: Parameters) -> Answer:
        try:
            return formatted(asked.get("query", "")), ()
        except QueryRefusedError as refused:
            raise bad(refused.text, "query") from refused

    async def _series(self, asked: Parameters) -> Answer:
        if "match[]" not in asked:
            raise bad("no match[] parameter provided")
        most, chosen = wire.limit(asked), self._chosen(asked, "match[]")
        return _cut([each.labels for each in chosen], most)

    async def _labels(self, asked: Parameters) -> Answer:
        most, chosen = wire.limit(asked), self._chosen(asked)
        return _cut(sorted({name for each in chosen for name in each.labels}), most)

    async def _values(self, asked: Parameters) -> Answer:
        most, chosen, name = wire.limit(asked), self._chosen(asked), asked["name"]
        return _cut(sorted({each.labels[name] for each in chosen if name in each.labels}), most)

    def _chosen(self, asked: Parameters, parameter: str = "") -> list[Series]:
        """Return the series that are asked for, as far as they have samples in that time."""
        start, end = wire.span(asked)
        groups = wire.selectors(asked, parameter)
        found = self._store.select(*groups or [[]])
        return [each for each in found if each.within(start - 1, end).times]

    async def _metadata(self, asked: Parameters) -> Answer:
        names = {_family(row[0]) for target in self._scraper.targets for row in target.rows}
        wanted = [each for each in sorted(names) if asked.get("metric", each) == each]
        limit = asked.get("limit", str(len(wanted)))
        if not limit.isdigit():
            raise bad("limit must be a number")
        return {name: [_described(name)] for name in wanted[: int(limit)]}, ()

    async def _targets(self, asked: Parameters) -> Answer:
        state = asked.get("state", "any").lower()
        scraped = wire.stamp(self._scraper.scraped)
        active = [_target(each, scraped) for each in self._scraper.targets]
        dropped = [
            {"discoveredLabels": each, "scrapePool": "pods"} for each in self._scraper.dropped
        ]
        pools = {each.pool for each in self._scraper.targets}
        counts = dict.fromkeys(sorted(pools), 0) | {"pods": len(dropped)}
        return {
            "activeTargets": active if state in ("any", "active") else [],
            "droppedTargets": dropped if state in ("any", "dropped") else [],
            "droppedTargetCounts": counts if state != "active" else None,
        }, ()

    async def _groups(self, asked: Parameters) -> Answer:
        kind = asked.get("type", "").lower()
        if kind not in ("", "alert", "record"):
            raise bad(f'not supported value "{kind}"', "type")
        groups = [
            group_json(name, found)
            for name, rules in sorted(self._rules.groups.items())
            if (found := [r for r in rules if not kind or r.recording == (kind == "record")])
        ]
        return {"groups": groups}, ()

    async def _alerts(self, _: Parameters) -> Answer:
        return {"alerts": [alert_json(each) for each in self._rules.alerts()]}, ()

    async def _buildinfo(self, _: Parameters) -> Answer:
        return BUILD, ()


def _handled(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        form = await request.post() if request.method == "POST" else {}
        typed = MultiDict((name, str(value)) for name, value in form.items())
        typed.extend(request.query)
        typed.extend(request.match_info)
        try:
            data, warnings = await handler(typed)
        except QueryRefusedError as refused:
            status, body = STATUSES[refused.kind], wire.failure(refused)
        else:
            status, body = 200, wire.success(data, warnings)
        return web.Response(body=body, status=status, content_type="application/json")

    return answer


def _cut(found: Sequence[Any], most: int) -> Answer:
    if most and len(found) > most:
        return found[:most], [wire.TRUNCATED]
    return found, ()


def _family(name: str) -> str:
    return re.sub(rf"^({DURATIONS})_(bucket|count|sum)$", r"\1", name)


def _described(name: str) -> dict[str, str]:
    kind = "counter" if name.endswith("_total") else "gauge"
    written = name.removeprefix("kube_").replace("_", " ").capitalize()
    return {
        "type": "histogram" if name == DURATIONS else kind,
        "help": data("metrics").get(name, f"{written}."),
        "unit": "",
    }


def _target(target: Target, scraped: str) -> dict[str, Any]:
    return {
        "discoveredLabels": target.discovered,
        "labels": target.labels,
        "scrapePool": target.pool,
        "scrapeUrl": target.url,
        "globalUrl": target.url,
        "lastError": target.error,
        "lastScrape": scraped,
        "lastScrapeDuration": _TOOK,
        "health": "down" if target.error else "up",
        "scrapeInterval": f"{INTERVAL}s",
        "scrapeTimeout": "10s",
    }
