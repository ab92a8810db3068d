"""A scripted API server and a transport to it, for the tests of this folder."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.kube.transport import Transport
from tests.absent import give_up
from tests.clock import ManualClock
from tests.kube.files import authority, certificate
from tests.kube.rig import transport_to
from tests.kube.server import ApiServer, api_server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ApiServer]:
    async with api_server() as running:
        yield running


@pytest_asyncio.fixture
async def transport(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> AsyncIterator[Transport]:
    async with transport_to(server, tmp_path, clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a CA, a stranger, and certificates of the server and of two clients."""
    if shutil.which("openssl") is None:
        give_up("openssl is not installed: it makes the certificates of these tests")
    folder = tmp_path_factory.mktemp("pki")
    for name in ("ca", "stranger"):
        authority(folder, name)
    certificate(folder, "server")
    for name in ("client-1", "client-2"):
        certificate(folder, name, client=True)
    return folder
