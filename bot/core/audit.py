"""The words of the audit record: what happened, to whom it belongs, and what the wire said.

Nothing here is cleaned, numbered or chained yet: that is `bot.audit`, which all of it goes
through.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    """What a record is about."""

    SERVED = "served"
    """A request that changed nothing has ended: a read, or a change that could not be planned."""
    REFUSED = "refused"
    """The grammar, the policy or the bot itself said no; nothing more was sent."""
    LISTED = "listed"
    """A menu was filled with what the person may see."""
    SHARED = "shared"
    """A private answer was shown to everybody in its place."""
    PROPOSED = "proposed"
    """A change was shown and waits for a press."""
    INTENT = "intent"
    """A step of a plan is about to be sent: recorded before it is."""
    OUTCOME = "outcome"
    """How that step ended."""
    READ = "read"
    """What else was asked of the cluster for an act that has a record: a rollout was followed."""
    APPROVED = "approved"
    """Somebody else approved a proposal; it may need another approval yet."""
    DENIED = "denied"
    """Somebody who could have approved a proposal denied it."""
    GLASS_BROKEN = "glass-broken"
    """Somebody on call carries a change out without the approval that it needs."""
    HELD = "held"
    """A namespace was frozen or an object locked."""
    LIFTED = "lifted"
    """A freeze or a lock was lifted."""
    WATCHED = "watched"
    """Somebody wants to be told when a condition turns."""
    UNWATCHED = "unwatched"
    """That has ended: its time had passed, somebody ended it, or its person lost the right."""
    WITHDRAWN = "withdrawn"
    """A proposal was cancelled by its person."""
    EXPIRED = "expired"
    """A proposal was not pressed in time."""
    STARTED = "started"
    """A chain begins; it names the heads of the others, and the policy that is in force."""
    POLICY = "policy"
    """Another policy came into force."""
    ANCHOR = "anchor"
    """The heads of the other chains, seen from this one."""
    SWEPT = "swept"
    """Records of a chain were removed because of their age."""
    STOPPED = "stopped"
    """A chain ends, and on purpose."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request to the API server, in the words of its own audit log."""

    audit_id: str
    verb: str
    resource: str
    """`deployments.apps/scale`; a path, such as `/openapi/v3`, where it is about no resource."""
    namespace: str
    name: str
    code: int


@dataclass(frozen=True, slots=True)
class Who:
    """A person, as the surface and as the cluster knows them."""

    person: str
    """`TEAM/USER` in Slack."""
    user: str = ""
    """The Kubernetes user that they acted as; empty: none was granted."""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """From where something was asked, and which place of which cluster it is about."""

    surface: str = ""
    channel: str = ""
    thread: str = ""
    link: str = ""
    """The address of the message that asked, or whose button was pressed."""
    context: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """One object that a plan changes."""

    context: str
    verb: str
    resource: str
    namespace: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, by what it is and not by what it holds: its bytes may hold a secret."""

    digest: str
    """SHA-256 of the plan, the same in each record about it."""
    targets: tuple[Aim, ...]
    ticket: str = ""
    """A digest of the ticket under which it waited."""


@dataclass(frozen=True, slots=True)
class File:
    """Something that was attached; never what is in it."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Result:
    """How something ended."""

    exit_code: int = 0
    code: int | None = None
    """The API server's last answer, where it was a failure."""
    reason: str = ""
    """The API server's word, such as `Forbidden`."""
    text: str = ""
    """What the person was told, where it went wrong."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, before it is numbered and chained."""

    happening: Happening
    at: datetime
    request: str = ""
    who: Who | None = None
    where: Where = Where()
    phrase: str = ""
    """As typed."""
    canonical: str = ""
    """As it was understood."""
    files: tuple[File, ...] = ()
    plan: Planned | None = None
    result: Result | None = None
    calls: tuple[ApiCall, ...] = ()
    details: dict[str, object] = field(default_factory=dict)
    """What is told of a chain."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are looked for; what is empty does not matter."""

    person: str = ""
    namespace: str = ""
    channel: str = ""
    request: str = ""
    text: str = ""
    """Stands anywhere in the record, whatever its case."""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    """The newest ones; 0: all."""


@dataclass(frozen=True, slots=True)
class Link:
    """One record as it stands in its chain, and by what it can be found."""

    chain: str
    seq: int
    """From 1 on, without a gap."""
    record: bytes
    """Canonical JSON."""
    digest: bytes
    """What makes it a link: made with the key of this record and of the link before it."""
    at: datetime
    person: str = ""
    namespace: str = ""
    channel: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a chain, signed, so that nobody else can set it."""

    seq: int
    digest: bytes
    seal: bytes = b""
    """Empty where nothing was signed yet: before the first record, and nothing removed."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What is known of a chain beside its records."""

    name: str
    floor: Mark
    """The last record that was removed because of its age."""
    head: Mark
    """The last record that was written."""
    touched: datetime
    """When that was."""
