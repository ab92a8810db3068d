"""The only lock for writing is free again whatever became of the transaction that held it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store.sqlite import LockFreeConnection


def test_a_closed_connection_frees_the_lock_though_a_statement_was_halfway(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE t (n INTEGER)")
        connection = sqlite3.connect(file, isolation_level=None, factory=LockFreeConnection)
        halfway = connection.cursor()
        halfway.execute("BEGIN IMMEDIATE")
        halfway.execute("INSERT INTO t VALUES (1), (2) RETURNING n")
        assert halfway.fetchone() == (1,)
        connection.close()
        other.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM t").fetchone() == (0,)
        del halfway  # until here somebody held it, as a cancelled task's traceback does
