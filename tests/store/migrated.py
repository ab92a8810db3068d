"""SQLite stores that have their tables: a copy costs nothing, a process that migrates a second."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]


def migrated(folder: Path) -> str:
    """Return the URL of the folder's store; make it, with its tables, where there is none."""
    file = folder / "store.db"
    if not file.exists():
        file.write_bytes(_tables())
    return f"sqlite:///{file}"


def migrate(url: str) -> None:
    """Migrate a store as a bot that starts does."""
    command = [sys.executable, "-m", "bot.store.migrate"]
    subprocess.run(command, input=url.encode(), check=True, cwd=ROOT, timeout=60)


@cache
def _tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        migrate(f"sqlite:///{file}")
        return file.read_bytes()
