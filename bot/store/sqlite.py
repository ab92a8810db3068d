"""How SQLite is opened: one writer at a time, each commit on the disk, no lock left behind."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL, Dialect, event
from sqlalchemy.engine import Connection as Transaction
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio.engine import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

# The execution option that tells BEGIN that the transaction will write.
WRITES = "quarterdeck_writes"


class Cursor:
    """What one statement does, in one trip to the connection's thread and back.

    aiosqlite's own goes there for a cursor, the statement, its rows and the end. That costs more
    than most statements do, and whoever is cancelled in between leaves one halfway, which keeps
    the only lock for writing until it is collected as garbage.
    """

    rowcount: int
    lastrowid: int | None
    description: tuple[tuple[Any, ...], ...] | None

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run the statement, and fetch all that it answers."""
        await self._connection.visit(self._run, sqlite3.Cursor.execute, statement, values)

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run the statement with each row of values."""
        await self._connection.visit(self._run, sqlite3.Cursor.executemany, statement, rows)

    async def fetchall(self) -> list[Any]:
        """Return the rows, which are here already."""
        return self._rows

    async def close(self) -> None:
        """Return at once: the statement has ended."""

    def _run(
        self, connection: sqlite3.Connection, how: Callable[..., object], *arguments: object
    ) -> None:
        with closing(connection.cursor()) as cursor:
            how(cursor, *arguments)
            self.description, self._rows = cursor.description, cursor.fetchall()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid


class Connection(aiosqlite.Connection):
    """A connection of which no statement is ever halfway."""

    def __init__(self, file: str, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, file, **options), iter_chunk_size=1)
        self._thread.daemon = True  # as SQLAlchemy has it: a process that ends waits for none
        self._away = False

    async def _connect(self) -> aiosqlite.Connection:
        # When it is cancelled in aiosqlite 0.22.1, the thread goes on opening the file, and
        # answers to an event loop that may be closed by then. To open one takes no time.
        opening = asyncio.create_task(super()._connect())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await opening
            await self.close()
            raise

    def cursor(self) -> Any:
        """Return a cursor, for which the thread is not asked."""
        return Cursor(self)

    async def visit(self, work: Callable[..., None], *arguments: object) -> None:
        """Do that work on the connection, in its thread."""
        self._away = True
        await self._execute(work, self._conn, *arguments)  # type: ignore[no-untyped-call]
        self._away = False

    async def rollback(self) -> None:
        """Undo what was not committed; without a trip where nothing can be."""
        # It is asked for after each commit. Whoever was cancelled may have begun something yet.
        if self._away or self.in_transaction:
            await super().rollback()


def create(url: URL, *, connections: int, busy_seconds: float) -> AsyncEngine:
    """Return an engine for the file, whose connections are made when they are needed."""
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=busy_seconds,
        connect_args={
            "async_creator_fn": Connection,
            "isolation_level": None,  # the driver begins nothing by itself, `_begin` does
            "timeout": busy_seconds,
        },
    )
    event.listen(engine.sync_engine, "do_connect", _probe)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _probe(_: Dialect, __: ConnectionPoolEntry, arguments: list[Any], ___: dict[str, Any]) -> None:
    # A file that cannot be opened must fail here: when it fails in aiosqlite 0.22.1, its
    # thread is left behind and answers to an event loop that may be closed by then.
    sqlite3.connect(arguments[0]).close()


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Transaction) -> None:
    # A transaction that reads first and writes later fails at once when another has written
    # between (SQLITE_BUSY_SNAPSHOT); one that announces its writing waits for its turn.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
