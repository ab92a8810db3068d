"""What went wrong in the database, as one sentence for a person.

Pure: takes the driver's error, returns words. Neither statements nor their parameters nor
credentials are in them; the error itself stays the cause for the log.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.core.errors import StoreError

UNREACHABLE = "cannot be reached"
NOT_MIGRATED = "has not been migrated: its tables are missing"
BUSY = "is busy; try again in a moment"

# Primary result codes: https://www.sqlite.org/rescode.html
SQLITE_REASONS = {
    "SQLITE_CANTOPEN": (
        "cannot be opened: its directory must exist, and the bot must be allowed to write there"
    ),
    "SQLITE_READONLY": "is read-only for the bot",
    "SQLITE_PERM": "is read-only for the bot",
    "SQLITE_FULL": "is full: its disk has no room left",
    "SQLITE_BUSY": "is locked by another process; try again in a moment",
    "SQLITE_LOCKED": "is locked by another process; try again in a moment",
    "SQLITE_NOTADB": "is damaged, or is no SQLite database",
    "SQLITE_CORRUPT": "is damaged, or is no SQLite database",
    "SQLITE_IOERR": "cannot be read or written: its disk answers with an error",
}

# SQLSTATE codes and classes: PostgreSQL 15 manual, appendix A
POSTGRES_REASONS = {
    "08": UNREACHABLE,
    "25006": "is read-only for the bot",
    "28": "refuses the bot's user or password",
    "3D000": "does not exist: its database must be created first",
    "40": BUSY,
    "42P01": NOT_MIGRATED,
    "42501": "does not allow this to the bot's user",
    "53100": "is full: its disk has no room left",
    "53": "has no room for another connection; try again in a moment",
    "55": BUSY,
    "57014": "did not answer in time",
    "57": "is stopping or starting; try again in a moment",
}

# While connecting, the driver passes the server's words (in English, unless its lc_messages
# says otherwise) but no SQLSTATE: psycopg 3.3.
CONNECTION_REASONS = {
    "authentication failed": POSTGRES_REASONS["28"],
    "pg_hba.conf": POSTGRES_REASONS["28"],
    'FATAL:  role "': POSTGRES_REASONS["28"],
    'FATAL:  database "': POSTGRES_REASONS["3D000"],
    "FATAL:  permission denied": POSTGRES_REASONS["42501"],
    "too many c": POSTGRES_REASONS["53"],  # clients already, or connections for a role
    "remaining connection slots": POSTGRES_REASONS["53"],
    "FATAL:  the database system is": POSTGRES_REASONS["57"],
}


def sentence(error: DBAPIError | PoolTimeoutError, place: str) -> str:
    """Return what is wrong with the store at `place`, in one sentence."""
    return f"The store ({place}) {_reason(error)}."


def _reason(error: DBAPIError | PoolTimeoutError) -> str:
    if isinstance(error, PoolTimeoutError):
        return BUSY
    code = getattr(error.orig, "sqlite_errorname", None)
    if isinstance(code, str):
        return _sqlite_reason(code, str(error.orig))
    return _postgres_reason(error, getattr(error.orig, "sqlstate", None))


def _sqlite_reason(code: str, message: str) -> str:
    if message.startswith("no such table"):
        return NOT_MIGRATED
    # Extended codes carry the primary one in front: SQLITE_READONLY_DIRECTORY.
    primary = "_".join(code.split("_")[:2])
    return SQLITE_REASONS.get(primary, f"answered with {code}")


def _postgres_reason(error: DBAPIError, state: str | None) -> str:
    if state is not None:
        reason = POSTGRES_REASONS.get(state) or POSTGRES_REASONS.get(state[:2])
        return reason or f"answered with SQLSTATE {state}"
    if isinstance(error, OperationalError | InterfaceError):
        return _connection_reason(str(error.orig))
    return f"cannot take this ({type(error).__name__})"


def _connection_reason(message: str) -> str:
    known = (reason for words, reason in CONNECTION_REASONS.items() if words in message)
    return next(known, UNREACHABLE)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn what the database or its driver reports into StoreError, whose cause it stays.

    SQLAlchemy's other errors say that a statement is built wrong: bugs, which pass.
    """
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        raise StoreError(sentence(error, place)) from error
