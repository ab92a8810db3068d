"""Where each person's requests go while neither they nor the place say otherwise."""

from sqlalchemy import delete, select

from bot.core.access import Default
from bot.core.clock import Clock
from bot.store.engine import Store
from bot.store.schema import DEFAULTS


class Defaults:
    """One row a person, shared by all replicas."""

    lasting = True

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def recall(self, person: str) -> Default | None:
        """Return the person's default; None: they have none.

        Raises:
            StoreError: it cannot be read.
        """
        columns = DEFAULTS.c
        statement = select(columns.context, columns.namespace).where(columns.person == person)
        async with self._store.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else Default(*row)

    async def keep(self, person: str, default: Default) -> None:
        """Remember it in place of an earlier one.

        Raises:
            StoreError: it cannot be remembered.
        """
        now = self._clock.now()
        values = {"context": default.context, "namespace": default.namespace, "kept_at": now}
        change = DEFAULTS.update().where(DEFAULTS.c.person == person).values(values)
        async with self._store.write() as connection:
            # Two replicas may be told at once: whoever inserts second changes the first's row.
            await self._store.insert_once(connection, DEFAULTS, person=person, **values)
            await connection.execute(change)

    async def forget(self, person: str) -> bool:
        """Forget it; return whether there was one.

        Raises:
            StoreError: it cannot be forgotten.
        """
        statement = delete(DEFAULTS).where(DEFAULTS.c.person == person).returning(DEFAULTS.c.person)
        async with self._store.write() as connection:
            return (await connection.execute(statement)).first() is not None
