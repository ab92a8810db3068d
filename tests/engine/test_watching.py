"""A watch goes on as whoever asked for it, with the rights that they have at each look."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from bot.core.audit import Happening
from bot.core.errors import (
    BadQueryError,
    BusyError,
    RefusedError,
    StoreError,
    UnreachableError,
    UsageError,
)
from bot.core.metrics import Reach
from bot.core.reply import Choices, Table, Verdict
from bot.core.request import Place, Request, Standing, Surface
from bot.core.watching import News, Sight, Watch, Word, looked
from bot.engine.monitoring import Instruments
from bot.engine.watcher import Watcher
from bot.store.engine import Options, Store, open_store
from bot.store.watches import Watches
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.observed import FakeSources, Manager, NoDrawing, Seen
from tests.engine.rig import ADA, LOBBY, POLICY, SHOP, VIC, Bot
from tests.kube.server import ACCESS_REVIEWS, body
from tests.store.migrated import migrated

WATCH = "prom watch --for 2h errors > 5"
EXPRESSION = "errors > 5"


@dataclass
class Slack:
    """Whom the workspace knows, and what it was told; `broken` makes letters fail."""

    standing: Standing = Standing.MEMBER
    told: list[News] = field(default_factory=list)
    broken: StoreError | None = None

    async def introduce(
        self, request: Request, _within: float, _usergroups: Collection[str] = ()
    ) -> Request:
        return replace(request, person=replace(request.person, standing=self.standing))

    async def tell(self, news: News) -> None:
        if self.broken:
            raise self.broken
        # A letter of a key that was kept is not kept again.
        if news.key not in [one.key for one in self.told]:
            self.told.append(news)

    @property
    def words(self) -> list[Word]:
        return [one.word for one in self.told]


@dataclass
class World:
    """A bot with a store, and what it asks and tells."""

    bot: Bot
    sources: FakeSources
    slack: Slack
    store: Store
    clock: ManualClock

    def watcher(self, replica: str = "one") -> Watcher:
        kept = Watches(self.store, self.clock, replica)
        instruments = Instruments(self.sources, NoDrawing(), Seen(), kept)
        bot = self.bot
        return Watcher(kept, instruments, bot.admission, bot.ledger, self.clock, self.slack)

    async def after(self, seconds: float, replica: str = "one") -> None:
        """Let time pass and look."""
        await self.clock.advance(seconds)
        await self.watcher(replica).look()

    @property
    def happened(self) -> list[Happening]:
        about = (Happening.WATCHED, Happening.UNWATCHED)
        return [one.happening for one in self.bot.ledger.entries if one.happening in about]

    async def kept(self) -> int:
        return len(await Watches(self.store, self.clock, "x").all())


@asynccontextmanager
async def opened(folder: Path, seconds: float | None = None) -> AsyncIterator[World]:
    clock, slack = ManualClock(), Slack()
    sources = FakeSources(Manager(clock))
    sources.watched.says("count(errors >= -Inf)", 1)
    async with open_store(Options(url=SecretStr(migrated(folder)))) as store:
        instruments = Instruments(sources, NoDrawing(), Seen(), Watches(store, clock, "one"))
        async with rig.bot(
            folder, clock=clock, instruments=instruments, acquaintance=slack, seconds=seconds
        ) as bot:
            yield World(bot, sources, slack, store, clock)


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as running:
        yield running


def rows(answer: rig.Answer) -> list[tuple[str, ...]]:
    return [tuple(row) for part in answer.parts if isinstance(part, Table) for row in part.rows]


async def test_how_it_stands_is_said_at_once(world: World) -> None:
    answer = await world.bot.say(WATCH)
    [verdict] = [part.text for part in answer.parts if isinstance(part, Verdict)]
    assert verdict == "Watched in shop: it is false now"
    assert "kept until 2026-01-01 14:00 UTC, looked at every 30s" in answer.text
    assert world.happened == [Happening.WATCHED]
    world.sources.watched.answers.clear()
    answer = await world.bot.say("prom watch nothing > 5")
    [verdict] = [part.text for part in answer.parts if isinstance(part, Verdict)]
    assert "there is no data now, so it is neither true nor false" in verdict


async def test_turns_are_told_and_each_look_is_narrowed_and_the_persons(world: World) -> None:
    await world.bot.say(WATCH)
    await world.after(30)
    assert world.slack.told == []
    world.sources.watched.says(EXPRESSION, 7, 8)
    await world.after(30)
    await world.after(30)
    del world.sources.watched.answers[EXPRESSION]
    await world.after(30)
    assert world.slack.words == [Word.TRUE, Word.FALSE]
    assert [len(one.series) for one in world.slack.told] == [2, 0]
    assert {asked[1:] for asked in world.sources.watched.asked} == {(Reach(("shop",)), "T1/UADA")}


async def test_it_survives_its_replica_and_no_turn_is_told_twice(world: World) -> None:
    await world.bot.say(WATCH)
    world.sources.watched.says(EXPRESSION, 7)
    await world.clock.advance(30)
    await asyncio.gather(*(world.watcher(name).look() for name in ("one", "two", "three")))
    assert world.slack.words == [Word.TRUE]
    # A replica that was killed after it told and before it noted leaves the watch as it was.
    await world.bot.say("prom watch errors > 9")
    world.sources.watched.says("errors > 9", 10)
    await world.clock.advance(30)
    dead = world.watcher("dead")
    for watch in await dead.kept.due(300):
        if watch.expression == "errors > 9":
            [news] = await told_by(world, watch)
            await world.slack.tell(news)
    await world.after(301, "heir")
    assert [one.watch.expression for one in world.slack.told].count("errors > 9") == 1


async def told_by(world: World, watch: Watch) -> list[News]:
    """Return what a look at the watch tells, without noting it."""
    _, news = looked(watch, Sight(holds=True), world.clock.now())
    return [news] if news else []


async def test_who_has_lost_the_right_is_told_that_it_ends(world: World) -> None:
    await world.bot.say(WATCH)
    world.bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": False}}))
    await world.after(30)
    [news] = world.slack.told
    assert news.word is Word.STOPPED
    assert news.reason == "metrics of shop are for those who may list pods there"
    assert await world.kept() == 0
    assert world.happened == [Happening.WATCHED, Happening.UNWATCHED]
    [ended] = [one for one in world.bot.ledger.entries if one.happening is Happening.UNWATCHED]
    assert isinstance(ended.details["watch"], dict)
    assert ended.details["watch"]["reason"] == news.reason


async def test_who_is_no_longer_in_the_policy_is_told_that_it_ends(world: World) -> None:
    await world.bot.say(WATCH, VIC)
    policy = {**POLICY, "people": POLICY["people"][:1]}  # type: ignore[index]
    world.bot.policies.append(type(world.bot.policies[0]).model_validate(policy))
    await world.after(30)
    assert world.slack.words == [Word.STOPPED]
    assert "You are not in this bot's policy" in world.slack.told[0].reason


async def test_a_right_to_all_namespaces_that_is_lost_narrows_nothing_in_silence(
    world: World,
) -> None:
    await world.bot.say(WATCH.replace("watch", "watch -A"))

    async def only_shop(request: web.BaseRequest) -> web.StreamResponse:
        spec = orjson.loads(await request.read())["spec"]["resourceAttributes"]
        return await body({"status": {"allowed": spec.get("namespace") == "shop"}})(request)

    world.bot.server.on(ACCESS_REVIEWS, only_shop)
    await world.after(30)
    assert world.slack.words == [Word.STOPPED]
    assert "metrics of all namespaces" in world.slack.told[0].reason


async def test_where_slack_cannot_say_who_it_is_the_watch_waits(world: World) -> None:
    await world.bot.say(WATCH)
    world.slack.standing = Standing.UNKNOWN
    for _ in range(3):
        await world.after(30)
    assert world.slack.words == [Word.BLIND]
    world.slack.standing = Standing.MEMBER
    world.sources.watched.says(EXPRESSION, 7)
    await world.after(60)
    assert world.slack.words == [Word.BLIND, Word.TRUE]


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("error: Prometheus did not answer"),
        BusyError("error: too many questions"),
        BadQueryError("error: found duplicate series <!channel>"),
    ],
)
async def test_a_prometheus_that_fails_is_looked_at_again(world: World, error: Exception) -> None:
    await world.bot.say(WATCH)
    world.sources.watched.broken = error  # type: ignore[assignment]
    for _ in range(4):
        await world.after(30)
    assert world.slack.words == [Word.BLIND]
    world.sources.watched.broken = None
    world.sources.watched.says(EXPRESSION, 7)
    await world.after(60)
    assert world.slack.words[-1] is Word.TRUE


async def test_no_data_is_said_once(world: World) -> None:
    await world.bot.say(WATCH)
    world.sources.watched.answers.clear()
    for _ in range(5):
        await world.after(60)
    assert world.slack.words == [Word.NOTHING]


async def test_its_time_passes_with_a_last_word(world: World) -> None:
    await world.bot.say(WATCH)
    await world.after(7199)
    assert world.slack.told == []
    await world.after(1)
    assert world.slack.words == [Word.OVER]
    assert await world.kept() == 0
    assert world.happened == [Happening.WATCHED, Happening.UNWATCHED]


async def test_what_cannot_be_told_now_is_told_later(world: World) -> None:
    await world.bot.say(WATCH)
    world.sources.watched.says(EXPRESSION, 7)
    world.slack.broken = StoreError("the store cannot be written")
    await world.clock.advance(30)
    with pytest.raises(StoreError):
        await world.watcher().look()
    world.slack.broken = None
    await world.after(300)
    assert world.slack.words == [Word.TRUE]


async def test_one_watch_that_goes_wrong_keeps_nobody_from_theirs(world: World) -> None:
    await world.bot.say(WATCH)
    await world.bot.say("prom watch other > 5", VIC)
    world.sources.watched.says("other > 5", 7)

    async def wrong(news: News) -> None:
        if news.watch.person == "T1/UADA":
            raise ZeroDivisionError
        world.slack.told.append(news)

    world.slack.tell = wrong  # type: ignore[method-assign]
    world.sources.watched.says(EXPRESSION, 7)
    await world.after(30)
    assert [one.watch.person for one in world.slack.told] == ["T1/UVIC"]


async def test_the_prometheus_that_was_named_is_asked_at_each_look(world: World) -> None:
    await world.bot.say("prom watch --source=us errors > 5")
    await world.after(30, "another")
    assert world.sources.chosen == ["us", "us"]
    [[*_, source, expression]] = rows(await world.bot.say("prom watches"))
    assert (source, expression) == ("us", EXPRESSION)


async def test_watches_are_listed_and_ended_by_their_person_and_in_their_place(
    world: World,
) -> None:
    assert (await world.bot.say("prom watches")).text == "Nothing is watched, here or by you.\n"
    answer = await world.bot.say(WATCH)
    [choices] = [part for part in answer.parts if isinstance(part, Choices)]
    id = choices.options[0].phrase.rpartition(" ")[2]
    await world.after(30)
    listed = rows(await world.bot.say("prom watches", VIC))
    assert listed == [(id, "false for 30s", "119m", "T1/UADA", "shop", EXPRESSION)]
    elsewhere = Place(Surface.DIRECT, "D1")
    assert rows(await world.bot.say("prom watches", VIC, elsewhere)) == []
    assert len(rows(await world.bot.say("prom watches", ADA, elsewhere))) == 1
    refused = await world.bot.say(f"prom unwatch {id}", VIC, elsewhere)
    assert "is watched neither here nor by you" in refused.text
    assert (await world.bot.say(f"prom unwatch {id}", VIC)).text == (
        f"watch/{id} ended: {EXPRESSION}\n"
    )
    assert isinstance((await world.bot.say(f"prom unwatch {id}")).problem, UsageError)
    assert world.happened == [Happening.WATCHED, Happening.UNWATCHED]


async def test_what_is_private_is_told_to_its_person(world: World) -> None:
    await world.bot.say(WATCH, ADA, LOBBY)
    await world.bot.say(WATCH, ADA, SHOP)
    world.sources.watched.says(EXPRESSION, 7)
    await world.after(30)
    told = {one.watch.place.channel: one.watch.private for one in world.slack.told}
    assert told == {"CLOBBY": True, "CSHOP": False}


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("prom watch --for 2h", "no condition is given"),
        ("prom watch --for 25h up == 0", "--for is a time between 1m and 24h"),
        ("prom watch --every 1s up == 0", "--every is a time between 15s and 1h"),
        ("prom watch --every 2h up == 0", "--every is a time between 15s and 1h"),
        ("prom unwatch", "takes the id of one watch"),
        ("prom watches x", "lists everything and takes no words"),
    ],
)
async def test_what_cannot_be_meant_is_answered_with_one_sentence(
    world: World, phrase: str, says: str
) -> None:
    answer = await world.bot.say(phrase)
    assert isinstance(answer.problem, UsageError)
    assert says in answer.text
    assert await world.kept() == 0


async def test_nobody_has_more_than_ten(world: World) -> None:
    for number in range(10):
        assert (await world.bot.say(f"prom watch up > {number}")).code == 0
    answer = await world.bot.say("prom watch up > 10")
    assert isinstance(answer.problem, RefusedError)
    assert "You have 10 watches already, of at most 10" in answer.text


async def test_what_prometheus_refuses_is_not_kept(world: World) -> None:
    world.sources.watched.broken = BadQueryError("error: parse error at char 5")
    answer = await world.bot.say("prom watch up >")
    assert answer.text == "error: parse error at char 5\n"
    assert await world.kept() == 0


async def test_without_a_store_nothing_is_watched(tmp_path: Path) -> None:
    sources = FakeSources(Manager(ManualClock()))
    async with rig.bot(tmp_path, instruments=Instruments(sources, NoDrawing())) as bot:
        for phrase in (WATCH, "prom watches", "prom unwatch x"):
            assert "nothing is watched from here" in (await bot.say(phrase)).text


async def test_in_a_terminal_it_is_told_as_long_as_the_command_runs(tmp_path: Path) -> None:
    place = Place(Surface.TERMINAL)
    async with opened(tmp_path, seconds=86_400) as world:
        watched = world.sources.watched
        speaking = asyncio.create_task(
            world.bot.say("prom watch --for 3m --every 20s -n shop errors > 5", ADA, place)
        )
        await world.clock.someone_sleeps(20)
        watched.says(EXPRESSION, 7)
        await world.clock.advance(30)
        watched.broken = UnreachableError("error: away")
        await world.clock.advance(30)
        watched.broken = None
        del watched.answers[EXPRESSION]
        await world.clock.advance(120)
        text = (await speaking).text
        assert await world.kept() == 0
    assert text.splitlines() == [
        "12:00:00  false for 0s, in shop",
        "12:00:20  🔔 True now, after 20s of being false",
        "          {pod=web-1}  7",
        "12:01:20  🔕 False now, after 60s of being true",
        "12:03:00  ⏹ The watch is over: it became true once, and is false at its end",
    ]
