"""One bot for each transport, which tells all stories of a module: starting one takes a second."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.demo.slack.workspace import TransportKind
from tests.cluster.bed import Bed
from tests.stories.whole import Whole, whole


@pytest_asyncio.fixture(params=["socket", "http"], scope="module", loop_scope="module")
async def story(
    bed: Bed, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Whole]:
    transport: TransportKind = request.param
    async with whole(bed, tmp_path_factory.mktemp("bot"), transport) as running:
        yield running
