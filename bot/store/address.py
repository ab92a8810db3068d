"""Which database a URL names, by which driver it is spoken to, and how it is shown to people."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import ConfigurationError

SQLITE = "sqlite+aiosqlite"
POSTGRES = "postgresql+psycopg"
DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRES,
    "postgresql": POSTGRES,
    POSTGRES: POSTGRES,
}
FORMS = "Write sqlite:////path/to/file.db or postgresql://user:password@host:5432/database."


def parse(text: str) -> URL:
    """Return the URL with its asynchronous driver and, for SQLite, an absolute path.

    Raises:
        ConfigurationError: the text is no URL, names another kind of database, or names
            SQLite otherwise than by a file alone.
    """
    try:
        url = make_url(text)
        driver = DRIVERS[url.drivername]
    except (ArgumentError, ValueError, KeyError):
        # The text stays out of the sentence and of the traceback: it may hold a password.
        raise ConfigurationError(
            "The store's URL names neither SQLite nor PostgreSQL.", next_step=FORMS
        ) from None
    return _with_file(url.set(drivername=driver)) if driver == SQLITE else _with_database(url)


def blocking(url: URL) -> URL:
    """Return the same database with the driver of a program without an event loop."""
    return url.set(drivername="sqlite") if url.drivername == SQLITE else url


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite database, or None for a server."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def place(url: URL) -> str:
    """Return the database's name for people: never the user, the password or the options."""
    if (file := file_of(url)) is not None:
        return f"SQLite file {file}"
    return f"PostgreSQL at {url.host or 'the local socket'}:{url.port or 5432}/{url.database}"


def _with_file(url: URL) -> URL:
    if not url.database or url.database.startswith((":memory:", "file:")) or url.query:
        raise ConfigurationError(
            "The store's URL must name SQLite with a file and without options.", next_step=FORMS
        )
    return url.set(database=str(Path(url.database).absolute()))


def _with_database(url: URL) -> URL:
    if not url.database:
        raise ConfigurationError("The store's URL names no PostgreSQL database.", next_step=FORMS)
    return url.set(drivername=POSTGRES)
