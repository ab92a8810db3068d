"""The record of running bots: on the disk before anybody goes on, and whole on both databases."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.auditor import verified
from bot.core.audit import Happening, Mark, Wanted
from bot.core.errors import StoreError
from bot.store.audit import AuditStore
from bot.store.engine import Store
from tests.audit.chains import KEYS, entry
from tests.audit.recorders import Breakable, Rig


@pytest.fixture
def rig(store: Store) -> Rig:
    return Rig(Breakable(AuditStore(store)))


async def findings(rig: Rig, copies: dict[str, Mark] | None = None) -> list[tuple[str, str, int]]:
    verdict = await verified(rig.shelf.shelf, KEYS, copies or {})
    return [(one.chain.partition(".")[0], str(one.wrong), one.seq) for one in verdict.findings]


async def test_what_was_written_is_on_the_disk_and_copied_when_it_returns(rig: Rig) -> None:
    recorder = rig.recorder()
    await recorder.write(entry(1, Happening.INTENT))
    assert rig.copied == ["started", "intent"]
    stored = [(link.seq, link.digest.hex()) async for link in rig.shelf.shelf.all(None, None)]
    assert sorted(stored) == [(record["seq"], digest) for record, digest, _ in rig.copies]
    assert await findings(rig) == []


async def test_what_was_noted_makes_nobody_wait_and_keeps_its_order(rig: Rig) -> None:
    recorder = rig.recorder()
    for number in range(1, 1_200):
        recorder.note(entry(number))
    assert rig.copies == []
    await recorder.write(entry(1_200))
    found = await recorder.search(Wanted(limit=0))
    assert [record["request"] for record in found if "request" in record] == [
        f"r-{number}" for number in range(1_200, 0, -1)
    ]
    assert await findings(rig) == []


async def test_a_search_finds_what_was_noted_just_now(rig: Rig) -> None:
    recorder = rig.recorder()
    recorder.note(entry(1))
    [record] = await recorder.search(Wanted(request="r-1"))
    assert record["who"]["person"] == "T1/UADA"


async def test_while_the_store_cannot_be_written_a_write_fails_and_a_note_is_copied(
    rig: Rig,
) -> None:
    recorder, rig.shelf.before = rig.recorder(), "The store is full."
    recorder.note(entry(1))
    with pytest.raises(StoreError, match="The store is full"):
        await recorder.write(entry(2, Happening.INTENT))
    assert [(record["request"], digest, stored) for record, digest, stored in rig.copies] == [
        ("r-1", "", False),
        ("r-2", "", False),
    ]


@pytest.mark.parametrize("lost", ["before", "after"])
async def test_after_a_failure_a_new_chain_says_how_much_is_missing(rig: Rig, lost: str) -> None:
    recorder = rig.recorder()
    await recorder.write(entry(1))
    setattr(rig.shelf, lost, "The store is away.")
    for number in (2, 3):
        with pytest.raises(StoreError):
            await recorder.write(entry(number))
    rig.shelf.before = rig.shelf.after = ""
    await recorder.write(entry(4))
    started = [record for record, _, stored in rig.copies if record["event"] == "started"]
    assert [record.get("not_stored_before") for record in started] == [None, 2]
    assert {chain for chain, _, _ in started[1]["heads"]} >= {started[0]["chain"]}
    assert await findings(rig) == []


async def test_a_bot_that_was_told_to_stop_closes_its_chain(rig: Rig) -> None:
    recorder = rig.recorder()
    recorder.note(entry(1))
    await recorder.close()
    assert rig.copied == ["started", "served", "stopped"]
    assert (await verified(rig.shelf.shelf, KEYS, {})).open == 0


async def test_the_policy_that_was_in_force_is_recorded(rig: Rig) -> None:
    recorder = rig.recorder()
    recorder.in_force("aa")
    await recorder.write(entry(1))
    recorder.in_force("bb")
    await recorder.write(entry(2))
    told = [(record["event"], record.get("policy")) for record, _, _ in rig.copies]
    assert told == [("started", "aa"), ("served", None), ("policy", "bb"), ("served", None)]


async def test_two_replicas_write_side_by_side_and_know_each_others_heads(rig: Rig) -> None:
    one, other = rig.recorder("one"), rig.recorder("other")
    await asyncio.gather(
        *(recorder.write(entry(number)) for number in range(40) for recorder in (one, other))
    )
    # Whichever began last may have seen all that the other one wrote until then.
    for recorder in (one, other):
        await recorder.write(entry(40))
    for recorder in (one, other):
        await recorder.anchor()
        await recorder.close()
    assert await findings(rig) == []
    anchors = [record for record, _, _ in rig.copies if record["event"] == "anchor"]
    seen = {record["replica"]: record["heads"][0][0].partition(".")[0] for record in anchors}
    assert seen == {"one": "other", "other": "one"}


async def test_an_end_that_was_cut_off_with_its_head_is_told_by_the_other_replica(
    rig: Rig, store: Store
) -> None:
    one, other = rig.recorder("one"), rig.recorder("other")
    await one.write(entry(1))
    [before] = await rig.shelf.chains()
    await one.write(entry(2))
    await other.write(entry(3))
    # Whoever has the store puts an older state of the chain back, with its signed head.
    await _execute(store, "DELETE FROM audit WHERE chain LIKE 'one.%' AND seq > :seq", seq=2)
    await _execute(
        store,
        "UPDATE audit_chains SET head_seq = :seq, head_digest = :digest, head_seal = :seal"
        " WHERE chain LIKE 'one.%'",
        seq=before.head.seq,
        digest=before.head.digest,
        seal=before.head.seal,
    )
    assert await findings(rig) == [("one", "truncated", 3)]


async def test_a_chain_that_is_gone_is_told_by_the_other_replica_and_by_the_copy(
    rig: Rig, store: Store
) -> None:
    one = rig.recorder("one")
    await one.write(entry(1))
    copies = {record["chain"]: Mark(record["seq"], bytes.fromhex(d)) for record, d, _ in rig.copies}
    await rig.recorder("other").write(entry(3))
    for table in ("audit", "audit_chains"):
        await _execute(store, f"DELETE FROM {table} WHERE chain LIKE 'one.%'")
    assert await findings(rig) == [("one", "truncated", 2)]
    for table in ("audit", "audit_chains"):
        await _execute(store, f"DELETE FROM {table}")
    assert await findings(rig) == []
    assert await findings(rig, copies) == [("one", "truncated", 2)]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET record = :bytes WHERE seq = 3", ("flipped", 3)),
        ("UPDATE audit SET person = 'T1/UBOB' WHERE seq = 3", ("flipped", 3)),
        ("DELETE FROM audit WHERE seq = 3", ("dropped", 3)),
        ("DELETE FROM audit WHERE seq >= 4", ("truncated", 4)),
        ("UPDATE audit SET seq = seq + 100 WHERE seq = 3", ("dropped", 3)),
        ("UPDATE audit_chains SET floor_seq = 2", ("unsigned", 0)),
        ("DELETE FROM audit_chains", ("unsigned", 0)),
    ],
)
async def test_what_is_done_to_the_store_is_found(
    rig: Rig, store: Store, statement: str, found: tuple[str, int]
) -> None:
    recorder = rig.recorder("one")
    for number in range(1, 6):
        await recorder.write(entry(number))
    await _execute(store, statement, **({"bytes": b"{}"} if ":bytes" in statement else {}))
    assert await findings(rig) == [("one", *found)]


async def test_what_is_older_than_it_is_kept_goes_and_the_rest_is_still_whole(rig: Rig) -> None:
    recorder = rig.recorder("one")
    now = rig.clock.now()
    for days in (500, 450, 10, 0):
        at = now - timedelta(days=days)
        await recorder.write(entry(days, at=at))
    # The beginning was written now, and stands before what is old: only a whole prefix goes.
    await recorder.sweep(timedelta(days=400))
    assert len(await recorder.search(Wanted())) == 5
    await rig.clock.advance(399 * 86_400)
    await recorder.sweep(timedelta(days=400))
    assert len(await recorder.search(Wanted())) == 5
    await rig.clock.advance(2 * 86_400)
    await recorder.sweep(timedelta(days=400))
    found = await recorder.search(Wanted())
    assert [record["event"] for record in found] == ["swept"]
    assert (found[0]["up_to"], found[0]["removed"]) == (5, 5)
    assert await findings(rig) == []


async def test_a_sweep_of_another_replica_keeps_all_chains_whole(rig: Rig) -> None:
    one, other = rig.recorder("one"), rig.recorder("other")
    await one.write(entry(1))
    await rig.clock.advance(401 * 86_400)
    await other.write(entry(2, at=rig.clock.now()))
    await one.write(entry(3, at=rig.clock.now()))
    await other.sweep(timedelta(days=400))
    assert await findings(rig) == []


async def test_a_waiter_that_is_cancelled_leaves_the_others_and_the_chain_alone(rig: Rig) -> None:
    recorder = rig.recorder()
    tasks = [asyncio.create_task(recorder.write(entry(number))) for number in range(6)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert [task.cancelled() for task in tasks] == [False, False, True, False, False, False]
    assert len(await recorder.search(Wanted(limit=0))) == 7
    assert await findings(rig) == []


async def test_a_million_records_are_verified_in_the_time_that_is_printed(rig: Rig) -> None:
    recorder, number = rig.recorder(), 5_000
    for one in range(number):
        recorder.note(entry(one))
    await recorder.close()
    began = time.perf_counter()
    verdict = await verified(rig.shelf.shelf, KEYS, {})
    seconds = time.perf_counter() - began
    assert (verdict.records, verdict.findings) == (number + 2, [])
    print(f"verified {number} records in {seconds:.2f} s: 10^6 in {seconds * 1e6 / number:.0f} s")


async def _execute(store: Store, statement: str, **values: object) -> None:
    async with store.write() as connection:
        await connection.execute(text(statement), values)
