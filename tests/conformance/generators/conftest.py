"""The bot in a terminal whose cluster nobody can reach."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.terminal import Terminal, open_terminal
from tests.conformance.generators.answers import furnish


@pytest_asyncio.fixture
async def terminal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Terminal]:
    config = furnish(tmp_path_factory.mktemp("generators"))
    async with open_terminal(str(config)) as opened:
        yield opened
