"""SQLite stores that have their tables: to make them takes as long as a hundred copies of them."""

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
    """Migrate a store as the process does that a starting bot starts, which takes half a second."""
    from bot.store import address  # noqa: PLC0415 - Alembic is only for who has no store yet
    from bot.store.migrate import upgrade  # noqa: PLC0415

    upgrade(address.parse(url))


@cache
def _tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        migrate(f"sqlite:///{file}")
        return file.read_bytes()
