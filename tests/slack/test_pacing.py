"""Slack's rate limits are kept, and one channel's wait is no other's."""

import asyncio

import pytest

from bot.slack.pacing import EDITS_KEPT, SPARED, TIERS, Budget, Lanes, LiveCards, budgets
from tests.clock import ManualClock

EDITS = TIERS["chat.update"] - SPARED


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
    budget = Budget(clock, EDITS)
    for _ in range(EDITS):
        await budget.take()
    late = asyncio.create_task(budget.take())
    await clock.advance(59.9)
    assert not late.done()
    await clock.advance(0.1)
    assert late.done()


async def test_progress_leaves_room_for_last_states() -> None:
    clock = ManualClock()
    budget = Budget(clock, EDITS)
    for _ in range(EDITS - EDITS_KEPT):
        assert budget.spare(EDITS_KEPT)
        await budget.take()
    assert not budget.spare(EDITS_KEPT)
    await budget.take()
    await clock.advance(60)
    assert budget.spare(EDITS_KEPT)


async def test_after_a_refusal_nobody_edits_for_as_long_as_slack_said() -> None:
    clock = ManualClock()
    budget = Budget(clock, EDITS)
    budget.close_for(5)
    assert not budget.spare(EDITS_KEPT)
    waiting = asyncio.create_task(budget.take())
    await clock.advance(4.9)
    assert not waiting.done()
    await clock.advance(0.1)
    assert waiting.done()


async def test_a_method_that_is_closed_leaves_the_others_open() -> None:
    clock = ManualClock()
    each = budgets(clock)
    each["chat.update"].close_for(30)
    assert not each["chat.update"].spare(0)
    assert each["chat.postEphemeral"].spare(0)


@pytest.mark.parametrize(("live", "seconds"), [(0, 3.0), (1, 3.0), (2, 3.0), (3, 4.5), (20, 30.0)])
def test_live_messages_share_the_edits_of_a_minute(live: int, seconds: float) -> None:
    cards = LiveCards()
    for number in range(live):
        cards.add(number)
        cards.add(number)
    assert cards.seconds == seconds
    assert live * 60 / cards.seconds <= EDITS - EDITS_KEPT
    for number in range(live):
        cards.discard(number)
    assert cards.seconds == 3.0
