"""One bot for each transport, which tells all stories of a module: starting one takes a second.

The simulated cluster, Slack and the bot share one clock here, so that what they wait for costs no
time; with the real cluster they all wait.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.demo.slack.workspace import TransportKind
from tests.clock import IdleClock
from tests.cluster.bed import Bed, Monitors
from tests.cluster.boxes import boxed_bed
from tests.cluster.fixtures import BOX, REAL, monitored
from tests.stories.whole import Whole, whole


@pytest.fixture(scope="session")
def bed(request: pytest.FixtureRequest) -> Iterator[Bed]:
    if getattr(request, "param", REAL) == BOX:
        with boxed_bed(IdleClock()) as simulated:
            yield simulated
    else:
        yield request.getfixturevalue("real_bed")


@pytest.fixture(scope="module", params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> TransportKind:
    kind: TransportKind = request.param
    return kind


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(
    bed: Bed, tmp_path_factory: pytest.TempPathFactory, transport: TransportKind
) -> AsyncIterator[Whole]:
    async with whole(bed, tmp_path_factory.mktemp("bot"), transport) as running:
        yield running


@pytest.fixture(scope="module")
def monitors(bed: Bed, request: pytest.FixtureRequest) -> Iterator[Monitors]:
    """Yield what measures the cluster; only stories that ask for it wait for its scrapes."""
    with monitored(bed, request) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def measured(
    bed: Bed,
    monitors: Monitors,
    tmp_path_factory: pytest.TempPathFactory,
    transport: TransportKind,
) -> AsyncIterator[Whole]:
    """Yield a bot that asks Prometheus and Alertmanager."""
    folder = tmp_path_factory.mktemp("measured")
    async with whole(bed, folder, transport, monitors=monitors) as running:
        yield running
