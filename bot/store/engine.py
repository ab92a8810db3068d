"""An open database: transactions that end in StoreError when they cannot be done.

The one edge where SQLAlchemy's errors become ours. SQLite runs in WAL mode (set by the
migrations) with every commit flushed to the disk; PostgreSQL runs with its defaults.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import ColumnElement, Table, delete, false
from sqlalchemy.ext.asyncio.engine import AsyncConnection, AsyncEngine
from sqlalchemy.sql import Executable

from bot.core.errors import StoreError
from bot.store import address, postgres, sqlite
from bot.store.failures import translated
from bot.store.schema import INBOUND


class Options(BaseModel):
    """Where the store is, and how long it may take to answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: SecretStr = SecretStr("sqlite:///quarterdeck.db")
    """`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`; a relative file is taken
    from the working directory."""
    key: SecretStr = SecretStr("")
    """At least 32 characters: `openssl rand -base64 32`. What waits for approval is encrypted with
    it; without one, changes that hold a Secret's values are refused. Several, apart by line ends,
    while it is changed: the first is written with, the others are still read."""
    connections: int = Field(default=5, ge=1, le=100)
    """At most this many at once; further transactions wait for one."""
    busy_seconds: float = Field(default=5.0, gt=0)
    """How long a transaction waits for a connection, and for SQLite's only writer."""
    deadline_seconds: float = Field(default=10.0, gt=0)
    """How long a whole transaction may take."""


class DialectInsert(Protocol):
    """An INSERT of a database that can skip rows which are there already."""

    def values(self, **values: object) -> Self:
        """Return the statement with these columns."""
        ...

    def on_conflict_do_nothing(self) -> Self:
        """Return the statement that skips a row whose unique key is taken."""
        ...

    def returning(self, *columns: ColumnElement[Any]) -> Executable:
        """Return the statement that answers with these columns of an added row."""
        ...


class Store:
    """A database that is open. Made by `open_store`; safe to share by all tasks of a loop."""

    def __init__(self, engine: AsyncEngine, options: Options) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{sqlite.WRITES: True})
        self._options = options
        self._place = address.place(engine.url)
        # SQLite lets one write and has all others ask again and again; tasks queue better here.
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        # Already loaded by the engine: naming both would load the other one's too (2 MiB).
        self._dialect = importlib.import_module(f"sqlalchemy.dialects.{engine.dialect.name}")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose reads see one state of the database.

        Raises:
            StoreError: the database cannot be read, or not before the deadline.
        """
        async with self._translated(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that commits at the end, or not at all.

        Raises:
            StoreError: the database cannot be written, or not before the deadline.
        """
        async with self._translated(), self._turn, self._writer.begin() as connection:
            yield connection

    async def check(self) -> None:
        """Return if the store can be written now; changes nothing.

        Raises:
            StoreError: it cannot, in one sentence.
        """
        # Deleting no row needs the lock, the right and the table that a real write needs.
        async with self.write() as connection:
            await connection.execute(delete(INBOUND).where(false()))

    async def insert_once(
        self, connection: AsyncConnection, table: Table, **values: object
    ) -> bool:
        """Add the row; return False where one of its unique keys is taken already."""
        insert: DialectInsert = self._dialect.insert(table)
        statement = insert.values(**values).on_conflict_do_nothing().returning(*table.primary_key)
        # Not by the row count, which psycopg no longer has when SQLAlchemy asks.
        return (await connection.execute(statement)).first() is not None

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._options.deadline_seconds) as deadline:
                with translated(self._place):
                    yield
        except TimeoutError as error:
            if not deadline.expired():
                raise
            raise StoreError(f"The store ({self._place}) did not answer in time.") from error


@asynccontextmanager
async def open_store(options: Options) -> AsyncIterator[Store]:
    """Give the store that `options` name, and close its connections at the end.

    Connects on first use: a database that is down is found by `Store.check`, not here.

    Raises:
        ConfigurationError: the URL is wrong, or PostgreSQL's driver is not installed.
    """
    url = address.parse(options.url.get_secret_value())
    create = sqlite.create if address.file_of(url) else postgres.create
    engine = create(url, connections=options.connections, busy_seconds=options.busy_seconds)
    try:
        yield Store(engine, options)
    finally:
        await engine.dispose()
