"""The audit log: what was asked, by whom and as whom, and how it ended.

One JSON event a line, as kube-apiserver writes it at the level Request and without the stage
RequestReceived (audit.k8s.io/v1). A request without a known caller is not in it.
"""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import yaml

from bot.core.clock import Clock
from bot.demo.cluster.access import Attributes, Caller, Decision
from bot.demo.cluster.values import Json, micro, without_empty


@dataclass(slots=True)
class Event:
    """One request, of which more becomes known as it is answered."""

    log: Path
    clock: Clock
    caller: Caller
    asked: Attributes
    uri: str
    agent: str
    source: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    received: str = ""
    impersonated: Caller | None = None
    constraint: str = ""
    """Of a constrained impersonation, `impersonate:user-info`."""
    decision: Decision | None = None
    """None: it was refused before anybody came to decide."""
    body: bytes = b""

    def __post_init__(self) -> None:
        self.received = micro(self.clock.now())

    def started(self, code: int) -> None:
        """Write that the answer, which will go on for a while, has begun."""
        self._write("ResponseStarted", code, {})

    def complete(self, code: int, status: Json | None) -> None:
        """Write how the request ended: with a code, and with the `Status` of a failure."""
        self._write("ResponseComplete", code, status or {})

    def _write(self, stage: str, code: int, status: Json) -> None:
        sent, typed = _sent(self.body), ("kind", "apiVersion")
        failure = {k: v for k, v in status.items() if k not in typed}
        told = without_empty({
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request",
            "auditID": self.id, "stage": stage,
            "requestURI": self.uri, "verb": self.asked.verb,
            "user": self.caller.told(),
            "impersonatedUser": self.impersonated and self.impersonated.told(),
            "authenticationMetadata": without_empty({"impersonationConstraint": self.constraint}),
            "sourceIPs": [self.source] if self.source else [], "userAgent": self.agent,
            "objectRef": _object(self.asked, sent),
            "responseStatus": {"metadata": {}, **failure, "code": code},
            "requestObject": sent,
            "requestReceivedTimestamp": self.received, "stageTimestamp": micro(self.clock.now()),
            "annotations": self.decision and {
                "authorization.k8s.io/decision": "allow" if self.decision.allowed else "forbid",
                "authorization.k8s.io/reason": self.decision.reason,
            },
        })  # fmt: skip
        with self.log.open("ab") as file:
            file.write(orjson.dumps(told) + b"\n")


def _object(asked: Attributes, sent: Any) -> Json:
    created = (sent or {}).get("metadata") or {} if asked.verb == "create" else {}
    told = {part: getattr(asked, part) for part in ("resource", "namespace", "subresource")}
    told |= {"name": asked.name or created.get("name"), "apiGroup": asked.group}
    return without_empty(told | {"apiVersion": asked.version})


def _sent(body: bytes) -> Any:
    """Return what was sent as JSON or YAML; of other bodies the log says nothing."""
    try:
        sent = yaml.load(body, yaml.CSafeLoader) if body[:1] not in b"{[" else orjson.loads(body)
    except (ValueError, yaml.YAMLError):
        return None
    return sent if isinstance(sent, dict | list) else None
