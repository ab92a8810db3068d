"""Why an answer is empty, as a real Prometheus lets it be found."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.reply import Choices, Text, Verdict
from tests.conformance.prometheus import samples
from tests.conformance.prometheus.asked import asking_bot
from tests.engine import rig
from tests.metrics.fixtures import Sampled

pytestmark = pytest.mark.peers

AT = samples.END
REASONS = [
    ("http_request_total", "There is no metric http_request_total in namespace shop."),
    ("node_load1", "There is no metric node_load1 in namespace shop.\n-A asks for all namespaces."),
    ('up{job="apii"}', 'Nothing matches job="apii": job is api or web in namespace shop.'),
    ('up{job="api", pod="web-1"}', 'Nothing matches job="api": job is web in namespace shop.'),
    (
        'up{jobs="api"}',
        "No series of up has the label jobs; they have instance, job, namespace and",
    ),
    ('up{job="x", pod="y"}', 'There is up, but nothing that has all of job="x", pod="y".'),
    ('{job="apii"}', 'No series has job="apii" in namespace shop.\njob is api, cadvisor, fleet,'),
    ("ended_early", "ended_early was last seen 30m before, at 2026-01-01 11:30:00 UTC.\nType --at"),
    ("sum(ended_early)", "ended_early was last seen 30m before"),
    ("rate(http_requests_total[20s])", "`rate` needs two samples, and in [20s] there is one at"),
    ("max_over_time(cpu_temp_celsius[10s] offset 5s)", "There is no sample in [10s]: they come"),
    ("kube_deployment_spec_replicas > 5", "No value is > 5: of 2 series, the highest is 2."),
    ("5 < kube_deployment_spec_replicas", "No value is > 5: of 2 series, the highest is 2."),
    ("process_resident_memory_bytes < 1e3", "No value is < 1000: of 4 series, the lowest is"),
    ("up == 7", "No value is == 7: of 4 series, they are from 0 to 1."),
    ("count(up) > 9", "No value is > 9: of the one series, it is 4."),
    ("http_requests_total / kube_pod_info", "Both sides of `/` have series, but none that belong"),
    ("up and on(pod) nothing_there", "There is no metric nothing_there in namespace shop."),
    ("up unless on(pod) kube_pod_info", "`unless` leaves nothing: each series on its left is on"),
    ("up > up", "No value on the left is > the one on the right of the same labels."),
    ('up{namespace="warehouse"}', 'It asks for namespace="warehouse", and is narrowed to shop.'),
    ("absent(up)", "`absent` is 1 where there is no series, and nothing where there are 4."),
    ("up offset 2h", "up has series at that moment, but none with offset 2h."),
    ("up @ 1767260000", "up has series at that moment, but none with @ …."),
    ('{__name__=~"foo.*"}', 'Nothing matches {__name__=~"foo.*"}, and nothing did in the 30'),
    (
        "histogram_quantile(0.9, sum(rate(http_request_duration_seconds_bucket[5m])))",
        "`histogram_quantile` reads the buckets of a histogram by their label le, and these",
    ),
    (
        "histogram_count(up)",
        "`histogram_count` reads native histograms, and these series are plain",
    ),
]
MEANT = [
    ("http_request_total", "http_requests_total", "http_requests_total"),
    ('sum(up{job="apii"})', "api", 'sum(up{job="api"})'),
    ("rate(http_requests_total[20s])", "[2m]", "rate(http_requests_total[2m])"),
]


@pytest_asyncio.fixture
async def bot(sampled_prometheus: Sampled, tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with asking_bot(tmp_path, sampled_prometheus(samples.text()).url) as asking:
        yield asking


@pytest.mark.parametrize(("expression", "reason"), REASONS, ids=[one for one, _ in REASONS])
async def test_the_reason_is_told_and_nothing_of_other_namespaces(
    bot: rig.Bot, expression: str, reason: str
) -> None:
    answer = await bot.say(f"prom query --at {AT} {expression}")
    [verdict] = [part for part in answer.parts if isinstance(part, Verdict)]
    assert verdict.text.startswith(f"No series. {reason}")
    assert answer.code == 0
    told = f"{verdict.text}{answer.text}"
    assert "warehouse" in expression or "warehouse" not in told


@pytest.mark.parametrize(("expression", "label", "meant"), MEANT)
async def test_what_was_meant_has_an_answer(
    bot: rig.Bot, expression: str, label: str, meant: str
) -> None:
    answer = await bot.say(f"prom query --at {AT} -o wide {expression}")
    [offered] = [part for part in answer.parts if isinstance(part, Choices)]
    phrase = {one.label: one.phrase for one in offered.options}[label]
    assert phrase == f"prom query --at={AT} -o wide {meant}"
    again = await bot.say(phrase.replace("-o wide", "-o json"))
    [text] = [part for part in again.parts if isinstance(part, Text)]
    assert json.loads(text.text)["result"]
