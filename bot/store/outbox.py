"""Messages that must arrive, in the order of their channel, at least once.

A message is open until it was sent or abandoned. A sender claims it with a lease; when the
sender dies the lease runs out and another sender claims it. Of each channel only the oldest
open message can be claimed, so a later one never overtakes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import CTE, Integer, Row, Update, bindparam, delete, func, or_, select, update
from sqlalchemy.sql import Executable

from bot.store.engine import Store
from bot.store.inbound import bounded_key
from bot.store.schema import OUTBOX

CLAIMED_COLUMNS = (
    OUTBOX.c.id,
    OUTBOX.c.channel,
    OUTBOX.c.body,
    OUTBOX.c.attempt,
    OUTBOX.c.lease_owner,
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message whose sending is up to `owner` until the lease ends."""

    id: int
    channel: str
    body: Mapping[str, Any]
    attempt: int
    """1 for the first; with `owner` it tells a claim from later ones of the same message."""
    owner: str


@dataclass(frozen=True, slots=True)
class New:
    """A message that was not kept before."""

    channel: str
    body: Mapping[str, Any]
    """JSON: what orjson can write."""
    dedupe_key: str


class Outbox:
    """The messages, shared by all replicas."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def enqueue(
        self, channel: str, body: Mapping[str, Any], dedupe_key: str, now: datetime
    ) -> bool:
        """Add a message at the end of its channel; return False if the key was used before.

        `body` is JSON: what orjson can write.

        Raises:
            StoreError: it cannot be written; the message will not arrive.
        """
        values = {
            "channel": channel,
            "dedupe_key": bounded_key(dedupe_key),
            "body": orjson.dumps(body),
            "created_at": now,
            "due_at": now,
            "attempt": 0,
        }
        async with self._store.write() as connection:
            return await self._store.insert_once(connection, OUTBOX, **values)

    async def hold(
        self, message: New, owner: str, now: datetime, until: datetime
    ) -> Claimed | None:
        """Add a message that `owner` has claimed already; return None if its key was used before.

        Raises:
            StoreError: it cannot be written; the message will not arrive.
        """
        key, body = bounded_key(message.dedupe_key), orjson.dumps(message.body)
        values = {"channel": message.channel, "dedupe_key": key, "body": body, "attempt": 1}
        times = {"created_at": now, "due_at": now, "lease_owner": owner, "lease_until": until}
        async with self._store.write() as connection:
            if not await self._store.insert_once(connection, OUTBOX, **values, **times):
                return None
            statement: Executable = select(*CLAIMED_COLUMNS).where(OUTBOX.c.dedupe_key == key)
            return _claimed((await connection.execute(statement)).one())

    async def revise(self, message: Claimed, body: Mapping[str, Any], until: datetime) -> bool:
        """Give a claimed message another body and hold it on; return False if the claim is lost."""
        values = {"body": orjson.dumps(body), "lease_until": until}
        return await self._change(_held(message).values(values))

    async def claim(
        self, owner: str, now: datetime, until: datetime, limit: int = 10
    ) -> Sequence[Claimed]:
        """Lease the oldest open message of up to `limit` channels, oldest first.

        Left out are channels whose oldest open message is leased or not yet due.
        """
        values = {"claimant": owner, "moment": now, "end": until, "most": limit}
        async with self._store.write() as connection:
            rows = (await connection.execute(_CLAIM, values)).all()
        return sorted((_claimed(row) for row in rows), key=lambda message: message.id)

    async def sent(self, message: Claimed, ts: str, now: datetime) -> bool:
        """Close the message as arrived under Slack's `ts`; return False if it was closed already.

        An expired lease does not matter: what has arrived has arrived. False tells a slow
        sender that another one sent it too.
        """
        return await self._change(_open(message.id).values(closed_at=now, sent_ts=ts))

    async def retry(self, message: Claimed, due: datetime) -> bool:
        """Give the message back, to be claimed from `due` on; return False if the claim is lost."""
        values = {"due_at": due, "lease_owner": None, "lease_until": None}
        return await self._change(_held(message).values(values))

    async def abandon(self, message: Claimed, now: datetime) -> bool:
        """Close the message as one that can never arrive; return False if the claim is lost."""
        return await self._change(_held(message).values(closed_at=now))

    async def release(self, owner: str) -> int:
        """Give back all that `owner` holds, for a clean stop; return how many messages."""
        statement = (
            update(OUTBOX)
            .where(OUTBOX.c.closed_at.is_(None), OUTBOX.c.lease_owner == owner)
            .values(lease_owner=None, lease_until=None)
        )
        async with self._store.write() as connection:
            return (await connection.execute(statement)).rowcount

    async def waiting(self) -> int:
        """Return how many messages are open."""
        statement = select(func.count()).where(OUTBOX.c.closed_at.is_(None))
        async with self._store.read() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def sweep(self, closed_before: datetime) -> int:
        """Forget closed messages and their dedupe keys; return how many messages."""
        statement = delete(OUTBOX).where(OUTBOX.c.closed_at <= closed_before)
        async with self._store.write() as connection:
            return (await connection.execute(statement)).rowcount

    async def _change(self, statement: Update) -> bool:
        async with self._store.write() as connection:
            return (await connection.execute(statement)).rowcount == 1


def _heads() -> CTE:
    oldest = func.min(OUTBOX.c.id).label("id")
    statement = select(oldest).where(OUTBOX.c.closed_at.is_(None)).group_by(OUTBOX.c.channel)
    # Computed once: PostgreSQL otherwise may compute it for each row (seconds at 10,000).
    return statement.cte("heads").prefix_with("MATERIALIZED", dialect="postgresql")


def _claimable() -> CTE:
    heads, now = _heads(), bindparam("moment", type_=OUTBOX.c.due_at.type)
    statement = (
        select(OUTBOX.c.id)
        .where(
            OUTBOX.c.id.in_(select(heads.c.id)),
            OUTBOX.c.closed_at.is_(None),
            OUTBOX.c.due_at <= now,
            or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= now),
        )
        .order_by(OUTBOX.c.id)
        .limit(bindparam("most", type_=Integer()))
        # PostgreSQL only; SQLite has one writer at a time and leaves the clause out.
        .with_for_update(skip_locked=True, of=OUTBOX)
    )
    # As a CTE, because PostgreSQL may run a plain subquery twice and claim beyond the limit.
    return statement.cte("claimable")


def _claim() -> Executable:
    claimable = _claimable()
    return (
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(select(claimable.c.id)))
        .values(
            lease_owner=bindparam("claimant"),
            lease_until=bindparam("end"),
            attempt=OUTBOX.c.attempt + 1,
        )
        .returning(*CLAIMED_COLUMNS)
    )


# Each sender asks every few seconds, and to build the question took half of that.
_CLAIM = _claim()


def _claimed(row: Row[Any]) -> Claimed:
    return Claimed(row.id, row.channel, orjson.loads(row.body), row.attempt, row.lease_owner)


def _open(id: int) -> Update:
    return update(OUTBOX).where(OUTBOX.c.id == id, OUTBOX.c.closed_at.is_(None))


def _held(message: Claimed) -> Update:
    return _open(message.id).where(
        OUTBOX.c.lease_owner == message.owner, OUTBOX.c.attempt == message.attempt
    )
