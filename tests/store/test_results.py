"""Answers are served again until they are too old or too many."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.engine import Store
from bot.store.results import CachedResult, Limits, Results

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def answer(id: str, payload: bytes = b"NAME  READY\n", *, minute: int = 0) -> CachedResult:
    created = NOON + timedelta(minutes=minute)
    return CachedResult(id, "U1", payload, created, created + DAY)


async def kept(results: Results, *ids: str) -> str:
    found = [await results.get(id, NOON + timedelta(hours=1)) for id in ids]
    return "".join(result.id for result in found if result is not None)


@pytest.mark.parametrize(
    "payload", [b"", b"\x00\xff\xfe", b"x" * 2_000_000], ids=["empty", "binary", "large"]
)
async def test_a_result_comes_back_as_it_was_put(store: Store, payload: bytes) -> None:
    results = Results(store)
    assert await results.put(answer("r1", payload))
    assert await results.get("r1", NOON) == answer("r1", payload)


async def test_an_unknown_result_is_none(store: Store) -> None:
    assert await Results(store).get("r1", NOON) is None


async def test_a_result_is_gone_at_its_expiry_before_any_sweep(store: Store) -> None:
    results = Results(store)
    await results.put(answer("r1"))
    assert await results.get("r1", NOON + DAY - timedelta(microseconds=1)) is not None
    assert await results.get("r1", NOON + DAY) is None


async def test_the_first_result_of_an_id_stays(store: Store) -> None:
    results = Results(store)
    await results.put(answer("r1", b"first"))
    await results.put(answer("r1", b"second"))
    assert await results.get("r1", NOON) == answer("r1", b"first")


async def test_a_payload_over_its_limit_is_not_kept(store: Store) -> None:
    results = Results(store, Limits(payload_bytes=10))
    assert await results.put(answer("a", b"x" * 10))
    assert not await results.put(answer("b", b"x" * 11))
    assert await kept(results, "a", "b") == "a"


async def test_the_oldest_results_make_room_for_a_quarter_more(store: Store) -> None:
    results = Results(store, Limits(total_bytes=40))
    for minute, id in enumerate("abcde"):
        await results.put(answer(id, b"x" * 10, minute=minute))
    assert await kept(results, *"abcde") == "cde"


async def test_results_up_to_the_total_all_stay(store: Store) -> None:
    results = Results(store, Limits(total_bytes=40))
    for id in "abcd":
        await results.put(answer(id, b"x" * 10))
    assert await kept(results, *"abcd") == "abcd"


async def test_the_sweep_forgets_exactly_what_has_expired(store: Store) -> None:
    results = Results(store)
    await results.put(answer("a", minute=0))
    await results.put(answer("b", minute=1))
    assert await results.sweep(NOON + DAY) == 1
    assert await kept(results, *"ab") == "b"
