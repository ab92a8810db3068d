"""Servers of one home, ready together and ended together, however their owner ends."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.cluster.keeping import end, keep, last_words, ready
from tests.cluster.peers import ClusterError

CHECKOUT = Path(__file__).parents[2]
START_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Server:
    """A program that runs until it is ended."""

    name: str
    command: Sequence[str]
    ready: str
    """An address that answers 200 as soon as the server is ready."""


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Yield an empty folder, which is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="quarterdeck-metrics-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running(home: Path, servers: Sequence[Server]) -> Iterator[None]:
    """Run the servers until the block ends; then they and their home are gone.

    Raises:
        ClusterError: one of them does not start; the message holds the last words of each.
    """
    (home / "servers.json").write_text(json.dumps([asdict(server) for server in servers]))
    launch = [sys.executable, "-I", str(Path(__file__).with_name("launch.py")), str(home)]
    keeper = keep(launch, home, environment(home), START_SECONDS)
    try:
        if not ready(keeper):
            raise ClusterError(f"not ready:\n{last_words(sorted(home.glob('*.log')))}")
        yield
    finally:
        end(keeper)


def environment(home: Path) -> Mapping[str, str]:
    """Return all that the servers see of the environment."""
    return {"PATH": os.defpath, "HOME": str(home), "TZ": "UTC", "PYTHONPATH": str(CHECKOUT)}
