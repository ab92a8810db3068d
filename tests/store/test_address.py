"""One setting names either database, and nobody is shown its password."""

from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.store import address
from tests.every import every

POSTGRES = "postgresql+psycopg://deck:s3cret@db:5433/quarterdeck"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite:////data/deck.db", "sqlite+aiosqlite:////data/deck.db"),
        ("sqlite+aiosqlite:////data/deck.db", "sqlite+aiosqlite:////data/deck.db"),
        ("postgres://deck:s3cret@db:5433/quarterdeck", POSTGRES),
        ("postgresql://deck:s3cret@db:5433/quarterdeck", POSTGRES),
        (POSTGRES, POSTGRES),
        ("postgresql:///deck?host=/run/pg", "postgresql+psycopg:///deck?host=%2Frun%2Fpg"),
    ],
    ids=["sqlite", "sqlite-driver", "postgres", "postgresql", "postgresql-driver", "socket"],
)
def test_both_databases_get_their_asynchronous_driver(text: str, url: str) -> None:
    assert address.parse(text).render_as_string(hide_password=False) == url


def test_a_relative_file_is_taken_from_the_working_directory() -> None:
    assert address.file_of(address.parse("sqlite:///deck.db")) == Path.cwd() / "deck.db"


@pytest.mark.parametrize(
    ("text", "driver"),
    [("sqlite:////data/deck.db", "sqlite"), (POSTGRES, "postgresql+psycopg")],
    ids=["sqlite", "postgres"],
)
def test_a_program_without_a_loop_reaches_the_same_database(text: str, driver: str) -> None:
    url = address.parse(text)
    assert address.blocking(url) == url.set(drivername=driver)


@every(
    "text",
    [
        "",
        "s3cret",
        "mysql://deck:s3cret@db/quarterdeck",
        "postgresql+asyncpg://deck:s3cret@db/quarterdeck",
        "postgresql://deck:s3cret@db:port/quarterdeck",
        "postgresql://deck:s3cret@db",
        "postgresql://deck:s3cret@db/",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:s3cret",
        "sqlite:////data/deck.db?key=s3cret",
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        address.parse(text)
    assert "s3cret" not in refusal.value.text + refusal.value.next_step
    assert refusal.value.__cause__ is None
    assert "sqlite:////path/to/file.db" in refusal.value.next_step


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("sqlite:////data/deck.db", "SQLite file /data/deck.db"),
        (POSTGRES + "?sslpassword=s3cret", "PostgreSQL at db:5433/quarterdeck"),
        ("postgresql://deck:s3cret@db/quarterdeck", "PostgreSQL at db:5432/quarterdeck"),
        ("postgresql:///quarterdeck", "PostgreSQL at the local socket:5432/quarterdeck"),
    ],
    ids=["sqlite", "postgres", "default-port", "socket"],
)
def test_people_are_shown_the_place_alone(text: str, place: str) -> None:
    assert address.place(address.parse(text)) == place
