"""What is frozen or locked stays so until its end, for all replicas."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.proposal import Hold
from bot.store.engine import Options, Store
from bot.store.holds import Holds
from tests.clock import ManualClock
from tests.store.proposing import ADA, BOB, holds, hurried, promised, proposals

FREEZE = Hold("", "main", "shop", by=ADA, reason="release \x00 2.4")
LOCK = Hold("", "main", "shop", "deployments.apps", "web", by=BOB, reason="looking at it")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def held(store: Store, clock: ManualClock) -> Holds:
    _, held = promised(proposals(store, clock), holds(store, clock))
    assert isinstance(held, Holds)
    return held


async def test_what_is_held_is_listed_the_oldest_first(held: Holds, clock: ManualClock) -> None:
    lock = await held.put(LOCK)
    await clock.advance(1)
    freeze = await held.put(FREEZE)
    assert await held.all() == [lock, freeze]
    assert freeze == replace(FREEZE, id=freeze.id, at=clock.now())
    assert freeze.id != lock.id


async def test_a_hold_ends_on_the_clock_and_is_forgotten(held: Holds, clock: ManualClock) -> None:
    freeze = await held.put(replace(FREEZE, until=clock.now() + timedelta(hours=2)))
    forever = await held.put(LOCK)
    await clock.advance(7199)
    assert await held.all() == sorted([freeze, forever], key=lambda hold: hold.id)
    assert await held.sweep() == 0
    await clock.advance(1)
    assert await held.all() == [forever]
    assert not await held.lift(freeze)


async def test_the_sweep_forgets_what_is_over(held: Holds, clock: ManualClock) -> None:
    await held.put(replace(FREEZE, until=clock.now() + timedelta(hours=2)))
    await held.put(LOCK)
    await clock.advance(7200)
    assert await held.sweep() == 1
    assert [hold.resource for hold in await held.all()] == ["deployments.apps"]


async def test_a_second_hold_of_the_same_takes_the_place_of_the_first(held: Holds) -> None:
    await held.put(FREEZE)
    second = await held.put(replace(FREEZE, by=BOB, reason="b"))
    await held.put(replace(FREEZE, namespace="shop-test"))
    assert second in await held.all()
    assert len(await held.all()) == 2


async def test_what_is_lifted_is_gone_once(held: Holds) -> None:
    await held.put(FREEZE)
    lock = await held.put(LOCK)
    assert await held.lift(replace(FREEZE, by=BOB, reason=""))
    assert not await held.lift(FREEZE)
    assert await held.all() == [lock]


async def test_two_replicas_that_freeze_at_once_leave_one_freeze(
    options: Options, clock: ManualClock
) -> None:
    async with hurried(options) as store, hurried(options) as other:
        both = (holds(store, clock), holds(other, clock))
        await asyncio.gather(*(one.put(FREEZE) for one in both * 10))
        assert len(await both[0].all()) == 1
        assert await both[0].all() == await both[1].all()
