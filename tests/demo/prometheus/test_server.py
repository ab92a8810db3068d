"""Prometheus's HTTP API as the simulated one speaks it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Store as Cluster
from bot.demo.prometheus.rules import Rules
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.scraping import Scraper
from bot.demo.prometheus.server import Server
from bot.demo.prometheus.values import Labels
from tests.clock import ManualClock

HOUR = 3_600_000


@pytest.fixture
async def client(clock: ManualClock) -> AsyncIterator[aiohttp.ClientSession]:
    store = Store(3 * HOUR)
    now = round(clock.now().timestamp() * 1000)
    for moment in range(now - HOUR, now + 1, 15_000):
        for pod, speed in (("a", 1), ("b", 2)):
            labels = Labels({"__name__": "http_requests_total", "pod": pod})
            store.append(labels, moment, (moment - now + HOUR) / 1000 * speed)
    registry = Registry(Cluster(), Kinds(), clock)
    application = Server(store, clock, Scraper(registry, store), Rules(store)).application()
    async with TestServer(application) as server, aiohttp.ClientSession(server.make_url("")) as it:
        yield it


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def _asked(client: aiohttp.ClientSession, path: str, **asked: Any) -> tuple[int, Any]:
    async with client.get(f"/api/v1/{path}", params=asked) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_query_is_answered_in_prometheuss_envelope(
    client: aiohttp.ClientSession, method: str, clock: ManualClock
) -> None:
    asked = {"query": "sum by (pod) (rate(http_requests_total[5m]))"}
    how: Any = {"params": asked} if method == "GET" else {"data": asked}
    async with client.request(method, "/api/v1/query", **how) as answer:
        found = await answer.json()
    now = clock.now().timestamp()
    result = [{"metric": {"pod": pod}, "value": [now, rate]} for pod, rate in ("a1", "b2")]
    assert found == {"status": "success", "data": {"resultType": "vector", "result": result}}


async def test_a_range_is_answered_step_by_step(
    client: aiohttp.ClientSession, clock: ManualClock
) -> None:
    now = clock.now().timestamp()
    span = {"start": now - 60, "end": now, "step": "30s"}
    _, found = await _asked(client, "query_range", query="max(http_requests_total)", **span)
    values = [[now - 60, "7080"], [now - 30, "7140"], [now, "7200"]]
    assert found["data"]["result"] == [{"metric": {}, "values": values}]


async def test_more_than_the_limit_is_cut_with_a_warning(client: aiohttp.ClientSession) -> None:
    _, found = await _asked(client, "query", query="http_requests_total", limit=1)
    assert len(found["data"]["result"]) == 1
    assert found["warnings"] == ["results truncated due to limit"]


@pytest.mark.parametrize(
    ("path", "asked", "code", "kind", "text"),
    [
        ("query", {"query": "nothing(x)"}, 400, "bad_data",
         'invalid parameter "query": 1:1: parse error: unknown function with name "nothing"'),
        ("query", {"query": "1 + limitk(2, x)"}, 400, "bad_data",
         'invalid parameter "query": 1:5: parse error: limitk() is experimental and must be '
         "enabled with --enable-feature=promql-experimental-functions"),
        ("query", {"query": "mad_over_time(x[5m])"}, 400, "bad_data",
         'invalid parameter "query": 1:1: parse error: function "mad_over_time" is not enabled'),
        ("query", {"query": "1", "time": "noon"}, 400, "bad_data",
         'invalid parameter "time": invalid time value for \'time\': '
         'cannot parse "noon" to a valid timestamp'),
        ("query_range", {"query": "1", "start": "0", "end": "11001", "step": "1"}, 400, "bad_data",
         "exceeded maximum resolution of 11,000 points per timeseries. "
         "Try decreasing the query resolution (?step=XX)"),
        ("query", {"query": "http_requests_total + on() http_requests_total"}, 422, "execution",
         "found duplicate series for the match group {} on the right hand-side of the operation: "
         '[{__name__="http_requests_total", pod="b"}, {__name__="http_requests_total", pod="a"}];'
         "many-to-many matching not allowed: matching labels must be unique on one side"),
    ],
    ids=["function", "aggregation", "experiment", "time", "points", "duplicates"],
)  # fmt: skip
async def test_what_prometheus_refuses_is_refused_in_its_words(
    client: aiohttp.ClientSession,
    path: str,
    asked: dict[str, str],
    code: int,
    kind: str,
    text: str,
) -> None:
    status, found = await _asked(client, path, **asked)
    assert (status, found) == (code, {"status": "error", "errorType": kind, "error": text})
