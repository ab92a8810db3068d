"""Who asks, from where, and what was typed."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# What stands for a person in RBAC has to look like one, and in one way only.
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def read_email(text: str) -> str:
    """Return an address in the one form in which addresses are compared; empty: it is none.

    ASCII only, and that before the case is changed: the Kelvin sign becomes a plain `k` otherwise.
    """
    lowered = text.lower() if text.isascii() else ""
    return lowered if _EMAIL.fullmatch(lowered) else ""


class Surface(StrEnum):
    """The kinds of place from which a request can come."""

    SLASH = "slash"
    MENTION = "mention"
    DIRECT = "direct"
    """A direct message to the bot: no witnesses."""
    TERMINAL = "terminal"


class Standing(StrEnum):
    """What a person is to the workspace; only its members change anything."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    FOREIGN = "foreign"
    """Of another organisation, here by a shared channel."""
    UNKNOWN = "unknown"
    """The surface did not say."""


class Reach(StrEnum):
    """Who reads along in a place; nothing is changed where strangers do, or nobody at all."""

    HOME = "home"
    """The own workspace alone."""
    SHARED = "shared"
    """Another organisation too."""
    ARCHIVED = "archived"
    """Nobody any more: the place is closed."""
    ABSENT = "absent"
    """The own workspace alone, without the bot, which cannot tell there what was changed."""
    UNKNOWN = "unknown"
    """The surface did not say."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request was made, and where its answer belongs."""

    surface: Surface
    channel: str = ""
    """Slack's channel id; empty in a terminal. Ids, never names: names can be renamed."""
    thread: str = ""
    """The timestamp of the thread's first message; empty outside of a thread."""
    reach: Reach = Reach.HOME


@dataclass(frozen=True, slots=True)
class Person:
    """A human being as the surface knows them, before anything is granted."""

    key: str
    """`TEAM/USER` in Slack, `terminal` in a terminal: what policy and records are keyed by."""
    name: str = ""
    """For people to read; never decides anything."""
    standing: Standing = Standing.MEMBER
    email: str = ""
    """Confirmed by the workspace, in lower case; empty: none is known."""
    usergroups: tuple[str, ...] = ()
    """The ids of the workspace's user groups that they are in."""


@dataclass(frozen=True, slots=True)
class Impersonated:
    """A Kubernetes identity that is sent in impersonation headers."""

    user: str
    groups: tuple[str, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    """Pairs of extra key and value, recorded by the API server's audit log."""


@dataclass(frozen=True, slots=True)
class KubeconfigUser:
    """The kubeconfig's own user, sent without impersonation headers.

    Only a terminal may use it: `kube.transport` refuses it unless the cluster was opened for a
    terminal, and nothing that Slack reaches opens one so.
    """


Identity = Impersonated | KubeconfigUser


@dataclass(frozen=True, slots=True)
class Actor:
    """A person together with the identity that their requests are sent as."""

    person: Person
    identity: Identity


MANIFEST_BYTES = 256 * 1024
"""Of all files of a request together; the manifest of a large application has a tenth of it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a request, whole and within the surface's limits."""

    name: str
    content: bytes = field(repr=False)
    """A manifest may hold a secret: it is never logged."""
    source: str = ""
    """The word of `-f` for which a terminal read it; empty: somebody attached it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One phrase that one person typed in one place."""

    id: str
    """Goes into logs, the API server's audit log and what the person is told when it fails."""
    person: Person
    place: Place
    text: str
    """As typed, with the surface's own mangling already undone."""
    received: datetime
    files: tuple[Attachment, ...] = ()
    """What `-f` means: files that were attached, or a form's text."""
    plain: bool = False
    """Whether the answer is kubectl's and nothing more."""
    link: str = ""
    """The address of the message that asked, or whose button was pressed; empty: none is known."""
    pictures: bool = True
    """Whether pictures are seen where it was typed."""
