"""The record on both databases: added together with its head, found, and removed by age alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.audit.chain import BEGINNING
from bot.core.audit import Link, Mark, Wanted, Where, Who
from bot.core.errors import StoreError
from bot.store.audit import AuditStore
from bot.store.engine import Store
from tests.audit.chains import KEYS, NOON, chained, entry


async def kept(store: Store, number: int = 6, name: str = "one") -> tuple[AuditStore, list[Link]]:
    shelf = AuditStore(store)
    chain, links = chained([entry(one) for one in range(1, number + 1)], name)
    await shelf.append(links, chain.head, BEGINNING)
    return shelf, links


async def read(shelf: AuditStore, name: str = "one") -> list[Link]:
    return [link async for page in shelf.links(name) for link in page]


async def test_what_was_added_is_read_to_the_byte_and_in_order(store: Store) -> None:
    shelf, links = await kept(store, 1_203)
    assert await read(shelf) == links
    assert [link async for link in shelf.all(None, None)] == links


async def test_links_and_head_are_added_together_or_not_at_all(store: Store) -> None:
    shelf, links = await kept(store)
    [before] = await shelf.chains()
    more, added = chained([entry(7), entry(8)], start=Mark(6, links[-1].digest))
    with pytest.raises(StoreError):
        await shelf.append([*added, links[0]], more.head, BEGINNING)
    assert await shelf.chains() == [before]
    assert await read(shelf) == links
    await shelf.append(added, more.head, BEGINNING)
    [after] = await shelf.chains()
    assert (after.head, after.floor) == (more.head, before.floor)
    assert await read(shelf) == [*links, *added]


async def test_the_chain_that_was_written_last_comes_first(store: Store) -> None:
    shelf, _ = await kept(store, 3, "one")
    await kept(store, 5, "other")
    assert [chain.name for chain in await shelf.chains()] == ["other", "one"]
    assert await shelf.names() == ["one", "other"]


async def test_a_digest_is_found_by_its_place(store: Store) -> None:
    shelf, links = await kept(store)
    assert await shelf.digest("one", 3) == links[2].digest
    assert await shelf.digest("one", 99) == b""


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["r-5", "r-4", "r-3", "r-2", "r-1"]),
        (Wanted(limit=2), ["r-5", "r-4"]),
        (Wanted(person="T1/UBOB"), ["r-2"]),
        (Wanted(person="UBOB"), ["r-2"]),
        (Wanted(person="BOB"), []),
        (Wanted(person="%"), []),
        (Wanted(namespace="ops"), ["r-3"]),
        (Wanted(channel="COPS"), ["r-3"]),
        (Wanted(request="r-4"), ["r-4"]),
        (Wanted(text="GET PODS 5"), ["r-5"]),
        (Wanted(text="bob"), ["r-2"]),
        (Wanted(since=NOON + timedelta(seconds=4)), ["r-5", "r-4"]),
        (Wanted(until=NOON + timedelta(seconds=2)), ["r-1"]),
        (Wanted(person="UADA", namespace="shop", limit=1), ["r-5"]),
    ],
)
async def test_records_are_found_the_newest_first(
    store: Store, wanted: Wanted, found: list[str]
) -> None:
    entries = [entry(number) for number in range(1, 6)]
    entries[1] = replace(entries[1], who=Who("T1/UBOB"))
    entries[2] = replace(entries[2], where=Where("slash", "COPS", namespace="ops"))
    chain, links = chained(entries)
    shelf = AuditStore(store)
    await shelf.append(links, chain.head, BEGINNING)
    assert [link.request for link in await shelf.search(wanted)] == found


async def test_a_search_goes_through_all_pages(store: Store) -> None:
    shelf, _ = await kept(store, 2_100)
    [found] = await shelf.search(Wanted(text='"phrase":"get pods 7"'))
    assert found.request == "r-7"
    assert len(await shelf.search(Wanted(limit=0))) == 2_100


async def test_an_export_begins_and_ends_where_it_was_told(store: Store) -> None:
    shelf, links = await kept(store)
    since, until = NOON + timedelta(seconds=2), NOON + timedelta(seconds=5)
    assert [link async for link in shelf.all(since, until)] == links[1:4]


async def test_what_is_old_is_removed_from_the_beginning_and_its_end_is_kept(store: Store) -> None:
    shelf, links = await kept(store)
    end = await shelf.old("one", 0, NOON + timedelta(seconds=4))
    assert end == Mark(3, links[2].digest)
    floor = KEYS.current.mark("floor", "one", end.seq, end.digest)
    assert await shelf.sweep("one", floor) == 3
    assert await read(shelf) == links[3:]
    [chain] = await shelf.chains()
    assert chain.floor == floor
    assert await shelf.old("one", 3, NOON + timedelta(seconds=4)) is None


async def test_a_floor_never_goes_back(store: Store) -> None:
    shelf, links = await kept(store)
    for number in (4, 2):
        mark = KEYS.current.mark("floor", "one", number, links[number - 1].digest)
        await shelf.sweep("one", mark)
    [chain] = await shelf.chains()
    assert chain.floor.seq == 4
