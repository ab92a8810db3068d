"""A transaction happens as a whole, or not at all and in one sentence."""

import asyncio
import gc
import os
import random
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import ArgumentError

from bot.core.errors import ConfigurationError, StoreError
from bot.store.engine import Options, Store, open_store
from bot.store.inbound import Inbound
from bot.store.schema import INBOUND
from tests.store.migrated import migrated
from tests.store.postgres import Databases

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
only_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize(
    "kind", [pytest.param("postgres", marks=pytest.mark.peers)], indirect=True
)


def row(key: str) -> dict[str, object]:
    return {"kind": "event", "key": key, "seen_at": NOON}


async def count(store: Store) -> int:
    async with store.read() as connection:
        found = await connection.execute(select(func.count()).select_from(INBOUND))
        return int(found.scalar_one())


async def write(store: Store, *keys: str) -> None:
    async with store.write() as connection:
        await connection.execute(insert(INBOUND), [row(key) for key in keys])


async def complaint(options: Options) -> str:
    """Return the sentence that a check of the store raises."""
    async with open_store(options) as store:
        with pytest.raises(StoreError) as failure:
            await store.check()
    assert failure.value.__cause__ is not None
    assert "\n" not in failure.value.text
    return failure.value.text


async def test_what_was_written_is_read(store: Store) -> None:
    await write(store, "a", "b")
    assert await count(store) == 2


async def write_and_raise(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute(insert(INBOUND), row("a"))
        raise KeyError


async def test_a_write_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(KeyError):
        await write_and_raise(store)
    assert await count(store) == 0


async def test_a_write_through_a_read_leaves_nothing(store: Store) -> None:
    async with store.read() as connection:
        await connection.execute(insert(INBOUND), row("a"))
    assert await count(store) == 0


async def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute(insert(INBOUND), row("a"))
        assert await count(store) == 0
    assert await count(store) == 1


async def test_an_instant_comes_back_to_the_microsecond(store: Store) -> None:
    moment = datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC)
    async with store.write() as connection:
        await connection.execute(insert(INBOUND), row("a") | {"seen_at": moment})
        assert (await connection.execute(select(INBOUND.c.seen_at))).scalar_one() == moment


async def test_a_check_of_a_sound_store_changes_nothing(store: Store) -> None:
    await Inbound(store).first_seen("a", "event", NOON)
    await store.check()
    assert await count(store) == 1


async def test_writers_that_read_first_take_turns(store: Store) -> None:
    async def add(key: str) -> None:
        async with store.write() as connection:
            await connection.execute(select(func.count()).select_from(INBOUND))
            await connection.execute(insert(INBOUND), row(key))

    await asyncio.gather(*(add(f"{number}") for number in range(20)))
    assert await count(store) == 20


@only_sqlite
async def test_sqlite_flushes_each_commit_and_keeps_a_write_ahead_log(store: Store) -> None:
    async with store.read() as connection:
        values = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 2, 1, 5000]


async def test_a_constraint_that_is_broken_is_the_stores_error(store: Store) -> None:
    await write(store, "a")
    with pytest.raises(StoreError):
        await write(store, "a")


@pytest.mark.parametrize("error", [ValueError, TimeoutError, ArgumentError])
async def test_a_bug_stays_the_error_that_it_is(store: Store, error: type[Exception]) -> None:
    with pytest.raises(error):
        async with store.write():
            raise error


async def test_a_store_without_tables_says_that_it_was_not_migrated(empty_url: str) -> None:
    text = await complaint(Options(url=SecretStr(empty_url)))
    assert text.endswith("has not been migrated: its tables are missing.")


async def test_a_missing_directory_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "store.db"
    assert await complaint(Options(url=SecretStr(f"sqlite:///{file}"))) == (
        f"The store (SQLite file {file}) cannot be opened: its directory must exist, and the bot "
        "must be allowed to write there."
    )


async def test_a_file_of_something_else_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(b"These are not the tables you are looking for. " * 100)
    assert await complaint(Options(url=SecretStr(f"sqlite:///{file}"))) == (
        f"The store (SQLite file {file}) is damaged, or is no SQLite database."
    )


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be somebody whom file permissions bind; root is not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A migrated file that everybody may read and nobody may write, outside of root's folders."""
    folder = Path(tempfile.mkdtemp(prefix="quarterdeck-store-"))
    migrated(folder)
    file = folder / "store.db"
    file.chmod(0o444)
    folder.chmod(0o777)
    yield file
    shutil.rmtree(folder)


async def test_a_read_only_file_is_one_sentence_and_is_still_read(read_only: Path) -> None:
    options = Options(url=SecretStr(f"sqlite:///{read_only}"))
    with unprivileged():
        assert await complaint(options) == (
            f"The store (SQLite file {read_only}) is read-only for the bot."
        )
        async with open_store(options) as store:
            assert await count(store) == 0


@only_sqlite
async def test_a_full_disk_is_one_sentence_and_the_store_is_still_read(options: Options) -> None:
    async with open_store(options.model_copy(update={"connections": 1})) as store:
        await write(store, "a")
        async with store.read() as connection:  # the only one, so that the limit stays on it
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(StoreError, match="is full: its disk has no room left"):
            await write(store, *(f"{'x' * 190}{number}" for number in range(500)))
        assert await count(store) == 1


@only_sqlite
async def test_a_file_that_another_process_holds_is_one_sentence(url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        text = await complaint(Options(url=SecretStr(url), busy_seconds=0.05))
    assert text.endswith("is locked by another process; try again in a moment.")


async def test_more_transactions_than_connections_is_one_sentence(url: str) -> None:
    options = Options(url=SecretStr(url), connections=1, busy_seconds=0.05)
    async with open_store(options) as store, store.read() as connection:
        await connection.execute(select(1))
        with pytest.raises(StoreError, match="is busy; try again in a moment"):
            await store.check()


def postgres_at(port: int, **options: float) -> Options:
    url = f"postgresql://deck:s3cret@127.0.0.1:{port}/quarterdeck"
    return Options.model_validate({"url": url, **options})


async def test_a_server_that_is_down_is_one_sentence() -> None:
    with socket.socket() as nobody:  # has the port, so that nobody else listens there meanwhile
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        assert await complaint(postgres_at(port)) == (
            f"The store (PostgreSQL at 127.0.0.1:{port}/quarterdeck) cannot be reached."
        )


async def test_a_server_that_never_answers_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert await complaint(postgres_at(port, deadline_seconds=0.5)) == (
            f"The store (PostgreSQL at 127.0.0.1:{port}/quarterdeck) did not answer in time."
        )


@only_postgres
@pytest.mark.parametrize(
    ("part", "replacement", "reason"),
    [
        ("path", "/nowhere", "does not exist: its database must be created first."),
        ("password", "wr0ng", "refuses the bot's user or password."),
    ],
    ids=["database", "password"],
)
async def test_a_wrong_address_is_one_sentence_without_the_password(
    url: str, part: str, replacement: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = _replaced(url, part, replacement)
    text = await complaint(Options(url=SecretStr(wrong)))
    assert text.endswith(reason)
    assert "wr0ng" not in text + caplog.text


def _replaced(url: str, part: str, replacement: str) -> str:
    credentials, place = url.split("@")
    if part == "password":
        return f"{credentials.rsplit(':', 1)[0]}:{replacement}@{place}"
    return f"{credentials}@{place.split('/')[0]}{replacement}"


@only_postgres
async def test_a_statement_that_takes_too_long_is_stopped_and_frees_its_connection(
    options: Options,
) -> None:
    brief = options.model_copy(update={"deadline_seconds": 0.3, "connections": 1})
    async with open_store(brief) as store:
        with pytest.raises(StoreError, match="did not answer in time"):
            async with store.read() as connection:
                await connection.execute(text("SELECT pg_sleep(60)"))
        store._options = options  # to connect anew may take as long as the machine needs
        await store.check()


@only_postgres
async def test_after_the_server_cut_all_connections_the_next_transaction_works(
    store: Store, databases: Databases
) -> None:
    async with store.read() as connection:
        process = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    databases.run(f"SELECT pg_terminate_backend({process}, 5000)")
    await store.check()


async def write_while_cut(store: Store, databases: Databases) -> None:
    async with store.write() as connection:
        process = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        databases.run(f"SELECT pg_terminate_backend({process}, 5000)")
        await connection.execute(insert(INBOUND), row("a"))


@only_postgres
async def test_a_transaction_whose_connection_is_cut_is_the_stores_error(
    store: Store, databases: Databases
) -> None:
    with pytest.raises(StoreError, match="is stopping or starting; try again"):
        await write_while_cut(store, databases)
    assert await count(store) == 0


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Nothing is freed by the garbage collector: what is left open stays open."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()  # what was left open would warn here


@pytest.mark.usefixtures("no_collection")
async def test_transactions_that_are_cancelled_anywhere_leave_neither_lock_nor_connection(
    options: Options,
) -> None:
    chance = random.Random(7)
    few = options.model_copy(update={"connections": 2, "busy_seconds": 2.0})
    async with open_store(few) as store:
        for number in range(100):
            task = asyncio.create_task(Inbound(store).first_seen(f"{number}", "event", NOON))
            for _ in range(chance.randrange(60)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await store.check()
        async with store.read() as one, store.read() as other:
            await one.execute(select(1))
            await other.execute(select(1))


def test_the_url_is_shown_neither_by_the_options_nor_by_their_errors() -> None:
    assert "s3cret" not in repr(postgres_at(5432))
    with pytest.raises(ValidationError) as failure:
        Options.model_validate({"url": ["s3cret"], "connections": 0})
    assert "s3cret" not in str(failure.value)


async def test_postgres_without_its_driver_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError) as failure:
        async with open_store(Options(url=SecretStr("postgresql://h/d"))):
            pytest.fail("it opened")
    assert failure.value.next_step == "Install quarterdeck[postgres]."


async def test_a_wrong_url_is_a_wrong_configuration() -> None:
    with pytest.raises(ConfigurationError):
        async with open_store(Options(url=SecretStr("mysql://db/quarterdeck"))):
            pytest.fail("it opened")
