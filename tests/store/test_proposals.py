"""A proposal is pressed in time, approved by others, carried out once, and heard of meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from bot.core.errors import RefusedError, StoreError
from bot.core.plan import Delete
from bot.core.proposal import Answer, Case, Consent, Message, Party, Pressed, Stage
from bot.store.cases import EXPIRED
from bot.store.engine import Options, Store
from bot.store.proposals import CONFIRMED_WITHIN, KEPT, Proposals
from bot.store.room import Limits
from bot.store.schema import APPROVALS, PROPOSALS
from bot.store.sealing import Sealer, read_keys
from tests.clock import ManualClock
from tests.store.proposing import (
    ADA,
    BOB,
    CLEO,
    DAN,
    KEY,
    PASSWORD,
    PLAN,
    SECRET,
    asked,
    hurried,
    proposals,
    two_replicas,
    vote,
)

NONE, CONFIRM, ONE, TWO = Consent
TICK = 0.001
ENDS = [stage for stage in Stage if stage.final]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def store(options: Options) -> AsyncIterator[Store]:
    async with hurried(options) as store:
        yield store


@pytest.fixture
def kept(store: Store, clock: ManualClock) -> Proposals:
    return proposals(store, clock)


@pytest.fixture
def other(store: Store, clock: ManualClock) -> Proposals:
    return proposals(store, clock, "other")


def tickets(cases: Sequence[Case]) -> list[str]:
    return [case.ticket for case in cases]


async def stage(kept: Proposals, ticket: str) -> Stage | None:
    case = await kept.get(ticket)
    return case.stage if case else None


async def test_what_was_proposed_comes_back_as_it_was(kept: Proposals, clock: ManualClock) -> None:
    case = await kept.put(asked(TWO, SECRET))
    assert await kept.get(case.ticket) == case
    assert (case.stage, case.created) == (Stage.WAITING, clock.now())
    assert await kept.get("unknown") is None


async def test_tickets_are_opaque_and_unlike(kept: Proposals) -> None:
    one, two = await kept.put(asked()), await kept.put(asked())
    assert one.ticket != two.ticket
    assert min(len(one.ticket), len(two.ticket)) >= 20


@pytest.mark.parametrize(
    ("consent", "seconds"),
    [(CONFIRM, CONFIRMED_WITHIN.total_seconds()), (ONE, 3600), (TWO, 3600)],
)
async def test_it_can_be_pressed_until_its_end_and_not_then(
    kept: Proposals, clock: ManualClock, consent: Consent, seconds: float
) -> None:
    early, late = await kept.put(asked(consent)), await kept.put(asked(consent))
    await clock.advance(seconds - TICK)
    assert (await kept.approve(early.ticket, vote(BOB, clock))).answer is not Answer.CLOSED
    await clock.advance(TICK)
    for pressed in (
        await kept.approve(late.ticket, vote(BOB, clock)),
        await kept.break_glass(late.ticket, vote(BOB, clock)),
        await kept.close(late.ticket, Stage.DENIED, "no", vote(BOB, clock)),
    ):
        assert pressed.answer is Answer.CLOSED
        assert pressed.case == replace(late, stage=Stage.EXPIRED, words=EXPIRED)


async def test_the_policy_says_how_long_others_may_take(store: Store, clock: ManualClock) -> None:
    minutes = [5]
    kept = proposals(store, clock, minutes=lambda: minutes[-1])
    assert (await kept.put(asked(ONE))).expires == clock.now() + timedelta(minutes=5)
    minutes.append(1440)
    assert (await kept.put(asked(TWO))).expires == clock.now() + timedelta(hours=24)
    assert (await kept.put(asked())).expires == clock.now() + CONFIRMED_WITHIN


@pytest.mark.parametrize("consent", [NONE, CONFIRM])
async def test_the_first_press_wins_where_no_approval_is_needed(
    kept: Proposals, clock: ManualClock, consent: Consent
) -> None:
    case = await kept.put(asked(consent))
    pressed = await kept.approve(case.ticket, vote(ADA, clock))
    assert pressed == Pressed(Answer.WON, replace(case, stage=Stage.RUNNING))
    assert await kept.approve(case.ticket, vote(ADA, clock)) == replace(
        pressed, answer=Answer.CLOSED
    )


async def test_two_others_have_to_approve_and_the_second_wins(
    kept: Proposals, clock: ManualClock
) -> None:
    case = await kept.put(asked(TWO))
    first = await kept.approve(case.ticket, vote(BOB, clock, "looks good"))
    again = await kept.approve(case.ticket, vote(BOB, clock, "still"))
    second = await kept.approve(case.ticket, vote(CLEO, clock, "\x00 yes"))
    answers = (first.answer, again.answer, second.answer)
    assert answers == (Answer.COUNTED, Answer.TWICE, Answer.WON)
    assert second.case is not None
    assert [(one.party, one.reason) for one in second.case.approvals] == [
        (BOB, "looks good"),
        (CLEO, "\x00 yes"),
    ]
    assert again.case is not None
    assert again.case.missing == 1
    assert await kept.get(case.ticket) == second.case


async def test_a_second_account_of_one_human_being_does_not_count_again(
    kept: Proposals, clock: ManualClock
) -> None:
    case = await kept.put(asked(TWO))
    await kept.approve(case.ticket, vote(BOB, clock))
    alias = replace(BOB, key="T1/UBOB2")
    assert (await kept.approve(case.ticket, vote(alias, clock))).answer is Answer.TWICE


@pytest.mark.parametrize("consent", [ONE, TWO])
async def test_t20_whoever_asked_approves_nothing_by_another_account_either(
    kept: Proposals, clock: ManualClock, consent: Consent
) -> None:
    case = await kept.put(asked(consent))
    for who in (ADA, replace(ADA, key="T1/UADA2")):
        with pytest.raises(RefusedError, match="does not approve it"):
            await kept.approve(case.ticket, vote(who, clock))
    assert await kept.get(case.ticket) == case


async def test_broken_glass_runs_without_the_approvals_and_says_so(
    kept: Proposals, clock: ManualClock
) -> None:
    case = await kept.put(asked(TWO))
    pressed = await kept.break_glass(case.ticket, vote(DAN, clock, "INC-1"))
    expected = replace(
        case, stage=Stage.RUNNING, broken_glass=True, closed_by=vote(DAN, clock, "INC-1")
    )
    assert pressed == Pressed(Answer.WON, expected)
    assert await kept.get(case.ticket) == expected
    assert (await kept.break_glass(case.ticket, vote(DAN, clock))).answer is Answer.CLOSED


@pytest.mark.parametrize("end", [Stage.DENIED, Stage.WITHDRAWN, Stage.SUPERSEDED])
async def test_what_is_closed_stays_so(kept: Proposals, clock: ManualClock, end: Stage) -> None:
    case = await kept.put(asked(ONE))
    pressed = await kept.close(case.ticket, end, "not today", vote(BOB, clock, "freeze"))
    expected = replace(case, stage=end, words="not today", closed_by=vote(BOB, clock, "freeze"))
    assert pressed == Pressed(Answer.WON, expected)
    for after in (
        await kept.approve(case.ticket, vote(BOB, clock)),
        await kept.break_glass(case.ticket, vote(BOB, clock)),
        await kept.close(case.ticket, Stage.WITHDRAWN, "later"),
    ):
        assert after == Pressed(Answer.CLOSED, expected)
    with pytest.raises(StoreError):
        await kept.finish(case.ticket, Stage.DONE, "late")


async def test_what_runs_is_not_closed_by_anybody(kept: Proposals, clock: ManualClock) -> None:
    case = await kept.put(asked())
    await kept.approve(case.ticket, vote(ADA, clock))
    assert (await kept.close(case.ticket, Stage.WITHDRAWN, "")).answer is Answer.CLOSED
    assert await stage(kept, case.ticket) is Stage.RUNNING


@pytest.mark.parametrize("end", ENDS)
async def test_how_it_ended_is_kept_with_how_far_it_came(
    kept: Proposals, clock: ManualClock, end: Stage
) -> None:
    case = await kept.put(asked())
    await kept.approve(case.ticket, vote(ADA, clock))
    await kept.progress(case.ticket, 0, sent=True)
    await kept.progress(case.ticket, 1, sent=False)
    await kept.finish(case.ticket, end, "web was scaled \ud800")
    ended = replace(case, stage=end, step=1, words="web was scaled ?")
    assert await kept.get(case.ticket) == ended
    with pytest.raises(StoreError):
        await kept.progress(case.ticket, 2, sent=True)


@pytest.mark.parametrize("open_", [Stage.WAITING, Stage.RUNNING])
async def test_nothing_ends_by_going_on(kept: Proposals, open_: Stage) -> None:
    case = await kept.put(asked())
    with pytest.raises(ValueError, match="is not how a proposal ends"):
        await kept.close(case.ticket, open_, "")
    with pytest.raises(ValueError, match="is not how a proposal ends"):
        await kept.finish(case.ticket, open_, "")


async def test_it_is_known_where_the_card_stands(kept: Proposals) -> None:
    case = await kept.put(asked())
    await kept.placed(case.ticket, Message("C1", "1.2"))
    assert await kept.get(case.ticket) == replace(case, message=Message("C1", "1.2"))


async def test_what_waits_is_listed_the_oldest_first(kept: Proposals, clock: ManualClock) -> None:
    one = await kept.put(asked())
    await clock.advance(1)
    two, elsewhere = await kept.put(asked(ONE)), await kept.put(asked(ONE, channel="C2"))
    running = await kept.put(asked())
    await kept.approve(running.ticket, vote(ADA, clock))
    assert tickets(await kept.waiting("C1")) == tickets([one, two])
    assert set(tickets(await kept.waiting())) == set(tickets([one, two, elsewhere]))
    await clock.advance(CONFIRMED_WITHIN.total_seconds() - 1)
    assert tickets(await kept.waiting("C1")) == tickets([two])


async def test_what_was_not_pressed_is_closed_and_told_to_one_caller(
    kept: Proposals, other: Proposals, clock: ManualClock
) -> None:
    late, open_ = await kept.put(asked()), await kept.put(asked(ONE))
    assert await kept.expired() == []
    await clock.advance(CONFIRMED_WITHIN.total_seconds())
    told = await asyncio.gather(*(one.expired() for one in (kept, other, kept, other)))
    ended = replace(late, stage=Stage.EXPIRED, words=EXPIRED)
    assert [case for cases in told for case in cases] == [ended]
    assert await kept.get(late.ticket) == ended
    assert await stage(kept, open_.ticket) is Stage.WAITING


async def test_approvers_are_reminded_once_at_half_of_the_time(
    kept: Proposals, other: Proposals, clock: ManualClock
) -> None:
    waits, _confirmed = await kept.put(asked(ONE)), await kept.put(asked(CONFIRM))
    await clock.advance(1800 - TICK)
    assert await kept.half_over() == []
    await clock.advance(TICK)
    told = await asyncio.gather(*(one.half_over() for one in (kept, other, kept, other)))
    assert [case for cases in told for case in cases] == [replace(waits, reminded=True)]


async def test_nobody_is_reminded_of_what_is_over(kept: Proposals, clock: ManualClock) -> None:
    denied, late = await kept.put(asked(ONE)), await kept.put(asked(ONE))
    await kept.close(denied.ticket, Stage.DENIED, "no")
    await clock.advance(3600)
    assert await kept.half_over() == []
    assert tickets(await kept.expired()) == [late.ticket]


async def test_what_is_heard_of_is_left_to_its_replica(
    kept: Proposals, other: Proposals, clock: ManualClock
) -> None:
    beats, steps = await kept.put(asked()), await kept.put(asked())
    for case in (beats, steps):
        await kept.approve(case.ticket, vote(ADA, clock))
    await clock.advance(14)
    await kept.progress(steps.ticket, 0, sent=True)
    await clock.advance(1)
    assert tickets(await other.orphaned(15)) == [beats.ticket]
    await other.finish(beats.ticket, Stage.DONE, "")
    await kept.beat([steps.ticket])
    await clock.advance(14)
    assert await other.orphaned(15) == []


async def test_what_is_silent_is_taken_over_by_one_and_its_replica_notes_nothing_more(
    kept: Proposals, other: Proposals, store: Store, clock: ManualClock
) -> None:
    case = await kept.put(asked())
    await kept.approve(case.ticket, vote(ADA, clock))
    await kept.progress(case.ticket, 0, sent=True)
    await clock.advance(15)
    third = proposals(store, clock, "third")
    assert await kept.orphaned(15) == []
    told = await asyncio.gather(*(one.orphaned(15) for one in (other, third, other, third)))
    assert [one for cases in told for one in cases] == [
        replace(case, stage=Stage.RUNNING, sent=True)
    ]
    await kept.beat([case.ticket])
    for late in (
        kept.progress(case.ticket, 1, sent=False),
        kept.finish(case.ticket, Stage.DONE, ""),
    ):
        with pytest.raises(StoreError, match="Another replica of the bot has taken this change"):
            await late
    heir = other if told[0] or told[2] else third
    await heir.finish(case.ticket, Stage.DONE, "it had arrived")
    assert await stage(kept, case.ticket) is Stage.DONE


async def test_fifty_presses_on_two_replicas_have_one_winner(
    options: Options, clock: ManualClock
) -> None:
    async with two_replicas(options, clock) as replicas:
        case = await replicas[0].put(asked())
        presses = (one.approve(case.ticket, vote(ADA, clock)) for one in 25 * replicas)
        answers = [pressed.answer for pressed in await asyncio.gather(*presses)]
    assert sorted(answers) == [Answer.CLOSED] * 49 + [Answer.WON]


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, marks=pytest.mark.peers),
        *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 20)),
    ],
)
async def test_two_hundred_requests_and_two_approvers_who_race_run_each_once(
    options: Options, clock: ManualClock, seed: int
) -> None:
    order = random.Random(seed)
    async with two_replicas(options, clock) as replicas:
        cases = [await replicas[0].put(asked(order.choice([ONE, TWO]))) for _ in range(200)]
        pressing = [(case, who) for case in cases for who in (BOB, CLEO)]
        order.shuffle(pressing)
        hands = asyncio.Semaphore(20)  # more only queue for a connection

        async def press(case: Case, who: Party, replica: Proposals) -> Pressed:
            async with hands:
                return await replica.approve(case.ticket, vote(who, clock))

        presses = (press(case, who, order.choice(replicas)) for case, who in pressing)
        answers = await asyncio.gather(*presses)
    ends: dict[str, list[Answer]] = {case.ticket: [] for case in cases}
    for (case, _), pressed in zip(pressing, answers, strict=True):
        ends[case.ticket].append(pressed.answer)
    for case in cases:
        lost = Answer.CLOSED if case.proposed.consent is ONE else Answer.COUNTED
        assert sorted(ends[case.ticket]) == sorted([Answer.WON, lost])


async def test_what_is_closed_is_forgotten_after_a_day_with_its_votes(
    kept: Proposals, store: Store, clock: ManualClock
) -> None:
    done, open_ = await kept.put(asked(ONE)), await kept.put(asked())
    await kept.approve(done.ticket, vote(BOB, clock))
    await kept.finish(done.ticket, Stage.DONE, "")
    await kept.approve(open_.ticket, vote(ADA, clock))
    await clock.advance(KEPT.total_seconds() - 1)
    assert await kept.sweep() == 0
    await clock.advance(1)
    assert await kept.sweep() == 1
    assert await kept.get(done.ticket) is None
    assert await stage(kept, open_.ticket) is Stage.RUNNING
    async with store.read() as connection:
        assert (await connection.execute(select(APPROVALS))).all() == []


async def test_what_is_closed_makes_room_and_what_is_open_does_not(
    store: Store, clock: ManualClock
) -> None:
    size = await _size(store, clock)
    kept = proposals(store, clock, limits=Limits(total_bytes=4 * size))
    made = []
    for _ in range(4):
        made.append(await kept.put(asked()))
        await clock.advance(1)
    first, second, *rest = made
    with pytest.raises(StoreError, match="too many large changes wait"):
        await kept.put(asked())
    for case in (first, second):
        await kept.close(case.ticket, Stage.WITHDRAWN, "")
        await clock.advance(1)
    new = await kept.put(asked())
    assert await kept.get(first.ticket) is None
    assert tickets(await kept.waiting()) == tickets([*rest, new])


async def _size(store: Store, clock: ManualClock) -> int:
    """Return how many bytes one proposal takes, and leave none behind."""
    await proposals(store, clock).put(asked())
    async with store.write() as connection:
        size = (await connection.execute(select(PROPOSALS.c.size))).scalar_one()
        await connection.execute(PROPOSALS.delete())
    return int(size)


async def test_what_is_too_large_does_not_wait(store: Store, clock: ManualClock) -> None:
    kept = proposals(store, clock, limits=Limits(proposal_bytes=100))
    with pytest.raises(StoreError, match="too large to wait"):
        await kept.put(asked())


async def test_a_secret_is_not_proposed_without_a_key(store: Store, clock: ManualClock) -> None:
    kept = proposals(store, clock, sealer=Sealer())
    with pytest.raises(RefusedError, match="kept encrypted only") as caught:
        await kept.put(asked(plan=SECRET))
    assert "openssl rand" in caught.value.next_step
    assert await kept.waiting() == []
    [create] = SECRET.steps
    gone = replace(PLAN, steps=(Delete(replace(create.target, uid="u")),))
    assert (await kept.put(asked(plan=gone))).stage is Stage.WAITING


async def test_no_value_of_a_secret_is_in_the_database_file(
    url: str, kept: Proposals, store: Store, clock: ManualClock
) -> None:
    case = await kept.put(asked(ONE, SECRET))
    await kept.approve(case.ticket, vote(BOB, clock))
    await kept.finish(case.ticket, Stage.DONE, "secret/db created")
    if not url.startswith("sqlite"):
        async with store.read() as connection:
            rows = (await connection.execute(text("SELECT * FROM proposals"))).all()
        assert PASSWORD not in repr([tuple(map(_shown, row)) for row in rows])
        return
    files = list(Path(url.removeprefix("sqlite:///")).parent.glob("store.db*"))
    written = b"".join(file.read_bytes() for file in files)
    assert b"secret/db created" in written
    assert PASSWORD.encode() not in written


def _shown(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


async def test_a_key_is_changed_without_losing_what_waits(
    store: Store, clock: ManualClock, kept: Proposals
) -> None:
    case = await kept.put(asked(plan=SECRET))
    changed = proposals(store, clock, sealer=read_keys(f"{'n2' * 16}\n{KEY}"))
    assert await changed.get(case.ticket) == case


async def test_what_cannot_be_read_harms_nothing_else(
    store: Store, clock: ManualClock, kept: Proposals
) -> None:
    runs = await kept.put(asked())
    await kept.approve(runs.ticket, vote(ADA, clock))
    lost, young = await kept.put(asked(ONE)), "n2" * 16
    changed = proposals(store, clock, "two", sealer=read_keys(young))
    good = await changed.put(asked(ONE))
    with pytest.raises(StoreError, match="kept with another key") as caught:
        await changed.approve(lost.ticket, vote(BOB, clock))
    assert caught.value.next_step == "Type the command again."
    assert tickets(await changed.waiting()) == [good.ticket]
    await clock.advance(3600)
    assert await changed.orphaned(15) == []
    assert await stage(kept, runs.ticket) is Stage.UNKNOWN
    assert tickets(await changed.expired()) == [good.ticket]
    assert await stage(kept, lost.ticket) is Stage.EXPIRED


async def test_a_body_that_was_moved_to_another_row_is_noticed(
    store: Store, kept: Proposals
) -> None:
    mild, harsh = await kept.put(asked()), await kept.put(asked(ONE, SECRET))
    body = select(PROPOSALS.c.body).where(PROPOSALS.c.ticket == harsh.ticket).scalar_subquery()
    async with store.write() as connection:
        moved = update(PROPOSALS).where(PROPOSALS.c.ticket == mild.ticket).values(body=body)
        await connection.execute(moved)
    with pytest.raises(StoreError, match="tampered with"):
        await kept.get(mild.ticket)
