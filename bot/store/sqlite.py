"""How SQLite is opened: one writer at a time, each commit on the disk, no lock left behind."""

import sqlite3
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Dialect, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

# The execution option that tells BEGIN that the transaction will write.
WRITES = "quarterdeck_writes"


class LockFreeConnection(sqlite3.Connection):
    """A connection that is really closed by `close`.

    The standard one keeps its transaction, and so the only lock for writing, for as long as
    one of its cursors is halfway through a statement and not yet collected as garbage. A
    cancelled task leaves such a cursor. (A subclass because `sqlite3.connect` asks for one.)
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *arguments: Any, **options: Any) -> Any:
        """Return a cursor that ends with the connection (`execute` does not come by here)."""
        cursor = super().cursor(*arguments, **options)
        self._cursors.add(cursor)
        return cursor

    def close(self) -> None:
        """End the statements of all cursors, roll back what is open, and close the file."""
        for cursor in list(self._cursors):
            cursor.close()
        super().close()


def create(url: URL, *, connections: int, busy_seconds: float) -> AsyncEngine:
    """Return an engine for the file, whose connections are made when they are needed."""
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=busy_seconds,
        connect_args={
            "factory": LockFreeConnection,
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


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another has written
    # between (SQLITE_BUSY_SNAPSHOT); one that announces its writing waits for its turn.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
