"""Proposals that wait for a press, shared by all replicas; each can be taken once."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.store.engine import Store
from bot.store.results import CachedResult, Results
from bot.store.schema import RESULTS

# Long enough to read a preview on a phone, short enough that the world is still the same.
KEPT = timedelta(minutes=15)
# Tells them from the answers that they are kept among.
_KIND = "plan:"


class Tickets:
    """Keeps plans among the results, under ids that nobody can guess."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def put(self, owner: str, plan: bytes) -> str:
        """Keep the plan for a quarter of an hour and return its ticket.

        Raises:
            StoreError: it cannot be kept; nothing may be proposed.
        """
        now = self._clock.now()
        ticket = secrets.token_urlsafe(16)
        kept = CachedResult(ticket, _KIND + owner, plan, now, now + KEPT)
        if not await Results(self._store).put(kept):
            raise StoreError("the change is too large to wait for a confirmation")
        return ticket

    async def expired(self) -> Sequence[tuple[str, str, bytes]]:
        """Forget what was not pressed in time; return ticket, owner and plan of each, once."""
        statement = (
            delete(RESULTS)
            .where(RESULTS.c.owner.startswith(_KIND), RESULTS.c.expires_at <= self._clock.now())
            .returning(RESULTS.c.id, RESULTS.c.owner, RESULTS.c.payload)
        )
        async with self._store.write() as connection:
            rows = (await connection.execute(statement)).all()
        return [(id_, owner.removeprefix(_KIND), bytes(plan)) for id_, owner, plan in rows]

    async def take(self, ticket: str, owner: str) -> bytes | None:
        """Return the plan and forget it; None: unknown, expired, taken, or not the owner's."""
        statement = (
            delete(RESULTS)
            .where(
                RESULTS.c.id == ticket,
                RESULTS.c.owner == _KIND + owner,
                RESULTS.c.expires_at > self._clock.now(),
            )
            .returning(RESULTS.c.payload)
        )
        async with self._store.write() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else bytes(row[0])
