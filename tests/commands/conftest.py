"""The bot of this folder's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.engine import rig


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with rig.bot(tmp_path) as running:
        yield running
