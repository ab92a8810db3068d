"""The process that brings a store to its newest migration: `python -m bot.store.migrate`.

A process of its own because Alembic costs memory that a running bot never needs again; no
other module imports this one. The URL comes on standard input, never as an argument that
others could see in the list of processes. One line on standard error says what went wrong.
It loads nothing of what a running bot asks its store with, which takes as long as Alembic.
"""

import fcntl
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from bot.core.errors import QuarterdeckError, StoreError
from bot.store import address
from bot.store.failures import translated

MIGRATIONS = Path(__file__).parent / "migrations"

# Any number that no other program uses for its advisory lock; "quarterd" in ASCII.
POSTGRES_LOCK = int.from_bytes(b"quarterd", "big")


def main() -> int:
    """Migrate the store whose URL stands on standard input; return the exit status."""
    try:
        upgrade(address.parse(sys.stdin.read().strip()))
    except QuarterdeckError as error:
        sys.stderr.write(f"{error.text}\n")
        return 1
    return 0


def upgrade(url: URL) -> None:
    """Run the migrations that the store still lacks, all or none, one process at a time.

    Raises:
        StoreError: the store cannot be written, or a newer version has migrated it already.
    """
    place = address.place(url)
    lock = _file_locked if address.file_of(url) else _advisory_locked
    with translated(place), lock(url) as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                f"The store ({place}) was migrated by a newer version of the bot ({error})."
            ) from error


@contextmanager
def _advisory_locked(url: URL) -> Iterator[Connection]:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
        yield connection


@contextmanager
def _file_locked(url: URL) -> Iterator[Connection]:
    engine = create_engine(
        address.blocking(url), poolclass=NullPool, connect_args={"isolation_level": None}
    )
    event.listen(engine, "connect", _switch_to_wal)
    event.listen(engine, "begin", _begin)
    # SQLite's own lock does not cover the switch to WAL: of two at once, one fails as busy.
    with _lock_beside(Path(str(url.database)), address.place(url)), engine.begin() as connection:
        yield connection


@contextmanager
def _lock_beside(database: Path, place: str) -> Iterator[None]:
    try:
        lock = database.with_name(f"{database.name}.lock").open("a")
    except OSError as error:
        raise StoreError(f"The store ({place}) cannot be opened: {error.strerror}.") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _switch_to_wal(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    # The driver begins no transaction for DDL by itself; this one covers all migrations.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


if __name__ == "__main__":
    sys.exit(main())
