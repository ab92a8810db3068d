"""The clients against a real Prometheus, and two real Alertmanagers that tell one another."""

import asyncio
import json
import math
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.alerting import Matcher, Silence
from bot.core.clock import SystemClock
from bot.core.errors import BadQueryError, PrometheusError, RefusedError, TooLargeError
from bot.core.metrics import Described, Reach, Shape, Span
from bot.prometheus.alertmanager import SeenSilences
from bot.prometheus.checkup import check_prometheus
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from tests.cluster.peers import Located
from tests.metrics.asking import awaited, fetch
from tests.metrics.fixtures import Sampled
from tests.metrics.servers import Server, running, temporary_home
from tests.ports import LOOPBACK, free_port, free_ports

pytestmark = pytest.mark.peers

AT = datetime.fromtimestamp(1_700_000_000, UTC)
SAMPLES = "".join(
    [
        "# TYPE up gauge\n",
        *(f'up{{namespace="shop",pod="web-{n}"}} {n} 1700000000\n' for n in range(3)),
        'up{namespace="secret",pod="key"} NaN 1700000000\n',
        'up{namespace="secret",pod="big"} +Inf 1700000000\n',
        "# EOF\n",
    ]
)
ALL, SHOP = Reach(), Reach(("shop",))


def sources(**options: Any) -> PrometheusSources:
    return PrometheusSources(Options(**options), SystemClock())


async def test_values_come_as_prometheus_has_them(sampled_prometheus: Sampled) -> None:
    url = sampled_prometheus(SAMPLES).url
    opened = sources(url=url)
    everything, shop = (opened.metrics("main", reach, "T1/U1", 20) for reach in (ALL, SHOP))
    whole = await everything.instant("up", AT)
    found = {one.labels["pod"]: one.points[0][1] for one in whole.series}
    assert (found["web-2"], found["big"]) == (2.0, math.inf)
    assert isinstance(found["key"], float)
    assert math.isnan(found["key"])
    narrow = await shop.instant("up", AT)
    assert {one.labels["namespace"] for one in narrow.series} == {"shop"}
    assert (await everything.instant("scalar(vector(1))")).shape is Shape.SCALAR
    assert (await everything.instant('"text"')).text == "text"
    span = Span(AT, AT + timedelta(minutes=2), timedelta(seconds=60))
    ranged = await everything.range("sum(up{namespace='shop'})", span)
    assert [value for _, value in ranged.series[0].points] == [3.0, 3.0, 3.0]
    assert await shop.values("pod") == ["web-0", "web-1", "web-2"]
    assert await shop.names() == ["up"]
    assert len(await everything.series(["up"], AT, AT)) == 5
    assert await everything.described("up") == Described()
    assert await everything.rules() == ()
    assert await everything.targets() == []
    warned = await everything.instant("histogram_quantile(0.9, up)", AT)
    assert any("bucket label" in one for one in (*warned.warnings, *warned.infos))
    await opened.close()


@pytest.mark.parametrize(
    ("expression", "error", "text"),
    [
        ("sum(", BadQueryError, "parse error"),
        ("up + on(namespace) up", BadQueryError, "many-to-many"),
        ("unknown_function(up)", BadQueryError, "unknown function"),
    ],
)
async def test_its_refusals_are_told(
    sampled_prometheus: Sampled, expression: str, error: type[PrometheusError], text: str
) -> None:
    opened = sources(url=sampled_prometheus(SAMPLES).url)
    with pytest.raises(error, match=text):
        await opened.metrics("main", ALL, "T1/U1", 20).instant(expression, AT)
    await opened.close()


async def test_its_own_limit_is_seen_as_too_much(sampled_prometheus: Sampled) -> None:
    opened = sources(url=sampled_prometheus(SAMPLES).url, series=4)
    with pytest.raises(TooLargeError, match="more than 4 series"):
        await opened.metrics("main", ALL, "T1/U1", 20).instant("up", AT)
    await opened.close()


@dataclass(frozen=True, slots=True)
class Pair:
    first: str
    second: str


@contextmanager
def pair(located: Located) -> Iterator[Pair]:
    names = ["one", "two", "gossip-one", "gossip-two"]
    ports = free_ports(names)
    at = {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}
    with temporary_home() as home:
        (home / "alertmanager.yaml").write_text(
            "route: {receiver: none}\nreceivers: [{name: none}]\n"
        )
        servers = [
            _server(located, home, name, at, peer)
            for name, peer in (("one", "two"), ("two", "one"))
        ]
        with running(home, servers):
            yield Pair(f"http://{at['one']}", f"http://{at['two']}")


def _server(located: Located, home: Path, name: str, at: dict[str, str], peer: str) -> Server:
    flags = {
        "config.file": home / "alertmanager.yaml",
        "storage.path": home / name,
        "web.listen-address": at[name],
        "cluster.listen-address": at[f"gossip-{name}"],
        "cluster.peer": at[f"gossip-{peer}"],
        "cluster.settle-timeout": "1s",
        # Each may have called the other before that listened.
        "cluster.reconnect-interval": "1s",
        "log.level": "warn",
    }
    command = [str(located.binaries["alertmanager"]), *(f"--{k}={v}" for k, v in flags.items())]
    return Server(f"alertmanager-{name}", command, f"http://{at[name]}/-/ready")


@pytest.fixture(scope="module")
def alertmanagers(metrics_peers: Located) -> Iterator[Pair]:
    with pair(metrics_peers) as found:
        yield found


def fire(url: str, **labels: str) -> None:
    body = json.dumps([{"labels": labels, "annotations": {"summary": "s"}}]).encode()
    request = urllib.request.Request(
        f"{url}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()


def silence(*matchers: Matcher, minutes: int = 30) -> Silence:
    now = datetime.now(UTC)
    return Silence(matchers, now, now + timedelta(minutes=minutes), "ada", "a quiet hour")


async def test_silences_live_in_both_and_are_made_once(alertmanagers: Pair) -> None:
    for namespace in ("shop", "secret"):
        fire(alertmanagers.first, alertname="Down", namespace=namespace, pod='a"b\\c\nd')
    unused = "http://unused:9090"
    opened = sources(url=unused, alertmanager=f"{alertmanagers.first},{alertmanagers.second}")
    only_second = sources(url=unused, alertmanager=alertmanagers.second)
    shop = opened.silences("main", SHOP, "T1/U1", 60)
    awkward = Matcher("pod", 'a"b\\c\nd')
    [notice] = await shop.notices([Matcher("alertname", "Do.*", regex=True), awkward])
    assert notice.labels["namespace"] == "shop"
    assert (notice.state, notice.silenced_by) in (("active", ()), ("unprocessed", ()))
    wanted = silence(Matcher("namespace", "shop"), awkward)
    number = await shop.silence(wanted)
    assert await shop.silence(silence(awkward, Matcher("namespace", "shop"))) == number
    second = f"{alertmanagers.second}/api/v2/silences"
    awaited(lambda: any(one["id"] == number for one in fetch(second)), "gossip")
    other = only_second.silences("main", SHOP, "T1/U1", 60)
    [found] = await other.silences()
    assert (found.matchers, found.created_by, found.state) == (
        *(wanted.matchers, "ada"),
        "active",
    )
    assert abs(found.ends_at - wanted.ends_at) < timedelta(milliseconds=1)
    [silenced] = await shop.notices()
    assert (silenced.state, silenced.silenced_by) == ("suppressed", (number,))
    assert (await other.expire(number)).id == number
    with pytest.raises(RefusedError, match="is active or pending"):
        await other.expire(number)
    await opened.close()
    await only_second.close()


async def test_a_peer_that_is_gone_holds_nothing_up(alertmanagers: Pair) -> None:
    gone = f"http://{LOOPBACK}:{free_port()}"
    opened = sources(url="http://unused", alertmanager=f"{gone},{alertmanagers.second}")
    everybody = opened.silences("main", ALL, "T1/U1", 60)
    number = await everybody.silence(silence(Matcher("severity", "page", equal=False)))
    assert (await everybody.expire(number)).matchers == (Matcher("severity", "page", equal=False),)
    await opened.close()


async def test_what_alertmanager_refuses_is_told_in_its_words(alertmanagers: Pair) -> None:
    opened = sources(url="http://unused", alertmanager=alertmanagers.first)
    everybody = opened.silences("main", ALL, "T1/U1", 60)
    assert isinstance(everybody, SeenSilences)
    with pytest.raises(PrometheusError, match="at least one matcher must not match the empty"):
        await everybody.silence(silence(Matcher("severity", ".*", regex=True)))
    await opened.close()


async def test_doctor_finds_both_well(sampled_prometheus: Sampled, alertmanagers: Pair) -> None:
    url = await asyncio.to_thread(lambda: sampled_prometheus(SAMPLES).url)
    options = Options(url=url, alertmanager=alertmanagers.first)
    found = await check_prometheus(options, ["main"], "main", SystemClock(), lambda _url: None)
    assert [one.text.rpartition(": ")[2] for one in found] == ["3.13.0.", "0.31.1."]
