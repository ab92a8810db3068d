"""Expressions that Prometheus is asked to read, and not to evaluate."""

from dataclasses import replace

import pytest

from bot.core.errors import BadQueryError
from bot.core.metrics import Reach
from bot.prometheus.limits import Limits
from bot.prometheus.seen import Seen
from tests.clock import ManualClock
from tests.prometheus.peer import always, client_of, document, serving, success

NARROW = Reach(("shop",))
REFUSED = {
    "status": "error",
    "errorType": "bad_data",
    "error": 'invalid parameter "query": 1:4: parse error: unexpected identifier "y"',
}


async def test_it_is_read_as_it_was_typed_whoever_asks() -> None:
    async with serving(always(success("sum(x)"))) as server, client_of(server.url) as client:
        seen = Seen(client, Limits(), NARROW, "T1/UADA", ManualClock(), 10.0)
        await seen.check("sum( x)")
        [request] = server.requests
        assert request.path == "/api/v1/format_query"
        assert request.form == {"query": ["sum( x)"]}
        assert request.query == {}


async def test_the_place_of_a_mistake_is_that_of_what_was_typed() -> None:
    answer = always(document(REFUSED, status=400))
    async with serving(answer) as server, client_of(server.url) as client:
        seen = Seen(client, Limits(), NARROW, "T1/UADA", ManualClock(), 10.0)
        with pytest.raises(BadQueryError, match=r"^error: 1:4: parse error: unexpected"):
            await seen.check("(x y)")


async def test_what_is_too_long_is_not_sent() -> None:
    async with serving(always(success(""))) as server, client_of(server.url) as client:
        limits = replace(Limits(), characters=10)
        seen = Seen(client, limits, NARROW, "T1/UADA", ManualClock(), 10.0)
        with pytest.raises(BadQueryError, match="up to 10 are read"):
            await seen.check("x" * 11)
        assert server.requests == []
