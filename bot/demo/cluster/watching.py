"""A watch: which changes of the store a client is told of, and as what."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.core.clock import Clock
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.lists import Match, chosen, number, version
from bot.demo.cluster.options import Query, check_watch
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.store import Change, Store

# apiserver `pkg/storage/cacher`: a bookmark a minute; `--min-request-timeout` is half an hour.
BOOKMARK_SECONDS, LONGEST_SECONDS = 60, 1800
_INITIAL_EVENTS_END = {"annotations": {"k8s.io/initial-events-end": "true"}}
_News: TypeAlias = Change | int | None
"""A change, the version that everything until now is at, or the end of the watch's time."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one line of a watch says."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]
    object: JsonObject


@dataclass(frozen=True, slots=True)
class Watch:
    """One watch, as its request asks for it."""

    kind: Kind
    namespace: str
    query: Query
    name: str = ""

    def check(self) -> None:
        """Refuse what cannot be watched. Raises ApiRefusalError: 400, 422, 500."""
        check_watch(self.query)
        chosen(self.kind, self.query, self.name)
        try:
            version(self.query)
        except ApiRefusalError as refusal:
            # Unlike a list, a watch is told of this as of a fault.
            raise ApiRefusalError(500, "", refusal.message.partition(": ")[2]) from refusal

    async def events(self, store: Store, clock: Clock) -> AsyncGenerator[Event, None]:
        """Yield what happens until the watch's time has passed."""
        news: asyncio.Queue[_News] = asyncio.Queue()
        match = chosen(self.kind, self.query, self.name)
        stop = store.listen(news.put_nowait, self.kind.resource)
        seconds = number(self.query, "timeoutSeconds") or LONGEST_SECONDS
        end = asyncio.create_task(_after(clock, seconds, lambda: news.put_nowait(None)))
        ticks = asyncio.create_task(_every_minute(clock, lambda: news.put_nowait(store.revision)))
        try:
            for event in self._initial(store, match):
                yield event
            while (new := await news.get()) is not None:
                for event in self._told(new, match):
                    yield event
        except ApiRefusalError as refusal:
            yield Event("ERROR", refusal.status())
        finally:
            stop()
            end.cancel()
            ticks.cancel()

    def _initial(self, store: Store, match: Match) -> list[Event]:
        """Return what there is, or what has happened since the version that is asked for."""
        since, asked = version(self.query), self.query.get("sendInitialEvents") == "true"
        if since and not asked:
            missed = store.changes(self.kind.resource, since)
            return [event for change in missed for event in self._told(change, match)]
        there = store.list(self.kind.resource, self.namespace)
        events = [Event("ADDED", item) for item in there if match(item)]
        return events + (list(self._bookmark(store.revision, _INITIAL_EVENTS_END)) if asked else [])

    def _told(self, new: Change | int, match: Match) -> Iterator[Event]:
        """Yield what news are to who sees only the objects that match."""
        if isinstance(new, int):
            yield from self._bookmark(new, {})
        elif self.namespace in ("", new.key.namespace):
            before = new.previous is not None and match(new.previous)
            if new.type != "DELETED" and match(new.object):
                yield Event("MODIFIED" if before else "ADDED", new.object)
            elif before and new.previous is not None:
                version = {"resourceVersion": str(new.revision)}
                metadata = new.previous["metadata"] | version
                yield Event("DELETED", {**new.previous, "metadata": metadata})

    def _bookmark(self, revision: int, annotations: JsonObject) -> Iterator[Event]:
        if self.query.get("allowWatchBookmarks") in ("true", "1"):
            metadata = {"resourceVersion": str(revision), **annotations}
            kind = {"kind": self.kind.kind, "apiVersion": self.kind.api_version}
            yield Event("BOOKMARK", {**kind, "metadata": metadata})


async def _after(clock: Clock, seconds: float, then: Callable[[], None]) -> None:
    await clock.sleep(seconds)
    then()


async def _every_minute(clock: Clock, then: Callable[[], None]) -> None:
    while True:
        await _after(clock, BOOKMARK_SECONDS, then)
