"""Where a source calls the namespace of a series otherwise, everything that is built in does so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.core.reply import Table, Verdict
from tests.commands.measured import REPLICA_SETS, Measured, measured
from tests.engine.rig import Answer
from tests.kube import objects
from tests.kube.server import body
from tests.kube.test_releases import replica_set

MIB = 1024.0 * 1024
# An exporter of its own namespace tells of pods of another one.
TOLD = {"namespace": "monitoring", "kube_ns": "shop", "pod": "web-7f9c-aaaaa", "container": "web"}


@pytest_asyncio.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Measured]:
    async with measured(tmp_path, namespace_label="kube_ns") as running:
        running.holds("container_memory_working_set_bytes", lambda ago: 45 * MIB, hours=1, **TOLD)
        limit = "kube_pod_container_resource_limits"
        running.holds(limit, lambda ago: 50 * MIB, hours=1, resource="memory", **TOLD)
        deployment = "/apis/apps/v1/namespaces/shop/deployments/web"
        running.bot.server.on(deployment, body(objects.web()))
        made = replica_set("web-7f9c", "10:30", 5)
        made["metadata"]["creationTimestamp"] = "2026-01-01T11:30:00Z"
        kept = objects.replica_set("r1", "5", objects.template("web:1"))
        made["spec"] = kept["spec"]
        made["metadata"]["ownerReferences"] = [
            {**kept["metadata"]["ownerReferences"][0], "name": "web"}
        ]
        running.bot.server.on(REPLICA_SETS, body({"kind": "ReplicaSetList", "items": [made]}))
        yield running


def verdict(answer: Answer) -> str:
    assert answer.code == 0, answer.problem.text
    return "\n".join(part.text for part in answer.parts if isinstance(part, Verdict))


async def test_what_is_built_in_finds_an_app_by_it(shop: Measured) -> None:
    answer = await shop.say("prom app deploy/web")
    [table] = [part for part in answer.parts if isinstance(part, Table)]
    shown = {row[0]: row[1:4] for row in table.rows}
    assert shown["Memory"] == ("45 MiB", "-", "50 MiB (90%)")
    assert shown["Fullest of its memory"][0] == "90%"


async def test_rollouts_are_marked_by_it(shop: Measured) -> None:
    told = verdict(await shop.say("prom graph container_memory_working_set_bytes"))
    assert "Rolled out: web rev 5 (1 Jan 11:30)." in told
    assert [one.label for one in shop.picture.markers] == ["web rev 5"]


async def test_an_empty_answer_is_explained_by_it(shop: Measured) -> None:
    told = verdict(await shop.say('prom query container_memory_working_set_bytes{kube_ns="x"}'))
    assert 'It asks for kube_ns="x", and is narrowed to shop.' in told
    told = verdict(await shop.say('prom query container_memory_working_set_bytes{namespace="x"}'))
    assert 'Nothing matches namespace="x": namespace is monitoring' in told
