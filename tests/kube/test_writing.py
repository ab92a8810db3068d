"""How each kind of step goes over the wire, and what makes a plan stale, on a scripted server."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
import pytest_asyncio
from aiohttp import web

from bot.core.errors import (
    ConflictError,
    KubernetesError,
    NotFoundError,
    SupersededError,
    UnreachableError,
)
from bot.core.plan import (
    Apply,
    Create,
    Delete,
    Merge,
    Operation,
    Patch,
    Seen,
    Step,
    Target,
)
from bot.core.ports import JsonObject, Landed
from bot.kube.reader import ClusterReader
from bot.kube.transport import Transport
from tests.clock import ManualClock
from tests.kube.rig import reader
from tests.kube.server import ApiServer, Asked, Play, body, status

WEB = Target("ctx", "apps", "v1", "deployments", "Deployment", "shop", "web", "uid-1")
SECRET = Target("ctx", "", "v1", "secrets", "Secret", "shop", "web", "uid-1")
WEBS = "/apis/apps/v1/namespaces/shop/deployments"
WEB_PATH, SCALE_PATH = f"{WEBS}/web", f"{WEBS}/web/scale"
THREE = (Seen("/spec/replicas", 3),)
DOCUMENT = '{"spec": {"replicas":5}}'
MERGE = Merge(WEB, DOCUMENT, "merge", THREE, manager="kubectl-patch")
APPLY = Apply(WEB, DOCUMENT, THREE)
DELETE = Delete(WEB, THREE)
PATCH = Patch(
    WEB, (Operation("test", "/spec/replicas", 3), Operation("add", "/spec/replicas", 5)), "scale"
)
MOVED_ON = status(409, "Conflict", "the object has been modified")
FAILED_TEST = status(
    422, "Invalid", "the server rejected our request due to an error in our request", details={}
)


def deployment(replicas: int = 3, version: str = "7", **metadata: Any) -> JsonObject:
    return {
        "kind": "Deployment",
        "metadata": {"name": "web", "uid": "uid-1", "resourceVersion": version, **metadata},
        "spec": {"replicas": replicas},
        "status": {"readyReplicas": 3},
    }


def either(reads: list[Play], changes: list[Play]) -> Play:
    """Answer reads and changes from lists of their own, repeating the last of each."""

    async def play(request: web.BaseRequest) -> web.StreamResponse:
        plays = reads if request.method == "GET" else changes
        return await (plays.pop(0) if len(plays) > 1 else plays[0])(request)

    return play


def changes(server: ApiServer) -> list[Asked]:
    return [asked for asked in server.asked if asked.method != "GET"]


@pytest_asyncio.fixture
async def cluster(transport: Transport, clock: ManualClock) -> ClusterReader:
    return reader(transport, clock)


@pytest.mark.parametrize(
    ("step", "asked", "content_type", "sent"),
    [
        pytest.param(
            replace(MERGE, dry_run=True),
            ("PATCH", f"{WEB_PATH}?fieldManager=kubectl-patch&dryRun=All"),
            "application/merge-patch+json",
            {"metadata": {"uid": "uid-1", "resourceVersion": "7"}, "spec": {"replicas": 5}},
            id="merge",
        ),
        pytest.param(
            replace(MERGE, media="strategic", subresource="scale", manager=""),
            ("PATCH", SCALE_PATH),
            "application/strategic-merge-patch+json",
            {"metadata": {"uid": "uid-1", "resourceVersion": "7"}, "spec": {"replicas": 5}},
            id="strategic",
        ),
        pytest.param(
            replace(APPLY, force=True, validation="Warn"),
            ("PATCH", f"{WEB_PATH}?fieldManager=kubectl&fieldValidation=Warn&force=true"),
            "application/apply-patch+yaml",
            {"metadata": {"uid": "uid-1", "resourceVersion": "7"}, "spec": {"replicas": 5}},
            id="apply",
        ),
        pytest.param(
            replace(DELETE, grace_seconds=0, propagation="Orphan", dry_run=True),
            ("DELETE", WEB_PATH),
            "application/json",
            {
                "preconditions": {"uid": "uid-1", "resourceVersion": "7"},
                "gracePeriodSeconds": 0,
                "dryRun": ["All"],
                "propagationPolicy": "Orphan",
            },
            id="delete",
        ),
    ],
)
async def test_what_cannot_carry_a_test_is_bound_to_the_object_that_was_compared(
    server: ApiServer, cluster: ClusterReader, step: Step, asked: Any, content_type: str, sent: Any
) -> None:
    for path in (WEB_PATH, SCALE_PATH):
        server.on(path, body(deployment()))
    assert await cluster.send(step) == deployment()
    read, change = server.asked
    assert (read.method, read.target) == ("GET", change.path)
    assert (change.method, change.target) == asked
    assert change.headers["Content-Type"] == content_type
    assert change.headers["Impersonate-User"] == "quarterdeck:user"
    assert orjson.loads(change.body) == sent


async def test_a_new_object_is_sent_byte_for_byte(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(WEBS, body(deployment(), code=201))
    step = Create(replace(WEB, uid=""), '{"metadata":  {"name":"web"}}', dry_run=True)
    await cluster.send(step)
    [asked] = server.asked
    assert (asked.method, asked.body) == ("POST", step.document.encode())
    parameters = "fieldManager=kubectl-create&dryRun=All&fieldValidation=Strict"
    assert asked.target == f"{WEBS}?{parameters}"


async def test_an_apply_that_creates_is_sent_byte_for_byte_after_a_look(
    server: ApiServer, cluster: ClusterReader
) -> None:
    missing = status(404, "NotFound", 'deployments.apps "web" not found')
    server.on(WEB_PATH, either([missing], [body(deployment(), code=201)]))
    step = replace(APPLY, target=replace(WEB, uid=""), seen=())
    await cluster.send(step)
    assert [asked.method for asked in server.asked] == ["GET", "PATCH"]
    assert server.asked[-1].body == step.document.encode()


async def test_a_deletion_that_saw_nothing_else_is_bound_to_the_uid_without_a_look(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(WEB_PATH, body(deployment()))
    await cluster.send(Delete(WEB))
    [asked] = server.asked
    assert orjson.loads(asked.body) == {
        "preconditions": {"uid": "uid-1"},
        "propagationPolicy": "Background",
    }


@pytest.mark.parametrize("step", [MERGE, APPLY, DELETE], ids=lambda step: step.verb)
async def test_what_nobody_looked_at_may_change_as_often_as_it_likes(
    server: ApiServer, cluster: ClusterReader, step: Step
) -> None:
    # An autoscaler, a status: other versions, and the field that was seen is as it was.
    reads = [body(deployment(version=str(number))) for number in range(7, 11)]
    server.on(WEB_PATH, either(reads, [MOVED_ON, MOVED_ON, MOVED_ON, body(deployment(5))]))
    await cluster.send(step)
    sent = [orjson.loads(asked.body) for asked in changes(server)]
    bonds = [one.get("preconditions") or one["metadata"] for one in sent]
    assert [one["resourceVersion"] for one in bonds] == ["7", "8", "9", "10"]
    assert {one["uid"] for one in bonds} == {"uid-1"}


@pytest.mark.parametrize("step", [MERGE, APPLY, DELETE], ids=lambda step: step.verb)
async def test_a_seen_field_that_changed_before_the_request_stops_it(
    server: ApiServer, cluster: ClusterReader, step: Step
) -> None:
    server.on(WEB_PATH, body(deployment(4)))
    with pytest.raises(SupersededError) as caught:
        await cluster.send(step)
    assert caught.value.text == (
        "error: deployment.apps/web has changed since this was shown; nothing was done\n"
        "  spec.replicas is 4, and was 3"
    )
    assert caught.value.next_step
    assert changes(server) == []


@pytest.mark.parametrize("step", [MERGE, APPLY, DELETE], ids=lambda step: step.verb)
async def test_a_seen_field_that_changed_at_the_last_moment_stops_it(
    server: ApiServer, cluster: ClusterReader, step: Step
) -> None:
    reads = [body(deployment()), body(deployment(4, "8"))]
    server.on(WEB_PATH, either(reads, [MOVED_ON]))
    with pytest.raises(SupersededError, match="is 4, and was 3"):
        await cluster.send(step)
    assert len(changes(server)) == 1


@pytest.mark.parametrize("step", [MERGE, APPLY, DELETE, PATCH], ids=lambda step: step.verb)
async def test_what_never_stands_still_is_tried_five_times_and_is_not_superseded(
    server: ApiServer, cluster: ClusterReader, step: Step
) -> None:
    for path in (WEB_PATH, SCALE_PATH):
        server.on(path, either([body(deployment())], [MOVED_ON]))
    with pytest.raises(ConflictError) as caught:
        await cluster.send(step)
    assert caught.value.text == "Error from server (Conflict): the object has been modified"
    assert len(changes(server)) == 5


@pytest.mark.parametrize("step", [MERGE, APPLY, DELETE], ids=lambda step: step.verb)
async def test_another_object_of_the_same_name_is_let_alone(
    server: ApiServer, cluster: ClusterReader, step: Step
) -> None:
    server.on(WEB_PATH, body(deployment(uid="uid-2")))
    with pytest.raises(SupersededError, match="another object of the same name"):
        await cluster.send(step)
    assert changes(server) == []


async def test_a_deletion_by_uid_alone_names_the_object_that_took_the_place(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(WEB_PATH, either([body(deployment(uid="uid-2"))], [MOVED_ON]))
    with pytest.raises(SupersededError, match="another object of the same name"):
        await cluster.send(Delete(WEB))
    assert len(changes(server)) == 1


async def test_an_apply_makes_no_new_object_where_it_was_to_change_one(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(WEB_PATH, status(404, "NotFound", "not found"))
    with pytest.raises(SupersededError, match=r"deployment\.apps/web was deleted since"):
        await cluster.send(APPLY)
    assert changes(server) == []


async def test_an_apply_changes_no_object_where_it_was_to_make_one(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(WEB_PATH, body(deployment()))
    with pytest.raises(SupersededError, match=r"deployment\.apps/web was created by somebody"):
        await cluster.send(replace(APPLY, target=replace(WEB, uid="")))
    assert changes(server) == []


@pytest.mark.parametrize("step", [MERGE, DELETE], ids=lambda step: step.verb)
async def test_what_is_gone_is_told_in_the_servers_words(
    server: ApiServer, cluster: ClusterReader, step: Step
) -> None:
    server.on(WEB_PATH, status(404, "NotFound", 'deployments.apps "web" not found'))
    with pytest.raises(NotFoundError) as caught:
        await cluster.send(step)
    assert caught.value.text == ('Error from server (NotFound): deployments.apps "web" not found')


async def test_fields_of_other_managers_are_a_conflict_in_kubectls_words(
    server: ApiServer, cluster: ClusterReader
) -> None:
    message = 'Apply failed with 1 conflict: conflict with "hpa" using apps/v1: .spec.replicas'
    cause = {"reason": "FieldManagerConflict", "message": "conflict", "field": ".spec.replicas"}
    refused = status(409, "Conflict", message, details={"causes": [cause]})
    server.on(WEB_PATH, either([body(deployment())], [refused]))
    with pytest.raises(ConflictError) as caught:
        await cluster.send(APPLY)
    first, second, *_, last = caught.value.text.splitlines()
    assert first == f"error: {message}"
    assert second == "Please review the fields above--they currently have other managers. Here"
    assert last.startswith("See https://kubernetes.io/docs/reference/using-api/server-side-apply")
    assert len(changes(server)) == 1


@pytest.mark.parametrize(
    ("live", "told"),
    [
        (deployment(4), "\n  spec.replicas is 4, and was 3"),
        (deployment(), ""),
    ],
    ids=["named", "changed-back"],
)
async def test_a_failed_test_is_superseded_and_names_what_changed(
    server: ApiServer, cluster: ClusterReader, live: JsonObject, told: str
) -> None:
    server.on(SCALE_PATH, either([body(live)], [FAILED_TEST]))
    with pytest.raises(SupersededError) as caught:
        await cluster.send(PATCH)
    assert caught.value.text == (
        f"error: deployment.apps/web has changed since this was shown; nothing was done{told}"
    )
    assert len(changes(server)) == 1


async def test_a_failed_test_is_superseded_where_nobody_may_look(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(SCALE_PATH, either([status(403, "Forbidden", "no")], [FAILED_TEST]))
    with pytest.raises(SupersededError):
        await cluster.send(PATCH)


async def test_a_patch_that_does_not_fit_the_object_is_no_change_of_anybodys(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(SCALE_PATH, either([body(deployment())], [FAILED_TEST]))
    with pytest.raises(KubernetesError) as caught:
        await cluster.send(replace(PATCH, operations=(Operation("remove", "/spec/none"),)))
    assert caught.value.text.startswith("The request is invalid: the server rejected our request")


async def test_a_secrets_values_are_in_no_answer_and_in_no_error(
    server: ApiServer, cluster: ClusterReader
) -> None:
    path = "/api/v1/namespaces/shop/secrets/web"
    secret = {"kind": "Secret", "metadata": {"uid": "uid-1", "resourceVersion": "8"}}
    secret["data"] = {"key": "c2VjcmV0", "new": "c2VjcmV0"}
    server.on(path, body(secret))
    seen = (Seen("/data/key", "<6 bytes>"), Seen("/data/new", present=False))
    shown = await cluster.send(Apply(SECRET, "{}", seen[:1]))
    assert shown["data"] == {"key": "<6 bytes>", "new": "<6 bytes>"}
    with pytest.raises(SupersededError) as caught:
        await cluster.send(Apply(SECRET, "{}", (*seen, Seen("/metadata/resourceVersion", "7"))))
    assert "\n  data.new is different\n  metadata.resourceVersion is" in caught.value.text
    assert "c2VjcmV0" not in caught.value.text


@pytest.mark.parametrize(
    "play",
    [
        status(504, "Timeout", "request did not complete within the requested timeout"),
        body(b"upstream went away", code=502),
        status(500, "", "etcdserver: request timed out"),
    ],
    ids=["timeout", "proxy", "etcd"],
)
async def test_an_answer_that_says_nothing_about_the_outcome_is_none(
    server: ApiServer, cluster: ClusterReader, play: Play
) -> None:
    server.on(SCALE_PATH, play)
    with pytest.raises(UnreachableError) as caught:
        await cluster.send(PATCH)
    assert "look before you type it again" in caught.value.next_step
    with pytest.raises(KubernetesError):
        await cluster.send(replace(PATCH, dry_run=True))


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (body(deployment(5)), Landed.YES),
        (body(deployment()), Landed.NO),
        (body(deployment(4)), Landed.UNKNOWN),
        (status(404, "NotFound", "gone"), Landed.UNKNOWN),
        (status(403, "Forbidden", "no"), Landed.UNKNOWN),
    ],
    ids=["written", "as-it-was", "moved", "gone", "unseen"],
)
async def test_whether_a_step_landed_is_read_on_the_object(
    server: ApiServer, cluster: ClusterReader, read: Play, expected: Landed
) -> None:
    server.on(SCALE_PATH, read)
    assert await cluster.landed(PATCH) is expected
    assert await cluster.landed(replace(PATCH, dry_run=True)) is Landed.NO
    assert [asked.method for asked in server.asked] == ["GET"]


UNSUPPORTED = status(415, "UnsupportedMediaType", "the body is in an unknown format")


async def test_a_kind_of_patch_that_a_type_does_not_take_is_told_as_kubectl_does(
    server: ApiServer, cluster: ClusterReader
) -> None:
    server.on(WEB_PATH, either([body(deployment())], [UNSUPPORTED]))
    with pytest.raises(KubernetesError) as error:
        await cluster.send(replace(MERGE, media="strategic"))
    assert error.value.text == (
        "error: application/strategic-merge-patch+json is not supported by apps/v1,"
        " Kind=Deployment: the body is in an unknown format"
    )
    assert "--type=merge" in error.value.next_step


async def test_a_refusal_begins_with_what_the_command_was_about(
    server: ApiServer, cluster: ClusterReader
) -> None:
    cause = {"field": "spec.image", "message": "Required value", "reason": "FieldValueRequired"}
    details = {"kind": "Deployment", "name": "web", "causes": [cause]}
    invalid = status(422, "Invalid", 'Deployment.apps "web" is invalid', details=details)
    server.on(SCALE_PATH, either([body(deployment())], [invalid]))
    with pytest.raises(KubernetesError) as error:
        await cluster.send(replace(PATCH, refused="failed to patch"))
    assert error.value.text == 'error: failed to patch: Deployment.apps "web" is invalid'
    with pytest.raises(KubernetesError) as error:
        await cluster.send(PATCH)
    assert error.value.text == 'The Deployment "web" is invalid: spec.image: Required value'


async def test_an_object_that_the_server_repeats_whole_is_left_out(
    server: ApiServer, cluster: ClusterReader
) -> None:
    # Seen on 1.37.2: what a JSON Patch of a wrong type is answered with, Secrets included.
    said = r'Invalid value: "{\"data\":{\"pass\":\"aHVudGVyMg==\"}}": json: cannot unmarshal'
    details = {"causes": [{"field": "patch", "message": said, "reason": "FieldValueInvalid"}]}
    message = f' "" is invalid: patch: {said}'
    server.on(SCALE_PATH, status(422, "Invalid", message, details=details))
    with pytest.raises(KubernetesError) as error:
        await cluster.send(PATCH)
    assert error.value.text == (
        'The request is invalid: patch: Invalid value: "<the whole object>": json: cannot unmarshal'
    )
    assert "aHVudGVyMg" not in f"{error.value.message} {error.value.causes}"
