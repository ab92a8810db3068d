"""What arrived already: the second delivery of an event, envelope or alert is told apart."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete

from bot.core.errors import StoreError
from bot.store.engine import Store
from bot.store.schema import INBOUND

# Slack's last retry comes after 5 minutes, Alertmanager repeats every few hours.
KEPT = timedelta(hours=24)
KEY_LENGTH = 200


class _Delivery:
    """One delivery that waits to be remembered."""

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values
        self.first: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def settle(self, first: bool) -> None:
        if not self.first.done():
            self.first.set_result(first)

    def fail(self, error: StoreError) -> None:
        if not self.first.done():
            failure = StoreError(error.text, next_step=error.next_step)
            failure.__cause__ = error
            self.first.set_exception(failure)


class Inbound:
    """The deliveries of the last 24 hours, shared by all replicas."""

    def __init__(self, store: Store, kept: timedelta = KEPT) -> None:
        self._store = store
        self._kept = kept
        self._asked: list[_Delivery] = []
        self._writing: asyncio.Task[None] | None = None

    async def first_seen(self, key: str, kind: str, now: datetime) -> bool:
        """Remember the delivery; return True to the first caller and False to all others.

        `kind` keeps the keys of different senders apart; a key may
        be any text.

        Raises:
            StoreError: it cannot be remembered; nothing may be done about the delivery.
        """
        delivery = _Delivery({"kind": kind, "key": bounded_key(key), "seen_at": now})
        self._asked.append(delivery)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await delivery.first

    async def _write(self) -> None:
        try:
            while self._asked:
                # What came while the last commit went to the disk shares the next one.
                deliveries, self._asked = self._asked, []
                await self._remember(deliveries)
        finally:
            self._writing = None

    async def _remember(self, deliveries: Sequence[_Delivery]) -> None:
        try:
            async with self._store.write() as connection:
                firsts = [
                    await self._store.insert_once(connection, INBOUND, **delivery.values)
                    for delivery in deliveries
                ]
        except StoreError as error:
            for delivery in deliveries:
                delivery.fail(error)
        else:
            for delivery, first in zip(deliveries, firsts, strict=True):
                delivery.settle(first)
        finally:
            for delivery in deliveries:
                delivery.first.cancel()

    async def sweep(self, now: datetime) -> int:
        """Forget what is older than 24 hours; return how many deliveries that were."""
        statement = delete(INBOUND).where(INBOUND.c.seen_at <= now - self._kept)
        async with self._store.write() as connection:
            return (await connection.execute(statement)).rowcount


def bounded_key(key: str) -> str:
    """Return the key, or its digest where an index of PostgreSQL could not hold it."""
    if len(key) <= KEY_LENGTH and key.isprintable():
        return key
    return "sha256:" + sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
