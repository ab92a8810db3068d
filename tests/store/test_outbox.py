"""Messages arrive in the order of their channel, whoever sends them and whoever dies."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.engine import Options, Store, open_store
from bot.store.outbox import Claimed, New, Outbox
from bot.store.schema import OUTBOX
from tests.clock import ManualClock

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
TICK = timedelta(microseconds=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def outbox(store: Store) -> Outbox:
    return Outbox(store)


async def fill(outbox: Outbox, *messages: str, channel: str = "C1") -> None:
    for text in messages:
        assert await outbox.enqueue(channel, {"text": text}, f"{channel}/{text}", NOON)


async def claim(
    outbox: Outbox, owner: str = "me", now: datetime = NOON, limit: int = 10
) -> Sequence[Claimed]:
    return await outbox.claim(owner, now, now + LEASE, limit)


def texts(claimed: Sequence[Claimed]) -> list[str]:
    return [str(message.body["text"]) for message in claimed]


async def test_a_message_is_claimed_as_it_was_enqueued(outbox: Outbox) -> None:
    body = {"text": "größe 🟢 \x00", "blocks": [{"n": 1.5, "none": None}], "ok": True}
    await outbox.enqueue("C1", body, "op1/1", NOON)
    (message,) = await claim(outbox)
    assert (message.channel, message.body) == ("C1", body)
    assert (message.owner, message.attempt) == ("me", 1)


async def test_a_dedupe_key_is_enqueued_once(outbox: Outbox) -> None:
    assert await outbox.enqueue("C1", {"text": "first"}, "op1/1", NOON)
    assert not await outbox.enqueue("C2", {"text": "second"}, "op1/1", NOON)
    assert texts(await claim(outbox)) == ["first"]


async def test_a_dedupe_key_is_still_known_after_its_message_was_sent(outbox: Outbox) -> None:
    await fill(outbox, "one")
    (message,) = await claim(outbox)
    await outbox.sent(message, "1.0", NOON)
    assert not await outbox.enqueue("C1", {"text": "one"}, "C1/one", NOON)


async def test_of_fifty_simultaneous_enqueues_of_a_key_exactly_one_counts(outbox: Outbox) -> None:
    answers = await asyncio.gather(
        *(outbox.enqueue("C1", {"text": "x"}, "key", NOON) for _ in range(50))
    )
    assert sorted(answers) == [False] * 49 + [True]
    assert await outbox.waiting() == 1


async def test_only_the_oldest_open_message_of_a_channel_is_claimed(outbox: Outbox) -> None:
    await fill(outbox, "one", "two", "three")
    (one,) = await claim(outbox)
    assert texts(await claim(outbox)) == []
    await outbox.sent(one, "1.0", NOON)
    assert texts([one, *await claim(outbox)]) == ["one", "two"]


async def test_channels_do_not_wait_for_each_other(outbox: Outbox) -> None:
    await fill(outbox, "a1", "a2", channel="CA")
    await fill(outbox, "b1", "b2", channel="CB")
    assert texts(await claim(outbox)) == ["a1", "b1"]


async def test_a_claim_takes_no_more_than_its_limit_and_the_oldest_first(outbox: Outbox) -> None:
    for number in range(5):
        await fill(outbox, f"m{number}", channel=f"C{number}")
    assert texts(await claim(outbox, limit=2)) == ["m0", "m1"]
    assert texts(await claim(outbox, limit=2)) == ["m2", "m3"]


async def test_a_message_to_be_retried_waits_and_holds_its_channel(outbox: Outbox) -> None:
    await fill(outbox, "one", "two")
    (one,) = await claim(outbox)
    due = NOON + timedelta(seconds=5)
    assert await outbox.retry(one, due)
    assert texts(await claim(outbox, now=due - TICK)) == []
    (again,) = await claim(outbox, now=due)
    assert (texts([again]), again.attempt) == (["one"], 2)


async def test_an_abandoned_message_lets_its_channel_go_on(outbox: Outbox) -> None:
    await fill(outbox, "one", "two")
    (one,) = await claim(outbox)
    assert await outbox.abandon(one, NOON)
    assert texts(await claim(outbox)) == ["two"]


async def test_a_sent_message_keeps_its_timestamp(outbox: Outbox, store: Store) -> None:
    await fill(outbox, "one")
    (one,) = await claim(outbox)
    assert await outbox.sent(one, "1767268800.000100", NOON)
    async with store.read() as connection:
        row = (await connection.execute(select(OUTBOX.c.sent_ts, OUTBOX.c.closed_at))).one()
    assert tuple(row) == ("1767268800.000100", NOON)
    assert await outbox.waiting() == 0


async def test_a_lease_ends_on_the_clock_and_not_before(outbox: Outbox) -> None:
    clock = ManualClock(NOON)
    await fill(outbox, "one")
    await claim(outbox, "dead", clock.now())
    await clock.advance(29.999)
    assert texts(await claim(outbox, "heir", clock.now())) == []
    await clock.advance(0.001)
    (one,) = await claim(outbox, "heir", clock.now())
    assert (one.owner, one.attempt) == ("heir", 2)


async def test_what_a_slow_sender_did_send_counts_though_its_lease_is_lost(outbox: Outbox) -> None:
    await fill(outbox, "one")
    (slow,) = await claim(outbox, "slow")
    (heir,) = await claim(outbox, "heir", NOON + LEASE)
    assert await outbox.sent(slow, "1.0", NOON + LEASE)
    assert not await outbox.sent(heir, "2.0", NOON + LEASE)


@pytest.mark.parametrize("heir", ["heir", "slow"], ids=["another-sender", "the-same-sender"])
async def test_a_slow_sender_cannot_give_back_what_was_claimed_after_it(
    outbox: Outbox, heir: str
) -> None:
    await fill(outbox, "one")
    (slow,) = await claim(outbox, "slow")
    await claim(outbox, heir, NOON + LEASE)
    assert not await outbox.retry(slow, NOON)
    assert not await outbox.abandon(slow, NOON)
    assert texts(await claim(outbox, "third", NOON + LEASE)) == []


async def test_a_clean_stop_gives_back_only_its_own_messages(outbox: Outbox) -> None:
    await fill(outbox, "a", channel="CA")
    await claim(outbox, "stopping")
    await fill(outbox, "b", channel="CB")
    await claim(outbox, "running")
    assert await outbox.release("stopping") == 1
    assert texts(await claim(outbox, "heir")) == ["a"]


async def test_two_claimers_never_hold_the_same_message(options: Options) -> None:
    async with open_store(options) as one, open_store(options) as other:
        await asyncio.gather(*(fill(Outbox(one), "m", channel=f"C{n}") for n in range(60)))
        claims = await asyncio.gather(
            *(claim(Outbox(store), f"{n}", limit=4) for n in range(10) for store in (one, other))
        )
        claims += [await claim(Outbox(one), "last", limit=60)]
    held = [message.id for claimed in claims for message in claimed]
    assert len(held) == len(set(held)) == 60


async def test_senders_that_race_keep_the_order_of_each_channel(options: Options) -> None:
    sent: dict[str, list[str]] = {"CA": [], "CB": [], "CC": []}

    async def send(store: Store, owner: str) -> None:
        outbox = Outbox(store)
        while await outbox.waiting():
            for message in await claim(outbox, owner, limit=2):
                sent[message.channel] += texts([message])
                await outbox.sent(message, "1.0", NOON)

    order = [str(number) for number in range(8)]
    async with open_store(options) as one, open_store(options) as other:
        for channel in sent:
            await fill(Outbox(one), *order, channel=channel)
        async with asyncio.timeout(60):
            await asyncio.gather(*(send(s, f"{n}") for n, s in enumerate((one, other, one))))
    assert sent == dict.fromkeys(sent, order)


async def test_the_sweep_forgets_only_what_was_closed_long_ago(outbox: Outbox) -> None:
    await fill(outbox, "old", "young", "open")
    for when in (NOON, NOON + TICK):
        (message,) = await claim(outbox)
        await outbox.sent(message, "1.0", when)
    assert await outbox.sweep(NOON) == 1
    assert await outbox.enqueue("C1", {"text": "old"}, "C1/old", NOON)
    assert not await outbox.enqueue("C1", {"text": "young"}, "C1/young", NOON)
    assert await outbox.waiting() == 2


async def test_a_number_is_never_used_for_a_second_message(outbox: Outbox) -> None:
    await fill(outbox, "one")
    (late,) = await claim(outbox)
    await outbox.sent(late, "1.0", NOON)
    await outbox.sweep(NOON)
    await fill(outbox, "two")
    assert not await outbox.sent(late, "1.0", NOON)
    assert texts(await claim(outbox)) == ["two"]


def kill_a_sender(moment: str, url: str) -> None:
    """Start a sender, let it claim, and kill it there."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.claimant", moment],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as sender:
        assert sender.stdin is not None
        assert sender.stdout is not None
        sender.stdin.write(f"{url}\n".encode())
        sender.stdin.flush()
        try:
            assert sender.stdout.readline() == b"claimed\n"
        finally:
            sender.kill()


async def test_a_message_of_a_killed_sender_is_claimed_when_its_lease_has_ended(
    outbox: Outbox, url: str
) -> None:
    await fill(outbox, "one")
    await asyncio.to_thread(kill_a_sender, "after", url)
    assert texts(await claim(outbox, "heir", NOON + LEASE - TICK)) == []
    (one,) = await claim(outbox, "heir", NOON + LEASE)
    assert (one.owner, one.attempt) == ("heir", 2)


async def test_a_claim_that_was_not_finished_never_was(
    outbox: Outbox, store: Store, url: str
) -> None:
    await fill(outbox, "one")
    await asyncio.to_thread(kill_a_sender, "before", url)
    async with store.write() as connection:  # waits until the server has noticed the death
        await connection.execute(select(OUTBOX.c.id).with_for_update())
    (one,) = await claim(outbox, "heir")
    assert (one.owner, one.attempt) == ("heir", 1)


async def hold(outbox: Outbox, key: str = "op1", owner: str = "me") -> Claimed | None:
    return await outbox.hold(New("C1", {"text": "warning"}, key), owner, NOON, NOON + LEASE)


async def test_a_held_message_is_nobody_elses_until_its_lease_ends(outbox: Outbox) -> None:
    assert await hold(outbox)
    assert texts(await claim(outbox, "other", NOON + LEASE - TICK)) == []
    (message,) = await claim(outbox, "other", NOON + LEASE)
    assert message.body == {"text": "warning"}
    assert (message.owner, message.attempt) == ("other", 2)


async def test_a_key_is_held_once(outbox: Outbox) -> None:
    assert await hold(outbox)
    assert await hold(outbox, owner="other") is None
    assert await outbox.waiting() == 1


async def test_what_is_held_can_be_rewritten_and_held_on(outbox: Outbox) -> None:
    held = await hold(outbox)
    assert held
    assert await outbox.revise(held, {"text": "done"}, NOON + 2 * LEASE)
    assert texts(await claim(outbox, "other", NOON + LEASE)) == []
    assert texts(await claim(outbox, "other", NOON + 2 * LEASE)) == ["done"]


async def test_what_is_not_held_any_more_is_not_rewritten(outbox: Outbox) -> None:
    held = await hold(outbox)
    assert held
    await claim(outbox, "other", NOON + LEASE)
    assert not await outbox.revise(held, {"text": "late"}, NOON + 3 * LEASE)


async def test_what_has_arrived_is_not_claimed_when_its_lease_ends(outbox: Outbox) -> None:
    held = await hold(outbox)
    assert held
    assert await outbox.sent(held, "1.1", NOON)
    assert texts(await claim(outbox, "other", NOON + LEASE)) == []
