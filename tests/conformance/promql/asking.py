"""Questions to a Prometheus over HTTP, and what the answers of two have to have in common."""

import json
import math
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from bot.core.clock import SystemClock
from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Store as Cluster
from bot.demo.prometheus.rules import Rules
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.scraping import Scraper
from bot.demo.prometheus.server import Server
from tests.conformance.promql.samples import END, HOUR, filled

NOW = END / 1000 + 3.2
"""The moment that is asked for: no sample is exactly as old."""
STEP = 600
WAYS: Mapping[str, Mapping[str, Any]] = {
    "query": {"time": NOW},
    "query_range": {"start": NOW - 1800, "end": NOW, "step": STEP},
}
_CLOSE = 1e-9
"""How far apart values may be, in proportion."""
_TINY = 1e-12
"""What rounding leaves where a sum is zero."""
_ANY_TWO = re.compile(
    r"match group \{.*\}( on the \w+ hand-side of the operation: )\[.*\](?=;many)"
)
"""Which group, and which two of it, follows from the order in which they are found."""
_ORDERED = re.compile(r"(sort|sort_desc|topk|bottomk)\s*\(")


@asynccontextmanager
async def simulated() -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a way to the simulated Prometheus with the samples."""
    store, clock = filled(Store(100 * HOUR)), SystemClock()
    scraper = Scraper(Registry(Cluster(), Kinds(), clock), store)
    application = Server(store, clock, scraper, Rules(store)).application()
    async with TestServer(application) as server, aiohttp.ClientSession(server.make_url("")) as it:
        yield it


async def answer(client: aiohttp.ClientSession, case: str) -> Any:
    """Return the answer to a case, as JSON has it: a request, or an expression in both ways."""
    match json.loads(case):
        case [path, asked]:
            return await _asked(client, path, asked)
        case expression:
            found = {
                path: await _asked(client, path, {"query": expression, **way})
                for path, way in WAYS.items()
            }
            # What is refused is refused alike, whatever time it is about.
            return found["query"] if found["query"] == found["query_range"] else found


async def _asked(client: aiohttp.ClientSession, path: str, asked: Mapping[str, Any]) -> Any:
    method = "GET" if path.startswith(("label/", "rules")) else "POST"
    sent: Any = {"params" if method == "GET" else "data": _pairs(asked)}
    async with client.request(method, f"/api/v1/{path}", **sent) as found:
        return normal(await found.json(), asked.get("query", ""))


def _pairs(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    several = {name: value if isinstance(value, list) else [value] for name, value in asked.items()}
    return [(name, str(each)) for name, values in several.items() for each in values]


def normal(answer: Any, expression: str = "") -> Any:
    """Return an answer without its notes, its elements in an order of their own if they have none.

    What Prometheus notes about an expression is outside of the scope.
    """
    kept = {name: value for name, value in answer.items() if name != "infos"}
    told = [each for each in kept.pop("warnings", ()) if not each.startswith("PromQL")]
    kept |= {"warnings": told} if told else {}
    if "error" in kept:
        return kept | {"error": _ANY_TWO.sub(r"any group\1[two]", kept["error"])}
    data = kept.get("data")
    if not isinstance(data, dict) or data.get("resultType") not in ("vector", "matrix"):
        return kept
    ordered = data["resultType"] == "vector" and _ORDERED.match(expression)
    by_labels = sorted(data["result"], key=lambda each: json.dumps(each["metric"], sort_keys=True))
    return kept | {"data": data | {"result": data["result"] if ordered else by_labels}}


def same(one: Any, other: Any) -> bool:
    """Return whether two answers are alike: labels and times exactly, values to 1e-9."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
        case str(), str():
            return one == other or _close(one, other)
        case _:
            return bool(one == other)


def _close(one: str, other: str) -> bool:
    try:
        return math.isclose(float(one), float(other), rel_tol=_CLOSE, abs_tol=_TINY)
    except ValueError:
        return False
