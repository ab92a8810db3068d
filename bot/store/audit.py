"""The audit record on the disk: links that are added, and removed by their age alone."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, literal, select, tuple_, union
from sqlalchemy.sql import ColumnElement

from bot.core.audit import Chain, Link, Mark, Wanted
from bot.store.engine import Store
from bot.store.schema import AUDIT, AUDIT_CHAINS

_PAGE = 1_000
# So many are removed at once: whoever wants to write meanwhile waits no longer than that takes.
SWEPT = 5_000
_LINK = (
    AUDIT.c.chain,
    AUDIT.c.seq,
    AUDIT.c.record,
    AUDIT.c.digest,
    AUDIT.c.at,
    AUDIT.c.person,
    AUDIT.c.namespace,
    AUDIT.c.channel,
    AUDIT.c.request,
)


class AuditStore:
    """The chains of all replicas; each has one writer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def append(self, links: Sequence[Link], head: Mark, floor: Mark) -> None:
        """Add the links of one chain and set its head, both or neither.

        `floor` is that of a chain that begins.

        Raises:
            StoreError: they cannot be written.
        """
        name, at = links[0].chain, links[-1].at
        values = {"head_seq": head.seq, "head_digest": head.digest, "head_seal": head.seal}
        begun = {"floor_seq": floor.seq, "floor_digest": floor.digest, "floor_seal": floor.seal}
        change = AUDIT_CHAINS.update().where(AUDIT_CHAINS.c.chain == name)
        async with self._store.write() as connection:
            await connection.execute(AUDIT.insert(), [_values(link) for link in links])
            new = {"chain": name, "touched_at": at, **values, **begun}
            if not await self._store.insert_once(connection, AUDIT_CHAINS, **new):
                await connection.execute(change.values(touched_at=at, **values))

    async def chains(self) -> Sequence[Chain]:
        """Return every chain that has a head, the one that was written last first.

        Raises:
            StoreError: they cannot be read.
        """
        statement = select(AUDIT_CHAINS).order_by(
            AUDIT_CHAINS.c.touched_at.desc(), AUDIT_CHAINS.c.chain
        )
        async with self._store.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [
            Chain(
                row["chain"],
                Mark(row["floor_seq"], bytes(row["floor_digest"]), bytes(row["floor_seal"])),
                Mark(row["head_seq"], bytes(row["head_digest"]), bytes(row["head_seal"])),
                row["touched_at"],
            )
            for row in rows
        ]

    async def names(self) -> Sequence[str]:
        """Return the name of every chain that has a head or a record."""
        statement = union(select(AUDIT.c.chain), select(AUDIT_CHAINS.c.chain))
        async with self._store.read() as connection:
            return sorted((await connection.execute(statement)).scalars())

    async def links(self, chain: str) -> AsyncIterator[Sequence[Link]]:
        """Yield the links of one chain by their numbers, in pages."""
        after = 0
        while True:
            statement = (
                select(*_LINK)
                .where(AUDIT.c.chain == chain, AUDIT.c.seq > after)
                .order_by(AUDIT.c.seq)
                .limit(_PAGE)
            )
            page = await self._page(statement)
            if not page:
                return
            yield page
            after = page[-1].seq

    async def digest(self, chain: str, seq: int) -> bytes:
        """Return the digest that stands at one place; empty: nothing does."""
        statement = select(AUDIT.c.digest).where(AUDIT.c.chain == chain, AUDIT.c.seq == seq)
        async with self._store.read() as connection:
            found = (await connection.execute(statement)).scalar()
        return bytes(found) if found is not None else b""

    async def all(self, since: datetime | None, until: datetime | None) -> AsyncIterator[Link]:
        """Yield the links of all chains from `since` to before `until`, the oldest first."""
        oldest = (AUDIT.c.at, AUDIT.c.chain, AUDIT.c.seq)
        asked = select(*_LINK).where(*_between(since, until)).order_by(*oldest)
        last: Link | None = None
        while True:
            rest = asked if last is None else asked.where(_behind(last))
            page = await self._page(rest.limit(_PAGE))
            for link in page:
                yield link
            if len(page) < _PAGE:
                return
            last = page[-1]

    async def search(self, wanted: Wanted) -> Sequence[Link]:
        """Return the links that fit, the newest first.

        Raises:
            StoreError: they cannot be read.
        """
        text, found = wanted.text.lower(), list[Link]()
        asked = select(*_LINK).where(*_conditions(wanted)).order_by(*_NEWEST)
        last: Link | None = None
        while True:
            rest = asked if last is None else asked.where(_before(last))
            page = await self._page(rest.limit(_PAGE))
            found += [link for link in page if text in link.record.decode().lower()]
            if wanted.limit and len(found) >= wanted.limit:
                return found[: wanted.limit]
            if len(page) < _PAGE:
                return found
            last = page[-1]

    async def old(self, chain: str, floor: int, before: datetime) -> Mark | None:
        """Return the last of a chain's first links that are all older than `before`."""
        first = (
            select(AUDIT.c.seq, AUDIT.c.digest, AUDIT.c.at)
            .where(AUDIT.c.chain == chain, AUDIT.c.seq > floor)
            .order_by(AUDIT.c.seq)
            .limit(SWEPT)
        )
        found: Mark | None = None
        async with self._store.read() as connection:
            for seq, digest, at in await connection.execute(first):
                if at >= before:
                    break
                found = Mark(seq, bytes(digest))
        return found

    async def sweep(self, chain: str, floor: Mark) -> int:
        """Remove a chain's links up to the floor, which is kept; return how many those were.

        Raises:
            StoreError: nothing was removed.
        """
        columns = AUDIT_CHAINS.c
        change = (
            AUDIT_CHAINS.update()
            .where(columns.chain == chain, columns.floor_seq < floor.seq)
            .values(floor_seq=floor.seq, floor_digest=floor.digest, floor_seal=floor.seal)
        )
        removed = delete(AUDIT).where(AUDIT.c.chain == chain, AUDIT.c.seq <= floor.seq)
        async with self._store.write() as connection:
            await connection.execute(change)
            return (await connection.execute(removed)).rowcount

    async def _page(self, statement: Select[Any]) -> Sequence[Link]:
        async with self._store.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [_link(row) for row in rows]


_NEWEST = (AUDIT.c.at.desc(), AUDIT.c.chain.desc(), AUDIT.c.seq.desc())
_PLACE = tuple_(AUDIT.c.at, AUDIT.c.chain, AUDIT.c.seq)


def _link(row: Row[Any]) -> Link:
    chain, seq, record, digest, at, *found_by = tuple(row)
    return Link(chain, seq, bytes(record), bytes(digest), at, *found_by)


def _values(link: Link) -> dict[str, object]:
    return {
        "chain": link.chain,
        "seq": link.seq,
        "record": link.record,
        "digest": link.digest,
        "at": link.at,
        "person": link.person,
        "namespace": link.namespace,
        "channel": link.channel,
        "request": link.request,
    }


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = AUDIT.c
    person = columns.person == wanted.person
    if "/" not in wanted.person:
        # Slack's user id alone, whatever the workspace.
        person = columns.person.endswith(f"/{wanted.person}", autoescape=True)
    pairs = (
        (columns.namespace, wanted.namespace),
        (columns.channel, wanted.channel),
        (columns.request, wanted.request),
    )
    equal = [column == value for column, value in pairs if value]
    return [*([person] if wanted.person else []), *equal, *_between(wanted.since, wanted.until)]


def _between(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(AUDIT.c.at >= since)
    if until is not None:
        found.append(AUDIT.c.at < until)
    return found


def _behind(link: Link) -> ColumnElement[bool]:
    return _place(link) < _PLACE


def _before(link: Link) -> ColumnElement[bool]:
    return _place(link) > _PLACE


def _place(link: Link) -> ColumnElement[tuple[object, ...]]:
    return tuple_(literal(link.at, AUDIT.c.at.type), literal(link.chain), literal(link.seq))
