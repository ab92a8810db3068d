"""A real PostgreSQL server for one test run, on 127.0.0.1, that never outlives its run."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from tests.ports import free_port

START_ATTEMPTS = 5
START_SECONDS = 60

# The shell stands between: when its input closes, because the run stopped the server or
# because the run died in whatever way, the server is stopped and its folder removed.
SUPERVISOR = """
if "$1/pg_ctl" start --wait --silent -D "$2/data" -l "$2/log" -o "$3"; then
    echo ready
    read -r end
    "$1/pg_ctl" stop --wait --silent -D "$2/data" -m immediate
    rm -rf "$2"
fi
"""


def find_binaries() -> Path | None:
    """Return the folder of `initdb` and `pg_ctl`: on PATH, else Debian's newest."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    newest = sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    return next((folder for folder in newest if (folder / "initdb").exists()), None)


class PostgresServer:
    """A server in a folder of its own, running inside of `with`; refuses wrong passwords."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._password = secrets.token_hex(16)
        self._port = 0

    @property
    def url(self) -> str:
        """The address of its superuser and first database."""
        return f"postgresql://quarterdeck:{self._password}@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="quarterdeck-postgres-"))
        try:
            self._initialise()
            self._start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._supervisor.communicate(timeout=START_SECONDS)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self._password)
        if os.geteuid() == 0:
            user = _user()["user"]
            shutil.chown(self._folder, user)
            shutil.chown(secret, user)
        options = "--username=quarterdeck --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync"
        subprocess.run(
            [
                self._binaries / "initdb",
                f"--pgdata={self._folder / 'data'}",
                f"--pwfile={secret}",
                *options.split(),
            ],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            timeout=START_SECONDS,
            **_user(),
        )

    def _start(self) -> None:
        for _ in range(START_ATTEMPTS):
            self._port = free_port()
            self._supervisor = self._launch()
            assert self._supervisor.stdout is not None
            if self._supervisor.stdout.readline() == b"ready\n":
                return
            # Another program may have taken the port since it was free.
            self._supervisor.communicate(timeout=START_SECONDS)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()}")

    def _launch(self) -> subprocess.Popen[bytes]:
        flags = (
            f"-c listen_addresses=127.0.0.1 -c port={self._port} -k {self._folder}"
            " -c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60"
        )
        return subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISOR, "sh", self._binaries, self._folder, flags],
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the run, which then stops the server
            **_user(),
        )


class Databases:
    """The databases of one test run on a server that may be somebody's own."""

    def __init__(self, server: str) -> None:
        self._server = server

    @contextmanager
    def fresh(self, template: str = "template1") -> Iterator[str]:
        """Give the URL of a new database, a copy of `template`, and drop it at the end."""
        name = f"quarterdeck_test_{secrets.token_hex(6)}"
        create = SQL("CREATE DATABASE {} TEMPLATE {} {}")
        self.run(create.format(Identifier(name), Identifier(template), self._way))
        try:
            yield urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))
        finally:
            self.run(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    @cached_property
    def _way(self) -> SQL:
        # Since version 15 each page is logged; to copy the files takes half of that.
        with psycopg.connect(self._server) as connection:
            logs = connection.info.server_version >= 150_000
        return SQL("STRATEGY FILE_COPY" if logs else "")

    def run(self, statement: Any) -> None:
        """Execute one statement as the server's user."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)


def name_of(url: str) -> str:
    """Return the database that the URL names."""
    return urlsplit(url).path.removeprefix("/")


def _user() -> dict[str, Any]:
    """Return what makes a child process run as somebody else, for PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    names = [entry.pw_name for entry in pwd.getpwall()]
    name = "postgres" if "postgres" in names else "nobody"
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
