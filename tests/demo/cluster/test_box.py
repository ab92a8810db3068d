"""The box: closed to strangers, itself in its files, and gone when it ends."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo.cluster import scenes
from bot.demo.cluster.box import Box
from tests.clock import IdleClock
from tests.cluster.audit import AuditLog
from tests.conformance.cluster.connection import connected

PODS = "/api/v1/namespaces/shop/pods"
NODES = "/api/v1/nodes"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    async with Box(tmp_path, scene=scenes.SHOP, clock=IdleClock()) as running:
        yield running


async def read(kubeconfig: Path, path: str) -> tuple[int, Any]:
    async with (
        connected(kubeconfig) as connection,
        connection.session.get(connection.server + path, headers=connection.credentials) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("name", "path", "code"),
    [
        ("kubernetes-admin", "/api/v1/secrets", 200),
        ("ada", PODS, 200),
        ("ada", NODES, 200),
        ("bob", PODS, 200),
        ("bob", NODES, 200),
        ("bob", "/api/v1/namespaces/ops/pods", 403),
        ("bob", "/api/v1/namespaces/shop/secrets", 403),
        ("eve", PODS, 403),
        ("eve", NODES, 403),
        ("bot", PODS, 403),
    ],
)
async def test_everybody_sees_what_rbac_lets_them(
    box: Box, name: str, path: str, code: int
) -> None:
    assert (await read(box.kubeconfig_of(name), path))[0] == code


async def test_a_kubeconfig_is_its_owners_alone(box: Box) -> None:
    assert {file.stat().st_mode & 0o777 for file in box.ca_file.parent.glob("*.yaml")} == {0o600}


async def test_who_asked_for_what_is_audited(box: Box) -> None:
    await read(box.kubeconfig_of("bob"), PODS)
    event = await AuditLog(box.audit_log).awaited(lambda e: e["requestURI"] == PODS, 0)
    assert event["user"]["username"] == "bob"
    assert event["responseStatus"]["code"] == 200


async def test_it_ends_although_somebody_watches(tmp_path: Path) -> None:
    async with Box(tmp_path) as box, connected(box.kubeconfig) as connection:
        watch = await connection.session.get(
            f"{connection.server}/api/v1/namespaces?watch=1", headers=connection.credentials
        )
        assert await watch.content.readline()
        watch.close()
    with pytest.raises(aiohttp.ClientError):
        await read(box.kubeconfig, NODES)


async def test_two_stand_side_by_side(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    async with Box(folders[0], scene=["nodes"]) as one, Box(folders[1]) as two:
        names = [len((await read(each.kubeconfig, NODES))[1]["items"]) for each in (one, two)]
    assert names == [3, 0]


async def test_the_releases_of_the_shop_go_well_and_wrong(box: Box) -> None:
    async with asyncio.timeout(20):
        await scenes.release(box.registry, scenes.read(scenes.RELEASES))
        while "CrashLoopBackOff" not in (reasons := await waiting(box)) or len(reasons) < 2:
            await box.clock.sleep(1)
    assert reasons == {"ImagePullBackOff", "CrashLoopBackOff"}
    _, web = await read(box.kubeconfig, "/apis/apps/v1/namespaces/shop/deployments/web")
    assert web["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"


async def test_a_full_node_takes_no_more(box: Box) -> None:
    async with asyncio.timeout(20):
        while not (events := (await read(box.kubeconfig, UNFIT))[1]["items"]):
            await box.clock.sleep(1)
    assert "1 Insufficient cpu" in events[0]["message"]


async def test_a_cluster_at_rest_stores_nothing_but_leases(box: Box) -> None:
    store = box.registry.store
    while not (pods := store.list("pods")) or not all(map(told, pods)):
        await box.clock.sleep(1)
    await box.clock.sleep(10)
    stored: list[str] = []
    store.listen(lambda change: stored.append(change.key.resource))
    await box.clock.sleep(30)
    assert set(stored) <= {"leases.coordination.k8s.io"}


UNFIT = "/api/v1/namespaces/shop/events?fieldSelector=reason%3DFailedScheduling"


def told(pod: Any) -> bool:
    """Return whether the pod has come to what it stays at: running, ended, or without a node."""
    refused = "nodeName" not in pod["spec"] and "conditions" in pod["status"]
    return pod["status"]["phase"] != "Pending" or refused


async def waiting(box: Box) -> set[str]:
    """Return why containers of the shop do not run."""
    _, pods = await read(box.kubeconfig, PODS)
    states = [
        each["state"].get("waiting", {}).get("reason")
        for pod in pods["items"]
        for each in pod["status"].get("containerStatuses", ())
    ]
    return {reason for reason in states if reason and reason != "ContainerCreating"}
