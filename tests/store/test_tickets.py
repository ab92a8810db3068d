"""A proposal is carried out by its owner, in time, and once."""

import asyncio

from bot.store.engine import Options, Store, open_store
from bot.store.tickets import KEPT, Tickets
from tests.clock import ManualClock


async def test_a_ticket_gives_its_plan_once(store: Store) -> None:
    tickets = Tickets(store, ManualClock())
    ticket = await tickets.put("U1", b"\x00plan")
    assert await tickets.take(ticket, "U1") == b"\x00plan"
    assert await tickets.take(ticket, "U1") is None


async def test_of_fifty_presses_on_two_replicas_exactly_one_takes_the_plan(
    options: Options,
) -> None:
    clock = ManualClock()
    async with open_store(options) as one, open_store(options) as other:
        ticket = await Tickets(one, clock).put("U1", b"plan")
        presses = (Tickets(replica, clock).take(ticket, "U1") for replica in (one, other) * 25)
        taken = await asyncio.gather(*presses)
    assert sorted(plan for plan in taken if plan is not None) == [b"plan"]


async def test_somebody_else_takes_nothing_and_spoils_nothing(store: Store) -> None:
    tickets = Tickets(store, ManualClock())
    ticket = await tickets.put("U1", b"plan")
    assert await tickets.take(ticket, "U2") is None
    assert await tickets.take(ticket, "U1") == b"plan"


async def test_a_ticket_ends_on_the_clock_and_not_before(store: Store) -> None:
    clock = ManualClock()
    tickets = Tickets(store, clock)
    early, late = await tickets.put("U1", b"early"), await tickets.put("U1", b"late")
    await clock.advance(KEPT.total_seconds() - 0.001)
    assert await tickets.take(early, "U1") == b"early"
    await clock.advance(0.001)
    assert await tickets.take(late, "U1") is None


async def test_an_unknown_ticket_is_nothing(store: Store) -> None:
    assert await Tickets(store, ManualClock()).take("none", "U1") is None
