"""What a database reports becomes one sentence that says what is wrong."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.store.failures import sentence
from tests.every import every


def said(error: DBAPIError | PoolTimeoutError) -> str:
    text = sentence(error, "here")
    assert text.startswith("The store (here) ")
    return text.removeprefix("The store (here) ")


@every(
    ("code", "message", "reason"),
    [
        ("SQLITE_CANTOPEN", "unable to open database file", "cannot be opened: its directory"),
        ("SQLITE_CANTOPEN_ISDIR", "unable to open database file", "cannot be opened: its"),
        ("SQLITE_READONLY", "attempt to write a readonly database", "is read-only for the bot."),
        ("SQLITE_READONLY_DIRECTORY", "attempt to write", "is read-only for the bot."),
        ("SQLITE_FULL", "database or disk is full", "is full: its disk has no room left."),
        ("SQLITE_BUSY", "database is locked", "is locked by another process; try again"),
        ("SQLITE_BUSY_SNAPSHOT", "database is locked", "is locked by another process; try"),
        ("SQLITE_NOTADB", "file is not a database", "is damaged, or is no SQLite database."),
        ("SQLITE_CORRUPT", "database disk image is malformed", "is damaged, or is no SQLite"),
        ("SQLITE_IOERR_FSYNC", "disk I/O error", "cannot be read or written: its disk answers"),
        ("SQLITE_ERROR", "no such table: outbox", "has not been migrated: its tables are missing."),
        ("SQLITE_ERROR", "near SELEC: syntax error", "answered with SQLITE_ERROR."),
    ],
)
def test_sqlite_codes_have_their_sentence(code: str, message: str, reason: str) -> None:
    origin = sqlite3.OperationalError(message)
    origin.sqlite_errorname = code
    assert said(OperationalError("SELECT 1", {}, origin)).startswith(reason)


@every(
    ("state", "reason"),
    [
        ("08006", "cannot be reached."),
        ("25006", "is read-only for the bot."),
        ("28P01", "refuses the bot's user or password."),
        ("3D000", "does not exist: its database must be created first."),
        ("40001", "is busy; try again in a moment."),
        ("40P01", "is busy; try again in a moment."),
        ("42P01", "has not been migrated: its tables are missing."),
        ("42501", "does not allow this to the bot's user."),
        ("53100", "is full: its disk has no room left."),
        ("53300", "has no room for another connection; try again in a moment."),
        ("55P03", "is busy; try again in a moment."),
        ("57014", "did not answer in time."),
        ("57P01", "is stopping or starting; try again in a moment."),
        ("22001", "answered with SQLSTATE 22001."),
    ],
)
def test_postgres_states_have_their_sentence(state: str, reason: str) -> None:
    origin = psycopg.errors.lookup(state)("server's words")
    assert said(ProgrammingError("SELECT 1", {}, origin)) == reason


@every(
    ("words", "reason"),
    [
        ("Connection refused", "cannot be reached."),
        ('FATAL:  database "x" does not exist', "does not exist: its database must be created"),
        ('FATAL:  role "x" does not exist', "refuses the bot's user or password."),
        ('FATAL:  password authentication failed for user "x"', "refuses the bot's user"),
        ("FATAL:  no pg_hba.conf entry for host", "refuses the bot's user or password."),
        ('FATAL:  permission denied for database "x"', "does not allow this to the bot's"),
        ("FATAL:  sorry, too many clients already", "has no room for another connection"),
        ("FATAL:  the database system is starting up", "is stopping or starting; try again"),
    ],
)
def test_while_connecting_the_servers_words_tell_why(words: str, reason: str) -> None:
    origin = psycopg.OperationalError(f"connection failed: {words}")
    assert said(OperationalError("SELECT 1", {}, origin)).startswith(reason)


def test_what_the_driver_itself_refuses_is_named() -> None:
    origin = psycopg.DataError("text fields cannot contain NUL bytes")
    error = DBAPIError.instance("SELECT 1", {}, origin, psycopg.Error)
    assert isinstance(error, DBAPIError)
    assert said(error) == "cannot take this (DataError)."


def test_waiting_in_vain_for_a_connection_is_busy() -> None:
    assert said(PoolTimeoutError("QueuePool limit")) == "is busy; try again in a moment."


def test_neither_statement_nor_parameters_are_repeated() -> None:
    origin = sqlite3.OperationalError("disk I/O error")
    text = sentence(OperationalError("SELECT secret", {"token": "s3cret"}, origin), "here")
    assert "secret" not in text
    assert "s3cret" not in text
