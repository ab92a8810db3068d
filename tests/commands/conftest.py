"""The bot of this folder's tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.commands import created
from tests.commands.example_files import manifests
from tests.engine import rig


@pytest.fixture(autouse=True)
def _nothing_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Delete what examples have created, which other tests do not count on."""
    yield
    given = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    phrases = [given["example"]] if "example" in given else []
    phrases += given["command"].examples if "command" in given else ()
    if "bed" in request.fixturenames and any(map(created.left_by, phrases)):
        created.undo(request.getfixturevalue("bed"), phrases)


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with the files that examples name."""
    folder = tmp_path_factory.mktemp("desk")
    for name, content in {**created.files(), **manifests()}.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(autouse=True)
def _at_the_desk(_desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be where a terminal finds the files."""
    monkeypatch.chdir(_desk)


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with rig.bot(tmp_path) as running:
        yield running
