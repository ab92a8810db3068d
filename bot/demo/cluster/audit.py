"""The audit log: what was asked, by whom and as whom, and how it ended.

One JSON event a line, as kube-apiserver writes it at the level Request and without the stage
RequestReceived (audit.k8s.io/v1). A request without a known caller is not in it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import yaml

from bot.core.clock import Clock
from bot.demo.cluster.rbac import Attributes, Caller, Decision
from bot.demo.cluster.refusals import JsonObject, without_empty


class Audit:
    """The log of one cluster's API server."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        path.touch()

    def begin(
        self, caller: Caller, asked: Attributes, uri: str, agent: str, source: str
    ) -> "Event":
        """Return the event of a request, of which nothing is written yet."""
        return Event(self, caller, asked, uri, agent, source, self._clock.now())

    def write(self, event: "Event", stage: str, code: int, status: JsonObject | None) -> None:
        """Write one stage of a request; `status` is the `Status` of its failure."""
        told = {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request"}
        told |= {"stage": stage, "stageTimestamp": _micro(self._clock.now()), **_told(event)}
        of_failure = ("status", "message", "reason", "details")
        failure = {key: status[key] for key in of_failure if key in status} if status else {}
        told["responseStatus"] = {"metadata": {}, **failure, "code": code}
        with self._path.open("ab") as file:
            file.write(orjson.dumps(told) + b"\n")


@dataclass(slots=True)
class Event:
    """One request, of which more becomes known as it is answered."""

    log: Audit
    caller: Caller
    asked: Attributes
    uri: str
    agent: str
    source: str
    received: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    impersonated: Caller | None = None
    constraint: str = ""
    """Of a constrained impersonation, `impersonate:user-info`."""
    decision: Decision | None = None
    """None: it was refused before anybody came to decide."""
    body: bytes = b""

    def started(self, code: int) -> None:
        """Write that the answer, which will go on for a while, has begun."""
        self.log.write(self, "ResponseStarted", code, None)

    def complete(self, code: int, status: JsonObject | None) -> None:
        """Write how the request ended."""
        self.log.write(self, "ResponseComplete", code, status)


def _told(event: Event) -> JsonObject:
    sent, decision = _sent(event.body), event.decision
    return without_empty({
        "auditID": event.id,
        "requestURI": event.uri,
        "verb": event.asked.verb,
        "user": event.caller.told(),
        "impersonatedUser": event.impersonated and event.impersonated.told(),
        "authenticationMetadata": without_empty({"impersonationConstraint": event.constraint}),
        "sourceIPs": [event.source] if event.source else [],
        "userAgent": event.agent,
        "objectRef": _object(event.asked, sent),
        "requestObject": sent,
        "requestReceivedTimestamp": _micro(event.received),
        "annotations": decision and {
            "authorization.k8s.io/decision": "allow" if decision.allowed else "forbid",
            "authorization.k8s.io/reason": decision.reason,
        },
    })  # fmt: skip


def _object(asked: Attributes, body: Any) -> JsonObject:
    written = asked.verb in ("create", "update") and isinstance(body, Mapping)
    metadata = (body.get("metadata") if written else None) or {}
    return without_empty({
        "resource": asked.resource,
        "namespace": asked.namespace,
        "name": asked.name or metadata.get("name"),
        "apiGroup": asked.group,
        "apiVersion": asked.version,
        "subresource": asked.subresource,
        "uid": metadata.get("uid"),
        "resourceVersion": metadata.get("resourceVersion"),
    })  # fmt: skip


def _sent(body: bytes) -> Any:
    """Return what was sent as JSON or YAML; of other bodies the log says nothing."""
    try:
        sent = yaml.load(body, yaml.CSafeLoader) if body[:1] not in b"{[" else orjson.loads(body)
    except (ValueError, yaml.YAMLError):
        return None
    return sent if isinstance(sent, dict | list) else None


def _micro(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
