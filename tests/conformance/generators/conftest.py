"""The bot in a terminal whose cluster nobody can reach."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.terminal import Terminal, open_terminal
from tests.conformance.generators.answers import furnish


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("generators"))


@pytest_asyncio.fixture
async def terminal(config: Path) -> AsyncIterator[Terminal]:
    async with open_terminal(str(config)) as opened:
        yield opened
