"""What is frozen and locked, shared by all replicas."""

import functools
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Row, delete, or_, select
from sqlalchemy.sql import ColumnElement

from bot.core.clock import Clock
from bot.core.proposal import Hold, Party
from bot.store.cases import encoded
from bot.store.engine import Store
from bot.store.schema import HOLDS

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class Holds:
    """What `core.approvals.Holds` promises, on either database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def put(self, hold: Hold) -> Hold:
        """Keep it, in place of an earlier one of the same namespace or object.

        Raises:
            StoreError: it cannot be kept, so nothing is held.
        """
        kept = replace(hold, id=secrets.token_urlsafe(9), at=hold.at or self._clock.now())
        key, values = _key(kept), _values(kept)
        change = HOLDS.update().where(*_of(kept)).values(values)
        async with self._store.write() as connection:
            # Two may hold the same at once: whoever inserts second changes the first's row.
            await self._store.insert_once(connection, HOLDS, **key, **values)
            await connection.execute(change)
        return kept

    async def lift(self, hold: Hold) -> bool:
        """Forget the one of that namespace or object; return whether there was one in force.

        Raises:
            StoreError: it cannot be forgotten, so it holds on.
        """
        statement = delete(HOLDS).where(*_of(hold)).returning(HOLDS.c.until)
        async with self._store.write() as connection:
            found = (await connection.execute(statement)).all()
        now = self._clock.now()
        return any(until is None or until > now for (until,) in found)

    async def all(self) -> Sequence[Hold]:
        """Return those in force, the oldest first.

        Raises:
            StoreError: they cannot be read, so it is not known what is held.
        """
        until = HOLDS.c.until
        statement = (
            select(HOLDS)
            .where(or_(until.is_(None), until > self._clock.now()))
            .order_by(HOLDS.c.at, HOLDS.c.id)
        )
        async with self._store.read() as connection:
            return [_hold(row) for row in (await connection.execute(statement)).all()]

    async def sweep(self) -> int:
        """Forget what is over; return how many holds that were.

        Raises:
            StoreError: nothing was forgotten.
        """
        statement = delete(HOLDS).where(HOLDS.c.until <= self._clock.now())
        async with self._store.write() as connection:
            return (await connection.execute(statement)).rowcount


def _key(hold: Hold) -> dict[str, str]:
    return {
        "context": hold.context,
        "namespace": hold.namespace,
        "resource": hold.resource,
        "name": hold.name,
    }


def _of(hold: Hold) -> list[ColumnElement[bool]]:
    return [HOLDS.c[column] == value for column, value in _key(hold).items()]


def _values(hold: Hold) -> dict[str, object]:
    by, reason = orjson.dumps(hold.by), encoded(hold.reason)
    return {"id": hold.id, "at": hold.at, "until": hold.until, "by": by, "reason": reason}


def _hold(row: Row[Any]) -> Hold:
    by, reason = _parties().validate_json(bytes(row.by)), row.reason.decode()
    key = (row.id, row.context, row.namespace, row.resource, row.name)
    return Hold(*key, row.until, by, reason, row.at)


@functools.cache
def _parties() -> "TypeAdapter[Party]":
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Party)
