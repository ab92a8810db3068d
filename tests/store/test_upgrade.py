"""Every start leaves the newest tables, however many replicas start, or says why not."""

import asyncio
import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from os import environ, getpid
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from bot.core.errors import ConfigurationError, StoreError
from bot.store import address
from bot.store.engine import Options, open_store
from bot.store.migrate import MIGRATIONS, POSTGRES_LOCK, upgrade
from bot.store.schema import METADATA, REVISION
from bot.store.upgrade import _is_current, migrate
from tests.clock import ManualClock
from tests.ports import free_port

only_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
DESCRIPTION = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name != 'alembic_version'",
    "postgresql": (
        "SELECT table_name, column_name, data_type, is_nullable, column_default"
        " FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name != 'alembic_version'"
        " UNION ALL SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes"
        " WHERE schemaname = 'public' AND tablename != 'alembic_version'"
    ),
}


class NobodyWaits(ManualClock):
    """A clock for what must not start a process, since a process is waited for."""

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"a process was started and waited for ({seconds:g} s)")


def options_of(url: str) -> Options:
    return Options(url=SecretStr(url))


def blocking(url: str) -> Engine:
    return create_engine(address.blocking(address.parse(url)), poolclass=NullPool)


def execute(url: str, statement: str) -> None:
    with blocking(url).begin() as connection:
        connection.execute(text(statement))


def described(connection: Connection) -> list[tuple[object, ...]]:
    found = connection.execute(text(DESCRIPTION[connection.dialect.name]))
    return sorted(tuple(row) for row in found)


async def failure(options: Options) -> str:
    with pytest.raises(StoreError) as error:
        await migrate(options, clock=ManualClock())
    assert "\n" not in error.value.text
    return error.value.text


async def started_process(url: str) -> None:
    """Do what the process does that a start on this store starts.

    That it is started, and that its one line on standard error is what the start fails with, is
    shown of one that fails; each would take half a second here.
    """
    assert not await _is_current(options_of(url))
    upgrade(address.parse(url))


async def complaint(url: str) -> str:
    """Return what such a process complains of."""
    with pytest.raises(StoreError) as error:
        await started_process(url)
    assert "\n" not in error.value.text
    return error.value.text


async def test_replicas_that_start_together_all_succeed(empty_url: str) -> None:
    options = options_of(empty_url)
    await asyncio.gather(*(migrate(options, clock=ManualClock()) for _ in range(3)))
    async with open_store(options) as store:
        await store.check()


async def test_a_store_that_is_current_starts_no_process(options: Options) -> None:
    await migrate(options, clock=NobodyWaits())


def test_the_newest_migration_is_the_one_that_the_schema_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_alembic_finds_nothing_that_the_migrations_forgot(url: str) -> None:
    with blocking(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_migrations_make_exactly_the_tables_of_the_schema(url: str, empty_url: str) -> None:
    with blocking(url).connect() as migrated:
        after_migrations = described(migrated)
        METADATA.drop_all(migrated)
        METADATA.create_all(migrated)
        assert described(migrated) == after_migrations
    assert len(after_migrations) > 3


async def test_migrations_that_fail_change_nothing(empty_url: str) -> None:
    execute(empty_url, "CREATE TABLE outbox (id INTEGER)")  # in the way of the last table
    assert "answered with SQL" in await failure(options_of(empty_url))
    execute(empty_url, "CREATE TABLE inbound (id INTEGER)")  # not there: rolled back


async def test_a_store_of_a_newer_bot_is_left_alone(url: str) -> None:
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    sentence = await complaint(url)
    assert "was migrated by a newer version of the bot" in sentence
    assert "9999" in sentence


@only_sqlite
async def test_a_file_that_lost_its_write_ahead_log_gets_it_back(url: str) -> None:
    file = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    await started_process(url)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_missing_directory_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "store.db"
    assert await complaint(f"sqlite:///{file}") == (
        f"The store (SQLite file {file}) cannot be opened: No such file or directory."
    )


async def test_a_file_of_something_else_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(b"These are not the tables you are looking for. " * 100)
    assert await failure(options_of(f"sqlite:///{file}")) == (
        f"The store (SQLite file {file}) is damaged, or is no SQLite database."
    )


async def test_a_server_that_is_down_is_one_sentence_without_the_password() -> None:
    port = free_port()
    assert await failure(options_of(f"postgresql://deck:s3cret@127.0.0.1:{port}/deck")) == (
        f"The store (PostgreSQL at 127.0.0.1:{port}/deck) cannot be reached."
    )


async def test_a_wrong_url_is_a_wrong_configuration() -> None:
    with pytest.raises(ConfigurationError):
        await migrate(options_of("mysql://db/deck"), clock=ManualClock())


@contextmanager
def migrations_locked(url: str) -> Iterator[None]:
    """Be another replica that is still migrating."""
    file = address.file_of(address.parse(url))
    if file is not None:
        with Path(f"{file}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [POSTGRES_LOCK])
        yield


def children() -> set[Path]:
    """Return the processes that this one has started, as their folders in /proc."""
    return {process for process in Path("/proc").glob("[0-9]*") if _parent(process) == getpid()}


def _parent(process: Path) -> int:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0  # it has ended since it was listed
    return int(fields[1])


def secret_of(url: str) -> str:
    """Return the password, or for a file the path, which nobody else needs to see either."""
    return urlsplit(url).password or urlsplit(url).path


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="processes are looked at through Linux's /proc"
)


@needs_proc
async def test_migrations_that_hang_are_ended_in_time_and_show_no_password(empty_url: str) -> None:
    clock, before = ManualClock(), children()
    with migrations_locked(empty_url):
        starting = asyncio.create_task(migrate(options_of(empty_url), clock=clock, seconds=30))
        await clock.asleep()
        (child,) = children() - before
        arguments, environment = (child / "cmdline").read_bytes(), (child / "environ").read_bytes()
        await clock.advance(29.9)
        assert not starting.done()
        await clock.advance(0.1)
        with pytest.raises(StoreError, match="did not end within 30 seconds"):
            await starting
    assert b"bot.store.migrate" in arguments
    assert secret_of(empty_url).encode() not in arguments
    # The run's own environment may name the server; the child is given nothing on top.
    assert secret_of(empty_url).encode() not in environment or secret_of(empty_url) in str(environ)
    assert children() <= before


@needs_proc
async def test_a_start_that_is_cancelled_leaves_no_process(empty_url: str) -> None:
    clock, before = ManualClock(), children()
    with migrations_locked(empty_url):
        starting = asyncio.create_task(migrate(options_of(empty_url), clock=clock))
        await clock.asleep()
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
    assert children() <= before


def waiters(url: str) -> int:
    """Return how many replicas wait for the lock of the migrations."""
    file = address.file_of(address.parse(url))
    if file is not None:
        inode = f":{Path(f'{file}.lock').stat().st_ino} "
        locks = Path("/proc/locks").read_text().splitlines()
        return sum("-> FLOCK" in line and inode in line for line in locks)
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON database = pg_database.oid"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
        ).fetchone()
    assert found is not None
    return int(found[0])


@needs_proc
async def test_an_empty_store_gets_its_tables_once_no_other_replica_migrates(
    empty_url: str,
) -> None:
    with migrations_locked(empty_url):
        starting = asyncio.create_task(migrate(options_of(empty_url), clock=ManualClock()))
        while not waiters(empty_url):  # ends: the replica waits, or is done
            assert not starting.done()
            await asyncio.sleep(0.01)  # whoever looks all the time holds up what is looked at
        assert not starting.done()
    await starting
    async with open_store(options_of(empty_url)) as store:
        await store.check()
