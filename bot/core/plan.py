"""A change as data: what is previewed is what is authorised, recorded and executed.

A command that changes things returns a `Plan` and does nothing. Each step names the fields
that it reads and writes with their values at the time of planning; they travel as JSON Patch
`test` operations in the same request, so that the API server itself refuses a stale plan.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

from bot.core.command import Effect

JsonValue: TypeAlias = Any
"""Any JSON value; a foreign edge, since an object's fields are the API server's."""


@dataclass(frozen=True, slots=True)
class Target:
    """One object of one cluster, by the names of the API server."""

    context: str
    group: str
    version: str
    resource: str
    """The plural that stands in the URL, such as `deployments`."""
    kind: str
    namespace: str
    """Empty for a cluster-scoped object."""
    name: str
    uid: str

    @property
    def qualified(self) -> str:
        """Return kubectl's `deployment.apps/web`."""
        group = f".{self.group}" if self.group else ""
        return f"{self.kind.lower()}{group}/{self.name}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a JSON Patch (RFC 6902)."""

    op: Literal["test", "add", "replace", "remove"]
    path: str
    value: JsonValue = None


@dataclass(frozen=True, slots=True)
class Patch:
    """A JSON Patch of one object or of one of its subresources."""

    target: Target
    operations: tuple[Operation, ...]
    """The preconditions first, as `test`; then what changes."""
    subresource: str = ""
    effect: Effect = Effect.CHANGE
    dry_run: bool = False
    """Whether the API server only checks it (`dryRun=All`)."""

    def body(self) -> bytes:
        """Return the exact bytes that are sent: the ones that were shown and approved."""
        return orjson.dumps([_wire(operation) for operation in self.operations])


Step: TypeAlias = Patch


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a preview: a field, what it is and what it will be."""

    subject: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, in order, and how it reads to a person."""

    phrase: str
    """The command as it was bound, for the record and for the button."""
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    done: tuple[str, ...]
    """kubectl's line for each step that succeeded, such as `deployment.apps/web scaled`."""

    @property
    def effect(self) -> Effect:
        """Return the highest effect of the steps."""
        return max((step.effect for step in self.steps), default=Effect.READ)


def dump_plan(plan: Plan) -> bytes:
    """Return the plan as JSON, to wait for a press."""
    return orjson.dumps(plan)


def load_plan(document: bytes) -> Plan:
    """Return the plan that `dump_plan` wrote, equal to the original in every byte it sends."""
    # Only a press needs it, and a terminal that reads must start quickly.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Plan).validate_json(document)


def _wire(operation: Operation) -> dict[str, JsonValue]:
    if operation.op == "remove":
        return {"op": operation.op, "path": operation.path}
    return {"op": operation.op, "path": operation.path, "value": operation.value}
