"""On a real Prometheus, nothing of another namespace comes back, nor any value made of it.

Each expression is narrowed and evaluated twice: on all data, and on a Prometheus that never held
anything outside of the scope. The answers have to be equal, errors included. On the latter, what
was typed has to mean the same as what is sent.
"""

import json
import re
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.core.errors import QuarterdeckError
from bot.core.metrics import Reach
from bot.prometheus.guard import everything, narrowed
from tests.metrics.asking import SECONDS
from tests.metrics.fixtures import Sampled
from tests.prometheus.grammar import EXPRESSIONS
from tests.prometheus.hostile import HOSTILE
from tests.prometheus.samples import NOWHERE, START, samples

pytestmark = pytest.mark.peers

MOMENT = START + 3600
SPAN = {"start": str(MOMENT - 1200), "end": str(MOMENT), "step": "300"}
SCOPES = (("shop",), ("shop", "web"))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAMED = re.compile(r'namespace="([^"]*)"')
FORGING = ("label_replace", "label_join", "count_values", "absent")
"""What may write a label of the namespace that no series has."""

NEWER = {
    "rate(requests_total[5m] anchored)",
    "rate(requests_total[5m] smoothed)",
    "memory_bytes smoothed",
    "rate(requests_total[5m + 5m])",
    "rate(requests_total[step()])",
    "memory_bytes offset (5m)",
    "memory_bytes offset -(5m)",
    "1_000",
    'memory_bytes{pod=~"\\\\Qweb-1\\\\E"}',
    '"\\xff"',
    "memory_bytes @ -1",
    "memory_bytes @ - 1",
}
"""What Prometheus reads and the parser does not, or not faithfully: refused."""
JOINING = {expression for expression in HOSTILE if "info(" in expression}
"""What takes labels from series that no selector chooses: refused."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Prometheus with all data, and one for each scope."""

    everything: HTTPConnection
    scoped: dict[tuple[str, ...], HTTPConnection]


@pytest.fixture(scope="module")
def servers(sampled_prometheus: Sampled) -> Iterator[Servers]:
    with ExitStack() as stack:

        def of(text: str) -> HTTPConnection:
            address = urllib.parse.urlsplit(sampled_prometheus(text).url).netloc
            return stack.enter_context(closing(HTTPConnection(address, timeout=SECONDS)))

        yield Servers(of(samples()), {scope: of(samples(scope)) for scope in SCOPES})


def asked(server: HTTPConnection, path: str, **parameters: str) -> dict[str, Any]:
    """Return the whole answer, of an error too."""
    server.request("POST", f"/api/v1/{path}", urllib.parse.urlencode(parameters), FORM)
    found = json.loads(server.getresponse().read())
    assert isinstance(found, dict)
    series_of(found).sort(key=lambda series: json.dumps(series["metric"], sort_keys=True))
    for told in ("warnings", "infos"):
        found[told] = sorted(found.get(told, ()))
    # Which of several series are told of in an error is anybody's guess.
    found["told"] = NAMED.findall(found.get("error", ""))
    found["error"] = re.split(r"[\[{]", found.get("error", ""))[0]
    return found


def series_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the series of a vector or a matrix; nothing else has any."""
    data = answer.get("data")
    vector = isinstance(data, dict) and data.get("resultType") in ("vector", "matrix")
    return data["result"] if isinstance(data, dict) and vector else []


def instant(server: HTTPConnection, expression: str) -> dict[str, Any]:
    return asked(server, "query", query=expression, time=str(MOMENT))


def over_time(server: HTTPConnection, expression: str) -> dict[str, Any]:
    return asked(server, "query_range", query=expression, **SPAN)


def selectors(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield each selector that Prometheus's own parser finds."""
    if isinstance(tree, dict):
        if "matchers" in tree:
            yield tree
        for value in tree.values():
            yield from selectors(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from selectors(value)


def forced(scope: tuple[str, ...]) -> dict[str, str]:
    return {"name": "namespace", "type": "=~", "value": "|".join(scope)}


def sees_no_more(servers: Servers, expression: str, scope: tuple[str, ...]) -> bool:
    """Assert that nothing of another namespace comes back; False: nothing was sent."""
    try:
        sent = narrowed(expression, Reach(scope), "namespace")
    except QuarterdeckError:
        return False
    parsed = asked(servers.everything, "parse_query", query=sent)
    assert all(forced(scope) in found["matchers"] for found in selectors(parsed.get("data")))
    for ask in (instant, over_time):
        answer, alone = ask(servers.everything, sent), ask(servers.scoped[scope], sent)
        seen = {series["metric"].get("namespace", scope[0]) for series in series_of(answer)}
        seen |= {*answer.pop("told"), *alone.pop("told")}
        assert answer == alone
        assert seen <= {*scope} or any(name in expression for name in FORGING)
        if scope == SCOPES[0]:
            means_what_was_typed(alone, expression, ask(servers.scoped[scope], expression))
    return True


def means_what_was_typed(sent: dict[str, Any], expression: str, typed: dict[str, Any]) -> None:
    if "absent" in expression and "namespace" in expression:
        # It says of which labels it found nothing, of those with one matcher: there are two then.
        return
    assert sent.get("data") == typed.get("data")
    assert sent.get("errorType") == typed.get("errorType")


@pytest.mark.parametrize("scope", SCOPES, ids=" ".join)
@pytest.mark.parametrize("expression", HOSTILE, ids=ascii)
def test_no_hostile_expression_sees_more_than_its_scope(
    servers: Servers, expression: str, scope: tuple[str, ...]
) -> None:
    if not sees_no_more(servers, expression, scope):
        readable = "data" in asked(servers.everything, "parse_query", query=expression)
        assert readable == (expression in NEWER | JOINING)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(expression=EXPRESSIONS)
def test_no_expression_at_all_sees_more_than_its_scope(servers: Servers, expression: str) -> None:
    for scope in SCOPES:
        sees_no_more(servers, expression, scope)


@pytest.mark.parametrize("scope", SCOPES, ids=" ".join)
def test_everything_within_a_scope_is_what_a_selector_of_it_chooses(
    servers: Servers, scope: tuple[str, ...]
) -> None:
    selector = everything(Reach(scope), "namespace")
    assert selector is not None
    times = {"start": str(START), "end": str(MOMENT)}
    found = asked(servers.everything, "series", **{"match[]": selector}, **times)["data"]
    alone = asked(servers.scoped[scope], "series", **{"match[]": '{__name__!=""}'}, **times)["data"]
    assert sorted(found, key=repr) == sorted(alone, key=repr)
    assert {series["namespace"] for series in found} == {*scope}


def test_the_data_outside_of_the_scopes_would_be_seen(servers: Servers) -> None:
    counted = instant(servers.everything, 'count by (namespace) ({__name__=~".+"})')
    seen = {series["metric"].get("namespace", NOWHERE) for series in series_of(counted)}
    assert {"secret", "shop-2", "xshop", "shopweb", NOWHERE} <= seen
    typed = "sum(memory_bytes)"
    assert instant(servers.everything, typed) != instant(servers.scoped["shop",], typed)
