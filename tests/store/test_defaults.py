"""Each person's own default, on both databases."""

import asyncio

from bot.core.access import Default
from bot.store.defaults import Defaults
from bot.store.engine import Options, Store, open_store
from tests.clock import ManualClock

PROD, SHOP = Default("prod", "shop"), Default("main", "")


async def test_a_default_is_remembered_until_another_takes_its_place(store: Store) -> None:
    defaults = Defaults(store, ManualClock())
    assert await defaults.recall("T1/UADA") is None
    await defaults.keep("T1/UADA", PROD)
    assert await defaults.recall("T1/UADA") == PROD
    await defaults.keep("T1/UADA", SHOP)
    assert await defaults.recall("T1/UADA") == SHOP


async def test_it_is_the_persons_alone(store: Store) -> None:
    defaults = Defaults(store, ManualClock())
    await defaults.keep("T1/UADA", PROD)
    assert await defaults.recall("T2/UADA") is None
    assert not await defaults.forget("T2/UADA")
    assert await defaults.recall("T1/UADA") == PROD


async def test_it_is_forgotten_once(store: Store) -> None:
    defaults = Defaults(store, ManualClock())
    await defaults.keep("T1/UADA", PROD)
    assert await defaults.forget("T1/UADA")
    assert not await defaults.forget("T1/UADA")
    assert await defaults.recall("T1/UADA") is None


async def test_two_replicas_that_are_told_at_once_agree(options: Options) -> None:
    async with open_store(options) as one, open_store(options) as other:
        both = [Defaults(replica, ManualClock()) for replica in (one, other)]
        chosen = [Default("prod", f"n{number}") for number in range(10)]
        kept = (both[n % 2].keep("T1/UADA", default) for n, default in enumerate(chosen))
        await asyncio.gather(*kept)
        found = [await defaults.recall("T1/UADA") for defaults in both]
    assert found[0] == found[1]
    assert found[0] in chosen
