"""What a request asks for, and what it was granted: the question and the answer at the gate."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.command import Access, Effect
from bot.core.proposal import Consent, Hold, Jury, Party, Weekly
from bot.core.request import Actor, Identity, Request
from bot.core.signals import Signal
from bot.core.task import Task


class Origin(StrEnum):
    """What says where a request goes when it is not typed, the strongest first."""

    PLACE = "place"
    """The policy, for the channel."""
    PERSON = "person"
    """The person, with `use`."""
    CLUSTER = "cluster"
    """Nobody: the clusters' own defaults hold."""


@dataclass(frozen=True, slots=True)
class Default:
    """Where one person's requests go while neither they nor the place say otherwise."""

    context: str
    namespace: str
    """Empty: the context's own default."""


class Audience(StrEnum):
    """Who may see an answer."""

    CHANNEL = "channel"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a bound phrase asks for, as far as the policy cares."""

    effect: Effect
    context: str = ""
    """As typed with `--context`; empty: the place's own."""
    namespace: str = ""
    """As typed with `-n`; empty: the place's own."""
    all_namespaces: bool = False
    all_contexts: bool = False
    resource: str = ""
    """The type that is changed, such as `deployments.apps`; empty: none is named yet."""
    subresource: str = ""
    name: str = ""
    """The object that is changed; empty: none is named yet."""
    cluster_scoped: bool = False
    """Whether what is changed belongs to no namespace, such as a node."""
    also: str = ""
    """What the kubeconfig calls the default context, which the policy may call `default`."""
    default: Default | None = None
    """The person's own, which counts where the place has none."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A request that may go on: as whom, where, and who may see the answer."""

    actor: Actor
    context: str
    """`default`: the default context."""
    namespace: str
    """Empty: the context's default namespace."""
    explicit_namespace: bool
    audience: Audience
    may_share: bool = False
    """Whether the person may show a private answer to everyone in the place."""
    origin: Origin = Origin.CLUSTER
    """What holds there for what is not typed."""
    consent: Consent = Consent.CONFIRM
    """What a change waits for before it is made."""
    jury: Jury = field(default_factory=Jury)
    """Who may approve it, where it waits for others."""
    on_call: bool = False
    """Whether somebody is named who may make it without the approvals that it needs."""


def placed(asked: Asked, place: Default | None) -> tuple[str, str, Origin]:
    """Return context, namespace and what says so; empty strings where nothing does.

    What is typed beats the place's default, and that beats the person's, whose namespace belongs
    to its own context alone.
    """
    default, origin = place, Origin.PLACE
    if default is None:
        default, origin = _own(asked), Origin.PERSON
    if default is None:
        default, origin = Default("", ""), Origin.CLUSTER
    return asked.context or default.context, asked.namespace or default.namespace, origin


def _own(asked: Asked) -> Default | None:
    own = asked.default
    if own is None or not asked.context or own.context in (asked.context, asked.also):
        return own
    return None


@dataclass(frozen=True, slots=True)
class Here:
    """What a place is for; without namespaces it is bound to nothing."""

    contexts: tuple[str, ...] = ()
    """`default`: the default context."""
    namespaces: tuple[str, ...] = ()
    ceiling: Effect = Effect.READ


@dataclass(frozen=True, slots=True)
class Known:
    """Who somebody is to the bot, told to themselves."""

    actor: Actor
    source: str = ""
    """What of the policy names them; empty: nothing does."""
    mode: str = ""
    """As whom the cluster sees people: `groups` or `users`; empty: as the kubeconfig's user."""
    here: Here = Here()


@dataclass(frozen=True, slots=True)
class Lack:
    """A right that somebody was found not to have in the cluster."""

    access: Access
    namespace: str
    """Empty: it is missing at the cluster scope."""


class Gate(Protocol):
    """What admits a request or refuses it with its reason; asked again at every press."""

    def admit(self, request: Request, asked: Asked) -> Grant:
        """Return the grant, or raise `RefusedError`."""
        ...

    def usergroups(self, request: Request) -> frozenset[str]:
        """Return the ids of the user groups that decide who the person is; mostly none."""
        ...

    def party(self, request: Request) -> Party:
        """Return who the person is among those who ask and approve."""
        ...

    def sits(self, request: Request, asked: Asked, jury: Jury) -> bool:
        """Tell whether the person may approve what is asked, which names its place as in `admit`.

        They are one of the jury, and of those who are named now. Where nobody is, that says no
        more than that the person is nobody's guest: whether they could make the change themselves
        is for the caller to ask.
        """
        ...

    def on_call(self, request: Request, asked: Asked) -> bool:
        """Tell whether the person may make the change without the approvals that it needs."""
        ...

    def tasks(self) -> tuple[Task, ...]:
        """Return every task that there is."""
        ...

    def frozen(self, asked: Asked, now: datetime) -> Hold | None:
        """Return what the policy's calendar holds there at that moment; None: nothing."""
        ...

    def calendar(self, now: datetime) -> tuple[Weekly, ...]:
        """Return that calendar, as it stands at that moment."""
        ...

    def signals(self) -> tuple[Signal, ...]:
        """Return what is measured of every app, beside what is built in."""
        ...

    def may_hold(self, request: Request, context: str, namespace: str, also: str = "") -> bool:
        """Tell whether the person may freeze and lock there; `*` is every cluster.

        `also` is the other name of the default context, as in `Asked`.
        """
        ...

    def known(self, request: Request, asked: Asked, actor: Actor) -> Known:
        """Return how it knows the person, and what it allows where they ask."""
        ...

    def advise(self, identity: Identity, lack: Lack) -> str:
        """Return whom to ask for a right that the cluster refuses, and for what."""
        ...


@dataclass(frozen=True, slots=True)
class Binding:
    """A channel and what may be changed from it."""

    channel: str
    context: str
    """`default`: the default context."""
    namespaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """Who a person is to the clusters, and from where they may change what."""

    actor: Actor
    bindings: tuple[Binding, ...]


class RightsBook(Protocol):
    """What tells a person their rights, as far as the policy knows them."""

    async def rights(self, request: Request) -> Rights:
        """Return the rights, or raise `RefusedError`."""
        ...


class Rates(Protocol):
    """How often a person may ask, by the groups that they act with."""

    def check(self, person_key: str, groups: Iterable[str], effect: Effect) -> None:
        """Count one request; raise `BusyError` or `RefusedError` if it is one too many."""
        ...
