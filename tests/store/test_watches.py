"""A watch outlives its replica, and each look at it is one replica's."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select, update

from bot.core.errors import RefusedError
from bot.core.request import Place, Surface
from bot.core.watching import PER_PERSON, PER_PLACE, KeptWatches, Sight, Watch, began
from bot.store.engine import Options, Store
from bot.store.schema import WATCHES
from bot.store.watches import Watches
from tests.clock import ManualClock
from tests.store.proposing import hurried

EVERY = timedelta(seconds=30)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def watches(store: Store, clock: ManualClock) -> Watches:
    return Watches(store, clock, "one")


def watch(
    clock: ManualClock, person: str = "T1/UADA", channel: str = "C1", **changes: object
) -> Watch:
    now = clock.now()
    made = Watch(
        *("", 'errors{a="\x00"} > 5', EVERY, now + timedelta(hours=2), person, "ada"),
        *(Place(Surface.SLASH, channel, "1.2"), "main", "shop", "prom watch x", now),
    )
    return replace(began(made, Sight(holds=True), now), **changes)  # type: ignore[arg-type]


async def test_what_is_kept_is_listed_the_next_to_end_first(
    watches: KeptWatches, clock: ManualClock
) -> None:
    later = await watches.put(watch(clock))
    sooner = await watches.put(replace(watch(clock), until=clock.now() + timedelta(hours=1)))
    assert await watches.all() == [sooner, later]
    assert replace(later, id="") == watch(clock)
    assert later.id != sooner.id


async def test_which_prometheus_it_asks_is_kept_and_an_older_watch_asks_the_first(
    watches: Watches, store: Store, clock: ManualClock
) -> None:
    kept = await watches.put(watch(clock, source="us"))
    assert [one.source for one in await watches.all()] == ["us"]
    async with store.write() as connection:
        [row] = (await connection.execute(select(WATCHES))).all()
        document = orjson.loads(row.body)
        del document["source"]  # as it was before there was a choice
        older = update(WATCHES).values(body=orjson.dumps(document))
        await connection.execute(older)
    assert await watches.all() == [replace(kept, source="")]


async def test_it_is_due_after_its_time_and_held_by_one(
    watches: Watches, store: Store, clock: ManualClock
) -> None:
    other = Watches(store, clock, "two")
    kept = await watches.put(watch(clock))
    await clock.advance(29)
    assert await watches.due(60) == []
    await clock.advance(1)
    assert await watches.due(60) == [kept]
    assert await other.due(60) == []
    after = replace(kept, standing=replace(kept.standing, holds=False))
    assert await watches.note(after, clock.now() + EVERY)
    assert await other.due(60) == []
    await clock.advance(30)
    assert await other.due(60) == [after]


async def test_what_a_dead_replica_held_is_looked_at_by_another(
    watches: Watches, store: Store, clock: ManualClock
) -> None:
    other = Watches(store, clock, "two")
    kept = await watches.put(watch(clock))
    await clock.advance(30)
    assert await watches.due(60) == [kept]
    await clock.advance(60)
    assert await other.due(60) == [kept]
    assert not await watches.note(kept, clock.now())
    assert await other.note(kept, clock.now())


async def test_what_ends_is_due_before_its_time(watches: Watches, clock: ManualClock) -> None:
    every = timedelta(hours=1)
    until = clock.now() + timedelta(minutes=2)
    kept = await watches.put(replace(watch(clock), every=every, until=until))
    await clock.advance(120)
    assert await watches.due(60) == [kept]


async def test_it_is_forgotten_by_one_caller_and_noted_no_more(
    watches: Watches, clock: ManualClock
) -> None:
    kept = await watches.put(watch(clock))
    await clock.advance(30)
    await watches.due(60)
    assert await watches.remove(kept.id) == kept
    assert await watches.remove(kept.id) is None
    assert not await watches.note(kept, clock.now())
    assert await watches.all() == []


async def test_nobody_and_no_place_has_more_than_its_share(
    watches: Watches, clock: ManualClock
) -> None:
    for number in range(PER_PERSON):
        await watches.put(watch(clock, channel=f"C{number}"))
    with pytest.raises(RefusedError, match="You have 10 watches already"):
        await watches.put(watch(clock, channel="C99"))
    for number in range(PER_PLACE - 1):
        await watches.put(watch(clock, f"T1/U{number}"))
    with pytest.raises(RefusedError, match="This place has 20 watches already"):
        await watches.put(watch(clock, "T1/U99"))


async def test_replicas_that_keep_at_once_do_not_pass_the_limit(
    options: Options, clock: ManualClock
) -> None:
    async with hurried(options) as store, hurried(options) as other:
        both = (Watches(store, clock, "one"), Watches(other, clock, "two"))
        kept = await asyncio.gather(
            *(one.put(watch(clock)) for one in both * 8), return_exceptions=True
        )
        refused = [one for one in kept if isinstance(one, RefusedError)]
        assert len(kept) - len(refused) == PER_PERSON
        assert len(await both[0].all()) == PER_PERSON


async def test_replicas_that_look_at_once_share_the_watches(
    options: Options, clock: ManualClock
) -> None:
    async with hurried(options) as store, hurried(options) as other:
        both = (Watches(store, clock, "one"), Watches(other, clock, "two"))
        for number in range(PER_PERSON):
            await both[0].put(watch(clock, channel=f"C{number}"))
        await clock.advance(30)
        found = await asyncio.gather(*(one.due(60) for one in both * 4))
        ids = [one.id for some in found for one in some]
        assert len(ids) == len(set(ids)) == PER_PERSON


async def test_one_that_cannot_be_read_keeps_nobody_from_the_others(
    watches: Watches, store: Store, clock: ManualClock
) -> None:
    broken, whole = [await watches.put(watch(clock, channel=f"C{n}")) for n in range(2)]
    async with store.write() as connection:
        damage = update(WATCHES).where(WATCHES.c.id == broken.id).values(body=b"{")
        await connection.execute(damage)
    assert await watches.all() == [whole]
    await clock.advance(2 * 3600 + 24 * 3600 - 1)
    assert await watches.sweep() == 0
    await clock.advance(1)
    assert await watches.sweep() == 2
