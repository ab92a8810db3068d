"""One cluster as one identity, over the wire: types, lists, watches, changes."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot.core.errors import (
    ConflictError,
    ForbiddenError,
    KubernetesError,
    NotFoundError,
    UnreachableError,
    UsageError,
)
from bot.core.plan import Operation, Patch, Target
from bot.core.ports import Form, Query, Resource
from bot.kube.following import LISTED, follow
from bot.kube.reader import DISCOVERY_SECONDS, ClusterReader
from bot.kube.transport import Transport
from tests.clock import ManualClock
from tests.kube.catalogue import APIS, document, group, resource
from tests.kube.rig import PODS, PODS_PATH, reader
from tests.kube.server import AGGREGATED, ApiServer, Play, body, lines, pieces, status, warned

SCALE_PATH = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment", namespaced=True)
NODES = Resource("", "v1", "nodes", "Node", namespaced=False)


@pytest_asyncio.fixture
async def cluster(transport: Transport, clock: ManualClock) -> ClusterReader:
    return reader(transport, clock)


def discoveries(server: ApiServer) -> int:
    return len(server.to("/apis"))


async def test_types_are_asked_for_once_by_people_who_come_together(
    server: ApiServer, cluster: ClusterReader
) -> None:
    found = await asyncio.gather(*(cluster.resource(word) for word in ("po", "deploy", "wd")))
    assert [one.qualified for one in found] == ["pods", "deployments.apps", "widgets.example.org"]
    assert (len(server.to("/api")), discoveries(server)) == (1, 1)


async def test_types_are_asked_for_again_after_ten_minutes(
    server: ApiServer, cluster: ClusterReader, clock: ManualClock
) -> None:
    await cluster.resource("pods")
    cluster.deadline += DISCOVERY_SECONDS * 2
    await clock.advance(DISCOVERY_SECONDS)
    await cluster.resource("pods")
    assert discoveries(server) == 1
    await clock.advance(1)
    await cluster.resource("pods")
    assert discoveries(server) == 2


async def test_an_unknown_type_is_looked_for_once_more(
    server: ApiServer, cluster: ClusterReader, clock: ManualClock
) -> None:
    await cluster.resource("pods")
    await clock.advance(6)
    new = document(*APIS["items"], group("new.org", ("v1", [resource("things", "Thing")])))
    server.on("/apis", body(new, {"Content-Type": AGGREGATED}))
    assert (await cluster.resource("things")).group == "new.org"
    await clock.advance(3)
    with pytest.raises(NotFoundError, match='resource type "foo"'):
        await cluster.resource("foo")
    assert discoveries(server) == 2


async def test_discovery_names_nobody(server: ApiServer, cluster: ClusterReader) -> None:
    await cluster.resource("pods")
    await cluster.version()
    for asked in server.asked:
        assert "Impersonate-User" not in asked.headers
    assert {asked.path for asked in server.asked} == {"/api", "/apis", "/version"}


async def test_an_older_server_is_told_apart(server: ApiServer, cluster: ClusterReader) -> None:
    server.on("/apis", body({"kind": "APIGroupList", "groups": []}))
    with pytest.raises(KubernetesError, match="aggregated discovery"):
        await cluster.resource("pods")


def page(*names: str, more: str = "") -> Play:
    items = [{"metadata": {"name": name}} for name in names]
    metadata = {"resourceVersion": "1", **({"continue": more} if more else {})}
    return body({"kind": "PodList", "metadata": metadata, "items": items})


def names_of(answer: dict[str, Any]) -> list[str]:
    return [item["metadata"]["name"] for item in answer["items"]]


async def test_a_page_is_asked_for_when_the_one_before_was_taken(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(PODS_PATH, page("a", more="token/1+="), page("b", more="t2"), page("c"))
    pages = cluster.pages(PODS, limit=1)
    assert names_of(await anext(pages)) == ["a"]
    assert len(server.asked) == 1
    assert names_of(await anext(pages)) == ["b"]
    assert len(server.asked) == 2
    assert [names_of(last) async for last in pages] == [["c"]]
    assert [asked.target for asked in server.asked] == [
        f"{PODS_PATH}?limit=1",
        f"{PODS_PATH}?limit=1&continue=token/1%2B%3D",
        f"{PODS_PATH}?limit=1&continue=t2",
    ]


async def test_an_expired_token_ends_the_list_in_the_servers_words(
    server: ApiServer, cluster: ClusterReader
) -> None:
    expired = status(410, "Expired", "The provided continue parameter is too old")
    server.on(PODS_PATH, page("a", more="t1"), expired)
    pages = cluster.pages(PODS)
    await anext(pages)
    with pytest.raises(KubernetesError, match=r"Error from server \(Expired\): The provided"):
        await anext(pages)


@pytest.mark.parametrize(
    ("form", "accept", "include"),
    [
        (Form.OBJECTS, "application/json", ""),
        (Form.TABLE, "application/json;as=Table;v=v1;g=meta.k8s.io,", ""),
        (Form.TABLE_CELLS, "application/json;as=Table", "includeObject=None"),
        (Form.TABLE_OBJECTS, "application/json;as=Table", "includeObject=Object"),
    ],
)
async def test_each_form_is_asked_for_in_its_own_way(
    server: ApiServer, cluster: ClusterReader, form: Form, accept: str, include: str
) -> None:
    server.on(PODS_PATH, page())
    await anext(cluster.pages(PODS, form, limit=0))
    [asked] = server.asked
    assert asked.headers["Accept"].startswith(accept)
    assert asked.target.partition("?")[2] == include


@pytest.mark.parametrize(
    ("query", "target"),
    [
        (Query(NODES, "shop", "n1"), "/api/v1/nodes/n1"),
        (Query(DEPLOYMENTS, "shop", "web"), "/apis/apps/v1/namespaces/shop/deployments/web"),
        (Query(DEPLOYMENTS), "/apis/apps/v1/deployments"),
        (Query(DEPLOYMENTS, "shop", "web", "scale"), SCALE_PATH),
        (Query(PODS.resource, "shop", "a b?c#d;e"), PODS_PATH + "/a%20b%3Fc%23d;e"),
        (Query(PODS.resource, "shop", "system:x"), PODS_PATH + "/system:x"),
        (
            Query(PODS.resource, "shop", "web", label_selector="a=b", field_selector="c=d"),
            PODS_PATH + "/web?labelSelector=a%3Db&fieldSelector=c%3Dd",
        ),
    ],
    ids=["cluster-wide", "group", "all-namespaces", "subresource", "odd", "colon", "selectors"],
)
async def test_a_query_becomes_one_path(
    server: ApiServer, cluster: ClusterReader, query: Query, target: str
) -> None:
    server.on(target.partition("?")[0], body({}))
    await cluster.fetch(query)
    [asked] = server.asked
    assert asked.target == target


@pytest.mark.parametrize("name", ["..", ".", "a/b", "../secrets/db", "a%2Fb", "%2e%2e"])
@pytest.mark.parametrize("place", ["name", "namespace"])
async def test_a_name_cannot_leave_its_place_in_the_path(
    server: ApiServer, cluster: ClusterReader, name: str, place: str
) -> None:
    query = replace(Query(PODS.resource, "shop", "web"), **{place: name})  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"invalid (resource name|namespace) "):
        await cluster.fetch(query)
    assert server.asked == []


async def test_warnings_are_told_once_and_audit_ids_are_kept_in_order(
    server: ApiServer, cluster: ClusterReader
) -> None:
    old = '299 - "v1 Pod is old"'
    server.on(
        PODS_PATH,
        warned({"kind": "PodList"}, old, old, '299 - "and slow"', audit_id="a-1"),
        warned({"kind": "PodList"}, old, audit_id="a-2"),
        body(b"", {"Audit-Id": "a-3"}, 403),
    )
    await cluster.fetch(PODS)
    assert cluster.warnings() == ("v1 Pod is old", "and slow")
    await cluster.fetch(PODS)
    assert cluster.warnings() == ()
    with pytest.raises(ForbiddenError):
        await cluster.fetch(PODS)
    assert [call.audit_id for call in cluster.calls] == ["a-1", "a-2", "a-3"]


async def test_a_secret_is_masked_on_its_way_in(server: ApiServer, cluster: ClusterReader) -> None:
    secrets = Resource("", "v1", "secrets", "Secret", namespaced=True)
    item = {"kind": "Secret", "data": {"password": "c2VjcmV0"}}
    path = "/api/v1/namespaces/shop/secrets"
    server.on(path, body({"kind": "SecretList", "items": [item]}))
    server.on(f"{path}/db", body(item))
    listed = await anext(cluster.pages(Query(secrets, "shop")))
    alone = await cluster.fetch(Query(secrets, "shop", "db"))
    for shown in (listed["items"][0], alone):
        assert shown["data"] == {"password": "<6 bytes>"}


@pytest.mark.parametrize("order", [1, -1], ids=["kind-first", "kind-last"])
async def test_secrets_are_masked_in_a_list_that_is_parsed_in_slices(
    server: ApiServer, cluster: ClusterReader, order: int
) -> None:
    items = [
        {"metadata": {"name": f"s-{at}"}, "data": {"password": "c2VjcmV0" * 99}}
        for at in range(500)
    ]
    path = "/api/v1/namespaces/shop/secrets"
    sent = {"kind": "SecretList", "metadata": {}, "items": items}
    server.on(path, body(dict(list(sent.items())[::order])))
    secrets = Resource("", "v1", "secrets", "Secret", namespaced=True)
    pages = [page async for page in cluster.pages(Query(secrets, "shop"))]
    shown = [item["data"]["password"] for page in pages for item in page["items"]]
    assert shown == ["<594 bytes>"] * 500


def event(kind: str, version: str) -> dict[str, Any]:
    return {"type": kind, "object": {"kind": "Pod", "metadata": {"resourceVersion": version}}}


async def test_a_watch_goes_on_where_the_last_connection_ended(
    server: ApiServer, cluster: ClusterReader, clock: ManualClock
) -> None:
    server.on(
        PODS_PATH,
        pieces(lines([event("ADDED", "5"), event("BOOKMARK", "9")])),
        pieces(lines([event("MODIFIED", "12")]), then=asyncio.Event()),
    )
    seen = cluster.watch(PODS, "3")
    assert (await anext(seen)).type == "ADDED"
    coming = asyncio.ensure_future(anext(seen))
    await clock.asleep()
    assert len(server.asked) == 1  # a watch that ended at once is not asked for at once
    await clock.advance(1)
    assert (await coming).type == "MODIFIED"
    assert [version_asked(asked.target) for asked in server.asked] == ["3", "9"]


def version_asked(target: str) -> str:
    return target.partition("resourceVersion=")[2].partition("&")[0]


async def test_a_watch_ends_with_the_deadline(
    server: ApiServer, cluster: ClusterReader, clock: ManualClock
) -> None:
    server.on(PODS_PATH, pieces(lines([event("ADDED", "5")])))
    await clock.advance(10)
    with pytest.raises(UnreachableError, match="did not answer"):
        await anext(cluster.watch(PODS, "3"))
    assert server.asked == []


async def test_a_forgotten_version_is_told_to_whoever_watches(
    server: ApiServer, cluster: ClusterReader
) -> None:
    gone = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}
    server.on(PODS_PATH, pieces(lines([gone])))
    with pytest.raises(ConflictError):
        await anext(cluster.watch(PODS, "3"))


async def test_what_is_followed_is_listed_again_when_its_version_is_forgotten(
    server: ApiServer, cluster: ClusterReader
) -> None:
    gone = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}
    watched = pieces(lines([event("ADDED", "7")]), then=asyncio.Event())
    server.on(PODS_PATH, page("a"), pieces(lines([gone])), page("a", "b"), watched)
    seen = follow(cluster, PODS)
    kinds = [(await anext(seen)).type for _ in range(3)]
    assert kinds == [LISTED, LISTED, "ADDED"]


PATCH = Patch(
    Target("ctx", "apps", "v1", "deployments", "Deployment", "shop", "web", "uid-1"),
    (Operation("test", "/spec/replicas", 3), Operation("add", "/spec/replicas", 5)),
    "scale",
)


async def test_a_step_is_sent_once_and_byte_for_byte(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(SCALE_PATH, body({"kind": "Scale"}))
    assert await cluster.send(PATCH) == {"kind": "Scale"}
    [asked] = server.asked
    assert (asked.method, asked.body) == ("PATCH", PATCH.body())
    assert asked.headers["Content-Type"] == "application/json-patch+json"
    assert asked.headers["Impersonate-User"] == "quarterdeck:user"
    assert asked.target == SCALE_PATH


@pytest.mark.parametrize(
    ("play", "text"),
    [
        (
            status(
                422,
                "Invalid",
                "Scale is invalid",
                details={
                    "kind": "Scale",
                    "name": "web",
                    "causes": [{"field": "spec.replicas", "message": "must be positive"}],
                },
            ),
            'The Scale "web" is invalid: spec.replicas: must be positive',
        ),
        (status(403, "Forbidden", "no"), "Error from server (Forbidden): no"),
        (status(404, "NotFound", "gone"), "Error from server (NotFound): gone"),
    ],
    ids=["invalid", "forbidden", "gone"],
)
async def test_another_refusal_is_told_as_it_is(
    server: ApiServer, cluster: ClusterReader, play: Play, text: str
) -> None:
    server.on(SCALE_PATH, play)
    with pytest.raises(KubernetesError) as caught:
        await cluster.send(PATCH)
    assert caught.value.text == text
