"""The clock of the tests keeps the promises that other tests build on."""

import asyncio
import inspect
import threading
from datetime import timedelta
from pathlib import Path

import aiosqlite
import pytest

from bot.core.clock import Clock
from tests.clock import IdleClock, ManualClock


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


async def test_idle_time_is_skipped_to_each_sleeper_in_turn() -> None:
    clock, woken = IdleClock(), list[tuple[str, float]]()

    async def nap(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    async with asyncio.TaskGroup() as tasks:
        for name, seconds in (("c", 3600), ("a", 60), ("b", 60)):
            tasks.create_task(nap(name, seconds))
    assert woken == [("a", 60), ("b", 60), ("c", 3600)]
    assert clock.now().utcoffset() == timedelta(0)


async def test_idle_time_does_not_pass_while_a_peer_on_loopback_answers() -> None:
    clock = IdleClock()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    deadline = asyncio.create_task(clock.sleep(1))
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(500):
            writer.write(b"x\n")
            assert await reader.readline() == b"x\n"
        assert clock.monotonic() == 0
        writer.close()
        await writer.wait_closed()
    await deadline
    assert clock.monotonic() == 1


async def test_idle_time_does_not_pass_while_a_thread_works() -> None:
    clock = IdleClock()
    deadline = asyncio.create_task(clock.sleep(1))
    await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.to_thread(sum, range(200_000))
    assert clock.monotonic() == 0
    await deadline


async def test_idle_time_does_not_pass_while_the_store_works(tmp_path: Path) -> None:
    clock = IdleClock()
    deadline = asyncio.create_task(clock.sleep(1))
    await asyncio.sleep(0)
    async with aiosqlite.connect(tmp_path / "store.db") as store:
        await store.execute("create table t (n integer)")
        for n in range(20):
            await store.execute("insert into t values (?)", (n,))
            await store.commit()
    assert clock.monotonic() == 0
    await deadline


async def test_a_short_real_timer_is_waited_for_before_time_is_skipped() -> None:
    clock = IdleClock()
    deadline = asyncio.create_task(clock.sleep(1))
    for _ in range(5):
        await asyncio.sleep(0.01)
    assert clock.monotonic() == 0
    await deadline


async def test_idle_time_is_one_for_the_loops_of_several_threads() -> None:
    clock, woken = IdleClock(), list[tuple[str, float]]()

    async def nap(name: str, every: float) -> None:
        for _ in range(3):
            await clock.sleep(every)
            sum(range(200_000))
            woken.append((name, clock.monotonic()))

    other = asyncio.new_event_loop()
    thread = threading.Thread(target=other.run_forever)
    thread.start()
    with clock.hold():
        there = asyncio.run_coroutine_threadsafe(nap("there", 2), other)
        here = asyncio.create_task(nap("here", 3))
        await asyncio.sleep(0.15)
    await asyncio.gather(here, asyncio.wrap_future(there))
    other.call_soon_threadsafe(other.stop)
    thread.join()
    other.close()
    assert sorted(woken[:3]) == [("here", 3), ("there", 2), ("there", 4)]
    assert sorted(woken[3:]) == [("here", 6), ("here", 9), ("there", 6)]


async def test_whoever_slept_in_a_loop_that_is_closed_is_forgotten() -> None:
    clock = IdleClock()
    gone = asyncio.new_event_loop()
    # No task: of one that never ends Python complains when it is collected.
    left = clock.sleep(1)
    gone.call_soon(left.send, None)
    gone.call_soon(gone.stop)
    await asyncio.to_thread(gone.run_forever)
    gone.close()
    await clock.sleep(2)
    assert clock.monotonic() == 2
    assert inspect.getcoroutinestate(left) == inspect.CORO_SUSPENDED
    left.close()


async def test_no_time_passes_while_it_is_held() -> None:
    clock = IdleClock()
    deadline = asyncio.create_task(clock.sleep(1))
    with clock.hold():
        await asyncio.sleep(0.15)
        assert clock.monotonic() == 0
        with clock.passing():
            await deadline


async def test_a_cancelled_sleep_does_not_move_idle_time() -> None:
    clock = IdleClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await asyncio.sleep(0)
    sleeper.cancel()
    await clock.sleep(20)
    assert clock.monotonic() == 20
