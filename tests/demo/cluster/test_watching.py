import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from bot.demo.cluster.lists import Event, Watch
from bot.demo.cluster.store import Store
from tests.clock import ManualClock
from tests.demo.cluster.objects import MAPS, SHOP, key, put


class Watcher:
    """A watch that is read by a task, and what it has been told."""

    def __init__(self, store: Store, clock: ManualClock, query: dict[str, str]) -> None:
        self.told: list[Event] = []
        self.ended = False
        self._events = Watch(MAPS, SHOP, query).events(store, clock)
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async with aclosing(self._events) as events:
            async for event in events:
                self.told.append(event)
        self.ended = True

    def types(self) -> list[str]:
        return [type_ for type_, _ in self.told]

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def watching(store: Store, clock: ManualClock, **query: str) -> AsyncIterator[Watcher]:
    watcher = Watcher(store, clock, query)
    await clock.advance(0)
    yield watcher
    await watcher.close()


async def test_a_bookmark_comes_each_minute_if_it_is_asked_for() -> None:
    store, clock = Store(), ManualClock()
    async with (
        watching(store, clock, allowWatchBookmarks="true") as marked,
        watching(store, clock) as plain,
    ):
        put(store, "a", namespace="other")
        await clock.advance(59)
        assert marked.types() == []
        await clock.advance(1)
        assert marked.types() == ["BOOKMARK"]
        assert marked.told[0][1]["metadata"] == {"resourceVersion": str(store.revision)}
        await clock.advance(60)
        assert marked.types() == ["BOOKMARK", "BOOKMARK"]
        assert plain.types() == []


async def test_a_bookmark_is_of_what_was_told_before_it() -> None:
    store, clock = Store(), ManualClock()
    watch = Watch(MAPS, SHOP, {"allowWatchBookmarks": "true"})
    async with aclosing(watch.events(store, clock)) as events:
        first = asyncio.create_task(anext(events))
        await clock.advance(60)
        put(store, "late")
        version = (await first)[1]["metadata"]["resourceVersion"]
        late = await anext(events)
    assert int(version) < int(late[1]["metadata"]["resourceVersion"])


async def test_a_watch_ends_with_its_time() -> None:
    store, clock = Store(), ManualClock()
    async with watching(store, clock, timeoutSeconds="5") as watcher:
        await clock.advance(4)
        assert not watcher.ended
        await clock.advance(1)
        assert watcher.ended


async def test_a_watch_from_a_version_that_is_forgotten_ends_with_an_error() -> None:
    store, clock = Store(history=1), ManualClock()
    put(store, "a"), put(store, "b")
    since = str(store.revision - 2)
    async with watching(store, clock, resourceVersion=since) as watcher:
        assert watcher.types() == ["ERROR"]
        assert watcher.told[0][1]["code"] == 410
        assert watcher.ended


async def test_what_was_missed_comes_before_what_is_new() -> None:
    store, clock = Store(), ManualClock()
    put(store, "a")
    since = str(store.revision)
    put(store, "b"), store.remove(key("a"))
    async with watching(store, clock, resourceVersion=since) as watcher:
        put(store, "c"), put(store, "d", namespace="other")
        await clock.advance(0)
        assert watcher.types() == ["ADDED", "DELETED", "ADDED"]


async def test_what_leaves_a_selection_is_shown_as_it_was_under_its_new_version() -> None:
    store, clock = Store(), ManualClock()
    put(store, "a", data={"key": "old"})
    async with watching(store, clock, fieldSelector="metadata.name=a") as watcher:
        store.remove(key("a"))
        await clock.advance(0)
        gone = watcher.told[-1]
    assert gone[0] == "DELETED"
    assert gone[1]["data"] == {"key": "old"}
    assert gone[1]["metadata"]["resourceVersion"] == str(store.revision)


@pytest.mark.parametrize("count", [1, 50])
async def test_who_has_gone_is_told_nothing(count: int) -> None:
    store, clock = Store(), ManualClock()
    for _ in range(count):
        async with watching(store, clock):
            pass
    assert store._listeners == []
    await clock.advance(3600)
    assert clock._sleepers == []
