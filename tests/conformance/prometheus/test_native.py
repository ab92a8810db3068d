"""Native histograms and what Prometheus notes beside an answer, on one that watches itself."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot.core.measures import read_unit, written
from bot.core.reply import Table, Text
from tests.cluster.peers import Located
from tests.conformance.prometheus.asked import asking_bot
from tests.conformance.prometheus.comparing import arranged, check
from tests.engine import rig
from tests.metrics.asking import api, awaited, instant
from tests.metrics.sampled import prometheus
from tests.metrics.servers import running, temporary_home
from tests.ports import LOOPBACK, free_port

pytestmark = pytest.mark.peers

OBSERVED = "prometheus_http_request_duration_seconds"
CHOSEN = f'{OBSERVED}{{handler="/api/v1/query"}}'
EXPRESSIONS = (
    CHOSEN,
    f"rate({CHOSEN}[10s])",
    f"sum by (job) ({CHOSEN})",
    f"{CHOSEN}[5s]",
    f"histogram_quantile(0.9, {CHOSEN})",
    f"histogram_count({CHOSEN})",
    f"histogram_avg({CHOSEN})",
    f"{CHOSEN} or up",
)


@pytest.fixture(scope="module")
def url(metrics_peers: Located) -> Iterator[str]:
    """Yield a Prometheus that scrapes itself, as native histograms and as ones of custom bounds."""
    port = free_port()
    targets = {"static_configs": [{"targets": [f"{LOOPBACK}:{port}"]}], "scrape_interval": "1s"}
    native = {"scrape_native_histograms": True, "scrape_timeout": "1s"}
    custom = {"convert_classic_histograms_to_nhcb": True, "scrape_timeout": "1s"}
    jobs = [
        {"job_name": "native", **targets, **native},
        {"job_name": "custom", **targets, **custom},
    ]
    with temporary_home() as home:
        (home / "prometheus.yaml").write_text(yaml.safe_dump({"scrape_configs": jobs}))
        with running(home, [prometheus(metrics_peers, home, port)]):
            address = f"http://{LOOPBACK}:{port}"
            awaited(lambda: len(instant(address, f"rate({CHOSEN}[5s])")) == 2, "two histograms")
            yield address


@pytest_asyncio.fixture
async def bot(url: str, tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with asking_bot(tmp_path, url) as asking:
        yield asking


@pytest.mark.parametrize("expression", EXPRESSIONS)
async def test_histograms_are_answered_as_they_are(bot: rig.Bot, url: str, expression: str) -> None:
    at = f"{time.time() - 1:.3f}"
    answer = await bot.say(f"prom query --at {at} -A -o json {expression}")
    [text] = [part for part in answer.parts if isinstance(part, Text)]
    wanted = api(url, "query", query=expression, time=at)
    check(arranged(json.loads(text.text), expression), arranged(wanted, expression))


@pytest.mark.parametrize("job", ["native", "custom"])
@pytest.mark.parametrize(("title", "part"), [("P50", 0.5), ("P90", 0.9), ("P99", 0.99)])
async def test_quantiles_are_those_of_prometheus(
    bot: rig.Bot, url: str, job: str, title: str, part: float
) -> None:
    at, unit = f"{time.time() - 1:.3f}", read_unit("seconds")
    assert unit is not None
    chosen = f'{OBSERVED}{{job="{job}"}}'
    answer = await bot.say(f"prom query --at {at} -A -o wide --top 1000 {chosen}")
    [table] = [one for one in answer.parts if isinstance(one, Table)]
    found = {
        (cells["HANDLER"], cells["INSTANCE"]): cells[title]
        for cells in (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    }
    wanted = instant(url, f"histogram_quantile({part}, {chosen})", time=at)
    assert len(wanted) > 1
    assert found == {
        (one["metric"]["handler"], one["metric"]["instance"]): written(float(one["value"][1]), unit)
        for one in wanted
    }


async def test_what_prometheus_notes_is_said(bot: rig.Bot) -> None:
    answer = await bot.say("prom query -A rate(process_resident_memory_bytes[10s])")
    assert any(
        aside.startswith("Note: metric might not be a counter") and not aside.endswith(")")
        for aside in answer.asides
    )
    answer = await bot.say("prom query -A histogram_quantile(0.9, sum(up))")
    assert any(aside.startswith("Warning: bucket label") for aside in answer.asides)
