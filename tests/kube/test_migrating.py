"""Fields of a client-side apply go over to the manager of the server-side one."""

from typing import Any

import pytest

from bot.core.errors import ConflictError, ForbiddenError
from bot.core.plan import Apply, Target
from bot.core.ports import JsonObject
from bot.kube.masking import LAST_APPLIED
from bot.kube.messages import Message
from bot.kube.migrating import handed_over, migrate, owners

TARGET = Target("main", "", "v1", "configmaps", "ConfigMap", "shop", "web", "u1")
STEP = Apply(TARGET, '{"kind":"ConfigMap"}')
KEPT: dict[str, Any] = {"f:metadata": {"f:annotations": {f"f:{LAST_APPLIED}": {}}}}
CLIENT = "kubectl-client-side-apply"


def entry(manager: str, operation: str, fields: dict[str, Any], version: str = "v1") -> JsonObject:
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": version,
        "fieldsV1": fields,
    }


def applied(*entries: JsonObject, annotated: bool = True) -> JsonObject:
    metadata = {"name": "web", "namespace": "shop", "resourceVersion": "7", "uid": "u1"}
    annotations = {LAST_APPLIED: "{}"} if annotated else {}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**metadata, "annotations": annotations, "managedFields": list(entries)},
    }


class Server:
    """Answers each request with the next of its answers, or raises it."""

    def __init__(self, *answers: JsonObject | Exception) -> None:
        self.answers, self.asked, self.warned = list(answers), list[Message](), list[str]()

    async def exchange(self, message: Message) -> JsonObject:
        self.asked.append(message)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def migrate(self, item: JsonObject, step: Apply = STEP) -> JsonObject:
        return await migrate(self.exchange, step, item, self.warned.append)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(one.content_type, one.parameters.get("fieldManager", "")) for one in self.asked]


def conflict() -> ConflictError:
    return ConflictError("text", code=409, reason="Conflict", message="moved on")


APPLY, PATCH = "application/apply-patch+yaml", "application/json-patch+json"


async def test_an_object_that_was_never_applied_elsewhere_is_left_alone() -> None:
    server, item = Server(), applied(entry("kubectl", "Apply", {"f:data": {}}), annotated=False)
    assert await server.migrate(item) is item
    assert server.asked == []


async def test_annotation_fields_and_manifest_go_over_in_kubectls_order() -> None:
    theirs = entry(CLIENT, "Update", {**KEPT, "f:data": {"f:old": {}}})
    ours = entry("kubectl", "Apply", {"f:data": {"f:new": {}}})
    kept = applied(entry("kubectl-last-applied", "Apply", KEPT), ours, theirs)
    last = applied(ours, annotated=False)
    server = Server(kept, kept, last)
    assert await server.migrate(applied(ours, theirs)) is last
    assert server.kinds == [(APPLY, "kubectl-last-applied"), (PATCH, "kubectl"), (APPLY, "kubectl")]
    assert server.warned == []
    # The last one is the manifest as it was written: its copy in the annotation binds to nothing.
    assert server.asked[2].body == b'{"kind":"ConfigMap"}'


async def test_under_another_manager_the_annotation_is_not_kept_alive() -> None:
    theirs = entry(CLIENT, "Update", KEPT)
    server = Server(applied(), applied())
    await server.migrate(applied(theirs), Apply(TARGET, "{}", manager="me"))
    assert server.kinds == [(PATCH, "me"), (APPLY, "me")]


async def test_a_trial_migrates_nothing() -> None:
    server = Server()
    await server.migrate(applied(entry(CLIENT, "Update", KEPT)), Apply(TARGET, "{}", dry_run=True))
    assert server.asked == []


async def test_what_moves_on_meanwhile_is_read_again() -> None:
    theirs = entry(CLIENT, "Update", KEPT)
    item = applied(entry("kubectl-last-applied", "Apply", KEPT), theirs)
    server = Server(conflict(), item, item, item)
    await server.migrate(item)
    assert [one.method for one in server.asked] == ["PATCH", "GET", "PATCH", "PATCH"]
    assert server.warned == []


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param([conflict()], "failed to migrate", id="annotation"),
        pytest.param([None, *[conflict(), None] * 4, conflict()], "server rejected", id="fields"),
        pytest.param([None, None, conflict()], "failed to re-apply", id="manifest"),
    ],
)
async def test_what_fails_is_a_warning_since_the_object_has_been_applied(
    answers: list[Exception | None], said: str
) -> None:
    item = applied(entry("kubectl", "Apply", {}), entry(CLIENT, "Update", KEPT))
    server = Server(*(item if answer is None else answer for answer in answers))
    await server.migrate(item)
    [warning] = server.warned
    assert warning.startswith(said)
    assert warning.endswith("will be retried next time you apply. Error: moved on")


async def test_a_right_that_is_missing_is_a_warning_too() -> None:
    error = ForbiddenError("text", code=403, reason="Forbidden", message="you cannot")
    server = Server(error)
    item = applied(entry(CLIENT, "Update", KEPT))
    assert await server.migrate(item) is item
    assert server.warned[0].endswith("Error: you cannot")


def test_the_fields_of_one_version_are_united() -> None:
    ours = entry("kubectl", "Apply", {"f:data": {"f:a": {}}})
    theirs = entry(CLIENT, "Update", {"f:data": {"f:b": {}}})
    other = entry(CLIENT, "Update", {"f:data": {"f:c": {}}}, "v2")
    status = {**entry(CLIENT, "Update", {"f:status": {}}), "subresource": "status"}
    found = handed_over([ours, theirs, other, status], [CLIENT], "kubectl")
    assert found == [entry("kubectl", "Apply", {"f:data": {"f:a": {}, "f:b": {}}}), status]


def test_without_an_applier_the_newest_entry_becomes_its() -> None:
    found = handed_over([entry(CLIENT, "Update", {"f:data": {}})], [CLIENT], "kubectl")
    assert found == [entry("kubectl", "Apply", {"f:data": {}})]


def test_the_owners_of_the_annotation_are_found_by_what_they_did() -> None:
    entries = [entry("a", "Update", KEPT), entry("b", "Apply", KEPT), entry("c", "Update", {})]
    assert (owners(entries, "Update"), owners(entries, "Apply")) == (("a",), ("b",))
