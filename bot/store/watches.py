"""Conditions that are watched, shared by all replicas: each look is one replica's.

A replica that dies while it looks holds its watches until the lease ends; then another one looks.
"""

import functools
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from sqlalchemy import Row, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio.engine import AsyncConnection
from sqlalchemy.sql import ColumnElement

from bot.core.clock import Clock
from bot.core.errors import RefusedError
from bot.core.watching import PER_PERSON, PER_PLACE, Watch
from bot.store.engine import Store
from bot.store.schema import WATCHES

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_LOG = structlog.stdlib.get_logger(__name__)
_ROW = WATCHES.c
KEPT = timedelta(hours=24)
"""So long after its end a watch may still be told to be over."""
# So many are looked at in one round by one replica; the others get their turn in the next one.
_ROUND = 50
# Two replicas that keep watches at once count one after the other; any number of our own will do.
_COUNTING = text("SELECT pg_advisory_xact_lock(7238114)")
_AGAIN = "`prom watches` lists them, `prom unwatch ID` ends one."


class Watches:
    """What `core.watching.KeptWatches` promises, on either database."""

    def __init__(self, store: Store, clock: Clock, replica: str) -> None:
        self._store = store
        self._clock = clock
        self._replica = replica

    async def put(self, watch: Watch) -> Watch:
        """Keep it under a new id.

        Raises:
            RefusedError: its person or its place have too many.
            StoreError: it cannot be kept.
        """
        kept = replace(watch, id=secrets.token_hex(4))
        values = {
            "id": kept.id,
            "person": kept.person,
            "channel": kept.place.channel,
            "until": kept.until,
            "due_at": self._clock.now() + kept.every,
            "body": orjson.dumps(_document(kept)),
        }
        async with self._store.write() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(_COUNTING)
            await _check(connection, _ROW.person == kept.person, PER_PERSON, "You have")
            channel = kept.place.channel
            await _check(connection, _ROW.channel == channel, PER_PLACE, "This place has")
            await connection.execute(WATCHES.insert().values(values))
        return kept

    async def all(self) -> Sequence[Watch]:
        """Return every one, the next to end first.

        Raises:
            StoreError: they cannot be read.
        """
        statement = select(WATCHES).order_by(_ROW.until, _ROW.id)
        async with self._store.read() as connection:
            rows = (await connection.execute(statement)).all()
        return _readable(rows)

    async def remove(self, id: str) -> Watch | None:
        """Forget it; None to all but one caller.

        Raises:
            StoreError: it cannot be forgotten, so it goes on.
        """
        statement = delete(WATCHES).where(_ROW.id == id).returning(*WATCHES.columns)
        async with self._store.write() as connection:
            rows = (await connection.execute(statement)).all()
        return next(iter(_readable(rows)), None)

    async def due(self, seconds: float) -> Sequence[Watch]:
        """Hold for so long what is to be looked at now and nobody holds.

        Raises:
            StoreError: nothing is held.
        """
        now = self._clock.now()
        free = or_(_ROW.lease_until.is_(None), _ROW.lease_until <= now)
        found = (
            select(_ROW.id)
            .where(or_(_ROW.due_at <= now, _ROW.until <= now), free)
            .order_by(_ROW.due_at)
            .limit(_ROUND)
            # PostgreSQL only; SQLite has one writer at a time and leaves the clause out.
            .with_for_update(skip_locked=True)
            .cte("found")
        )
        held = {"lease_owner": self._replica, "lease_until": now + timedelta(seconds=seconds)}
        statement = (
            update(WATCHES)
            .where(_ROW.id.in_(select(found.c.id)))
            .values(held)
            .returning(*WATCHES.columns)
        )
        async with self._store.write() as connection:
            rows = (await connection.execute(statement)).all()
        return _readable(rows)

    async def note(self, watch: Watch, due: datetime) -> bool:
        """Keep how it stands, to be looked at again then; False: it is not held any more.

        Raises:
            StoreError: it cannot be kept.
        """
        values = {
            "body": orjson.dumps(_document(watch)),
            "due_at": due,
            "lease_owner": None,
            "lease_until": None,
        }
        mine = (_ROW.id == watch.id, _ROW.lease_owner == self._replica)
        async with self._store.write() as connection:
            changed = await connection.execute(update(WATCHES).where(*mine).values(values))
        return changed.rowcount == 1

    async def sweep(self, kept: timedelta = KEPT) -> int:
        """Forget what should have ended long ago, such as what cannot be read; return how many.

        Raises:
            StoreError: nothing was forgotten.
        """
        old = delete(WATCHES).where(_ROW.until <= self._clock.now() - kept)
        async with self._store.write() as connection:
            return (await connection.execute(old)).rowcount


async def _check(
    connection: AsyncConnection, same: ColumnElement[bool], most: int, whose: str
) -> None:
    count = (await connection.execute(select(func.count()).where(same))).scalar_one()
    if count >= most:
        raise RefusedError(
            f"error: {whose} {count} watches already, of at most {most}", next_step=_AGAIN
        )


def _document(watch: Watch) -> dict[str, Any]:
    document: dict[str, Any] = _watches().dump_python(watch, mode="json")
    return document


def _readable(rows: Sequence[Row[Any]]) -> list[Watch]:
    """Return the watches; one that cannot be read keeps nobody from the others."""
    found = []
    for row in rows:
        try:
            found.append(_watches().validate_json(bytes(row.body)))
        except ValueError as error:
            _LOG.error("watch_unreadable", id=row.id, why=str(error).splitlines()[0])
    return found


@functools.cache
def _watches() -> "TypeAdapter[Watch]":
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Watch)
