"""What a plan takes along, read on a whole cluster, and by people who may see little of it."""

import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
import pytest_asyncio

from bot.core.clock import SystemClock
from bot.core.plan import Create, Delete, Evict, Merge, Operation, Outlook, Patch, Step, Target
from bot.core.ports import Connection, JsonObject, Query
from bot.core.request import Identity, Impersonated, KubeconfigUser
from bot.environment import variables
from bot.kube.fleet import Fleet, Options
from bot.kube.outlook import outlook
from tests.cluster.bed import Bed

pytestmark = pytest.mark.boxed

NOBODY = Impersonated("nobody")


@pytest_asyncio.fixture
async def fleet(bed: Bed) -> AsyncIterator[Fleet]:
    options = Options(kubeconfig=str(bed.kubeconfig))
    opened = Fleet(options, SystemClock(), terminal=True, environment=variables())
    yield opened
    await opened.close()


def connection(fleet: Fleet, identity: Identity | None = None) -> Connection:
    return fleet.open(fleet.default_context, identity or KubeconfigUser(), "r-1", 60)


@pytest.fixture
def cluster(fleet: Fleet) -> Connection:
    return connection(fleet)


@pytest.fixture
def namespace(bed: Bed) -> Iterator[str]:
    name = f"seen-{secrets.token_hex(4)}"
    bed.kubectl.out("create", "namespace", name)
    yield name
    bed.kubectl.out("delete", "namespace", name, "--wait=false")


async def target(cluster: Connection, typed: str, name: str, namespace: str = "shop") -> Target:
    resource = await cluster.resource(typed)
    place = namespace if resource.namespaced else ""
    item = await cluster.fetch(Query(resource, place, name))
    names = (resource.group, resource.version, resource.plural, resource.kind)
    return Target("ctx", *names, place, name, item["metadata"]["uid"])


async def pods(cluster: Connection, **chosen: str) -> list[JsonObject]:
    query = Query(await cluster.resource("pods"), "shop", **chosen)  # type: ignore[arg-type]
    return [item async for page in cluster.pages(query) for item in page["items"]]


def pod(item: JsonObject) -> Target:
    metadata = item["metadata"]
    names = (metadata["namespace"], metadata["name"], metadata["uid"])
    return Target("ctx", "", "v1", "pods", "Pod", *names)


async def seen(cluster: Connection, *steps: Step) -> Outlook:
    return await outlook(cluster, steps, diff=True)


async def test_a_new_image_replaces_pods_and_shows_its_one_line(cluster: Connection) -> None:
    image = "/spec/template/spec/containers/0/image"
    web = await target(cluster, "deployments", "web")
    found = await seen(cluster, Patch(web, (Operation("replace", image, "app:9"),)))
    count = len(await pods(cluster, label_selector="app=web"))
    assert f"{count} pods of deployment/web are replaced, step by step." in found.reach
    assert "pdb/web covers these pods; a rollout does not ask it." in found.reach
    changed = [line for line in found.diff.splitlines() if line[:1] in "+-"]
    assert changed[:2] == [
        "--- LIVE/apps.v1.Deployment.shop.web",
        "+++ MERGED/apps.v1.Deployment.shop.web",
    ]
    assert [line.split()[1:] for line in changed[2:]][-1] == ["image:", "app:9"]
    assert len(changed) == 4


async def test_a_scale_shows_replicas_and_what_is_left(cluster: Connection) -> None:
    web = await target(cluster, "deployments", "web")
    found = await seen(cluster, Patch(web, (Operation("add", "/spec/replicas", 1),), "scale"))
    count = len(await pods(cluster, label_selector="app=web"))
    assert f"{count - 1} pods of deployment/web end." in found.reach
    assert f"service/web keeps 1 of {count} endpoints." in found.reach
    assert "+  replicas: 1\n" in found.diff


async def test_a_drain_tells_how_many_pods_go_and_what_holds_them(cluster: Connection) -> None:
    items = await pods(cluster, label_selector="app=web")
    found = await seen(cluster, *[Evict(pod(item)) for item in items])
    assert f"{len(items)} pods go: shop {len(items)}." in found.reach
    assert f"service/web loses all of its {len(items)} endpoints." in found.warnings
    assert any(text.startswith("pdb/web ") for text in (*found.reach, *found.warnings))


async def test_a_deletion_counts_what_goes_along(cluster: Connection) -> None:
    count = len(await pods(cluster, label_selector="app=cart"))
    found = await seen(cluster, Delete(await target(cluster, "deployments", "cart")))
    assert f"Takes along 1 ReplicaSet and {count} Pods." in found.reach
    orphaned = Delete(await target(cluster, "deployments", "cart"), propagation="Orphan")
    assert (await seen(cluster, orphaned)).reach == (
        "What deployment/cart owns stays, without an owner.",
    )


async def test_a_namespace_and_a_definition_count_everything_in_them(cluster: Connection) -> None:
    space = await seen(cluster, Delete(await target(cluster, "namespaces", "ops")))
    assert any("Pod" in text and "Secret" in text for text in space.reach)
    widgets = await target(cluster, "customresourcedefinitions", "widgets.example.org")
    assert (await seen(cluster, Delete(widgets))).reach == ("Takes along 3 Widgets.",)


async def test_pods_that_use_a_config_map_are_told(cluster: Connection) -> None:
    config = await target(cluster, "configmaps", "web-config")
    deleted = await seen(cluster, Delete(config))
    assert any("cannot start again without it" in text for text in deleted.warnings)
    changed = await seen(cluster, Merge(config, '{"data":{"a":"b"}}', "merge"))
    assert any("variables follow at a restart only" in text for text in changed.reach)
    labelled = await seen(cluster, Merge(config, '{"metadata":{"labels":{"a":"b"}}}', "merge"))
    assert labelled.reach == ()


async def test_a_secrets_value_stands_in_no_difference(cluster: Connection, namespace: str) -> None:
    new = Target("ctx", "", "v1", "secrets", "Secret", namespace, "one", "")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}}
    step = Create(new, orjson.dumps({**secret, "data": {"a": "aGlkZGVu"}}).decode())
    found = await seen(cluster, step)
    assert "kind: Secret" in found.diff
    assert "aGlkZGVu" not in found.diff
    item = await cluster.send(step)
    there = replace(new, uid=item["metadata"]["uid"])
    found = await seen(cluster, Merge(there, '{"data":{"a":"c2VjcmVk"}}', "merge"))
    changed = [line for line in found.diff.splitlines() if line[:1] in "+-"][2:]
    # Of the same length, and still told apart.
    assert changed == ["-  a: '*** (before)'", "+  a: '*** (after)'"]
    assert "c2VjcmVk" not in found.diff


async def test_a_change_that_would_be_refused_says_so_before(cluster: Connection) -> None:
    web = await target(cluster, "deployments", "web")
    found = await seen(cluster, Patch(web, (Operation("add", "/spec/replicas", -1),)))
    [warning] = [text for text in found.warnings if "would refuse" in text]
    assert "must be greater than or equal to 0" in warning


async def test_who_may_see_nothing_is_told_nothing_and_nothing_fails(
    fleet: Fleet, cluster: Connection
) -> None:
    web = await target(cluster, "deployments", "web")
    [first, *_] = await pods(cluster, label_selector="app=web")
    steps: Sequence[Step] = (
        Patch(web, (Operation("add", "/spec/replicas", 1),), "scale"),
        Delete(web),
        Delete(await target(cluster, "namespaces", "ops")),
        Evict(pod(first)),
    )
    found = await seen(connection(fleet, NOBODY), *steps)
    assert found == Outlook(reach=("1 pod goes: shop 1.",))


async def test_nothing_is_changed_by_looking(bed: Bed, cluster: Connection) -> None:
    web = await target(cluster, "deployments", "web")
    since, before = bed.audit.position(), len(cluster.calls)
    await seen(cluster, Patch(web, (Operation("add", "/spec/replicas", 1),), "scale"), Delete(web))
    await bed.audit.of([call.audit_id for call in cluster.calls[before:]], since)
    asked = [event for event in bed.audit.events(since) if "quarterdeck" in event["userAgent"]]
    written: list[Any] = [event for event in asked if event["verb"] not in ("get", "list", "watch")]
    assert written
    assert all("dryRun=All" in event["requestURI"] for event in written)
