"""Every behaviour of the store is shown on both databases: `url` and `store` come twice."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.store.engine import Options, Store, open_store
from tests.absent import give_up
from tests.store.migrated import migrate, migrated
from tests.store.postgres import Databases, PostgresServer, find_binaries, name_of

MISSING = "PostgreSQL is not installed (initdb), and QUARTERDECK_TEST_POSTGRES_URL is not set"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.peers)])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without tables."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    databases: Databases = request.getfixturevalue("databases")
    with databases.fresh() as url:
        yield url


@pytest.fixture
def url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated database without rows."""
    if kind == "sqlite":
        yield migrated(tmp_path)
        return
    template: str = request.getfixturevalue("postgres_template")
    databases: Databases = request.getfixturevalue("databases")
    with databases.fresh(template) as url:
        yield url


@pytest.fixture
def options(url: str) -> Options:
    """How a migrated store is opened."""
    return Options(url=SecretStr(url))


@pytest.fixture
async def store(options: Options) -> AsyncIterator[Store]:
    """A migrated store without rows, open."""
    async with open_store(options) as store:
        yield store


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The server that is named by the environment, or one of this run."""
    with ExitStack() as stack:
        yield Databases(_server_url(stack))


@pytest.fixture(scope="session")
def postgres_template(databases: Databases) -> Iterator[str]:
    """The name of a migrated database, to be copied."""
    with databases.fresh() as url:
        migrate(url)
        yield name_of(url)


def _server_url(stack: ExitStack) -> str:
    if url := os.environ.get("QUARTERDECK_TEST_POSTGRES_URL"):
        return url
    binaries = find_binaries() or give_up(MISSING)
    return stack.enter_context(PostgresServer(binaries)).url
