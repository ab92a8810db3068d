"""Waits and background work: nothing is lost, nothing hangs."""

import asyncio

import pytest

from bot.demo.slack.changes import Changes
from bot.demo.slack.errands import Errands, within
from tests.clock import ManualClock


async def test_a_failed_errand_is_told_at_the_close() -> None:
    errands = Errands(lambda: None)

    async def fail() -> None:
        raise KeyError("lost")

    await asyncio.wait([errands.start(fail())])
    with pytest.raises(ExceptionGroup) as caught:
        await errands.close()
    assert [str(failure) for failure in caught.value.exceptions] == ["'lost'"]


async def test_closing_ends_what_still_runs() -> None:
    errands = Errands(lambda: None)
    task = errands.start(asyncio.Event().wait())
    await errands.close()
    assert task.cancelled()


async def test_work_over_its_time_is_cancelled(clock: ManualClock) -> None:
    work = asyncio.ensure_future(asyncio.Event().wait())
    waiting = asyncio.create_task(within(clock, 3, work))
    await clock.someone_sleeps(3)
    await clock.advance(3)
    with pytest.raises(TimeoutError):
        await waiting
    assert work.cancelled()


async def test_work_in_time_gives_its_result_or_its_failure(clock: ManualClock) -> None:
    async def fail() -> None:
        raise KeyError("wrong")

    assert await within(clock, 3, asyncio.sleep(0, "done")) == "done"
    with pytest.raises(KeyError, match="wrong"):
        await within(clock, 3, fail())


async def test_a_probe_is_looked_at_before_and_after_each_change() -> None:
    changes, seen = Changes(), iter([None, None, "there"])
    waiting = asyncio.create_task(changes.until(lambda: next(seen), patience=10))
    for _ in range(2):
        await asyncio.sleep(0)
        changes.announce()
    assert await waiting == "there"


async def test_patience_ends_a_wait() -> None:
    with pytest.raises(TimeoutError):
        await Changes().until(lambda: None, patience=0.01)
