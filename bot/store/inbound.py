"""What arrived already: the second delivery of an event, envelope or alert is told apart."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete

from bot.store.engine import Store
from bot.store.schema import INBOUND

# Slack's last retry comes after 5 minutes, Alertmanager repeats every few hours.
KEPT = timedelta(hours=24)
KEY_LENGTH = 200


class Inbound:
    """The deliveries of the last 24 hours, shared by all replicas."""

    def __init__(self, store: Store, kept: timedelta = KEPT) -> None:
        self._store = store
        self._kept = kept

    async def first_seen(self, key: str, kind: str, now: datetime) -> bool:
        """Remember the delivery; return True to the first caller and False to all others.

        `kind` keeps the keys of different senders apart; a key may
        be any text.

        Raises:
            StoreError: it cannot be remembered; nothing may be done about the delivery.
        """
        values = {"kind": kind, "key": bounded_key(key), "seen_at": now}
        async with self._store.write() as connection:
            return await self._store.insert_once(connection, INBOUND, **values)

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
