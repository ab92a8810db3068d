"""What one person sees of a Prometheus: asserted on what is sent, and on what comes back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.errors import BadQueryError, UnreachableError
from bot.core.metrics import Described, Reach, Span
from bot.prometheus.limits import Limits
from bot.prometheus.seen import Seen
from tests.clock import ManualClock
from tests.prometheus.peer import ASKING, UP, Server, always, client_of, serving, success, vector

SHOP, ALL = Reach(("shop",)), Reach()
AT = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)
HOUR = Span(AT - timedelta(hours=1), AT, timedelta(seconds=30))


@asynccontextmanager
async def seen(answer: bytes, reach: Reach, **source: Any) -> AsyncIterator[tuple[Seen, Server]]:
    clock = ManualClock()
    async with (
        serving(always(answer)) as server,
        client_of(server.url, clock=clock, **source) as client,
    ):
        yield Seen(client, Limits(), reach, "T1/U1", clock, 60.0), server


async def test_a_query_is_narrowed_before_it_is_sent() -> None:
    async with seen(vector(UP), SHOP, namespace_label="ns") as (metrics, server):
        answer = await metrics.instant('up or node{ns="secret"}', AT)
    [form] = [one.form for one in server.requests]
    assert form["query"] == [answer.sent]
    assert answer.sent.count('ns=~"shop"') == 2
    assert form["time"] == ["1767268800.250"]
    assert form["timeout"] == ["4.750"]


async def test_a_range_is_asked_for_to_the_millisecond() -> None:
    empty = success({"resultType": "matrix", "result": []})
    async with seen(empty, ALL) as (metrics, server):
        answer = await metrics.range("up", HOUR)
    form = server.requests[0].form
    assert server.requests[0].path == "/api/v1/query_range"
    assert (form["start"], form["end"]) == (["1767265200.250"], ["1767268800.250"])
    assert (form["step"], form["query"], answer.sent) == (["30.000"], ["up"], "up")


async def test_a_range_that_is_too_long_is_not_sent() -> None:
    async with seen(vector(), ALL) as (metrics, server):
        with pytest.raises(BadQueryError):
            await metrics.range("up", Span(AT - timedelta(days=30), AT, timedelta(minutes=5)))
    assert server.requests == []


@pytest.mark.parametrize(
    ("reach", "sent"), [(ALL, None), (SHOP, ['{namespace=~"shop"}'])], ids=["all", "shop"]
)
async def test_names_are_those_within_reach(reach: Reach, sent: list[str] | None) -> None:
    async with seen(success(["b", "a"]), reach) as (metrics, server):
        assert await metrics.names() == ["a", "b"]
    assert server.requests[0].path == "/api/v1/label/__name__/values"
    assert server.requests[0].query.get("match[]") == sent


async def test_values_and_series_are_chosen_within_reach() -> None:
    async with seen(success([]), SHOP) as (metrics, server):
        await metrics.values("job", ["up", "down"])
        await metrics.series(["up"], AT, AT)
        await metrics.series([], AT, AT)
    first, second, third = server.requests
    assert first.query["match[]"] == ['up{namespace=~"shop"}', 'down{namespace=~"shop"}']
    assert second.form["match[]"] == ['up{namespace=~"shop"}']
    assert second.form["start"] == ["1767268800.25"]
    assert all('namespace=~"shop"' in one for one in third.form["match[]"])


@pytest.mark.parametrize("label", ["", "../query", "a/b", "a b", "ä"])
async def test_a_label_goes_into_the_path_only_if_it_is_one(label: str) -> None:
    async with seen(success([]), ALL) as (metrics, server):
        with pytest.raises(BadQueryError, match="no name of a label"):
            await metrics.values(label)
    assert server.requests == []


async def test_a_metric_is_described_as_most_targets_describe_it() -> None:
    counter = {"type": "counter", "help": "All of them.", "unit": "bytes"}
    odd = {"type": "gauge", "help": "", "unit": ""}
    async with seen(success({"sent": [odd, counter, counter]}), ALL) as (metrics, server):
        assert await metrics.described("sent") == Described("counter", "All of them.", "bytes")
    assert server.requests[0].query == {"metric": ["sent"]}


async def test_a_metric_of_which_targets_say_two_things_is_described_alike_each_time() -> None:
    said = [{"type": "gauge", "help": text, "unit": ""} for text in ("New.", "Old.")]
    for data in (said, said[::-1]):
        async with seen(success({"sent": data}), ALL) as (metrics, _):
            assert await metrics.described("sent") == Described("gauge", "New.")


@pytest.mark.parametrize("told", ["warnings", "infos"])
async def test_remarks_are_told_in_one_order_and_how_many_are_left_out_last(told: str) -> None:
    remarks = ["b (1:2)", "a (1:9)", "3 more info annotations omitted"]
    async with seen(vector(UP, **{told: remarks}), ALL) as (metrics, _):
        answer = await metrics.instant("up")
    found = {"warnings": answer.warnings, "infos": answer.infos}[told]
    assert found == ("a (1:9)", "b (1:2)", "3 more info annotations omitted")


@pytest.mark.parametrize("data", [{}, {"sent": [{"type": "unknown", "help": "", "unit": ""}]}])
async def test_what_is_not_described_is_empty(data: Any) -> None:
    async with seen(success(data), ALL) as (metrics, _):
        assert await metrics.described("sent") == Described()


async def test_what_a_metric_says_of_itself_is_known_for_a_while() -> None:
    clock, gauge = ManualClock(), {"type": "gauge", "help": "", "unit": ""}
    answer = always(success({"up": [gauge]}))
    async with serving(answer) as server, client_of(server.url, clock=clock) as client:
        for seconds, asked in ((0, 1), (299, 1), (2, 2)):
            await clock.advance(seconds)
            assert (await client.described(ASKING, "up")).type == "gauge"
            assert len(server.requests) == asked
        await client.described(ASKING, "down")
    assert len(server.requests) == 3


def alert(namespace: str, state: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": "Down", "namespace": namespace},
        "annotations": {},
        "state": state,
        "activeAt": "2026-01-01T11:59:30.123456789Z",
        "value": "1e+00",
    }


def rule(name: str, *alerts: dict[str, Any], **labels: str) -> dict[str, Any]:
    return {
        "type": "alerting",
        "name": name,
        "query": "up == 0",
        "health": "err",
        "lastError": 'duplicate {namespace="secret"}',
        "state": "firing",
        "duration": 300,
        "keepFiringFor": 60,
        "labels": labels,
        "annotations": {"summary": "Down"},
        "alerts": list(alerts),
        "lastEvaluation": "0001-01-01T00:00:00Z",
    }


RULES = {
    "groups": [
        {
            "name": "g",
            "file": "/etc/rules.yaml",
            "interval": 30,
            "rules": [
                rule("Both", alert("shop", "pending"), alert("secret", "firing")),
                rule("Theirs", alert("secret", "firing")),
                rule("Named", namespace="secret"),
                {"type": "recording", "name": "r", "query": "sum(up)", "health": "ok"},
            ],
        },
        {
            "name": "h",
            "file": "f",
            "interval": 0.5,
            "rules": [rule("Other", namespace="secret")],
        },
    ]
}


async def test_rules_are_read_whole() -> None:
    async with seen(success(RULES), ALL) as (metrics, _):
        first, second = await metrics.rules()
    both, *_, recording = first.rules
    assert (first.name, first.interval, second.interval) == (
        *("g", timedelta(seconds=30)),
        timedelta(seconds=0.5),
    )
    assert (both.holds, both.keeps, both.evaluated) == (
        *(timedelta(minutes=5), timedelta(minutes=1)),
        None,
    )
    assert (both.state, both.error, len(both.alerts)) == (
        *("firing", 'duplicate {namespace="secret"}'),
        2,
    )
    assert both.alerts[0].value == 1
    assert (recording.kind, recording.state, recording.alerts) == ("recording", "", ())


async def test_rules_tell_nothing_of_other_namespaces() -> None:
    async with seen(success(RULES), SHOP) as (metrics, _):
        groups = await metrics.rules()
    assert "secret" not in repr(groups)
    [group] = groups
    states = {one.name: (one.state, len(one.alerts)) for one in group.rules}
    assert states == {"Both": ("pending", 1), "Theirs": ("inactive", 0), "r": ("", 0)}


def target(name: str, labels: dict[str, str], found_in: str = "") -> dict[str, Any]:
    discovered = {"__meta_kubernetes_namespace": found_in} if found_in else {}
    return {
        "scrapePool": name,
        "scrapeUrl": f"http://{name}/metrics",
        "labels": labels,
        "discoveredLabels": discovered,
        "health": "down",
        "lastError": "connection refused",
        "lastScrape": "2026-01-01T11:59:30Z",
        "lastScrapeDuration": 0.25,
    }


TARGETS = {
    "activeTargets": [
        target("mine", {"namespace": "shop"}, "shop"),
        target("labelled", {"namespace": "shop"}),
        target("found", {}, "shop"),
        target("theirs", {"namespace": "shop"}, "secret"),
        target("nobody's", {}),
    ],
    "droppedTargets": [
        {"discoveredLabels": {"__meta_kubernetes_namespace": "shop"}, "scrapePool": "p"},
        {"discoveredLabels": {"__meta_kubernetes_namespace": "secret"}, "scrapePool": "q"},
    ],
}


@pytest.mark.parametrize(
    ("reach", "names"),
    [
        (ALL, ["mine", "labelled", "found", "theirs", "nobody's"]),
        (SHOP, ["mine", "labelled", "found"]),
    ],
    ids=["all", "shop"],
)
async def test_targets_are_those_within_reach(reach: Reach, names: list[str]) -> None:
    async with seen(success(TARGETS), reach) as (metrics, server):
        found = await metrics.targets()
    assert [one.pool for one in found] == names
    assert (found[0].health, found[0].error) == ("down", "connection refused")
    assert found[0].took == timedelta(milliseconds=250)
    assert server.requests[0].query == {"state": ["active"]}


async def test_dropped_targets_are_known_by_where_they_were_found() -> None:
    async with seen(success(TARGETS), SHOP) as (metrics, server):
        assert [one.pool for one in await metrics.targets(dropped=True)] == ["p"]
    assert server.requests[0].query == {"state": ["dropped"]}


async def test_a_link_leads_to_prometheus_own_page() -> None:
    async with seen(vector(), ALL, link="https://prometheus.example.com/") as (metrics, _):
        table, graph = metrics.link('up{a="b c"}'), metrics.link("up", HOUR)
    assert table == (
        "https://prometheus.example.com/query?g0.expr=up%7Ba%3D%22b+c%22%7D&g0.tab=table"
    )
    assert graph == (
        "https://prometheus.example.com/query?g0.expr=up&g0.tab=graph&g0.range_input=3600s"
        "&g0.end_input=2026-01-01+12%3A00%3A00"
    )


async def test_there_is_no_link_where_people_can_open_none() -> None:
    async with seen(vector(), ALL) as (metrics, _):
        assert metrics.link("up") == ""


async def test_the_time_of_the_command_is_the_time_of_its_questions() -> None:
    clock = ManualClock()
    async with serving(always(vector())) as server, client_of(server.url, clock=clock) as client:
        metrics = Seen(client, Limits(), ALL, "T1/U1", clock, 2.0)
        await metrics.instant("up")
        await clock.advance(2)
        with pytest.raises(UnreachableError, match="time for this command is over"):
            await metrics.instant("up")
    assert server.requests[0].form["timeout"] == ["1.900"]
