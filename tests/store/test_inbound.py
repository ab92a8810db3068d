"""A delivery counts once, whoever receives its copies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio.engine import AsyncConnection

from bot.store.engine import Options, Store, open_store
from bot.store.inbound import Inbound

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


async def test_only_the_first_delivery_of_a_key_counts(store: Store) -> None:
    inbound = Inbound(store)
    assert await inbound.first_seen("Ev1", "event", NOON)
    assert not await inbound.first_seen("Ev1", "event", NOON + timedelta(minutes=5))


async def test_the_same_key_of_another_kind_is_another_delivery(store: Store) -> None:
    inbound = Inbound(store)
    assert await inbound.first_seen("1", "event", NOON)
    assert await inbound.first_seen("1", "envelope", NOON)


async def test_of_fifty_simultaneous_deliveries_exactly_one_counts(store: Store) -> None:
    inbound = Inbound(store)
    answers = await asyncio.gather(*(inbound.first_seen("Ev1", "event", NOON) for _ in range(50)))
    assert sorted(answers) == [False] * 49 + [True]


async def test_of_two_replicas_exactly_one_counts_each_delivery(options: Options) -> None:
    async with open_store(options) as one, open_store(options) as other:
        answers = await asyncio.gather(
            *(
                Inbound(replica).first_seen(f"Ev{number}", "event", NOON)
                for number in range(20)
                for replica in (one, other)
            )
        )
    assert [sum(pair) for pair in zip(answers[::2], answers[1::2], strict=True)] == [1] * 20


async def test_a_delivery_is_remembered_after_a_restart(options: Options) -> None:
    async with open_store(options) as store:
        await Inbound(store).first_seen("Ev1", "event", NOON)
    async with open_store(options) as store:
        assert not await Inbound(store).first_seen("Ev1", "event", NOON)


async def test_the_sweep_forgets_exactly_what_is_a_day_old(store: Store) -> None:
    inbound = Inbound(store)
    await inbound.first_seen("old", "event", NOON - DAY)
    await inbound.first_seen("young", "event", NOON - DAY + timedelta(microseconds=1))
    assert await inbound.sweep(NOON) == 1
    assert await inbound.first_seen("old", "event", NOON)
    assert not await inbound.first_seen("young", "event", NOON)


@pytest.mark.parametrize(
    "key",
    ["", "x" * 10_000, "nul\x00", "\ud800", "'; DROP TABLE inbound; --", "🟢 größe"],
    ids=["empty", "long", "nul", "surrogate", "sql", "unicode"],
)
async def test_a_key_may_be_any_text(store: Store, key: str) -> None:
    inbound = Inbound(store)
    assert await inbound.first_seen(key, "event", NOON)
    assert not await inbound.first_seen(key, "event", NOON)
    assert await inbound.first_seen(key + "2", "event", NOON)


async def test_deliveries_that_come_together_share_a_commit(store: Store) -> None:
    inbound, commits = Inbound(store), 0
    write = store.write

    @asynccontextmanager
    async def counted() -> AsyncIterator[AsyncConnection]:
        nonlocal commits
        commits += 1
        async with write() as connection:
            yield connection

    store.write = counted  # type: ignore[method-assign]
    answers = await asyncio.gather(
        *(inbound.first_seen(f"Ev{number % 50}", "event", NOON) for number in range(100))
    )
    assert (sum(answers), commits) == (50, 1)


async def test_who_gives_up_waiting_takes_nobody_along(store: Store) -> None:
    inbound = Inbound(store)
    first = asyncio.create_task(inbound.first_seen("Ev1", "event", NOON))
    second = asyncio.create_task(inbound.first_seen("Ev2", "event", NOON))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert not await inbound.first_seen("Ev1", "event", NOON)
