"""The bot of this folder's tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cluster.bed import Bed, Monitors
from tests.cluster.fixtures import monitored
from tests.commands.example_files import manifests, secrets, tasks
from tests.engine import rig


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with the files that examples name."""
    folder = tmp_path_factory.mktemp("desk")
    for name, content in {**secrets(), **manifests(), "policy.yaml": tasks()}.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(autouse=True)
def _at_the_desk(_desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be where a terminal finds the files."""
    monkeypatch.chdir(_desk)


@pytest.fixture(scope="session")
def monitors(bed: Bed, request: pytest.FixtureRequest) -> Iterator[Monitors]:
    """Yield what measures the cluster, which few examples ask."""
    with monitored(bed, request) as found:
        yield found


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with rig.bot(tmp_path) as running:
        yield running
