"""The server of a test run ends with the run, however that ends."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.store.postgres import find_binaries

pytestmark = pytest.mark.peers

ROOT = Path(__file__).parents[2]
RUN = """
import sys
from pathlib import Path
from tests.store.postgres import PostgresServer
with PostgresServer(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


@pytest.mark.peers
@pytest.mark.usefixtures("databases")  # skips or fails where no server is installed
def test_a_run_that_is_killed_leaves_no_server() -> None:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("the server of this run is somebody's own")
    with subprocess.Popen(
        [sys.executable, "-c", RUN, binaries],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        with psycopg.connect(run.stdout.readline().strip()) as connection:
            run.kill()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT pg_sleep(60)")
