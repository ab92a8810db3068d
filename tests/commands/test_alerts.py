"""Alerts, rules and targets as tables: the worst first, hostile texts harmless, gaps said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from aiohttp import web

from bot.core.alerting import Matcher, Silence
from bot.core.errors import TooLargeError, UnreachableError, UsageError
from bot.core.metrics import Alert, Rule, RuleGroup, ScrapeTarget
from bot.core.reply import Choices, Fields, Table, Verdict
from bot.render.alerts import counted, differing, line, lines, severity_rank
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.observed import FakeSources, Manager, instruments
from tests.engine.rig import ADA, LOBBY, Bot
from tests.kube.server import ACCESS_REVIEWS, body, status

HOSTILE = "<!channel> *b* `x` \x1b[2J\u202e\nnext " + "y" * 900
PODS = "/api/v1/namespaces/shop/pods"
State = Literal["pending", "firing"]


class World:
    """A bot, and the Prometheus and Alertmanager that it can ask."""

    def __init__(self, bot: Bot, sources: FakeSources) -> None:
        self.bot, self.manager, self.watched = bot, sources.manager, sources.watched

    def rule(self, name: str = "Errors", query: str = "up == 0", **changes: Any) -> Rule:
        """Add a rule to the group `shop`."""
        rule = Rule("alerting", name, query, "ok", evaluated=self.bot.clock.now())
        rule = replace(rule, **changes)
        self.watched.groups.append(RuleGroup("shop", "a.yml", timedelta(seconds=15), (rule,)))
        return rule

    def alert(
        self, name: str, state: State = "firing", ago: int = 60, value: float = 1.0, **labels: str
    ) -> Alert:
        """Return an alert that began so many seconds ago; what fires is known to Alertmanager."""
        told = {"alertname": name, "namespace": "shop", **labels}
        since = self.bot.clock.now() - timedelta(seconds=ago)
        if state == "firing":
            self.manager.fires(name, **{"namespace": "shop", **labels})
        return Alert(told, {}, state, since, value)

    def silence(self, *matchers: Matcher, hours: int = 2) -> None:
        now = self.bot.clock.now()
        id = f"s-{len(self.manager.kept)}"
        ends = now + timedelta(hours=hours)
        self.manager.kept[id] = Silence(matchers, now, ends, "x", "x", id, "active")


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = ManualClock()
    sources = FakeSources(Manager(clock))
    async with rig.bot(tmp_path, clock=clock, instruments=instruments(sources)) as bot:
        bot.server.on(PODS, body({"kind": "PodList", "items": []}))
        yield World(bot, sources)


def tables(answer: rig.Answer) -> list[list[tuple[str, ...]]]:
    return [[tuple(row) for row in p.rows] for p in answer.parts if isinstance(p, Table)]


def columns(answer: rig.Answer) -> tuple[str, ...]:
    return next(part.columns for part in answer.parts if isinstance(part, Table))


def verdict(answer: rig.Answer) -> str:
    [part] = [part for part in answer.parts if isinstance(part, Verdict)]
    return part.text


def offered(answer: rig.Answer) -> list[tuple[str, str]]:
    found = [part for part in answer.parts if isinstance(part, Choices)]
    return [(one.label, one.phrase) for part in found for one in part.options]


async def test_the_worst_stand_first_and_show_what_tells_them_apart(world: World) -> None:
    world.rule(
        query="rate(http_request_duration_seconds_sum[5m]) > 0.2",
        alerts=(
            world.alert("Slow", severity="warning", pod="web-2", ago=600, value=0.25),
            world.alert("Later", "pending", severity="critical", pod="web-1"),
            world.alert("Errors", severity="page", pod="web-1", job="web"),
            world.alert("Slow", severity="warning", pod="web-3", ago=900),
            world.alert("Odd", ago=5),
        ),
    )
    answer = await world.bot.say("prom alerts")
    assert columns(answer) == ("STATE", "ALERT", "SEVERITY", "LABELS", "VALUE", "SINCE")
    [rows] = tables(answer)
    assert [(row[1], row[3], row[5]) for row in rows] == [
        ("Errors", "job=web, pod=web-1", "60s"),
        ("Slow", "pod=web-3", "15m"),
        ("Slow", "pod=web-2", "10m"),
        ("Odd", "", "5s"),
        ("Later", "pod=web-1", "60s"),
    ]
    assert verdict(answer) == "4 firing, 1 pending in shop: Slow x2, Errors, Odd, Later"


async def test_what_began_together_is_told_in_one_order_whatever_prometheus_does(
    world: World,
) -> None:
    together = [world.alert("Slow", pod=f"web-{number}") for number in range(1, 6)]
    world.rule(alerts=(together[3], together[0], together[4], together[2], together[1]))
    for phrase in ("prom alerts", "prom silence Slow"):
        [rows] = tables(await world.bot.say(phrase))
        assert [row[3] for row in rows] == [f"pod=web-{number}" for number in range(1, 6)]


async def test_values_are_in_the_unit_of_the_rule(world: World) -> None:
    world.rule(
        query="container_memory_working_set_bytes > 1e9",
        alerts=(world.alert("Big", value=1.5 * 2**30),),
    )
    [[row]] = tables(await world.bot.say("prom alerts"))
    assert row[4] == "1.5 GiB"


async def test_what_is_silenced_stands_last_with_its_end(world: World) -> None:
    world.rule(
        alerts=(
            world.alert("A", severity="page"),
            world.alert("B", severity="info"),
            world.alert("C"),
        )
    )
    world.silence(Matcher("alertname", "A"), Matcher("namespace", "shop"))
    world.silence(Matcher("alertname", "C"))  # somebody's, about all namespaces
    answer = await world.bot.say("prom alerts")
    [rows] = tables(answer)
    assert [(row[1], row[-1]) for row in rows] == [
        ("B", ""),
        ("A", "silenced until 01-01 14:00 UTC"),
        ("C", "silenced"),
    ]
    assert verdict(answer).startswith("3 firing (2 silenced) in shop")
    assert [label for label, _ in offered(answer)] == ["Silence B"]


async def test_a_button_silences_one_alert_in_its_namespace(world: World) -> None:
    world.rule(alerts=(world.alert("A", pod="1"), world.alert("A", pod="2"), world.alert("B")))
    answer = await world.bot.say("prom alerts")
    assert offered(answer) == [
        ("Silence A", 'prom silence \'alertname="A",namespace="shop"\' --for=1h'),
        ("Silence B", 'prom silence \'alertname="B",namespace="shop"\' --for=1h'),
    ]
    shown = await world.bot.say(offered(answer)[0][1])
    assert shown.text.startswith("Would silence 2 alerts in shop for 1h")


async def test_a_button_of_all_namespaces_names_the_one_of_its_alert(world: World) -> None:
    world.rule(alerts=(world.alert("A"),))
    answer = await world.bot.say("prom alerts -A")
    [(_, phrase)] = offered(answer)
    assert phrase.endswith("--for=1h -n shop")
    assert verdict(answer).endswith("in all namespaces: A")


@pytest.mark.parametrize(
    ("phrase", "names"),
    [
        ("prom alerts --firing", ["A", "B"]),
        ("prom alerts --pending", ["C"]),
        ("prom alerts --firing --pending", ["A", "B", "C"]),
        ("prom alerts B", ["B"]),
        ("prom alerts severity=page", ["A"]),
        ("prom alerts severity!=page --firing", ["B"]),
        ("prom alerts 'alertname=~A|C'", ["A", "C"]),
        ("prom alerts 'alertname!~A|C'", ["B"]),
        ("prom alerts -l severity=page,alertname=A", ["A"]),
    ],
)
async def test_alerts_are_chosen_by_state_and_labels(
    world: World, phrase: str, names: list[str]
) -> None:
    world.rule(
        alerts=(
            world.alert("A", severity="page"),
            world.alert("B"),
            world.alert("C", "pending"),
        )
    )
    [rows] = tables(await world.bot.say(phrase))
    assert [row[1] for row in rows] == names


async def test_a_pattern_that_would_take_for_ever_takes_no_longer(world: World) -> None:
    world.rule(alerts=(world.alert("A", pod="a" * 2000),))
    answer = await world.bot.say("prom alerts 'pod=~(a*)*b'")
    assert answer.text == "No alert fires or is pending in shop.\n"
    refused = await world.bot.say(r"prom alerts 'pod=~\d'")
    assert isinstance(refused.problem, UsageError)


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("prom alerts", "No alert fires or is pending in shop.\n"),
        ("prom alerts --firing -A", "No alert fires in any namespace.\n"),
        ("prom alerts --pending", "No alert is pending in shop.\n"),
        ("prom rules", "Prometheus has no rules.\n"),
        ("prom targets", "Prometheus scrapes nothing in shop.\n"),
        ("prom targets --dropped", "Nothing that was discovered in shop is dropped.\n"),
    ],
)
async def test_that_there_is_nothing_is_said(world: World, phrase: str, says: str) -> None:
    assert (await world.bot.say(phrase)).text == says


async def test_rules_say_what_they_mean_and_where_the_runbook_is(world: World) -> None:
    notes = {"summary": "Errors of web", "runbook_url": "https://runbooks.example.org/a"}
    world.rule(alerts=(replace(world.alert("A"), annotations=notes), world.alert("B")))
    answer = await world.bot.say("prom alerts")
    [told] = [part for part in answer.parts if isinstance(part, Fields)]
    assert told.pairs == (("A", "Errors of web — https://runbooks.example.org/a"),)


async def test_hostile_texts_stay_on_their_line(world: World) -> None:
    notes = {"summary": HOSTILE, "runbook": HOSTILE}
    alert = world.alert("A", pod=HOSTILE, severity=HOSTILE)
    world.rule(alerts=(replace(alert, annotations=notes),), error=HOSTILE, health="err")
    for phrase in ("prom alerts", "prom rules", "prom rules Errors"):
        text = (await world.bot.say(phrase)).text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert max(map(len, text.splitlines())) < 420


async def test_without_an_alertmanager_the_alerts_are_told_all_the_same(world: World) -> None:
    world.rule(alerts=(world.alert("A"),))
    world.manager.broken = UnreachableError("error: Alertmanager did not answer")
    answer = await world.bot.say("prom alerts")
    assert [row[1] for row in tables(answer)[0]] == ["A"]
    assert answer.asides == ["Whether they are silenced is not known: Alertmanager did not answer"]
    assert offered(answer) == []
    assert answer.code == 0


async def test_a_prometheus_that_is_away_is_told(world: World) -> None:
    world.watched.broken = UnreachableError("error: Prometheus did not answer")
    for phrase in ("prom alerts", "prom rules", "prom targets"):
        answer = await world.bot.say(phrase)
        assert answer.text == "error: Prometheus did not answer\n"
        assert answer.code == 1


async def test_hundreds_of_alerts_are_counted(world: World) -> None:
    world.rule(alerts=tuple(world.alert(f"A{number:03}") for number in range(400)))
    answer = await world.bot.say("prom alerts")
    assert len(tables(answer)[0]) == 200
    assert "… and 200 more alerts." in answer.asides
    assert verdict(answer).startswith("400 firing in shop: A000, A001, A002, A003, A004, 395 more")
    assert len(offered(answer)) == 4


async def test_whoever_may_not_list_pods_sees_no_alerts(world: World) -> None:
    world.bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": False}}))
    for phrase in ("prom alerts", "prom rules -A", "prom targets", "prom silences"):
        assert "for those who may list pods" in (await world.bot.say(phrase)).text


async def test_where_nothing_is_bound_everything_is_seen_and_said(world: World) -> None:
    world.rule(alerts=(world.alert("A"),))
    answer = await world.bot.say("prom alerts", ADA, LOBBY)
    assert verdict(answer) == "1 firing in all namespaces: A"


async def test_rules_that_need_a_look_stand_first(world: World) -> None:
    world.rule("Fine", kind="recording")
    world.rule("Fires", alerts=(world.alert("Fires"),), state="firing", holds=timedelta(minutes=5))
    world.rule("Broken", health="err", error="many-to-many matching", state="inactive")
    answer = await world.bot.say("prom rules")
    [rows] = tables(answer)
    assert rows == [
        ("shop", "Broken", "alerting", "inactive", "", "err", "0", "0s"),
        ("shop", "Fires", "alerting", "firing", "5m", "ok", "1", "0s"),
        ("shop", "Fine", "recording", "", "", "ok", "", "0s"),
    ]
    assert verdict(answer) == "3 rules, 1 firing in shop, 1 cannot be evaluated"
    [told] = [part for part in answer.parts if isinstance(part, Fields)]
    assert told.pairs == (("Broken", "many-to-many matching"),)
    assert [r[1] for r in tables(await world.bot.say("prom rules --firing"))[0]] == ["Fires"]
    assert [r[1] for r in tables(await world.bot.say("prom rules --unhealthy"))[0]] == ["Broken"]


async def test_a_rule_that_fires_elsewhere_alone_does_not_fire_here(world: World) -> None:
    elsewhere = world.alert("A", namespace="ops")
    world.rule("A", alerts=(elsewhere,), state="firing")
    assert tables(await world.bot.say("prom rules"))[0][0][3] == "inactive"
    assert tables(await world.bot.say("prom rules -A"))[0][0][3] == "firing"


async def test_of_a_rule_that_is_named_its_query_is_shown(world: World) -> None:
    query = "sum(rate(errors_total[5m]))\n  / sum(rate(requests_total[5m])) > 0.05"
    world.rule("Errors", query, labels={"severity": "page"}, annotations={"summary": "Errors"})
    answer = await world.bot.say("prom rules Errors")
    assert answer.text.endswith(f"{query}\n")
    [told] = [part for part in answer.parts if isinstance(part, Fields)]
    assert told.pairs == (("Rule", "Errors"), ("Labels", "severity=page"), ("Summary", "Errors"))
    wrong = await world.bot.say("prom rules Eror")
    assert wrong.problem.next_step == "Did you mean Errors?"


def target(pod: str, health: str = "up", **changes: Any) -> ScrapeTarget:
    found = {"__meta_kubernetes_namespace": "shop", "__meta_kubernetes_pod_name": pod}
    made = ScrapeTarget("pods", f"http://10.0.0.9:80/{pod}", {"job": "pods"}, found, health)
    return replace(made, **changes)


def pod(name: str, ip: str = "10.0.0.1", scrape: str = "") -> dict[str, Any]:
    annotations = {"prometheus.io/scrape": scrape} if scrape else {}
    metadata = {"name": name, "namespace": "shop", "annotations": annotations}
    return {"metadata": metadata, "status": {"podIP": ip, "phase": "Running"}}


async def test_targets_that_do_not_answer_stand_first_with_the_reason(world: World) -> None:
    scraped = world.bot.clock.now() - timedelta(seconds=7)
    world.watched.scraped = [
        target("web-1", scraped=scraped),
        target("web-2", "down", error="connection refused", url="http://u:pw@10.0.0.2:80/m?t=s"),
    ]
    answer = await world.bot.say("prom targets")
    [rows] = tables(answer)
    assert rows == [
        ("down", "pods", "web-2", "10.0.0.2:80/m", "<never>", "connection refused"),
        ("up", "pods", "web-1", "10.0.0.9:80/web-1", "7s", ""),
    ]
    assert verdict(answer) == "1 up, 1 down in shop"
    [down] = tables(await world.bot.say("prom targets --down"))
    assert [row[2] for row in down] == ["web-2"]
    world.watched.scraped = world.watched.scraped[:1]
    assert (
        await world.bot.say("prom targets --down")
    ).text == "1 target in shop, and all answer.\n"


async def test_pods_that_no_target_stands_for_are_said_those_first_that_ask_for_it(
    world: World,
) -> None:
    world.watched.scraped = [target("web-1"), target("", url="http://10.0.0.7:80/")]
    world.watched.dropped = [target("b-2")]
    pods = [pod("a-1"), pod("b-2", scrape="true"), pod("c-3", scrape="true"), pod("web-1")]
    world.bot.server.on(PODS, body({"kind": "PodList", "items": [*pods, pod("by-ip", "10.0.0.7")]}))
    answer = await world.bot.say("prom targets")
    assert verdict(answer) == (
        "2 up in shop; 3 of 5 running pods have no target, 2 of them annotated to be scraped"
    )
    assert tables(answer)[1] == [
        ("shop", "b-2", "yes", "dropped by relabelling"),
        ("shop", "c-3", "yes", "not discovered"),
        ("shop", "a-1", "no", "not discovered"),
    ]


async def test_many_pods_without_a_target_are_counted(world: World) -> None:
    items = [pod(f"a-{number:02}") for number in range(30)]
    world.bot.server.on(PODS, body({"kind": "PodList", "items": items}))
    answer = await world.bot.say("prom targets")
    assert len(tables(answer)[0]) == 10
    assert "… and 20 more pods without a target." in answer.asides


async def test_pods_that_cannot_be_read_spoil_nothing(world: World) -> None:
    world.watched.scraped = [target("web-1")]
    world.bot.server.on(PODS, status(403, "Forbidden", "pods is forbidden"))
    answer = await world.bot.say("prom targets")
    assert len(tables(answer)) == 1
    assert "Which pods have no target is not known:" in answer.asides[0]
    assert answer.code == 0


async def test_why_a_pod_has_no_target_is_left_open_where_the_list_is_too_long(
    world: World,
) -> None:
    world.bot.server.on(PODS, body({"kind": "PodList", "items": [pod("a-1")]}))
    world.watched.too_long = TooLargeError("error: more than 16 MiB")
    assert tables(await world.bot.say("prom targets"))[0] == [("shop", "a-1", "no", "")]


async def test_what_was_discovered_and_dropped_is_listed(world: World) -> None:
    world.watched.dropped = [
        target("b-2", discovered={"__address__": "10.0.0.3:80", "__meta_kubernetes_pod_name": "b"})
    ]
    answer = await world.bot.say("prom targets --dropped")
    assert tables(answer) == [[("pods", "", "b", "10.0.0.3:80")]]
    assert verdict(answer) == "1 discovered and not scraped, in shop"


@pytest.mark.parametrize("phrase", ["prom targets x", "prom targets --down --dropped"])
async def test_what_targets_cannot_mean(world: World, phrase: str) -> None:
    answer = await world.bot.say(phrase)
    assert isinstance(answer.problem, UsageError)


def test_severities_are_ranked_as_people_name_them() -> None:
    order = ["Critical", "error", "warning", "", "odd", "info"]
    ranks = [severity_rank({"severity": one}) for one in order]
    assert ranks == sorted(ranks)
    assert ranks[0] < ranks[1] < ranks[2] < ranks[3] == ranks[4] < ranks[5]


def test_labels_that_all_of_a_name_have_are_left_out() -> None:
    labels = [{"alertname": "A", "pod": str(number), "ns": "shop"} for number in range(2)]
    assert differing([*labels, {"alertname": "B", "ns": "shop", "x": "y"}]) == [
        *("pod=0", "pod=1", "x=y")
    ]
    assert differing([{"alertname": "A", "ns": "shop"}]) == ["ns=shop"]
    assert differing([{"alertname": "A", "uid": "1", "pod": "a"}]) == ["pod=a"]
    assert differing([{"alertname": "A", "uid": "1"}]) == ["uid=1"]


def test_a_line_is_a_line() -> None:
    assert line("a\nb\tc\x00") == "a b c\ufffd"
    assert line("x" * 9, 5) == "xxxx…"
    assert lines("a\n  b", 1) == "a\n…"
    assert counted([{"alertname": "A"}, {}], 1) == "A, 1 more"


@pytest.mark.parametrize("phrase", ["prom alerts", "prom rules"])
async def test_what_happened_while_it_was_asked_is_no_moment_of_the_future(
    world: World, phrase: str
) -> None:
    clock, allowed = world.bot.clock, body({"status": {"allowed": True}})
    assert isinstance(clock, ManualClock)
    evaluated = clock.now() + timedelta(seconds=9)
    world.rule(alerts=(world.alert("Errors", "pending", ago=-9),), evaluated=evaluated)

    async def slowly(request: web.BaseRequest) -> web.StreamResponse:
        await clock.advance(10)
        return await allowed(request)

    world.bot.server.on(ACCESS_REVIEWS, slowly, allowed)
    [[row]] = tables(await world.bot.say(phrase))
    assert row[-1] == "1s"
