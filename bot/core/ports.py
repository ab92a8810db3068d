"""The collaborators that a command may use, as Protocols; `wiring` says what stands behind them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from bot.core.access import Audience, Default, Known, Origin
from bot.core.approvals import Approvals
from bot.core.audit import ApiCall, Entry, Wanted
from bot.core.clock import Clock
from bot.core.command import Command
from bot.core.plan import Plan, Step, Target
from bot.core.proposal import Message
from bot.core.reply import Part
from bot.core.request import Attachment, Identity, Person, Request, Surface
from bot.core.task import Task

if TYPE_CHECKING:  # 23 classes, which a terminal that asks for no metrics need not wait for
    from bot.core.monitoring import Monitoring

JsonObject: TypeAlias = dict[str, Any]
"""An object as the API server sent it: raw, so that fields unknown to us survive."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource type of one API version, as discovery describes it."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()

    @property
    def qualified(self) -> str:
        """Return `deployments.apps`, as errors write it; core types have no group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """Return `apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version


class Form(StrEnum):
    """In which form the API server is asked to answer."""

    OBJECTS = "objects"
    TABLE = "table"
    """A Table with the metadata of each row's object."""
    TABLE_CELLS = "cells"
    """A Table with its cells alone: a fifth of the bytes."""
    TABLE_OBJECTS = "full"
    """A Table with the whole object in each row, for sorting."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to read: a type, perhaps a namespace, perhaps one name."""

    resource: Resource
    namespace: str = ""
    """Empty: cluster-scoped, or all namespaces."""
    name: str = ""
    subresource: str = ""
    label_selector: str = ""
    field_selector: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One change that a watch reported: its type (`ADDED`, `DELETED` …) and the object."""

    type: str
    object: JsonObject
    more: bool = False
    """Whether it is a part of what was there at the beginning, and another part follows."""


class Reader(Protocol):
    """What can be asked of one cluster as one identity; every call has a deadline."""

    @property
    def server(self) -> str:
        """The API server's URL."""
        ...

    async def resource(self, typed: str) -> Resource:
        """Return the type that `po`, `deploy.v1.apps` or `widgets.example.org` names."""
        ...

    async def resources(self) -> tuple[Resource, ...]:
        """Return every type of the cluster, in discovery's order."""
        ...

    async def category(self, name: str) -> tuple[Resource, ...]:
        """Return the types of a category such as `all`, in discovery's order; none: empty."""
        ...

    async def fetch(self, query: Query, form: Form = Form.OBJECTS) -> JsonObject:
        """Return the one object that the query names."""
        ...

    def pages(
        self, query: Query, form: Form = Form.OBJECTS, *, limit: int = 500
    ) -> AsyncIterator[JsonObject]:
        """Yield the list's pages, those of whole objects in pieces; `limit` 0 is one page."""
        ...

    def watch(
        self, query: Query, since: str, form: Form = Form.OBJECTS
    ) -> AsyncIterator[WatchEvent]:
        """Yield changes from the resource version `since` on, until the deadline."""
        ...

    def stream(self, query: Query) -> AsyncIterator[bytes]:
        """Yield the bytes of a subresource such as `log`, as they arrive."""
        ...

    async def tried(self, step: Step) -> tuple[JsonObject | None, JsonObject]:
        """Return the object before, if it is there, and after a dry run of the step, masked."""
        ...

    async def review(self, typed: str, spec: JsonObject) -> JsonObject:
        """Return the API server's answer to a review such as `selfsubjectaccessreviews`."""
        ...

    async def schema(self, resource: Resource) -> JsonObject:
        """Return the OpenAPI v3 document that describes a type."""
        ...

    async def version(self) -> JsonObject:
        """Return the API server's `/version`."""
        ...

    async def date(self) -> str:
        """Return the API server's time as HTTP writes it; empty where it does not say."""
        ...

    @property
    def calls(self) -> Sequence[ApiCall]:
        """The requests that were made so far, as the API server's audit log has them."""
        ...

    def warnings(self) -> tuple[str, ...]:
        """Return what the API server warned of since the last call, each text once."""
        ...


class Landed(StrEnum):
    """Whether a step was carried out whose answer was lost."""

    YES = "yes"
    NO = "no"
    """Everything that it reads and writes is as it was."""
    UNKNOWN = "unknown"
    """Something else changed in the meantime."""


class Writer(Protocol):
    """What carries out one step of a plan as one identity."""

    async def send(self, step: Step) -> JsonObject:
        """Carry out the step and return the object as it is now.

        Raises:
            SupersededError: a field that the plan reads or writes has changed.
            BusyError: a pod's disruption budget does not let it go now.
            UnreachableError: no answer says whether it was carried out.
        """
        ...

    async def landed(self, step: Step) -> Landed:
        """Tell by reading whether the step was carried out."""
        ...

    async def gone(self, target: Target, seconds: float) -> bool:
        """Wait until no object of that uid is there; return False if it still is after `seconds`.

        0: as long as the connection may be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """One context of the kubeconfig, as `config get-contexts` lists it."""

    name: str
    cluster: str = ""
    user: str = ""
    namespace: str = ""
    """Empty: the kubeconfig names none."""
    current: bool = False
    """Whether requests go there when no other is named."""


class Defaults(Protocol):
    """Where people's requests go while nothing else says it; the key is the person's."""

    @property
    def lasting(self) -> bool:
        """Whether they outlive the process."""
        ...

    async def recall(self, person: str) -> Default | None:
        """Return the person's default; None: they have none."""
        ...

    async def keep(self, person: str, default: Default) -> None:
        """Remember it in place of an earlier one."""
        ...

    async def forget(self, person: str) -> bool:
        """Forget it; return whether there was one."""
        ...


class OwnDefault(Protocol):
    """The default of the person who asks, and of nobody else."""

    @property
    def lasting(self) -> bool:
        """Whether it outlives the process."""
        ...

    async def recall(self) -> Default | None:
        """Return it; None: there is none."""
        ...

    async def keep(self, default: Default) -> None:
        """Remember it in place of an earlier one."""
        ...

    async def forget(self) -> bool:
        """Forget it; return whether there was one."""
        ...


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which places there are for a person, and why a request goes to one of them."""

    contexts: tuple[Context, ...]
    """Those that the policy lets them use; at most one is current."""
    own: OwnDefault
    origin: Origin
    known: Known
    """Who the person is to those who decide."""


class Menu(Protocol):
    """Which commands a person may use in a place; only shown, and never decided by."""

    def offers(self, command: Command[Any]) -> bool:
        """Tell whether the command is of use there; what is not known counts as allowed."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What a handler is given: one cluster as one person, and where it acts."""

    cluster: Reader
    context: str
    namespace: str
    explicit_namespace: bool
    """Whether the person typed it, or it is the place's default."""
    clock: Clock
    now: datetime
    whereabouts: Callable[[], Awaitable[Whereabouts]]
    """Looks up which places there are for the person."""
    menu: Callable[[], Awaitable[Menu]]
    """Looks up which commands are for the person there."""
    records: "Records"
    """The audit record, as far as the person may see it."""
    approvals: Approvals
    """What waits for approval, and what is frozen or locked, as far as the person may see it."""
    planned: Callable[[str], Awaitable[Plan]]
    """Plans another phrase as the same person in the same place; nothing is proposed."""
    tasks: Callable[[], Awaitable[Sequence[Task]]]
    """Looks up what the person may run by its name here."""
    monitoring: "Monitoring"
    """Metrics and alerts, as far as the person may see them."""
    plain: bool = False
    """Whether the answer is kubectl's and nothing more, so that nothing is read for what is not."""
    files: tuple[Attachment, ...] = ()
    """What `-f` means."""
    link: str = ""
    """The address of the message that asked, for the change-cause; empty: none is known."""
    text: str = ""
    """The command as it was understood."""
    surface: Surface = Surface.TERMINAL
    """Where it was typed; whoever reads along there sees its words, and what is attached to it."""
    pictures: bool = True
    """Whether pictures are seen there."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above an answer: which place it is about, and who may see it."""

    context: str
    namespace: str
    """Empty: all namespaces, or none."""
    audience: Audience
    phrase: str
    """The command as it was understood."""
    follows: bool = False
    """Whether what comes later matters more than what came first: logs, changes, a rollout."""
    seal: str = ""
    """Equal for two people who are the same to the cluster and to the gate, so that the answer of
    one may be shown to the other; empty: it is served to nobody again."""
    shareable: bool = False
    """Whether its person may show a private answer to the place."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended."""

    exit_code: int
    """kubectl's: 0, or 1 and above for a failure."""
    seconds: float


class Outlet(Protocol):
    """Where one request's answer is drawn while it comes: a terminal, a Slack message."""

    async def open(self, heading: Heading) -> None:
        """Begin the answer; not called when the request was refused before it began."""
        ...

    async def draw(self, part: Part) -> None:
        """Draw one more part of the answer."""
        ...

    async def close(self, outcome: Outcome) -> str:
        """End the answer, once and whatever happened; return where it stands, if it has a link."""
        ...


class Service(Protocol):
    """What a surface hands its requests to; neither call raises for a request's sake."""

    async def serve(self, request: Request, outlet: Outlet) -> Outcome:
        """Bind, authorise and run what was typed; every failure is drawn as a `Problem`."""
        ...

    async def confirm(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Confirm the proposal of that ticket, or approve it; the last press needed runs it.

        It runs as its requester. `request` is the press: its person and place; its text is empty.
        """
        ...

    async def withdraw(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """End the proposal of that ticket, as its requester."""
        ...

    async def deny(self, ticket: str, reason: str, request: Request, outlet: Outlet) -> Outcome:
        """Deny the proposal with a reason, as somebody who could approve it."""
        ...

    async def break_glass(
        self, ticket: str, reason: str, request: Request, outlet: Outlet
    ) -> Outcome:
        """Carry the proposal out without approval, as its requester who is on call there."""
        ...

    async def again(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Plan what that proposal was typed as once more, as whoever presses."""
        ...

    async def placed(self, ticket: str, message: Message) -> None:
        """Note where the card of that proposal stands."""
        ...

    async def cancel(self, request_id: str, person: Person) -> bool:
        """Cancel that person's running request; return whether there was one."""
        ...


class Clusters(Protocol):
    """The clusters that the bot can reach, by the names of their contexts."""

    @property
    def default_context(self) -> str:
        """The context that is meant when none is named."""
        ...

    def contexts(self) -> tuple[str, ...]:
        """Return every context's name."""
        ...

    def described(self) -> tuple[Context, ...]:
        """Return every context as it is written down; none of them is marked as current."""
        ...

    def namespace(self, context: str) -> str:
        """Return the default namespace of a context."""
        ...

    def open(
        self,
        context: str,
        identity: Identity,
        request_id: str,
        seconds: float,
        request_seconds: float = 30.0,
    ) -> "Connection":
        """Return the cluster of that context as that identity, for at most `seconds`.

        A request that is neither a stream nor a watch takes at most `request_seconds`.
        """
        ...


class Connection(Reader, Writer, Protocol):
    """One cluster as one identity, for reading and for carrying out a plan."""


class Acquaintance(Protocol):
    """What knows the people and places of a surface, by the ids that requests carry."""

    async def introduce(
        self, request: Request, within: float, usergroups: Collection[str] = ()
    ) -> Request:
        """Return the request with what its person and its place are.

        That is as it was at most `within` seconds ago; 0 asks anew. Only membership in
        `usergroups` is looked up. What cannot be learnt is unknown; nothing is raised.
        """
        ...


class Records(Protocol):
    """The audit record, for whoever may look into it."""

    async def own(self, wanted: Wanted) -> Sequence[JsonObject]:
        """Return what was recorded of the person who asks, the newest first.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    async def everyones(self, wanted: Wanted) -> Sequence[JsonObject]:
        """Return what was recorded of anybody, the newest first.

        Raises:
            RefusedError: that is not for the person who asks.
            StoreError: the store cannot be read.
        """
        ...


class Ledger(Protocol):
    """The append-only audit record; whatever it takes is also copied to standard output."""

    async def write(self, entry: Entry) -> None:
        """Record the entry; return once it is on the disk.

        Raises:
            StoreError: it cannot be recorded; the copy says so, too.
        """
        ...

    def note(self, entry: Entry) -> None:
        """Record the entry soon, and let nobody wait; what fails is a warning in the log."""
        ...

    async def search(self, wanted: Wanted) -> Sequence[JsonObject]:
        """Return the records that fit, the newest first, as they stand there.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def bug(self, request: Request) -> None:
        """Log the exception that is being handled: it should not have been possible."""
        ...


class SeenBefore(Protocol):
    """The memory that makes a redelivered event do nothing."""

    async def first_seen(self, key: str, kind: str) -> bool:
        """Return True for exactly one caller per key, over restarts and replicas."""
        ...
