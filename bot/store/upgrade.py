"""The newest tables before anything is served, made by a child process when they are missing."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.store import address
from bot.store.engine import Options, open_store
from bot.store.schema import REVISION

# The folder that holds the package: `-m` finds this very version from there.
ROOT = Path(__file__).parents[2]


async def migrate(options: Options, *, clock: Clock, seconds: float = 60.0) -> None:
    """Bring the store to its newest migration; safe when several replicas start at once.

    Raises:
        ConfigurationError: the URL is wrong.
        StoreError: the migrations failed, or did not end within `seconds`; the store is then
            as it was before.
    """
    if not await _is_current(options):
        await _run(options, clock, seconds)


async def _is_current(options: Options) -> bool:
    # The same question costs a child process half a second and 45 MiB.
    file = address.file_of(address.parse(options.url.get_secret_value()))
    if file is not None and not file.exists():
        return False
    async with open_store(options) as store, store.read() as connection:
        return await connection.run_sync(_has_newest)


def _has_newest(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    # A file that was copied back from a backup may have lost its WAL mode.
    if connection.dialect.name == "sqlite" and _journal_mode(connection) != "wal":
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == REVISION


def _journal_mode(connection: Connection) -> object:
    return connection.exec_driver_sql("PRAGMA journal_mode").scalar()


async def _run(options: Options, clock: Clock, seconds: float) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.store.migrate", stdin=PIPE, stdout=DEVNULL, stderr=PIPE, cwd=ROOT
    )
    # On standard input, because other users of the machine can read arguments.
    talk = asyncio.create_task(process.communicate(_address(options)))
    limit = asyncio.create_task(clock.sleep(seconds))
    try:
        await asyncio.wait({talk, limit}, return_when=asyncio.FIRST_COMPLETED)
        in_time = talk.done()
    finally:
        await _end(process, talk, limit)
    if not in_time:
        raise StoreError(f"The store's migrations did not end within {seconds:g} seconds.")
    if process.returncode != 0:
        raise StoreError(_complaint(talk.result()[1], process.returncode))


async def _end(
    process: Process, talk: asyncio.Task[tuple[bytes, bytes]], limit: asyncio.Task[None]
) -> None:
    if process.returncode is None and not talk.done():
        process.kill()
    limit.cancel()
    await asyncio.gather(talk, limit, return_exceptions=True)


def _address(options: Options) -> bytes:
    url = address.parse(options.url.get_secret_value())
    return url.render_as_string(hide_password=False).encode()


def _complaint(errors: bytes, status: int | None) -> str:
    lines = errors.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return last or f"The store's migrations ended with status {status} and without a word."
