"""The clock of the tests keeps the promises that other tests build on."""

import asyncio
from datetime import timedelta

import pytest

from bot.core.clock import Clock
from tests.clock import ManualClock


def test_it_is_a_clock() -> None:
    clock: Clock = ManualClock()
    assert clock.now() == clock.now()
    assert clock.now().utcoffset() == timedelta(0)


async def test_both_times_move_by_what_was_advanced() -> None:
    clock = ManualClock()
    before = clock.now()
    await clock.advance(90.5)
    assert clock.now() - before == timedelta(seconds=90.5)
    assert clock.monotonic() == 90.5


async def test_a_sleeper_wakes_at_its_moment_and_not_before() -> None:
    clock = ManualClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.advance(9.99)
    assert not sleeper.done()
    await clock.advance(0.01)
    assert sleeper.done()


async def test_sleepers_wake_in_the_order_of_their_moments() -> None:
    clock = ManualClock()
    woken: list[tuple[int, float]] = []

    async def nap(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock.monotonic()))

    async with asyncio.TaskGroup() as tasks:
        for seconds in (3, 1, 2):
            tasks.create_task(nap(seconds))
        await clock.asleep(3)
        await clock.advance(5)
    assert woken == [(1, 1.0), (2, 2.0), (3, 3.0)]


async def test_a_loop_that_sleeps_runs_once_for_each_period() -> None:
    clock = ManualClock()
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            await clock.sleep(1)
            ticks.append(clock.monotonic())

    task = asyncio.create_task(tick())
    await clock.advance(3)
    task.cancel()
    assert ticks == [1.0, 2.0, 3.0]


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock = ManualClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.asleep()
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper
    await clock.advance(20)
    waiter = asyncio.create_task(clock.asleep())
    await asyncio.sleep(0)
    assert not waiter.done()
    waiter.cancel()


@pytest.mark.parametrize("seconds", [0, -1], ids=["zero", "negative"])
async def test_a_sleep_of_nothing_returns_without_an_advance(seconds: float) -> None:
    await ManualClock().sleep(seconds)
