"""Questions wait for their turn, and no more of them wait than is good."""

import asyncio

import pytest

from bot.core.errors import BusyError, UnreachableError
from bot.prometheus.asking import Asking
from bot.prometheus.breaker import FAILURES, Breaker
from bot.prometheus.turns import Room, Turns
from tests.clock import ManualClock
from tests.prometheus.peer import ASKING, UP, Request, client_of, serving, vector


async def test_one_person_has_so_many_at_once_and_others_are_not_held_up() -> None:
    turns, hold = Turns(Room(2, 1, 9)), asyncio.Event()
    running: list[str] = []

    async def work(person: str) -> None:
        async with turns.turn(person):
            running.append(person)
            await hold.wait()

    tasks = [asyncio.create_task(work("ada")) for _ in range(3)]
    tasks.append(asyncio.create_task(work("bob")))
    for _ in range(5):
        await asyncio.sleep(0)
    assert sorted(running) == ["ada", "ada", "bob"]
    with pytest.raises(BusyError, match="3 questions of yours"):
        async with turns.turn("ada"):
            pytest.fail("there is no room")
    hold.set()
    await asyncio.gather(*tasks)
    assert sorted(running) == ["ada", "ada", "ada", "bob"]


async def test_who_is_through_is_forgotten() -> None:
    turns = Turns(Room(1, 0, 9))
    for _ in range(3):
        async with turns.turn("ada"):
            pass
    assert turns._lines == {}


async def test_a_turn_that_does_not_come_in_time_is_told() -> None:
    hold, clock = asyncio.Event(), ManualClock()

    async def held(_request: Request, writer: asyncio.StreamWriter) -> None:
        await hold.wait()
        writer.write(vector(UP))

    room = Room(per_person=1, waiting_per_person=9, in_all=9)
    async with serving(held) as server, client_of(server.url, room=room, clock=clock) as client:
        first = asyncio.create_task(client.instant(Asking("T1/U1", 9), "up", None))
        await server.arrived.wait()
        second = asyncio.create_task(client.instant(ASKING, "up", None))
        await clock.asleep(2)
        await clock.advance(ASKING.seconds)
        with pytest.raises(BusyError, match="asked too much at once"):
            await second
        hold.set()
        assert (await first).series
    assert len(server.requests) == 1


def failing(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.failed()


async def test_the_breaker_lets_one_question_find_out() -> None:
    clock = ManualClock()
    breaker = Breaker(clock, "Prometheus")
    failing(breaker, FAILURES)
    with pytest.raises(UnreachableError):
        breaker.check()
    await clock.advance(5)
    breaker.check()
    with pytest.raises(UnreachableError):
        breaker.check()
    breaker.answered()
    breaker.check()
    breaker.check()


async def test_the_breaker_waits_longer_each_time_up_to_a_minute() -> None:
    clock, waits = ManualClock(), []
    breaker = Breaker(clock, "Prometheus")
    failing(breaker, FAILURES)
    for _ in range(6):
        before = clock.monotonic()
        while True:
            try:
                breaker.check()
                break
            except UnreachableError:
                await clock.advance(1)
        waits.append(clock.monotonic() - before)
        breaker.failed()
    assert waits == [5, 10, 20, 40, 60, 60]


async def test_a_failure_now_and_then_opens_nothing() -> None:
    breaker = Breaker(ManualClock(), "Prometheus")
    for _ in range(3):
        failing(breaker, FAILURES - 1)
        breaker.answered()
    breaker.check()
