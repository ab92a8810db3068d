"""A change as data: what is previewed is what is authorised, recorded and executed.

A command that changes things returns a `Plan` and does nothing. Each step names the fields that it
reads and writes with their values at the time of planning. In a JSON Patch they travel as `test`
operations, so that the API server itself refuses a stale plan. Other requests carry none: for those
the object is read again, the named fields are compared, and the request goes out with the uid and
the resource version of that read.
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
    """Empty: the object is to be created."""

    @property
    def qualified(self) -> str:
        """Return kubectl's `deployment.apps/web`."""
        group = f".{self.group}" if self.group else ""
        return f"{self.kind.lower()}{group}/{self.name}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a JSON Patch (RFC 6902)."""

    op: Literal["test", "add", "replace", "remove", "move", "copy"]
    path: str
    value: JsonValue = None
    source: str = ""
    """Where `move` and `copy` take the value from."""

    def wire(self) -> dict[str, JsonValue]:
        """Return it as JSON has it."""
        match self.op:
            case "remove":
                return {"op": self.op, "path": self.path}
            case "move" | "copy":
                return {"op": self.op, "path": self.path, "from": self.source}
            case _:
                return {"op": self.op, "path": self.path, "value": self.value}


@dataclass(frozen=True, slots=True)
class Seen:
    """One field of an object as it was when the plan was made."""

    path: str
    """A JSON pointer (RFC 6901); empty: the whole object."""
    value: JsonValue = None
    """A Secret's values are read masked: who writes them sees `/metadata/resourceVersion`, too."""
    present: bool = True
    """Whether it was there at all."""


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
    manager: str = ""
    """The field manager; empty: the API server's default for the client."""
    refused: str = ""
    """What kubectl writes before the API server's refusal, such as `failed to patch`."""
    settle_seconds: float | None = None
    """How long it is waited, once its line could stand there, until as many replicas are there as
    are wanted; None: not at all."""
    verb: Literal["patch"] = "patch"

    def body(self) -> bytes:
        """Return the exact bytes that are sent: the ones that were shown and approved."""
        return orjson.dumps([operation.wire() for operation in self.operations])


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge patch as somebody wrote it, which can carry no `test`."""

    target: Target
    document: str
    """The patch as JSON; the uid and the resource version are added as it is sent."""
    media: Literal["merge", "strategic"]
    seen: tuple[Seen, ...] = ()
    subresource: str = ""
    effect: Effect = Effect.CHANGE
    dry_run: bool = False
    manager: str = ""
    verb: Literal["merge"] = "merge"


@dataclass(frozen=True, slots=True)
class Apply:
    """A server-side apply of one document; without a uid the object is to be created."""

    target: Target
    document: str
    """The object as JSON, without a uid and a resource version."""
    seen: tuple[Seen, ...] = ()
    force: bool = False
    effect: Effect = Effect.CHANGE
    dry_run: bool = False
    manager: str = "kubectl"
    validation: Literal["Strict", "Warn", "Ignore"] = "Strict"
    verb: Literal["apply"] = "apply"


@dataclass(frozen=True, slots=True)
class Create:
    """A new object; it fails where one of that name is there already."""

    target: Target
    document: str
    """The object as JSON."""
    subresource: str = ""
    effect: Effect = Effect.CHANGE
    dry_run: bool = False
    manager: str = "kubectl-create"
    validation: Literal["Strict", "Warn", "Ignore"] = "Strict"
    failing: str = ""
    """What is said before the API server's words where it refuses, such as `failed to create job:`;
    empty: those words stand as for any other request."""
    source: str = ""
    """The file that it stands in, as kubectl's errors name it."""
    verb: Literal["create"] = "create"


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of one object, of that uid and no other of its name."""

    target: Target
    seen: tuple[Seen, ...] = ()
    propagation: Literal["Background", "Foreground", "Orphan"] = "Background"
    grace_seconds: int | None = None
    """None: the object's own."""
    wait_seconds: float | None = None
    """How long it is waited until the object is gone, once its line stands there; None: not at
    all, 0: as long as the command may take."""
    effect: Effect = Effect.DESTROY
    dry_run: bool = False
    missing_ok: bool = False
    """Whether it is as good as done where the object is gone already."""
    source: str = ""
    """The file that named it, as kubectl's errors name it."""
    verb: Literal["delete"] = "delete"


@dataclass(frozen=True, slots=True)
class Evict:
    """The eviction of one pod, which its disruption budgets may put off.

    Evictions that follow each other are made at the same time; each is repeated while a budget
    refuses it, and its line stands there once the pod is gone.
    """

    target: Target
    grace_seconds: int | None = None
    effect: Effect = Effect.CHANGE
    dry_run: bool = False
    delete: bool = False
    """Whether the pod is deleted instead, past its budgets."""
    wait_seconds: float | None = 0.0
    """How long the budgets and the pod's end may take; 0: as long as the command may take."""
    verb: Literal["evict"] = "evict"


Step: TypeAlias = Patch | Merge | Apply | Create | Delete | Evict


def subresource_of(step: Step) -> str:
    """Return which part of the object a step is about; mostly the object itself."""
    match step:
        case Evict():
            return "" if step.delete else "eviction"
        case Patch() | Merge() | Create():
            return step.subresource
        case Apply() | Delete():
            return ""


def verb_of(step: Step) -> str:
    """Return RBAC's verb for a step, which is the API server's audit log's too."""
    match step:
        case Patch() | Merge() | Apply():
            return "patch"
        case Create():
            return "create"
        case Delete():
            return "delete"
        case Evict():
            return "delete" if step.delete else "create"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a preview: a field, what it is and what it will be."""

    subject: str
    field: str
    """Empty where the whole object is meant."""
    before: str
    after: str

    @property
    def told(self) -> str:
        """Return what changes of its subject, such as `replicas 3 → 5` and `there → deleted`."""
        return f"{self.field} {self.before} → {self.after}".lstrip()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a plan means beyond its own fields, in sentences for a person; kubectl says none."""

    reach: tuple[str, ...] = ()
    """What it takes along: pods that restart, endpoints left, objects that are deleted with it."""
    warnings: tuple[str, ...] = ()
    """What speaks against it, each with what to type or do instead."""
    diff: str = ""
    """A unified diff of the objects as YAML, with its own line ends; Secret values are masked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, in order, and how it reads to a person."""

    phrase: str
    """The command as it was bound, for the record and for the button."""
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    done: tuple[str, ...]
    """kubectl's lines for each step that succeeded, such as `deployment.apps/web scaled`; one
    entry a step, which may hold several lines or none."""
    begin: tuple[str, ...] = ()
    """What kubectl writes to standard output as each step begins; one entry a step, or none."""
    ending: tuple[str, ...] = ()
    """kubectl's lines once every step has succeeded, such as `node/n drained`."""
    asides: tuple[str, ...] = ()
    """What kubectl writes to standard error while it plans."""
    outlook: Outlook = Outlook()
    rollouts: tuple[Target, ...] = ()
    """The workloads whose rollout is followed once it has been carried out."""
    output: str = ""
    """The form that `-o` asks for: objects are shown in it, instead of the lines of `done`."""
    shown: tuple[JsonValue, ...] = ()
    """The objects that are shown so where they are not those that the steps return; one a step,
    or all of them where there are no steps."""

    @property
    def effect(self) -> Effect:
        """Return the highest effect of the steps."""
        return max((step.effect for step in self.steps), default=Effect.READ)

    @property
    def secret(self) -> bool:
        """Return whether it may hold the values of a Secret, so that it is kept encrypted only."""
        return any(_may_hold_values(step) for step in self.steps)


def _may_hold_values(step: Step) -> bool:
    if isinstance(step, Delete) and not step.seen:
        return False
    return step.target.resource == "secrets" and not step.target.group


def dump_plan(plan: Plan) -> bytes:
    """Return the plan as JSON, to wait for a press."""
    return orjson.dumps(plan)


def load_plan(document: bytes) -> Plan:
    """Return the plan that `dump_plan` wrote, equal to the original in every byte it sends."""
    # Only a press needs it, and a terminal that reads must start quickly.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Plan).validate_json(document)
