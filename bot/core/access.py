"""What a request asks for, and what it was granted: the question and the answer at the gate."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.command import Effect
from bot.core.request import Actor, Request


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
    also: str = ""
    """The context's other name, where it has one: `default` is one of the default context's."""


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


class Gate(Protocol):
    """What admits a request or refuses it with its reason; asked again at every press."""

    def admit(self, request: Request, asked: Asked) -> Grant:
        """Return the grant, or raise `RefusedError`."""
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

    def rights(self, request: Request) -> Rights:
        """Return the rights, or raise `RefusedError`."""
        ...
