"""In a namespace's channel an answer is that of a Prometheus that has no other namespace."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.reply import Text
from tests.conformance.prometheus import samples
from tests.conformance.prometheus.asked import asking_bot
from tests.conformance.prometheus.comparing import QUERIES, arranged, check
from tests.engine import rig
from tests.metrics.asking import api
from tests.metrics.fixtures import Sampled
from tests.metrics.sampled import MetricsServer

pytestmark = pytest.mark.peers

AT = samples.END
# Tells the labels that were asked for, and that of the namespace is one of them then.
OF_LABELS = "absent"


@pytest.fixture(scope="module")
def alone(sampled_prometheus: Sampled) -> MetricsServer:
    """Return a Prometheus that knows of the namespace shop and of nothing else."""
    return sampled_prometheus(samples.text("shop"))


@pytest_asyncio.fixture
async def bot(sampled_prometheus: Sampled, tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with asking_bot(tmp_path, sampled_prometheus(samples.text()).url) as asking:
        yield asking


@pytest.mark.parametrize("expression", [one for one in QUERIES if OF_LABELS not in one])
async def test_no_other_namespace_has_a_part_in_it(
    bot: rig.Bot, alone: MetricsServer, expression: str
) -> None:
    wanted = api(alone.url, "query", query=expression, time=str(AT))
    answer = await bot.say(f"prom query --at {AT} -o json {expression}")
    assert answer.code == 0, answer.text
    [text] = [part for part in answer.parts if isinstance(part, Text)]
    check(arranged(json.loads(text.text), expression), arranged(wanted, expression))
