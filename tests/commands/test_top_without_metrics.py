"""`top` where the cluster has no metrics API: Prometheus knows, and says that it is the one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.core.errors import UnreachableError
from bot.core.metrics import Answer, Reach, Series, Shape
from bot.core.reply import Aside, Table
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.observed import FakeSources, Manager, instruments
from tests.kube.catalogue import APIS
from tests.kube.server import AGGREGATED, body

BY = "sum by (namespace, pod, container)"
IN_SHOP = '{container!="",pod!="",namespace="shop"}'
ANYWHERE = '{container!="",pod!=""}'
CPU, MEMORY = "container_cpu_usage_seconds_total", "container_memory_working_set_bytes"
MISSING = "error: Metrics API not available\n"


@dataclass
class World:
    """A bot whose cluster has no metrics API, and what its Prometheus knows."""

    bot: rig.Bot
    sources: FakeSources

    def uses(self, where: str, *used: tuple[dict[str, str], float, float]) -> None:
        """Let Prometheus know cores and bytes of some labels, for what is chosen so."""
        answers = self.sources.watched.answers
        answers[f"{BY} (irate({CPU}{where}[5m]))"] = vector((one[0], one[1]) for one in used)
        answers[f"{BY} ({MEMORY}{where})"] = vector((one[0], one[2]) for one in used)


def vector(values: Any) -> Answer:
    series = tuple(Series(labels, ((0.0, float(value)),)) for labels, value in values)
    return Answer(Shape.VECTOR, series)


def container(pod: str, name: str = "app", namespace: str = "shop") -> dict[str, str]:
    return {"namespace": namespace, "pod": pod, "container": name}


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    sources = FakeSources(Manager(ManualClock()))
    async with rig.bot(tmp_path, instruments=instruments(sources)) as bot:
        groups = [one for one in APIS["items"] if one["metadata"]["name"] != "metrics.k8s.io"]
        bot.server.on("/apis", body({**APIS, "items": groups}, {"Content-Type": AGGREGATED}))
        yield World(bot, sources)


def rows(answer: rig.Answer) -> list[tuple[str, ...]]:
    return [tuple(row) for part in answer.parts if isinstance(part, Table) for row in part.rows]


async def test_pods_are_told_as_ever_with_where_it_is_from(world: World) -> None:
    world.uses(
        IN_SHOP,
        (container("web-1"), 0.0123, 50 * 2**20),
        (container("web-1", "proxy"), 0.001, 2**20),
    )
    answer = await world.bot.say("top pod")
    assert rows(answer) == [("web-1", "14m", "51Mi", "")]
    assert answer.asides == ["From Prometheus (main), since this cluster has no metrics API."]


async def test_of_what_only_one_number_is_known_nothing_is_told(world: World) -> None:
    """The rate of a pod that is gone is known for minutes; a new pod has none yet."""
    answers = world.sources.watched.answers
    answers[f"{BY} (irate({CPU}{IN_SHOP}[5m]))"] = vector(
        [(container("web-1"), 0.1), (container("gone"), 1.5), (container("odd"), 1.5)]
    )
    answers[f"{BY} ({MEMORY}{IN_SHOP})"] = vector(
        [(container("web-1"), 2**20), (container("new"), 2**20), (container("odd"), float("nan"))]
    )
    assert rows(await world.bot.say("top pod")) == [("web-1", "100m", "1Mi", "")]


async def test_containers_sorting_and_all_namespaces_work_as_ever(world: World) -> None:
    world.uses(
        ANYWHERE,
        (container("web-1"), 0.1, 2**20),
        (container("web-2", namespace="other"), 0.2, 2**20),
    )
    answer = await world.bot.say("top pod -A --containers --sort-by=cpu")
    assert rows(answer) == [
        ("other", "web-2", "app", "200m", "1Mi", ""),
        ("shop", "web-1", "app", "100m", "1Mi", ""),
    ]
    assert {reach for _, reach, _ in world.sources.watched.asked} == {Reach()}


async def test_a_place_of_one_namespace_asks_for_that_alone(world: World) -> None:
    world.uses(IN_SHOP, (container("web-1"), 0.1, 2**20))
    await world.bot.say("top pod")
    assert {reach for _, reach, _ in world.sources.watched.asked} == {Reach(("shop",))}


@pytest.mark.parametrize("phrase", ["top pod web-1", "top pod -l app=web"])
async def test_a_name_and_a_selector_choose_by_the_cluster(world: World, phrase: str) -> None:
    world.uses(IN_SHOP, (container("web-1"), 0.1, 2**20), (container("db-1"), 0.1, 2**20))
    pod = {"metadata": {"name": "web-1", "namespace": "shop"}}
    world.bot.server.on("/api/v1/namespaces/shop/pods", body({"items": [pod], "metadata": {}}))
    world.bot.server.on("/api/v1/namespaces/shop/pods/web-1", body(pod))
    assert [row[0] for row in rows(await world.bot.say(phrase))] == ["web-1"]


async def test_kubectl_s_own_text_stays_where_it_is_wanted(world: World) -> None:
    world.uses(IN_SHOP, (container("web-1"), 0.1, 2**20))
    for phrase in ("top pod", "top node"):
        answer = rig.Answer()
        await world.bot.engine.serve(replace(world.bot.request(phrase), plain=True), answer)
        assert answer.text == MISSING
    assert world.sources.watched.asked == []


async def test_a_prometheus_that_knows_nothing_is_told(world: World) -> None:
    answer = await world.bot.say("top pod")
    assert answer.text == MISSING
    assert "metrics-server" in answer.problem.next_step
    assert f"knows no {CPU} there" in answer.problem.next_step


async def test_a_prometheus_that_fails_is_told(world: World) -> None:
    world.sources.watched.broken = UnreachableError("error: Prometheus cannot be reached")
    answer = await world.bot.say("top node")
    assert answer.text == MISSING
    assert answer.problem.next_step.endswith(
        "Prometheus was asked instead: Prometheus cannot be reached."
    )


NODE_BY = "sum by (node, kubernetes_io_hostname, instance)"
NODE_CPU = (
    f'{NODE_BY} (irate({CPU}{{id="/"}}[5m])) or {NODE_BY} (irate({CPU}{{container!=""}}[5m]))'
)
NODE_MEMORY = f'{NODE_BY} ({MEMORY}{{id="/"}}) or {NODE_BY} ({MEMORY}{{container!=""}})'


@pytest.mark.parametrize(
    "labels",
    [
        {"node": "node-a", "instance": "10.0.0.1:10250"},
        {"kubernetes_io_hostname": "node-a"},
        {"instance": "node-a:10250"},
        {"instance": "node-a"},
    ],
    ids=["node", "hostname", "address", "name"],
)
async def test_nodes_are_told_beside_their_room(world: World, labels: dict[str, str]) -> None:
    answers = world.sources.watched.answers
    answers[NODE_CPU] = vector([(labels, 0.5), ({"node": "gone"}, 1.0)])
    answers[NODE_MEMORY] = vector([(labels, 2**30)])
    room = {"allocatable": {"cpu": "2", "memory": "4Gi"}}
    nodes = [{"metadata": {"name": name}, "status": room} for name in ("node-a", "node-b")]
    world.bot.server.on("/api/v1/nodes", body({"items": nodes, "metadata": {}}))
    answer = await world.bot.say("top node")
    assert rows(answer) == [
        ("node-a", "500m", "25%", "1024Mi", "25%", ""),
        ("node-b", *["<unknown>"] * 4, ""),
    ]
    assert isinstance(answer.parts[-1], Aside)
