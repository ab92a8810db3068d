"""No process carries a library that only another one, or another database, needs."""

import subprocess
import sys
from pathlib import Path

from tests.store.migrated import migrated

ROOT = Path(__file__).parents[2]
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


def loaded(script: str, *arguments: str) -> set[str]:
    """Return the modules that a process has loaded after the script."""
    ask = "\nimport sys\nprint(*sys.modules)"
    command = [sys.executable, "-c", script + ask, *arguments]
    return set(subprocess.check_output(command, cwd=ROOT, text=True).split())


def test_the_process_that_migrates_does_and_loads_no_more() -> None:
    found = loaded("import bot.store.migrate")
    assert "alembic" in found
    assert found.isdisjoint({"bot.store.engine", "pydantic"})


def test_work_on_sqlite_loads_nothing_of_postgres(tmp_path: Path) -> None:
    found = loaded(WORK_ON_SQLITE, migrated(tmp_path))
    assert found.isdisjoint({"psycopg", "sqlalchemy.dialects.postgresql", "sqlalchemy.orm"})
    assert "sqlalchemy.dialects.sqlite" in found
