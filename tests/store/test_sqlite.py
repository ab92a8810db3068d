"""The only lock for writing is free again whatever became of the transaction that held it."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.store.sqlite import Connection


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody else who writes into the same file, and waits for nobody."""
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (n INTEGER)")
        connection.execute("PRAGMA busy_timeout = 0")
        yield connection


@pytest.fixture
def file(other: sqlite3.Connection, tmp_path: Path) -> str:
    return str(tmp_path / "store.db")


async def test_a_closed_connection_frees_the_lock_though_its_cursor_is_held(
    file: str, other: sqlite3.Connection
) -> None:
    connection = Connection(file, isolation_level=None)
    await connection
    held = connection.cursor()
    await held.execute("BEGIN IMMEDIATE")
    await held.execute("INSERT INTO t VALUES (1), (2) RETURNING n")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    await connection.close()
    other.execute("BEGIN IMMEDIATE")
    assert other.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert await held.fetchall() == [(1,), (2,)]  # somebody held it until here


async def test_what_begins_for_somebody_who_is_gone_is_rolled_back(
    file: str, other: sqlite3.Connection
) -> None:
    connection = Connection(file, isolation_level=None)
    async with connection:
        other.execute("BEGIN IMMEDIATE")
        gone = asyncio.create_task(connection.cursor().execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0)  # it waits for the lock now
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        other.execute("ROLLBACK")
        await connection.rollback()
        await connection.cursor().execute("SELECT 1")  # what came before has ended
        other.execute("BEGIN IMMEDIATE")


async def test_whoever_is_cancelled_while_a_file_is_opened_leaves_no_thread(file: str) -> None:
    opens = threading.Event()

    class Slow(sqlite3.Connection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            opens.wait(10)
            super().__init__(*arguments, **options)

    connection = Connection(file, factory=Slow)
    opening = asyncio.create_task(connection.__aenter__())
    for _ in range(10):
        await asyncio.sleep(0)
    opening.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not opening.done()  # the thread would answer to a loop that is closed by then
    opens.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    connection._thread.join(10)
    assert not connection._thread.is_alive()
