"""Alerts and silences of an Alertmanager, as one person may see and change them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.alerting import Matcher, Silence
from bot.core.errors import PrometheusError, RefusedError, UnreachableError
from bot.core.metrics import Reach
from bot.prometheus.alertmanager import AlertmanagerClient, SeenSilences
from bot.prometheus.asking import Means
from bot.prometheus.options import Source
from bot.prometheus.threads import Threads
from bot.prometheus.turns import Turns
from tests.clock import ManualClock
from tests.prometheus.peer import CAPS, ROOM, Request, Server, document, serving

SHOP = Reach(("shop",))
ALL = Reach()


@dataclass(slots=True)
class Alertmanager:
    """A small one; it counts what was posted, and may lose its answers."""

    silences: dict[str, dict[str, Any]] = field(default_factory=dict)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    loses: int = 0
    """So many answers to POST and DELETE are lost after they were carried out."""

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        path = request.path.removeprefix("/api/v2/")
        found: Any = {"alerts": self.alerts, "silences": list(self.silences.values())}.get(path)
        if request.method == "POST":
            number = f"id-{len(self.silences) + 1}"
            body = json.loads(request.body)
            self.silences[number] = {**body, "id": number, "status": {"state": "active"}}
            found = {"silenceID": number}
        elif request.method == "DELETE":
            self.silences[path.removeprefix("silence/")]["status"]["state"] = "expired"
            found = ""
        if request.method != "GET" and self.loses:
            self.loses -= 1
            writer.close()
            return
        writer.write(document(found))
        await writer.drain()


@asynccontextmanager
async def opened(
    *servers: Server, reach: Reach = ALL, clock: ManualClock | None = None, hours: int = 24
) -> AsyncIterator[SeenSilences]:
    clock = clock or ManualClock()
    source = Source(url="http://unused", alertmanager=",".join(one.url for one in servers))
    client = AlertmanagerClient(source, CAPS, Means(clock, Turns(ROOM), Threads()), 4, None)
    try:
        yield SeenSilences(client, reach, "T1/U1", clock, 60.0, timedelta(hours=hours))
    finally:
        client.close()


def alert(namespace: str, **labels: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": "Down", "namespace": namespace, **labels},
        "annotations": {"summary": "It is down"},
        "fingerprint": "0123456789abcdef",
        "status": {"state": "suppressed", "silencedBy": ["id-1"], "inhibitedBy": []},
        "startsAt": "2026-01-01T11:00:00.123456789Z",
        "receivers": [{"name": "team"}],
        "generatorURL": "http://prometheus/graph?g0.expr=up",
    }


def silence(*matchers: Matcher, by: str = "ada", hours: float = 1) -> Silence:
    now = ManualClock().now()
    return Silence(matchers, now, now + timedelta(hours=hours), by, "because")


IN_SHOP = Matcher("namespace", "shop")
PAGE = Matcher("severity", "page", regex=True)


async def test_notices_are_read_and_those_of_other_namespaces_left_out() -> None:
    peer = Alertmanager(alerts=[alert("shop"), alert("secret"), alert("")])
    async with serving(peer.answer) as server, opened(server, reach=SHOP) as silences:
        [found] = await silences.notices([PAGE])
    assert found.labels["namespace"] == "shop"
    assert (found.state, found.silenced_by, found.receivers) == ("suppressed", ("id-1",), ("team",))
    assert found.starts_at == datetime.fromisoformat("2026-01-01T11:00:00.123456+00:00")
    assert server.requests[0].query["filter"] == ['severity=~"page"', 'namespace=~"shop"']


async def test_who_sees_all_sees_all_notices() -> None:
    peer = Alertmanager(alerts=[alert("shop"), alert("")])
    async with serving(peer.answer) as server, opened(server) as silences:
        assert len(await silences.notices()) == 2
    assert "filter" not in server.requests[0].query


async def test_a_matcher_is_escaped_and_its_name_checked() -> None:
    async with serving(Alertmanager().answer) as server, opened(server) as silences:
        await silences.notices([Matcher("a", 'x"} or {b="\n\\')])
        with pytest.raises(RefusedError, match="no name of a label"):
            await silences.notices([Matcher('a="1",b', "2")])
    assert server.requests[0].query["filter"] == ['a="x\\"} or {b=\\"\\n\\\\"']
    assert len(server.requests) == 1


async def test_a_silence_is_made_listed_and_ended() -> None:
    peer = Alertmanager()
    async with serving(peer.answer) as server, opened(server) as silences:
        number = await silences.silence(silence(IN_SHOP, PAGE))
        [found] = await silences.silences()
        assert found == Silence(
            (IN_SHOP, PAGE),
            *(found.starts_at, found.ends_at, "ada", "because", number, "active"),
        )
        assert (await silences.expire(number)).id == number
        assert await silences.silences() == []
    assert peer.silences[number]["status"]["state"] == "expired"
    [posted] = [one for one in server.requests if one.method == "POST"]
    assert json.loads(posted.body)["startsAt"] == "2026-01-01T12:00:00.000000Z"


async def test_silences_that_end_together_are_listed_alike_each_time() -> None:
    peer = Alertmanager()
    async with serving(peer.answer) as server, opened(server) as silences:
        ids = [await silences.silence(silence(IN_SHOP, by=by)) for by in ("ada", "bob", "cleo")]
        assert [one.id for one in await silences.silences()] == ids
        peer.silences = dict(reversed(peer.silences.items()))
        assert [one.id for one in await silences.silences()] == ids


@pytest.mark.parametrize(
    ("other", "made"),
    [
        (silence(PAGE, IN_SHOP), 1),
        (silence(IN_SHOP, PAGE, hours=1.01), 1),
        (silence(IN_SHOP, PAGE, hours=1.1), 2),
        (silence(IN_SHOP, PAGE, by="bob"), 2),
        (silence(IN_SHOP), 2),
    ],
    ids=["other order", "half a minute later", "later", "somebody else's", "other matchers"],
)
async def test_the_same_silence_is_made_once(other: Silence, made: int) -> None:
    peer = Alertmanager()
    async with serving(peer.answer) as server, opened(server) as silences:
        first = await silences.silence(silence(IN_SHOP, PAGE))
        second = await silences.silence(other)
    assert len(peer.silences) == made
    assert (first == second) == (made == 1)


@pytest.mark.parametrize("count", [1, 2])
async def test_a_lost_answer_makes_no_second_silence(count: int) -> None:
    peer, clock = Alertmanager(loses=1), ManualClock()
    async with serving(peer.answer) as server, serving(peer.answer) as other:
        servers = [server, other][:count]
        async with opened(*servers, clock=clock) as silences:
            task = asyncio.create_task(silences.silence(silence(IN_SHOP)))
            await clock.someone_sleeps(1)
            await clock.advance(1)
            assert await task == "id-1"
            peer.loses = 1
            ending = asyncio.create_task(silences.expire("id-1"))
            await clock.someone_sleeps(1)
            await clock.advance(1)
            assert (await ending).id == "id-1"
    assert len(peer.silences) == 1
    assert sum(one.method == "DELETE" for one in (*server.requests, *other.requests)) == 1


async def gone(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_another_peer_is_asked_where_one_does_not_answer() -> None:
    peer, clock = Alertmanager(alerts=[alert("shop")]), ManualClock()
    async with (
        serving(gone) as first,
        serving(peer.answer) as second,
        opened(first, second, clock=clock) as silences,
    ):
        asking = asyncio.create_task(silences.notices())
        await clock.someone_sleeps(0.2)
        await clock.advance(0.2)
        assert len(await asking) == 1


async def test_no_peer_answers() -> None:
    clock = ManualClock()
    async with serving(gone) as server, opened(server, server, clock=clock) as silences:
        asking = asyncio.create_task(silences.silences())
        for _ in range(2):
            await clock.someone_sleeps(0.2)
            await clock.advance(0.2)
        with pytest.raises(UnreachableError, match="Alertmanager 2 cannot be reached"):
            await asking


REFUSED: dict[str, tuple[Silence, str]] = {
    "nothing about the namespace": (silence(PAGE), "one of your namespaces"),
    "another namespace": (silence(Matcher("namespace", "secret")), "one of your namespaces"),
    "a pattern": (silence(Matcher("namespace", "shop", regex=True)), "one of your namespaces"),
    "not that": (silence(Matcher("namespace", "shop", equal=False)), "one of your namespaces"),
    "one and a pattern": (
        silence(IN_SHOP, Matcher("namespace", ".*", regex=True)),
        "one of your namespaces",
    ),
    "too long": (silence(IN_SHOP, hours=24.1), "may last 24 h at most"),
    "over": (silence(IN_SHOP, hours=-1), "over already"),
}


@pytest.mark.parametrize(("wanted", "text"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_may_not_be_silenced_is_not_sent(wanted: Silence, text: str) -> None:
    async with (
        serving(Alertmanager().answer) as server,
        opened(server, reach=SHOP) as silences,
    ):
        with pytest.raises(RefusedError, match=text):
            await silences.silence(wanted)
    assert server.requests == []


async def test_silences_of_others_are_neither_shown_nor_ended() -> None:
    peer = Alertmanager()
    async with serving(peer.answer) as server:
        async with opened(server) as everybody:
            await everybody.silence(silence(PAGE))
            mine = await everybody.silence(silence(IN_SHOP))
        async with opened(server, reach=SHOP) as silences:
            assert [one.id for one in await silences.silences()] == [mine]
            for number in ("id-1", "id-9", "../status"):
                with pytest.raises(RefusedError, match=f"no silence {re.escape(number)} of yours"):
                    await silences.expire(number)
    assert all(one.method != "DELETE" for one in server.requests)


async def test_what_alertmanager_says_is_told() -> None:
    async def refuse(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.method == "GET":
            writer.write(document([]))
        else:
            writer.write(document('"at least one matcher must not be empty"', status=400))

    async with serving(refuse) as server, opened(server) as silences:
        with pytest.raises(PrometheusError, match="at least one matcher"):
            await silences.silence(silence(Matcher("a", "")))
