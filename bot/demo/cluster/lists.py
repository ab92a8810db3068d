"""Lists and watches: what is chosen of the objects, in which pages, and which changes are told."""

import asyncio
import base64
from bisect import bisect
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import TypeAlias

from bot.core.clock import Clock
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import ApiRefusalError, refusal
from bot.demo.cluster.selectors import Matches, fields_match, labels_match
from bot.demo.cluster.store import Change, Key, Store
from bot.demo.cluster.values import Json, without_empty

# apiserver `pkg/storage/cacher`: a bookmark a minute; `--min-request-timeout` is half an hour.
_BOOKMARK_SECONDS, _LONGEST_SECONDS = 60, 1800
Query = Mapping[str, str]
Event: TypeAlias = tuple[str, Json]
"""What one line of a watch says: its type (such as ADDED or BOOKMARK), and the object."""
_News: TypeAlias = asyncio.Queue[Change | int | None]


def chosen(kind: Kind, query: Query) -> Matches:
    """Return what tells whether an object is meant. Raises: 400."""
    labels, fields = query.get("labelSelector"), query.get("fieldSelector")
    tests = [labels_match(labels)] if labels else []
    tests += [fields_match(kind, fields)] if fields else []
    return lambda item: all(test(item) for test in tests)


def page(items: list[Json], kind: Kind, query: Query, revision: int) -> tuple[list[Json], Json]:
    """Return the objects of the page that is asked for, and the list's metadata. Raises: 400."""
    limit = number(query, "limit")
    selects = query.get("labelSelector") or query.get("fieldSelector")
    found = list(filter(chosen(kind, query), items)) if selects else items
    if token := query.get("continue"):
        # What is told is of now; who watches from the first page's version misses nothing.
        try:
            then, _, after = base64.urlsafe_b64decode(token).decode().partition(" ")
            revision = int(then)
        except ValueError as error:
            raise refusal("bad", why=error) from error
        found = found[bisect(found, after, key=_path) :]
    metadata: Json = {"resourceVersion": str(revision)}
    if limit and len(found) > limit:
        token = f"{revision} {_path(found[limit - 1])}"
        metadata["continue"] = base64.urlsafe_b64encode(token.encode()).decode()
        if not selects:
            metadata["remainingItemCount"] = len(found) - limit
    return found[: limit or None], metadata


class Watch:
    """One watch of the objects of a kind, as its request asks for it."""

    def __init__(self, kind: Kind, namespace: str, query: Query) -> None:
        """Raise ApiRefusalError: 400, the query cannot be read."""
        self._kind, self._namespace, self._match = kind, namespace, chosen(kind, query)
        self._since = number(query, "resourceVersion")
        self._seconds = number(query, "timeoutSeconds") or _LONGEST_SECONDS
        self._initial = query.get("sendInitialEvents") == "true"
        self._bookmarks = query.get("allowWatchBookmarks") in ("true", "1")

    async def events(self, store: Store, clock: Clock) -> AsyncGenerator[Event, None]:
        """Yield what happens until the watch's time has passed."""
        news: _News = asyncio.Queue()
        stop = store.listen(news.put_nowait)
        ticks = asyncio.create_task(self._tick(store, clock, news))
        try:
            for event in self._first(store):
                yield event
            while (new := await news.get()) is not None:
                for event in self._told(new):
                    yield event
        except ApiRefusalError as refused:
            yield "ERROR", refused.status()
        finally:
            stop()
            ticks.cancel()

    async def _tick(self, store: Store, clock: Clock, news: _News) -> None:
        """Tell every minute which version everything is at, and at last that the time is over."""
        for left in range(self._seconds, 0, -_BOOKMARK_SECONDS):
            await clock.sleep(min(left, _BOOKMARK_SECONDS))
            news.put_nowait(store.revision)
        news.put_nowait(None)

    def _first(self, store: Store) -> Iterator[Event]:
        """Yield what has happened since the version that is asked for, or what there is."""
        if self._since and not self._initial:
            for change in store.changes(self._since):
                yield from self._told(change)
            return
        there = store.list(self._kind.resource, self._namespace)
        yield from (("ADDED", item) for item in filter(self._match, there))
        if self._initial:
            yield from self._bookmark(store.revision, {"k8s.io/initial-events-end": "true"})

    def _told(self, new: Change | int) -> Iterator[Event]:
        """Yield what news are to who sees only the objects that match."""
        if isinstance(new, int):
            yield from self._bookmark(new, {})
        elif new.key.resource == self._kind.resource and self._namespace in ("", new.key.namespace):
            before = new.previous if new.previous and self._match(new.previous) else None
            if new.type != "DELETED" and self._match(new.object):
                yield "MODIFIED" if before else "ADDED", new.object
            elif before:
                version = {"resourceVersion": str(new.revision)}
                yield "DELETED", {**before, "metadata": before["metadata"] | version}

    def _bookmark(self, revision: int, annotations: Json) -> Iterator[Event]:
        if self._bookmarks:
            metadata = without_empty({"resourceVersion": f"{revision}", "annotations": annotations})
            yield "BOOKMARK", {**self._kind.typed, "metadata": metadata}


def _path(item: Json) -> str:
    return Key("", item["metadata"].get("namespace", ""), item["metadata"]["name"]).path


def number(query: Query, name: str) -> int | None:
    """Return an option that is a number, if it is there. Raises: 400."""
    if (text := query.get(name)) and not text.isdigit():
        raise refusal("bad", why=f"{name} must be a number of at least 0")
    return int(text) if text else None
