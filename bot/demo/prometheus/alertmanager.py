"""A small Alertmanager: the alerts that fire, what silences them, and the API to both.

It notifies nobody. There is one receiver, and nothing is inhibited.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from bot.core.clock import Clock
from bot.demo.prometheus import silences
from bot.demo.prometheus.silences import Silence, SilenceRefusedError, stamp

_RECEIVER = "nobody"
Handler = Callable[[web.Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert that fires."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts: datetime
    ends: datetime
    """When it will be taken to have ended, unless Prometheus tells of it again."""
    updated: datetime
    generator: str

    @property
    def fingerprint(self) -> str:
        """Return the 64 bits by which alerts are told apart, as prometheus/common makes them."""
        found = 0xCBF29CE484222325
        for part in (text for pair in sorted(self.labels.items()) for text in pair):
            for byte in (*part.encode(), 0xFF):
                found = (found ^ byte) * 0x100000001B3 % 2**64
        return f"{found:016x}"


class Alertmanager:
    """The alerts and silences, and what answers for them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._notices: list[Notice] = []
        self._silences: dict[str, Silence] = {}

    def tell(self, notices: list[Notice]) -> None:
        """Take the alerts that fire now; all others have ended."""
        self._notices = notices

    def application(self) -> web.Application:
        """Return what speaks the API, version 2."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/api/v2/alerts", _handled(self._alerts)),
                web.get("/api/v2/receivers", _handled(self._receivers)),
                web.get("/api/v2/silences", _handled(self._all)),
                web.post("/api/v2/silences", _handled(self._post)),
                web.get("/api/v2/silence/{id}", _handled(self._one)),
                web.delete("/api/v2/silence/{id}", _handled(self._expire)),
                web.get("/api/v2/status", _handled(self._status)),
            ]
        )
        return app

    async def _alerts(self, request: web.Request) -> Any:
        wanted = [silences.matcher(each) for each in request.query.getall("filter", [])]
        found = [
            told
            for each in self._notices
            if all(matcher.matches(each.labels) for matcher in wanted)
            and _asked_for(told := self._told(each), request)
        ]
        return sorted(found, key=lambda told: str(told["fingerprint"]))

    def _told(self, notice: Notice) -> dict[str, Any]:
        now = self._clock.now()
        silenced = [
            each.id
            for each in self._silences.values()
            if each.state(now) == "active"
            and all(matcher.matches(notice.labels) for matcher in each.matchers)
        ]
        state = "suppressed" if silenced else "active"
        status = {"inhibitedBy": [], "mutedBy": [], "silencedBy": sorted(silenced), "state": state}
        return {
            "annotations": notice.annotations,
            "endsAt": stamp(notice.ends),
            "fingerprint": notice.fingerprint,
            "receivers": [{"name": _RECEIVER}],
            "startsAt": stamp(notice.starts),
            "status": status,
            "updatedAt": stamp(notice.updated),
            "generatorURL": notice.generator,
            "labels": notice.labels,
        }

    async def _receivers(self, _: web.Request) -> Any:
        return [{"name": _RECEIVER}]

    async def _all(self, request: web.Request) -> Any:
        wanted = [silences.matcher(each) for each in request.query.getall("filter", [])]
        now = self._clock.now()
        kept = [each for each in self._silences.values() if _about(each, wanted)]
        return [each.json(now) for each in silences.listed(kept, now)]

    async def _post(self, request: web.Request) -> Any:
        now = self._clock.now()
        wanted = silences.posted(orjson.loads(await request.read()), now)
        return {"silenceID": silences.put(self._silences, wanted, now)}

    async def _one(self, request: web.Request) -> Any:
        if (found := self._silences.get(silences.known_id(request.match_info["id"]))) is None:
            raise SilenceRefusedError(404)
        return found.json(self._clock.now())

    async def _expire(self, request: web.Request) -> Any:
        its = silences.known_id(request.match_info["id"])
        silences.expire(self._silences, its, self._clock.now())
        return None

    async def _status(self, _: web.Request) -> Any:
        return {
            "cluster": {"status": "disabled", "peers": []},
            "config": {"original": f"route: {{receiver: {_RECEIVER}}}\n"},
            "uptime": stamp(self._clock.now()),
            "versionInfo": {"version": "0.31.1", "revision": "simulated", "branch": "HEAD"}
            | dict.fromkeys(("buildDate", "buildUser", "goVersion"), ""),
        }


def _about(silence: Silence, wanted: list[silences.Matcher]) -> bool:
    """Return whether a silence has all of a filter's conditions, word for word."""
    return all(each in silence.matchers for each in wanted)


def _asked_for(told: dict[str, Any], request: web.Request) -> bool:
    name = "silenced" if told["status"]["silencedBy"] else "active"
    return request.query.get(name, "true") != "false"


def _handled(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            status, body = 200, await handler(request)
        except SilenceRefusedError as refused:
            status, body = refused.status, refused.body
        raw = b"" if body is None else orjson.dumps(body)
        return web.Response(body=raw, status=status, content_type="application/json")

    return answer
