"""The box's audit log, read by what reads the real one's."""

from pathlib import Path

import pytest

from bot.demo.cluster.access import Attributes, Caller, Decision
from bot.demo.cluster.audit import Event
from tests.clock import ManualClock
from tests.cluster.audit import AuditLog, summary

URI = "/apis/apps/v1/x?fieldManager=a"
PATCH = Attributes("patch", "apps", "v1", "deployments", "", "shop", "web")


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.log")


def begun(log: AuditLog, asked: Attributes = PATCH) -> Event:
    bot = Caller("bot", ("system:authenticated",), "1", {"key": ("value",)})
    return Event(log.path, ManualClock(), bot, asked, URI, "quarterdeck/1", "127.0.0.1")


def test_an_event_says_who_as_whom_what_and_how_it_ended(log: AuditLog) -> None:
    event = begun(log)
    event.impersonated = Caller("ada", ("team-a",), extra={"quarterdeck.dev/person": ("U1",)})
    event.constraint = "impersonate:user-info"
    event.decision = Decision(True, "RBAC: allowed by …")
    event.body = b'{"spec": {"replicas": 2}}'
    event.complete(200, None)
    assert log.events() == [
        {
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "level": "Request",
            "auditID": event.id,
            "stage": "ResponseComplete",
            "requestURI": "/apis/apps/v1/x?fieldManager=a",
            "verb": "patch",
            "user": {
                "username": "bot",
                "uid": "1",
                "groups": ["system:authenticated"],
                "extra": {"key": ["value"]},
            },
            "impersonatedUser": {
                "username": "ada",
                "groups": ["team-a"],
                "extra": {"quarterdeck.dev/person": ["U1"]},
            },
            "authenticationMetadata": {"impersonationConstraint": "impersonate:user-info"},
            "sourceIPs": ["127.0.0.1"],
            "userAgent": "quarterdeck/1",
            "objectRef": {
                "resource": "deployments",
                "namespace": "shop",
                "name": "web",
                "apiGroup": "apps",
                "apiVersion": "v1",
            },
            "responseStatus": {"metadata": {}, "code": 200},
            "requestObject": {"spec": {"replicas": 2}},
            "requestReceivedTimestamp": "2026-01-01T12:00:00.000000Z",
            "stageTimestamp": "2026-01-01T12:00:00.000000Z",
            "annotations": {
                "authorization.k8s.io/decision": "allow",
                "authorization.k8s.io/reason": "RBAC: allowed by …",
            },
        }
    ]


def test_a_failure_carries_its_status_and_a_refusal_its_decision(log: AuditLog) -> None:
    event = begun(log)
    event.decision = Decision(False)
    event.complete(
        403, {"kind": "Status", "status": "Failure", "message": "no", "reason": "Forbidden"}
    )
    found = log.events()[0]
    assert found["responseStatus"] == {
        "metadata": {}, "status": "Failure", "message": "no", "reason": "Forbidden", "code": 403,
    }  # fmt: skip
    assert found["annotations"]["authorization.k8s.io/decision"] == "forbid"
    assert summary(found) == "bot: patch /apis/apps/v1/x?fieldManager=a 403"


def test_what_goes_on_has_two_stages(log: AuditLog) -> None:
    event = begun(log, Attributes("watch", "", "v1", "pods"))
    event.started(200)
    event.complete(200, None)
    stages = [each["stage"] for each in log.events()]
    assert stages == ["ResponseStarted", "ResponseComplete"]


def test_a_creation_names_its_object_by_what_was_sent(log: AuditLog) -> None:
    event = begun(log, Attributes("create", "", "v1", "pods", "", "shop"))
    event.body = b'{"metadata": {"name": "one"}}'
    event.complete(201, None)
    assert log.events()[0]["objectRef"]["name"] == "one"


def test_a_path_is_no_object_and_nobody_decided_yet(log: AuditLog) -> None:
    begun(log, Attributes("get", path="/version")).complete(403, None)
    assert log.events()[0].keys().isdisjoint({"objectRef", "annotations", "requestObject"})


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b'[{"op": "remove"}]', [{"op": "remove"}]),
        (b"data: {a: b}", {"data": {"a": "b"}}),
        (b"k8s\x00\x01\x02", None),
        (b"{no json", None),
        (b"", None),
    ],
    ids=["a patch", "yaml", "protobuf", "broken", "nothing"],
)
def test_what_was_sent_is_told_as_far_as_it_can_be_read(
    log: AuditLog, body: bytes, sent: object
) -> None:
    event = begun(log)
    event.body = body
    event.complete(200, None)
    assert log.events()[0].get("requestObject") == sent
