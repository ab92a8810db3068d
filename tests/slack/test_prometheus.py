"""`/prom` in Slack: typed as people type, drawn as they read it, on the demo's shop."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.cluster import scenes
from bot.demo.cluster.box import Box
from bot.demo.prometheus.box import Observatory
from bot.demo.slack.workspace import TransportKind
from bot.engine.monitoring import Instruments
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from tests.clock import IdleClock
from tests.slack.shop import Shop, shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINK = "https://prometheus.example.org"


class NoDrawing:
    async def draw(self, picture: object) -> bytes:
        raise AssertionError("nothing is drawn here")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def observatory(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Observatory]:
    """Yield what measures the demo's shop."""
    folder = tmp_path_factory.mktemp("shop")
    async with Box(folder, scene=scenes.SHOP, clock=IdleClock()) as box:
        await scenes.settled(box.registry, scenes.read(scenes.RELEASES))
        async with Observatory(box.registry, box.clock) as measuring:
            yield measuring


@pytest_asyncio.fixture(loop_scope="module")
async def story(
    observatory: Observatory, tmp_path: Path, transport: TransportKind
) -> AsyncIterator[Shop]:
    sources = PrometheusSources(Options(url=observatory.url, link=LINK), observatory.clock)
    try:
        instruments = Instruments(sources, NoDrawing())
        async with shop(transport, tmp_path, instruments=instruments) as running:
            yield running
    finally:
        await sources.close()


async def test_an_expression_is_answered_as_it_was_typed(story: Shop) -> None:
    """Slack escapes the sign, and the phone makes quotes of its own."""
    typed = "/prom sum by (pod) (rate(http_requests_total{code!=“500”}[5m])) &gt; 0"
    answer = await story.ada.slash(story.channel, typed)
    heading, headline, place, *rest = answer.plain().splitlines()
    assert heading.endswith(" for @ada")
    assert 'prom query sum by (pod) (rate(http_requests_total{code!="500"}[5m])) > 0' in heading
    assert headline.startswith("7 series, from ")
    assert place.startswith("Of namespace shop alone, at ")
    assert rest[0].split() == ["POD", "VALUE"]
    assert rest[8] == "See it in Prometheus"


async def test_rows_are_sorted_by_what_their_values_are(story: Shop) -> None:
    typed = "/prom query container_memory_working_set_bytes"
    answer = await story.ada.slash(story.channel, typed)
    await answer.choose("Sort by", "VALUE")
    lines = answer.plain().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("CONTAINER")) + 1
    sizes = [float(line.split()[-2]) for line in lines[start:] if line.endswith(" MiB")]
    assert len(sizes) > 3
    assert sizes == sorted(sizes)


async def test_what_was_meant_is_a_press_away(story: Shop) -> None:
    answer = await story.ada.slash(story.channel, "/prom sum(http_request_total)")
    assert "There is no metric http_request_total in namespace shop." in answer.plain()
    chosen = await answer.click("http_requests_total")
    assert "prom query sum(http_requests_total)" in chosen.plain()
    assert "It is " in chosen.plain()


async def test_alone_it_says_what_can_be_typed(story: Shop) -> None:
    answer = await story.ada.slash(story.channel, "/prom")
    assert "prom query     Evaluate an expression of PromQL" in answer.plain()
