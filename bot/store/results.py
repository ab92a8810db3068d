"""Answers that were given: filters, pages and Share are served from them, not by asking again.

Bounded three ways: each payload, all payloads together, and the age.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.sql import Delete

from bot.store.engine import Store
from bot.store.schema import RESULTS

MEBIBYTE = 1024 * 1024
RESULT_AGE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CachedResult:
    """An answer as bytes, and whose it is."""

    id: str
    """Opaque and unguessable."""
    owner: str
    """The person key of who asked; whoever serves the result compares it."""
    payload: bytes
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be kept."""

    payload_bytes: int = 16 * MEBIBYTE
    total_bytes: int = 256 * MEBIBYTE
    """Of all payloads together."""


class Results:
    """The cached answers, shared by all replicas."""

    def __init__(self, store: Store, limits: Limits | None = None) -> None:
        self._store = store
        self._limits = limits or Limits()

    async def put(self, result: CachedResult) -> bool:
        """Keep the result; return False when its payload is too large to be kept.

        The first result of an id stays. The oldest results make room when all together are
        too large.
        """
        if len(result.payload) > self._limits.payload_bytes:
            return False
        async with self._store.write() as connection:
            await self._store.insert_once(connection, RESULTS, **_values(result))
            total: int = (await connection.execute(select(func.sum(RESULTS.c.size)))).scalar_one()
            if total > self._limits.total_bytes:
                # A quarter is freed at once, so that not every result pays for the search.
                await connection.execute(_beyond(self._limits.total_bytes * 3 // 4))
        return True

    async def get(self, id: str, now: datetime) -> CachedResult | None:
        """Return the result, or None when it is unknown or has expired."""
        columns = RESULTS.c
        statement = select(
            columns.id, columns.owner, columns.payload, columns.created_at, columns.expires_at
        ).where(columns.id == id, columns.expires_at > now)
        async with self._store.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else CachedResult(*row)

    async def sweep(self, now: datetime) -> int:
        """Forget what has expired; return how many results that were."""
        statement = delete(RESULTS).where(RESULTS.c.expires_at <= now)
        async with self._store.write() as connection:
            return (await connection.execute(statement)).rowcount


def _values(result: CachedResult) -> dict[str, object]:
    return {
        "id": result.id,
        "owner": result.owner,
        "created_at": result.created,
        "expires_at": result.expires,
        "size": len(result.payload),
        "payload": result.payload,
    }


def _beyond(total_bytes: int) -> Delete:
    """Return the deletion of all but the newest results that fit into `total_bytes`."""
    newest_first = (RESULTS.c.created_at.desc(), RESULTS.c.id.desc())
    running = select(
        RESULTS.c.id, func.sum(RESULTS.c.size).over(order_by=newest_first).label("bytes")
    ).subquery()
    return delete(RESULTS).where(
        RESULTS.c.id.in_(select(running.c.id).where(running.c.bytes > total_bytes))
    )
