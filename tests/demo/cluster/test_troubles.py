"""What goes wrong by name is seen in the cluster, and can be put right."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.core.units import parse_quantity
from bot.demo.cluster import scenes
from bot.demo.cluster.box import Box
from bot.demo.cluster.scenes import TROUBLES
from tests.clock import IdleClock
from tests.demo.cluster.test_box import PODS, read

NODE = "/api/v1/nodes/node-b"
METRICS = "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    async with Box(tmp_path, scene=scenes.SHOP, clock=IdleClock()) as running:
        yield running


async def until(box: Box, path: str, check: Callable[[Any], bool]) -> Any:
    """Return the first answer that passes the check."""
    async with asyncio.timeout(20):
        while not check((found := await read(box.kubeconfig, path))[1]):
            await box.clock.sleep(1)
    return found[1]


def reasons(pods: Any) -> list[str]:
    return [
        each["state"]["waiting"]["reason"]
        for pod in pods["items"]
        for each in pod["status"].get("containerStatuses", ())
        if "waiting" in each["state"]
    ]


def all_run(pods: Any) -> bool:
    named = [pod for pod in pods["items"] if pod["metadata"]["labels"].get("app") in APPS]
    return bool(named) and all(pod["status"]["phase"] == "Running" for pod in named)


APPS = ("web", "checkout", "search")


@pytest.mark.parametrize(
    ("name", "reason"), [("bad-image", "ImagePullBackOff"), ("crash-loop", "CrashLoopBackOff")]
)
async def test_a_release_goes_wrong_and_is_taken_back(box: Box, name: str, reason: str) -> None:
    await until(box, PODS, all_run)
    await box.trouble(name)
    await until(box, PODS, lambda pods: reason in reasons(pods))
    await box.recover(name)
    await until(box, PODS, lambda pods: reason not in reasons(pods) and all_run(pods))


async def test_a_release_leaks_memory(box: Box) -> None:
    await until(box, PODS, all_run)
    await box.trouble("slow-leak", "shop/web")
    await until(box, METRICS, lambda found: largest(found, "web-") > 100 * 2**20)


async def test_a_node_goes_down_and_comes_back(box: Box) -> None:
    await until(box, NODE, lambda node: ready(node) == "True")
    await box.trouble("node-down", "node-b")
    await until(box, NODE, lambda node: ready(node) == "Unknown")
    await box.recover("node-down", "node-b")
    await until(box, NODE, lambda node: ready(node) == "True")


async def test_the_api_server_goes_down_and_comes_back_where_it_was(box: Box) -> None:
    await box.trouble("api-server-down")
    with pytest.raises(aiohttp.ClientConnectorError):
        await read(box.kubeconfig, NODE)
    await box.recover("api-server-down")
    assert (await read(box.kubeconfig, NODE))[0] == 200


async def test_a_trouble_that_nobody_knows_is_none(box: Box) -> None:
    with pytest.raises(KeyError):
        await box.trouble("meteorite")
    assert set(TROUBLES) == {
        "bad-image", "crash-loop", "error-spike", "slow-leak", "node-down"
    }  # fmt: skip


def ready(node: Any) -> str:
    conditions = node["status"].get("conditions", ())
    return next((str(each["status"]) for each in conditions if each["type"] == "Ready"), "")


def largest(metrics: Any, prefix: str) -> int:
    """Return the most memory that a container of the pods uses, in bytes."""
    return max(
        int(parse_quantity(each["usage"]["memory"]).value)
        for pod in metrics["items"]
        if pod["metadata"]["name"].startswith(prefix)
        for each in pod["containers"]
    )
