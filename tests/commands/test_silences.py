"""Alerts are silenced by those who may, once, for a reason, and only after it was shown."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
from aiohttp import web

from bot.core.alerting import Matcher, Silence
from bot.core.audit import Happening
from bot.core.errors import (
    PrometheusError,
    QuarterdeckError,
    RefusedError,
    UnreachableError,
    UsageError,
)
from bot.core.reply import Choice, Choices, Table
from bot.core.request import Person, Place, Surface
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.observed import FakeSources, Manager, instruments
from tests.engine.rig import ADA, LOBBY, POLICY, VIC, Bot
from tests.kube.server import ACCESS_REVIEWS, body
from tests.slack.scripted import Bell

TIERS = {
    "viewer": {"groups": ["quarterdeck:viewers"], "ceiling": "read"},
    "operator": {"groups": ["quarterdeck:operators"], "ceiling": "destroy"},
}
WIDE = {"CSHOP": {"namespaces": ["shop"], "cluster_scoped": True}}
NAMED = Person("T1/UADA", "ada")


class World:
    """A bot and the Alertmanager that it can ask."""

    def __init__(self, bot: Bot, manager: Manager) -> None:
        self.bot, self.manager = bot, manager

    @property
    def silences(self) -> list[Silence]:
        now = self.bot.clock.now()
        return [one for one in self.manager.kept.values() if one.ends_at > now]

    @property
    def happened(self) -> list[Happening]:
        acts = (Happening.INTENT, Happening.OUTCOME)
        return [one.happening for one in self.bot.ledger.entries if one.happening in acts]


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = ManualClock()
    manager = Manager(clock)
    policy = {**POLICY, "tiers": TIERS}
    sources = FakeSources(manager)
    async with rig.bot(
        tmp_path, clock=clock, policy=policy, instruments=instruments(sources)
    ) as bot:
        yield World(bot, manager)


def choices(answer: rig.Answer) -> tuple[Choice, ...]:
    [part] = [part for part in answer.parts if isinstance(part, Choices)]
    return part.options


def rows(answer: rig.Answer) -> list[tuple[str, ...]]:
    return [tuple(row) for part in answer.parts if isinstance(part, Table) for row in part.rows]


async def test_what_would_be_silenced_is_shown_and_nothing_is_done(world: World) -> None:
    world.manager.fires("HighErrorRate", severity="page", pod="web-1")
    world.manager.fires("HighErrorRate", severity="page", pod="web-2")
    world.manager.fires("HighErrorRate", "ops")
    shown = await world.bot.say("prom silence HighErrorRate --for 90m --reason INC-1")
    assert shown.text.startswith(
        "Would silence 2 alerts in shop for 1h30m, until 2026-01-01 13:30 UTC:"
        ' {alertname="HighErrorRate",namespace="shop"}\n'
    )
    assert rows(shown) == [
        ("active", "HighErrorRate", "page", "pod=web-1", "60s"),
        ("active", "HighErrorRate", "page", "pod=web-2", "60s"),
    ]
    assert 'namespace="shop" is added: from here only its alerts are silenced.' in shown.asides
    assert world.silences == []
    assert world.happened == []


async def test_of_many_alerts_the_worst_are_shown(world: World) -> None:
    for number in range(30):
        world.manager.fires("A", pod=f"web-{number}", severity="info" if number < 20 else "page")
    shown = await world.bot.say("prom silence A")
    assert [row[2] for row in rows(shown)] == ["page"] * 10 + ["info"] * 10
    assert "… and 10 more alerts." in shown.asides


async def test_a_press_silences_what_was_shown_and_says_by_whom_and_why(world: World) -> None:
    world.manager.fires("HighErrorRate")
    shown = await world.bot.say("prom silence HighErrorRate --for 90m --reason INC-1", NAMED)
    [choice] = choices(shown)
    done = await world.bot.say(choice.phrase, NAMED)
    [made] = world.silences
    assert done.text.startswith(f"silence/{made.id} created: ")
    assert "until 2026-01-01 13:30 UTC" in done.text
    assert made.matchers == (Matcher("alertname", "HighErrorRate"), Matcher("namespace", "shop"))
    assert made.ends_at - made.starts_at == timedelta(minutes=90)
    assert (made.created_by, made.comment) == ("ada (T1/UADA)", "INC-1")


async def test_intent_stands_in_the_record_before_and_the_outcome_after(world: World) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason INC-1"))
    await world.bot.say(choice.phrase)
    assert world.happened == [Happening.INTENT, Happening.OUTCOME]
    intent, outcome = world.bot.ledger.entries[-2:]
    [made] = world.silences
    told = {
        "matchers": 'alertname="A",namespace="shop"',
        "until": "2026-01-01T13:00:00Z",
        "by": "T1/UADA",
        "comment": "INC-1",
    }
    assert intent.details == {"silence": told}
    assert outcome.details == {"silence": {**told, "id": made.id}}
    assert intent.who is not None
    assert intent.who.person == "T1/UADA"


async def test_a_button_that_is_pressed_twice_makes_one_silence(world: World) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason INC-1"))
    first = await world.bot.say(choice.phrase)
    await world.bot.clock.sleep(0)
    second = await world.bot.say(choice.phrase)
    [made] = world.silences
    assert first.text.startswith(f"silence/{made.id} created")
    assert second.text.startswith(f"silence/{made.id} is there already")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("prom silence", "prom silence -n shop-test"),
        ("--for=1h", "--for=24h"),
        ("alertname=A", "'alertname=~A.*'"),
        ("INC-1", "INC-2"),
        ("--confirm=", "--confirm=1"),
    ],
)
async def test_what_was_changed_since_it_was_shown_does_not_pass(
    world: World, was: str, becomes: str
) -> None:
    phrase = "prom silence alertname=A --for=1h --reason=INC-1"
    [choice] = choices(await world.bot.say(phrase))
    assert was in choice.phrase
    answer = await world.bot.say(choice.phrase.replace(was, becomes))
    assert isinstance(answer.problem, UsageError)
    assert "this is not what was shown" in answer.text
    assert world.silences == []


async def test_a_button_is_good_for_a_quarter_of_an_hour(world: World) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason INC-1"))
    assert isinstance(world.bot.clock, ManualClock)
    await world.bot.clock.advance(901)
    assert "was shown too long ago" in (await world.bot.say(choice.phrase)).text
    assert world.silences == []


async def test_without_a_reason_the_buttons_ask_for_one(world: World) -> None:
    shown = await world.bot.say("prom silence A")
    labels = [one.label for one in choices(shown)]
    assert labels == ["Being worked on", "Planned work", "False alarm"]
    await world.bot.say(choices(shown)[1].phrase)
    [made] = world.silences
    assert made.comment == "planned work"


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("prom silence 'pod=~web-.*'", "a pattern also silences alerts that nobody has seen yet"),
        ("prom silence A 'pod!=web-1'", "a pattern also silences"),
        ("prom silence severity=page", "no alert is named"),
        ("prom silence A 'pod=~.*'", 'pod=~".*" is also true of alerts without that label'),
        ("prom silence Other", "No alert matches now"),
    ],
)
async def test_whoever_presses_is_warned(world: World, phrase: str, says: str) -> None:
    world.manager.fires("A", severity="page", pod="web-1")
    asides = (await world.bot.say(phrase)).asides
    assert any(says in aside for aside in asides)


async def test_a_name_alone_and_what_is_not_silenced_yet_need_no_warning(world: World) -> None:
    world.manager.fires("A")
    shown = await world.bot.say("prom silence A namespace=shop")
    assert shown.asides == []


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("prom silence", "no matcher is given"),
        ("prom silence 'alertname=~.*'", "at least one matcher must not match the empty string"),
        ("prom silence 'pod=~.*' 'job!=x'", "at least one matcher must not match the empty"),
        ("prom silence 'alertname='", "at least one matcher must not match the empty string"),
        ("prom silence 'a b'", "bad matcher format: a b"),
        ("prom silence A --for 25h", "--for is a time between 1m and 24h"),
        ("prom silence A --for 10s", "--for is a time between 1m and 24h"),
        (f"prom silence A --reason {'x' * 301}", "301 characters of at most 300"),
        ("prom expire", "takes the id of one silence"),
        ("prom expire abc", "names no silence in shop"),
        ("prom silences x", "lists everything and takes no words"),
    ],
)
async def test_what_cannot_be_meant_is_answered_with_one_sentence(
    world: World, phrase: str, says: str
) -> None:
    answer = await world.bot.say(phrase)
    assert isinstance(answer.problem, UsageError)
    assert says in answer.text
    assert answer.problem.next_step or "reason" in phrase


async def test_a_viewer_is_refused_with_the_reason(world: World) -> None:
    answer = await world.bot.say("prom silence A --reason x", VIC)
    assert isinstance(answer.problem, RefusedError)
    assert "The policy does not let you change things: your tier ends below that." in answer.text


async def test_whom_the_cluster_lets_change_nothing_there_silences_nothing(world: World) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason x"))
    world.bot.server.on(ACCESS_REVIEWS, _only_list)
    for phrase in ("prom silence A --reason x", choice.phrase):
        answer = await world.bot.say(phrase)
        assert isinstance(answer.problem, RefusedError)
        assert 'cannot patch resource "deployments/scale" in API group "apps"' in answer.text
    assert world.silences == []
    assert world.happened == []


async def _only_list(request: web.BaseRequest) -> web.StreamResponse:
    spec = orjson.loads(await request.read())["spec"]["resourceAttributes"]
    return await body({"status": {"allowed": spec["verb"] == "list"}})(request)


async def test_another_namespace_is_silenced_from_its_own_channel_alone(world: World) -> None:
    other = await world.bot.say("prom silence A namespace=ops --reason x")
    assert "alerts of ops are not silenced from shop" in other.text
    typed = await world.bot.say("prom silence A -n ops --reason x")
    assert "Namespace ops is not changed from this channel" in typed.text
    direct = await world.bot.say(
        "prom silence A namespace=shop --reason x", ADA, Place(Surface.DIRECT, "D1")
    )
    assert "Changes are not made in direct messages" in direct.text
    lobby = await world.bot.say("prom silence A -n shop --reason x", ADA, LOBBY)
    assert "bound to no namespace" in lobby.text


async def test_all_namespaces_need_a_channel_that_is_for_them(tmp_path: Path) -> None:
    clock = ManualClock()
    for channels, works in ((POLICY["channels"], False), (WIDE, True)):
        manager, bell = Manager(clock), Bell()
        policy = {**POLICY, "channels": channels}
        made_of = replace(instruments(FakeSources(manager)), alarm=bell)
        async with rig.bot(tmp_path, clock=clock, policy=policy, instruments=made_of) as bot:
            answer = await bot.say("prom silence -A A --reason x")
            assert ("This channel is for namespaces" in answer.text) is not works
            if works:
                await bot.say(choices(answer)[0].phrase)
                [made] = manager.kept.values()
                assert made.matchers == (Matcher("alertname", "A"),)
                assert [text for _, text, _ in bell.told] == [
                    'T1/UADA silenced {alertname="A"} in all namespaces of main until'
                    " 2026-01-01 13:00 UTC: x"
                ]


async def test_nothing_is_silenced_that_cannot_be_recorded(world: World) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason x"))
    world.bot.ledger.broken = "The store is read-only."
    answer = await world.bot.say(choice.phrase)
    assert "nothing was changed, because it cannot be recorded: The store is read-only." in (
        answer.text
    )
    assert world.silences == []


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("error: Alertmanager did not answer within 10 s", next_step="Try again."),
        PrometheusError("error: 400 <!channel> end time can't be in the past"),
    ],
)
async def test_an_alertmanager_that_is_away_or_says_no_is_told(
    world: World, error: QuarterdeckError
) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason x"))
    world.manager.broken = error
    for phrase in ("prom silence A", "prom silences", "prom expire 5ea1ed00", choice.phrase):
        answer = await world.bot.say(phrase)
        assert error.text in answer.text
        assert answer.code == 1
    assert world.happened == [Happening.INTENT, Happening.OUTCOME]
    world.manager.broken = None
    again = asyncio.create_task(world.bot.say(choice.phrase))
    assert isinstance(world.bot.clock, ManualClock)
    for _ in range(2):
        await world.bot.clock.someone_sleeps(2)
        await world.bot.clock.advance(2)
    assert "this was pressed already, and no such silence stands" in (await again).text
    assert world.silences == []


async def test_a_press_that_comes_while_the_first_is_on_its_way_finds_what_that_makes(
    world: World,
) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason x"))
    held, world.manager.holds = asyncio.Event(), asyncio.Event()
    world.manager.reached = held
    first = asyncio.create_task(world.bot.say(choice.phrase))
    await held.wait()
    second = asyncio.create_task(world.bot.say(choice.phrase))
    assert isinstance(world.bot.clock, ManualClock)
    await world.bot.clock.someone_sleeps(2)
    world.manager.holds.set()
    await first
    await world.bot.clock.advance(2)
    assert "is there already" in (await second).text
    assert len(world.silences) == 1


async def test_an_answer_that_was_lost_is_looked_for(world: World) -> None:
    [choice] = choices(await world.bot.say("prom silence A --reason x"))
    world.manager.loses = UnreachableError("error: the connection was lost")
    answer = await world.bot.say(choice.phrase)
    [made] = world.silences
    assert answer.text.startswith(f"silence/{made.id} created")


async def test_what_is_silenced_is_listed_the_next_to_end_first(world: World) -> None:
    assert (await world.bot.say("prom silences")).text == "Nothing is silenced in shop.\n"
    for phrase in ("prom silence A --for 2h --reason one", "prom silence B --reason two"):
        await world.bot.say(choices(await world.bot.say(phrase))[0].phrase)
    assert rows(await world.bot.say("prom silences")) == [
        ("5ea1ed00-0001", "60m", "T1/UADA", 'alertname="B",namespace="shop"', "two"),
        ("5ea1ed00-0000", "120m", "T1/UADA", 'alertname="A",namespace="shop"', "one"),
    ]


async def test_ones_own_silence_ends_at_once_and_is_recorded(world: World) -> None:
    await world.bot.say(choices(await world.bot.say("prom silence A --reason x"))[0].phrase)
    [made] = world.silences
    ended = await world.bot.say(f"prom expire {made.id}")
    assert ended.text == f"silence/{made.id} expired\n"
    assert world.silences == []
    assert world.happened == [Happening.INTENT, Happening.OUTCOME] * 2
    assert (
        "names no silence in shop: there is none"
        in (await world.bot.say(f"prom expire {made.id}")).text
    )


async def test_somebody_elses_silence_is_shown_before_it_ends(world: World) -> None:
    hostile = "root <!channel>\x1b[2J\nBob"
    now = world.bot.clock.now()
    matchers = (Matcher("alertname", "A"), Matcher("namespace", "shop"))
    theirs = Silence(matchers, now, now + timedelta(hours=1), hostile, hostile, "abcd-1", "active")
    world.manager.kept[theirs.id] = theirs
    world.manager.fires("A")
    shown = await world.bot.say("prom expire abcd")
    assert "This silence is somebody else's; it holds 1 alert now." in shown.text
    assert "\x1b" not in shown.text
    assert world.silences == [theirs]
    await world.bot.say(choices(shown)[0].phrase)
    assert world.silences == []


async def test_a_viewer_ends_no_silence(world: World) -> None:
    await world.bot.say(choices(await world.bot.say("prom silence A --reason x"))[0].phrase)
    answer = await world.bot.say("prom expire 5ea1ed00", VIC)
    assert "your tier ends below that" in answer.text
    assert len(world.silences) == 1


async def test_names_that_are_hostile_neither_break_out_nor_move_a_cursor(world: World) -> None:
    world.manager.fires("A", pod='x"} or up\x1b[2J\u202e<!channel>\n`' + "y" * 5000)
    shown = await world.bot.say("prom silence A")
    assert "\x1b" not in shown.text
    assert "\u202e" not in shown.text
    assert max(map(len, shown.text.splitlines())) < 700
