"""A running bot carries no library that only its start or another database needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.migrated import migrated

ROOT = Path(__file__).parents[2]
ALL_BUT_THE_CHILD = """
import importlib, pkgutil, bot.store
for module in pkgutil.iter_modules(bot.store.__path__, "bot.store."):
    if module.name not in ("bot.store.migrate", "bot.store.migrations"):
        importlib.import_module(module.name)
"""
WORK_ON_SQLITE = """
import asyncio, sys
from datetime import UTC, datetime
from pydantic import SecretStr
from bot.store.engine import Options, open_store
from bot.store.inbound import Inbound
async def main():
    async with open_store(Options(url=SecretStr(sys.argv[1]))) as store:
        await Inbound(store).first_seen("a", "event", datetime.now(UTC))
asyncio.run(main())
"""


def loaded(script: str, library: str, *arguments: str) -> bool:
    ask = f"\nimport sys\nprint({library!r} in sys.modules)"
    command = [sys.executable, "-c", script + ask, *arguments]
    return subprocess.check_output(command, cwd=ROOT, text=True) == "True\n"


def test_no_module_of_a_running_bot_loads_alembic() -> None:
    assert not loaded(ALL_BUT_THE_CHILD, "alembic")
    assert loaded(ALL_BUT_THE_CHILD, "bot.store.outbox")


def test_the_process_that_migrates_does() -> None:
    assert loaded("import bot.store.migrate", "alembic")


@pytest.mark.parametrize("library", ["psycopg", "sqlalchemy.dialects.postgresql"])
def test_work_on_sqlite_loads_nothing_of_postgres(tmp_path: Path, library: str) -> None:
    assert not loaded(WORK_ON_SQLITE, library, migrated(tmp_path))
