"""Slack's rate limits are kept, and one channel's wait is no other's."""

import asyncio

from bot.slack.pacing import EDITS_KEPT, EDITS_PER_MINUTE, EditBudget, Lanes
from tests.clock import ManualClock


async def test_messages_of_a_channel_leave_a_second_apart_and_in_order() -> None:
    clock, sent = ManualClock(), list[tuple[int, float]]()
    lanes = Lanes(clock)

    async def post(number: int) -> None:
        async with lanes.turn("C1"):
            sent.append((number, clock.monotonic()))

    async with asyncio.TaskGroup() as tasks:
        for number in range(4):
            tasks.create_task(post(number))
        await clock.advance(3)
    assert sent == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)]


async def test_channels_do_not_wait_for_each_other() -> None:
    clock = ManualClock()
    lanes = Lanes(clock)
    async with lanes.turn("C1"), lanes.turn("C2"), lanes.turn("C3"):
        assert clock.monotonic() == 0.0


async def test_who_waits_in_a_lane_holds_up_only_that_lane() -> None:
    clock, entered = ManualClock(), asyncio.Event()
    lanes = Lanes(clock)

    async def late() -> None:
        async with lanes.turn("C1"):
            entered.set()

    async with lanes.turn("C1"):
        waiting = asyncio.create_task(late())
        await clock.advance(60)
        assert not entered.is_set()
        async with lanes.turn("C2"):
            pass
    await clock.advance(0)
    assert entered.is_set()
    await waiting


async def test_the_backlog_is_what_a_new_message_would_wait() -> None:
    clock = ManualClock()
    lanes = Lanes(clock)
    assert lanes.backlog("C1") == 0.0

    async def post() -> None:
        async with lanes.turn("C1"):
            pass

    tasks = [asyncio.create_task(post()) for _ in range(5)]
    await clock.asleep()
    assert lanes.backlog("C1") == 4.0
    await clock.advance(10)
    assert lanes.backlog("C1") == 0.0
    await asyncio.gather(*tasks)


async def test_lanes_that_nobody_uses_are_forgotten() -> None:
    clock = ManualClock()
    lanes = Lanes(clock)
    for number in range(3000):
        async with lanes.turn(f"C{number}"):
            pass
        await clock.advance(0.01)
    assert len(lanes._lanes) < 1500


async def test_edits_stay_within_a_minutes_limit() -> None:
    clock = ManualClock()
    budget = EditBudget(clock)
    for _ in range(EDITS_PER_MINUTE):
        await budget.take()
    late = asyncio.create_task(budget.take())
    await clock.advance(59.9)
    assert not late.done()
    await clock.advance(0.1)
    assert late.done()


async def test_progress_leaves_room_for_last_states() -> None:
    clock = ManualClock()
    budget = EditBudget(clock)
    for _ in range(EDITS_PER_MINUTE - EDITS_KEPT):
        assert budget.spare()
        await budget.take()
    assert not budget.spare()
    await budget.take()
    await clock.advance(60)
    assert budget.spare()


async def test_after_a_refusal_nobody_edits_for_as_long_as_slack_said() -> None:
    clock = ManualClock()
    budget = EditBudget(clock)
    budget.close_for(5)
    assert not budget.spare()
    waiting = asyncio.create_task(budget.take())
    await clock.advance(4.9)
    assert not waiting.done()
    await clock.advance(0.1)
    assert waiting.done()
