"""`prom query` through the whole bot, on the demo's shop as its Prometheus sees it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.clock import SystemClock
from bot.core.reply import Choices, Link, Problem, Table, Text, Verdict
from bot.demo.cluster import scenes
from bot.demo.cluster.box import Box
from bot.demo.prometheus.box import Observatory
from bot.engine.monitoring import Instruments
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from tests.clock import IdleClock
from tests.engine import rig
from tests.kube.server import ACCESS_REVIEWS, body
from tests.prometheus.peer import Request, serving, success, vector

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
async def shop(observatory: Observatory, tmp_path: Path) -> AsyncIterator[rig.Bot]:
    """Yield a bot whose channel is that of the namespace `shop`."""
    clock = observatory.clock
    sources = PrometheusSources(Options(url=observatory.url, link=LINK), clock)
    try:
        instruments = Instruments(sources, NoDrawing())
        async with rig.bot(tmp_path, clock=clock, instruments=instruments) as bot:
            yield bot
    finally:
        await sources.close()


def verdict(answer: rig.Answer) -> list[str]:
    [part] = [part for part in answer.parts if isinstance(part, Verdict)]
    return part.text.splitlines()


def table(answer: rig.Answer) -> Table:
    [part] = [part for part in answer.parts if isinstance(part, Table)]
    return part


def column(answer: rig.Answer, title: str) -> Sequence[str]:
    found = table(answer)
    return [row[found.columns.index(title)] for row in found.rows]


def choices(answer: rig.Answer) -> dict[str, str]:
    [part] = [part for part in answer.parts if isinstance(part, Choices)]
    return {option.label: option.phrase for option in part.options}


def problem(answer: rig.Answer) -> tuple[str, str]:
    [part] = [part for part in answer.parts if isinstance(part, Problem)]
    return part.error.text, part.error.next_step


async def test_a_number_is_said_in_a_sentence(shop: rig.Bot) -> None:
    answer = await shop.say("prom sum(kube_deployment_spec_replicas)")
    first, second = verdict(answer)
    assert first.startswith("It is ")
    assert second.startswith("Of namespace shop alone, at 20")
    assert table(answer).columns == ("VALUE",)


async def test_values_stand_in_their_units_the_largest_first(shop: rig.Bot) -> None:
    answer = await shop.say("prom query sum by (pod) (container_memory_working_set_bytes)")
    values = column(answer, "VALUE")
    assert all(value.endswith(" MiB") for value in values)
    numbers = [float(value.split()[0]) for value in values]
    assert numbers == sorted(numbers, reverse=True)


async def test_a_unit_can_be_said(shop: rig.Bot) -> None:
    answer = await shop.say("prom query --unit percent sum(up)")
    assert column(answer, "VALUE")[0].endswith("%")
    text, step = problem(await shop.say("prom query --unit apples up"))
    assert text == "error: 'apples' is no unit"
    assert "bytes" in step


async def test_few_rows_are_shown_and_the_rest_is_counted(shop: rig.Bot) -> None:
    answer = await shop.say("prom query --top 2 kube_pod_info")
    assert len(table(answer).rows) == 2
    assert any(" more, each 1: --top " in aside for aside in answer.asides)


async def test_a_line_of_the_last_hour_stands_beside_each_value(shop: rig.Bot) -> None:
    answer = await shop.say(
        "prom query --sparkline=30m sum by (pod) (rate(http_requests_total[5m]))"
    )
    lines = column(answer, "LAST 30M")
    assert {len(line) for line in lines} == {23}
    assert set("".join(lines)) <= set("▁▂▃▄▅▆▇█ ")
    assert any(line.strip() for line in lines)


async def test_the_length_of_the_line_may_stand_behind_its_flag(shop: rig.Bot) -> None:
    answer = await shop.say("prom query --sparkline 10m sum(up)")
    assert table(answer).columns == ("VALUE", "LAST 10M")
    again = await shop.say("prom query --sparkline sum(up)")
    assert table(again).columns == ("VALUE", "LAST 1H")


async def test_values_are_there_where_the_lines_cannot_be(shop: rig.Bot) -> None:
    answer = await shop.say("prom query --sparkline=60d sum(up)")
    assert table(answer).columns == ("VALUE",)
    assert "7d" in problem(answer)[0]
    assert answer.code == 1


async def test_programs_read_what_the_http_api_says(shop: rig.Bot) -> None:
    answer = await shop.say("prom query -o json count(kube_deployment_spec_replicas)")
    [part] = [part for part in answer.parts if isinstance(part, Text)]
    data = json.loads(part.text)
    assert part.language == "json"
    assert data["resultType"] == "vector"
    assert [one["metric"] for one in data["result"]] == [{}]


async def test_a_string_is_printed_as_it_is(shop: rig.Bot) -> None:
    assert (await shop.say('prom query "hello"')).text.startswith("hello\n")


async def test_the_page_of_prometheus_is_linked(shop: rig.Bot) -> None:
    answer = await shop.say("prom query sum(up)")
    [link] = [part for part in answer.parts if isinstance(part, Link)]
    assert link.url == f"{LINK}/query?g0.expr=sum%28up%29&g0.tab=table"


async def test_an_earlier_moment_is_asked_for(shop: rig.Bot) -> None:
    answer = await shop.say("prom query --at 30m sum(kube_deployment_spec_replicas)")
    assert verdict(answer)[0].startswith("It was ")
    text, step = problem(await shop.say("prom query --at soon up"))
    assert text == "error: 'soon' is no moment"
    assert step.startswith("Type 10m (ago)")


async def test_a_channel_sees_its_namespace_and_others_are_asked_for(shop: rig.Bot) -> None:
    narrow = await shop.say("prom query count by (namespace) (kube_pod_info)")
    assert len(table(narrow).rows) == 1
    wide = await shop.say("prom query -A count by (namespace) (kube_pod_info)")
    assert len(table(wide).rows) > 1
    assert verdict(wide)[-1].startswith("Of all namespaces, at ")


async def test_whoever_may_not_list_all_pods_sees_no_other_namespace(shop: rig.Bot) -> None:
    shop.server.on(ACCESS_REVIEWS, body({"status": {"allowed": False}}))
    text, _ = problem(await shop.say("prom query -A up"))
    assert "those who may list pods in all of them" in text


async def test_an_unknown_metric_is_answered_with_near_ones(shop: rig.Bot) -> None:
    answer = await shop.say("prom query --at 1m sum(rate(http_request_total[5m]))")
    assert verdict(answer)[0] == (
        "No series. There is no metric http_request_total in namespace shop."
    )
    phrase = choices(answer)["http_requests_total"]
    assert phrase == "prom query --at=1m sum(rate(http_requests_total[5m]))"
    assert table(await shop.say(phrase)).rows


async def test_a_matcher_that_leaves_nothing_is_named_with_what_there_is(shop: rig.Bot) -> None:
    answer = await shop.say('prom query kube_deployment_spec_replicas{deployment="wep"}')
    assert 'Nothing matches deployment="wep"' in verdict(answer)[0]
    assert choices(answer)["web"].endswith('{deployment="web"}')


async def test_a_comparison_says_how_far_off_the_values_are(shop: rig.Bot) -> None:
    answer = await shop.say("prom query kube_deployment_spec_replicas > 500")
    assert "No value is > 500: of " in verdict(answer)[0]


async def test_another_namespace_than_the_channels_is_pointed_out(shop: rig.Bot) -> None:
    answer = await shop.say('prom query up{namespace="other"}')
    assert verdict(answer)[:2] == [
        'No series. It asks for namespace="other", and is narrowed to shop.',
        "Type -n other before it, or -A for all namespaces.",
    ]


async def test_a_mistyped_verb_is_recognised(shop: rig.Bot) -> None:
    _, step = problem(await shop.say("prom qeury up"))
    assert step == "Did you mean `prom query up`?"


async def test_pipes_are_explained(shop: rig.Bot) -> None:
    _, step = problem(await shop.say("prom query up | grep web"))
    assert step.startswith("PromQL has no pipes. Choose with a matcher")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("prom query --top 0 up", "error: --top is a number from 1 on"),
        ("prom query -o yaml up", "error: -o yaml is unknown here"),
        ("prom query --sparkline=x up", "error: 'x' is no duration"),
        ("prom query -A", "error: there is no expression"),
    ],
)
async def test_what_means_nothing_is_refused(shop: rig.Bot, typed: str, told: str) -> None:
    text, _ = problem(await shop.say(typed))
    assert text == told


async def test_without_a_prometheus_it_says_who_sets_it_up(tmp_path: Path) -> None:
    async with rig.bot(tmp_path) as bot:
        text, step = problem(await bot.say("prom query up"))
    assert text == "error: no Prometheus is set up here"
    assert "QUARTERDECK_PROMETHEUS__URL" in step


async def test_what_a_metric_says_of_itself_is_its_unit(tmp_path: Path) -> None:
    """OpenTelemetry's names say nothing; no second question makes an answer wait."""
    told = {"queue_size": [{"type": "gauge", "help": "", "unit": "By"}]}
    found = {"metric": {"__name__": "queue_size"}, "value": [1, "1536"]}

    async def give(request: Request, writer: asyncio.StreamWriter) -> None:
        asked = request.path.endswith("/metadata")
        writer.write(success(told) if asked else vector(found))
        await writer.drain()

    async with serving(give) as server:
        sources = PrometheusSources(Options(url=server.url), SystemClock())
        try:
            instruments = Instruments(sources, NoDrawing())
            async with rig.bot(tmp_path, instruments=instruments) as bot:
                assert column(await bot.say("prom query queue_size"), "VALUE") == ["1.5 KiB"]
                before = len(server.requests)
                assert column(await bot.say("prom query -o wide up"), "VALUE") == ["1536"]
                assert len(server.requests) == before + 1
        finally:
            await sources.close()
