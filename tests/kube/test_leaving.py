"""How pods are evicted, and how it is waited until something is gone, on a scripted server."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest
import pytest_asyncio

from bot.core.errors import BusyError, ConflictError, ForbiddenError
from bot.core.plan import Evict, Target
from bot.core.ports import JsonObject
from bot.kube.reader import ClusterReader
from bot.kube.transport import Transport
from tests.clock import ManualClock
from tests.kube.rig import reader
from tests.kube.server import ApiServer, Play, body, lines, pieces, status

POD = Target("ctx", "", "v1", "pods", "Pod", "shop", "web-1", "uid-1")
PODS_PATH = "/api/v1/namespaces/shop/pods"
POD_PATH, EVICTION = f"{PODS_PATH}/web-1", f"{PODS_PATH}/web-1/eviction"
MOVED_ON = status(409, "Conflict", "the object has been modified")


@pytest_asyncio.fixture
async def cluster(transport: Transport, clock: ManualClock) -> ClusterReader:
    return reader(transport, clock)


EVICT = Evict(POD, grace_seconds=5)


async def test_an_eviction_is_bound_to_its_pod(server: ApiServer, cluster: ClusterReader) -> None:
    server.on(EVICTION, body({"kind": "Status", "status": "Success"}, code=201))
    await cluster.send(EVICT)
    [asked] = server.asked
    assert orjson.loads(asked.body) == {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": "web-1", "namespace": "shop"},
        "deleteOptions": {"preconditions": {"uid": "uid-1"}, "gracePeriodSeconds": 5},
    }


async def test_a_pod_is_deleted_past_its_budgets_only_if_that_is_the_step(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(POD_PATH, body({"kind": "Pod", "metadata": {"name": "web-1"}}))
    await cluster.send(replace(EVICT, delete=True, dry_run=True))
    [asked] = server.asked
    assert (asked.method, asked.path) == ("DELETE", POD_PATH)
    assert orjson.loads(asked.body) == {
        "preconditions": {"uid": "uid-1"},
        "gracePeriodSeconds": 5,
        "dryRun": ["All"],
    }


async def test_a_budget_puts_an_eviction_off_in_its_own_words(
    server: ApiServer, cluster: ClusterReader
) -> None:
    message = "Cannot evict pod as it would violate the pod's disruption budget."
    why = "The disruption budget web needs 2 healthy pods and has 2 currently"
    cause = {"reason": "DisruptionBudget", "message": why}
    server.on(EVICTION, status(429, "TooManyRequests", message, details={"causes": [cause]}))
    server.on(POD_PATH, body(pod()), status(403, "Forbidden", "no"))
    for _ in range(2):
        await put_off(cluster, (message, f"{why}."))


async def put_off(cluster: ClusterReader, words: tuple[str, str]) -> None:
    with pytest.raises(BusyError) as caught:
        await cluster.send(EVICT)
    assert (caught.value.text, caught.value.next_step) == words


def pod(uid: str = "uid-1", **metadata: Any) -> JsonObject:
    return {"kind": "Pod", "metadata": {"name": "web-1", "uid": uid, **metadata}}


NO_POD = status(404, "NotFound", 'pods "web-1" not found')


@pytest.mark.parametrize(
    ("refusal", "read"),
    [
        (NO_POD, NO_POD),
        (MOVED_ON, NO_POD),
        (MOVED_ON, body(pod("uid-2"))),
        # Budgets come before uids.
        (status(429, "TooManyRequests", "Cannot evict"), body(pod("uid-2"))),
    ],
    ids=["missing", "just-gone", "another", "another-with-a-budget"],
)
async def test_a_pod_that_is_gone_already_is_evicted(
    server: ApiServer, cluster: ClusterReader, refusal: Play, read: Play
) -> None:
    server.on(EVICTION, refusal)
    server.on(POD_PATH, read)
    assert await cluster.send(EVICT) == {}


async def test_another_conflict_of_an_eviction_is_told(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(EVICTION, MOVED_ON)
    server.on(POD_PATH, body(pod()))
    with pytest.raises(ConflictError):
        await cluster.send(EVICT)


async def test_a_namespace_that_ends_takes_its_pods_along(
    server: ApiServer, cluster: ClusterReader
) -> None:
    cause = {"reason": "NamespaceTerminating", "message": "namespace shop is being terminated"}
    server.on(EVICTION, status(403, "Forbidden", "ending", details={"causes": [cause]}))
    ending = pod(deletionTimestamp="2026-01-01T00:00:00Z")
    server.on(POD_PATH, body(pod()), body(ending))
    with pytest.raises(BusyError, match="ending"):
        await cluster.send(EVICT)
    assert await cluster.send(EVICT) == ending


async def test_an_eviction_without_the_right_is_refused(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(EVICTION, status(403, "Forbidden", "no"))
    with pytest.raises(ForbiddenError):
        await cluster.send(EVICT)


async def test_it_is_waited_until_that_very_object_is_gone(
    server: ApiServer, cluster: ClusterReader
) -> None:
    deleted = {"type": "DELETED", "object": pod(resourceVersion="9")}
    modified = {"type": "MODIFIED", "object": pod(resourceVersion="8")}
    listed = body({"kind": "PodList", "metadata": {"resourceVersion": "7"}, "items": [pod()]})
    server.on(POD_PATH, body(pod()))
    server.on(PODS_PATH, listed, pieces(lines([modified, deleted]), then=asyncio.Event()))
    assert await cluster.gone(POD, 0)
    assert [asked.path for asked in server.asked] == [POD_PATH, PODS_PATH, PODS_PATH]
    assert "fieldSelector=metadata.name%3Dweb-1" in server.asked[1].target


@pytest.mark.parametrize(
    "play",
    [NO_POD, body(pod("uid-2")), status(403, "Forbidden", "no")],
    ids=["missing", "another", "unseen"],
)
async def test_nothing_is_waited_for_where_it_is_gone_or_nobody_may_look(
    server: ApiServer, cluster: ClusterReader, play: Play
) -> None:
    server.on(POD_PATH, play)
    assert await cluster.gone(POD, 5)


@pytest.mark.parametrize("seconds", [5, 0], ids=["its-own-time", "the-connections-time"])
async def test_what_stays_is_not_waited_for_for_ever(
    server: ApiServer, cluster: ClusterReader, clock: ManualClock, seconds: float
) -> None:
    listed = body({"kind": "PodList", "metadata": {"resourceVersion": "7"}, "items": [pod()]})
    server.on(POD_PATH, body(pod()))
    server.on(PODS_PATH, listed, pieces(then=asyncio.Event()))
    waiting = asyncio.create_task(cluster.gone(POD, seconds))
    await server.heard(3)
    await clock.advance(seconds or 10)
    assert await waiting is False
