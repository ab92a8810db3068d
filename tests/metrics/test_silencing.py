"""Alerts and silences against a real Prometheus and a real Alertmanager."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.core.clock import SystemClock
from bot.core.reply import Choices, Fields, Table, Verdict
from bot.engine.monitoring import Instruments
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from bot.store.engine import Options as StoreOptions
from bot.store.engine import open_store
from bot.store.watches import Watches
from tests.cluster.peers import Located
from tests.engine import rig
from tests.engine.observed import NoDrawing, Seen
from tests.engine.rig import ADA, LOBBY, Bot
from tests.metrics.alarmed import Alarmed, alarmed
from tests.metrics.asking import awaited
from tests.store.migrated import migrated

pytestmark = pytest.mark.peers

ACTIVE, SUPPRESSED = ["active"], ["suppressed"]


@pytest.fixture(scope="module")
def peers(metrics_peers: Located) -> Iterator[Alarmed]:
    with alarmed(metrics_peers) as running:
        yield running


@pytest_asyncio.fixture
async def bot(peers: Alarmed, tmp_path: Path) -> AsyncIterator[Bot]:
    clock = SystemClock()
    options = Options(url=peers.prometheus, alertmanager=peers.alertmanager)
    sources = PrometheusSources(options, clock)
    instruments = Instruments(sources, NoDrawing(), Seen())
    async with rig.bot(tmp_path, clock=clock, instruments=instruments) as running:
        yield running
        for row in rows(await running.say("prom silences")):
            await running.say(f"prom expire {row[0]}")
    await sources.close()


def rows(answer: rig.Answer) -> list[tuple[str, ...]]:
    return [tuple(row) for part in answer.parts if isinstance(part, Table) for row in part.rows]


def phrase(answer: rig.Answer, label: str = "Silence for 1h") -> str:
    [part] = [part for part in answer.parts if isinstance(part, Choices)]
    return next(one.phrase for one in part.options if one.label == label)


async def test_what_fires_is_listed_with_values_and_what_is_pending_last(bot: Bot) -> None:
    answer = await bot.say("prom alerts")
    assert [(row[0], row[1], row[2], row[3], row[4]) for row in rows(answer)] == [
        ("firing", "Loud", "page", "pod=web-1", "0.25"),
        ("firing", "Loud", "page", "pod=web-2", "0.5"),
        ("firing", "Quiet", "info", "pod=web-1", "0.25"),
        ("pending", "Later", "warning", "pod=web-1", "0.25"),
    ]
    [told] = [part for part in answer.parts if isinstance(part, Fields)]
    assert told.pairs == (("Loud", "<!channel> web-1 — x"),)


async def test_rules_that_cannot_be_evaluated_say_so(bot: Bot) -> None:
    answer = await bot.say("prom rules --unhealthy", ADA, LOBBY)
    assert [(row[1], row[5]) for row in rows(answer)] == [("Broken", "err")]
    [told] = [part for part in answer.parts if isinstance(part, Fields)]
    assert "found duplicate series for the match group" in told.pairs[0][1]


async def test_what_the_preview_shows_is_what_is_then_suppressed(bot: Bot, peers: Alarmed) -> None:
    shown = await bot.say("prom silence Loud --reason INC-1")
    assert "Would silence 2 alerts in shop for 1h" in shown.text
    assert [row[3] for row in rows(shown)] == ["pod=web-1", "pod=web-2"]
    assert peers.states() == {"Loud/shop": ACTIVE * 2, "Loud/ops": ACTIVE, "Quiet/shop": ACTIVE}
    done = await bot.say(phrase(shown))
    assert "created" in done.text
    awaited(lambda: peers.states()["Loud/shop"] == SUPPRESSED * 2, "both suppressed")
    assert peers.states()["Loud/ops"] == peers.states()["Quiet/shop"] == ACTIVE
    marked = rows(await bot.say("prom alerts --firing"))
    assert [(row[1], row[-1][:14]) for row in marked] == [
        ("Quiet", ""),
        ("Loud", "silenced until"),
        ("Loud", "silenced until"),
    ]


async def test_expiring_ends_it_at_once_and_a_second_press_made_no_second_one(
    bot: Bot, peers: Alarmed
) -> None:
    button = phrase(await bot.say('prom silence \'{alertname="Quiet",pod=~"web-.*"}\' --reason x'))
    await bot.say(button)
    again = await bot.say(button)
    assert "is there already" in again.text
    [row] = rows(await bot.say("prom silences"))
    assert row[3] == 'alertname="Quiet",pod=~"web-.*",namespace="shop"'
    awaited(lambda: peers.states()["Quiet/shop"] == SUPPRESSED, "it is suppressed")
    ended = await bot.say(f"prom expire {row[0][:8]}")
    assert ended.text == f"silence/{row[0]} expired\n"
    awaited(lambda: peers.states()["Quiet/shop"] == ACTIVE, "it is active again")


async def test_a_regex_that_alertmanager_refuses_is_told_in_its_words(bot: Bot) -> None:
    answer = await bot.say("prom silence A 'pod=~(' --reason x")
    assert answer.code == 1
    assert "error parsing regexp" in answer.text or "bad matcher" in answer.text


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("ALERTS > 0", "it is true now"),
        ("ALERTS > 5", "it is false now"),
        ("absent_metric > 5", "there is no data now"),
        ("vector(1) > bool 5", "it is false now"),
        ("vector(6) > bool 5", "it is true now"),
        ("scalar(sum(ALERTS)) > bool 500", "it is false now"),
        ("scalar(ALERTS) > bool 5", "there is no data now"),  # of several series it is NaN
        ('ALERTS{alertname="Loud"} > 0 and ALERTS{alertname="Later"} > 0', "it is false now"),
        ('ALERTS{namespace="ops"} > 0', "there is no data now"),
    ],
)
async def test_a_watch_knows_true_from_false_and_nothing(
    peers: Alarmed, tmp_path: Path, expression: str, says: str
) -> None:
    async with watching(peers, tmp_path) as bot:
        answer = await bot.say(f"prom watch --for 2h {expression}")
    [verdict] = [part.text for part in answer.parts if isinstance(part, Verdict)]
    assert says in verdict


@asynccontextmanager
async def watching(peers: Alarmed, folder: Path) -> AsyncIterator[Bot]:
    """Run a bot that keeps watches until the block ends."""
    clock = SystemClock()
    sources = PrometheusSources(Options(url=peers.prometheus), clock)
    async with open_store(StoreOptions(url=SecretStr(migrated(folder)))) as store:
        instruments = Instruments(sources, NoDrawing(), Seen(), Watches(store, clock, "one"))
        async with rig.bot(folder, clock=clock, instruments=instruments) as running:
            yield running
    await sources.close()
