"""Proposals of the store and of the memory are told apart by their tickets alone."""

import string
from dataclasses import replace
from itertools import product

from bot.engine.waiting import MemoryProposals, in_memory
from tests.clock import ManualClock
from tests.store.proposing import asked

# What `secrets.token_urlsafe` makes the store's tickets of.
LETTERS = f"{string.ascii_letters}{string.digits}-_"


def test_no_ticket_that_the_store_can_give_is_looked_for_in_the_memory() -> None:
    clock = ManualClock()
    waiting = replace(in_memory(clock), spare=MemoryProposals(clock))
    beginnings = map("".join, product(LETTERS, repeat=2))
    assert [one for one in beginnings if waiting.of(f"{one}Zx") is not waiting.proposals] == []


async def test_what_waits_in_the_memory_is_found_there() -> None:
    clock = ManualClock()
    waiting = replace(in_memory(clock), spare=MemoryProposals(clock))
    case = await waiting.spare.put(asked())
    assert await waiting.of(case.ticket).get(case.ticket) == case
