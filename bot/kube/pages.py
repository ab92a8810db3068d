"""What several queries find: the first page of each at once, the others as somebody needs them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from bot.core.errors import NotFoundError, QuarterdeckError
from bot.core.ports import Form, JsonObject, Query, Reader, Resource
from bot.core.reply import Problem
from bot.kube import tables
from bot.kube.errors import together

# So many requests of one command are under way at once, where kubectl sends one by one.
IN_FLIGHT = 8
# Objects whose making into something else takes far less than others may have to wait.
_AT_ONCE = 100


@dataclass(slots=True)
class Fetched:
    """What became of one query: its first page, and the pages that follow."""

    query: Query
    page: JsonObject | None = None
    rest: AsyncIterator[JsonObject] | None = None
    error: QuarterdeckError | None = None

    @property
    def resource(self) -> Resource:
        """Return the type that was asked for."""
        return self.query.resource

    @property
    def whole(self) -> bool:
        """Whether no page follows the first."""
        metadata = (self.page or {}).get("metadata") or {}
        return not metadata.get("continue")

    async def following(self) -> JsonObject | None:
        """Return the page after the last one; None: there is none, or an error, which is kept."""
        if self.rest is None:
            return None
        try:
            return await anext(self.rest, None)
        except QuarterdeckError as error:
            self.error = error
            return None


async def fetch_all(
    cluster: Reader, queries: Sequence[Query], form: Form, *, limit: int
) -> list[Fetched]:
    """Return what became of each query, in their order."""
    if len(queries) == 1:  # the usual case needs no task
        return [await _fetch(cluster, queries[0], form, limit)]
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def fetch(query: Query) -> Fetched:
        async with gate:
            return await _fetch(cluster, query, form, limit)

    return await asyncio.gather(*map(fetch, queries))


async def _fetch(cluster: Reader, query: Query, form: Form, limit: int) -> Fetched:
    found = Fetched(query)
    try:
        if query.name:
            found.page = await cluster.fetch(query, form)
        else:
            found.rest = cluster.pages(query, form, limit=limit)
            found.page = await anext(found.rest)
    except QuarterdeckError as error:
        found.error = error
    return found


async def items(fetched: Sequence[Fetched]) -> AsyncIterator[JsonObject]:
    """Yield the objects one by one, each with its type, and let others have their turn between."""
    for one in fetched:
        page = one.page
        while page is not None:
            for number, item in enumerate(objects(one.query, page)):
                yield item
                if number % _AT_ONCE == _AT_ONCE - 1:
                    await asyncio.sleep(0)
            page = await one.following()


def objects(query: Query, page: JsonObject) -> Iterator[JsonObject]:
    """Yield the objects of a page or a Table; each is let go once it is taken."""
    resource = query.resource
    table = tables.is_table(page)
    found = _found(query, page, "rows" if table else "items")
    found.reverse()
    while found:
        item = found.pop()
        if table:
            # What comes with a row calls itself metadata, of whatever it is.
            item = item["object"] | {"apiVersion": resource.api_version, "kind": resource.kind}
        # Items of a list come without their type.
        item.setdefault("apiVersion", resource.api_version)
        item.setdefault("kind", resource.kind)
        yield item


def _found(query: Query, page: JsonObject, name: str) -> list[JsonObject]:
    return [page] if query.name and name == "items" else page.get(name) or []


def problems(
    fetched: Sequence[Fetched], *, ignore_not_found: bool, misfits: Sequence[QuarterdeckError] = ()
) -> list[Problem]:
    """Return what could not be read, as kubectl tells it of all of them together.

    `misfits` are errors about what was read, which come last.
    """
    errors = [
        one.error
        for one in fetched
        if one.error is not None and not (ignore_not_found and isinstance(one.error, NotFoundError))
    ]
    return [Problem(error) for error in together([*errors, *misfits])]
