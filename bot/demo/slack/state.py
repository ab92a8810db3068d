"""What stands in the simulated workspace: people, channels, messages and files.

Values are frozen; a change puts a new value in the place of the old one and rings the bell.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from bot.demo.slack.changes import Changes
from bot.demo.slack.identifiers import Identifiers, Stamps
from bot.demo.slack.screens import Screens
from bot.demo.slack.shapes import Json

SLACKBOT = "USLACKBOT"
"""The author of Slack's own notices."""

OTHER_TEAM = "T0FOREIGN"
"""The workspace of people who are here by Slack Connect."""

UserFlag = Literal[
    "guest",
    "single_channel_guest",
    "deactivated",
    "bot",
    "workflow_bot",
    "connector_bot",
    "foreign",
    "unconfirmed",
]
ChannelKind = Literal["public", "private", "im", "mpim"]


class Someone(Protocol):
    """Whatever stands for one user."""

    @property
    def id(self) -> str:
        """The user id."""
        ...


@dataclass(frozen=True, slots=True)
class User:
    """Someone who can be seen in the workspace."""

    id: str
    name: str
    team: str
    email: str = ""
    flags: frozenset[UserFlag] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """A user group, such as `@sre`."""

    id: str
    handle: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A place to speak in; `members` are user ids."""

    id: str
    name: str
    kind: ChannelKind
    members: tuple[str, ...] = ()
    archived: bool = False
    shared: bool = False
    """Shared with another workspace by Slack Connect."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message in its newest version; `ts` names it within its channel."""

    channel: str
    author: str
    text: str
    ts: str = ""
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    files: tuple[str, ...] = ()
    thread_ts: str = ""
    only_for: str = ""
    """The one person who sees an ephemeral message; empty for an ordinary one."""
    metadata: Json | None = None
    origin: str = ""
    """The trigger of the act that this answers, where Slack knows it (acks, response URLs)."""
    edited: str = ""
    deleted: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file; `content` is None until the bytes have come."""

    id: str
    name: str
    length: int
    created: int
    owner: str
    title: str = ""
    snippet_type: str = ""
    alt_text: str = ""
    content: bytes | None = None
    complete: bool = False
    shares: tuple[tuple[str, str], ...] = ()
    """(channel, ts) of each message that carries it."""


@dataclass(slots=True)
class State:
    """The workspace's memory. Only its methods write messages."""

    ids: Identifiers
    stamps: Stamps
    changes: Changes = field(default_factory=Changes)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    reactions: dict[tuple[str, str], dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """By (channel, ts): from the name of an emoji to the ids of who chose it."""
    screens: Screens = field(init=False)
    _messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    _written: list[Message] = field(default_factory=list)
    """Every version of every message, in the order in which they came."""

    def __post_init__(self) -> None:
        self.screens = Screens(self.changes.announce)

    def post(self, message: Message) -> Message:
        """Put a new message into its channel and return it with its timestamp."""
        stamped = replace(message, ts=self.stamps.fresh())
        return self._put(stamped)

    def rewrite(self, message: Message, **changes: Any) -> Message:
        """Put a new version in the place of a message and return it."""
        current = self._messages[message.channel, message.ts]
        new = replace(current, revision=current.revision + 1, **changes)
        return self._put(new)

    def message(self, channel: str, ts: str) -> Message | None:
        """Return the message that stands there now, if it was not deleted."""
        found = self._messages.get((channel, ts))
        return None if found is None or found.deleted else found

    def latest(self, message: Message) -> Message:
        """Return the newest version of a message, deleted or not."""
        return self._messages[message.channel, message.ts]

    def written(self, since: int = 0) -> list[Message]:
        """Return every version of every message, after the first `since`, oldest first."""
        return self._written[since:]

    def react(self, message: Message, name: str, people: tuple[str, ...]) -> None:
        """Say who has chosen an emoji below a message."""
        below = self.reactions.setdefault((message.channel, message.ts), {})
        below[name] = people
        if not people:
            del below[name]
        self.changes.announce()

    def standing(self, channel: str) -> list[Message]:
        """Return what was posted in a channel and not deleted, oldest first."""
        return [m for m in self._messages.values() if m.channel == channel and not m.deleted]

    def visible(self, channel: str, viewer: str) -> Iterator[Message]:
        """Yield what `viewer` sees in a channel, oldest first."""
        return (
            message
            for message in self._messages.values()
            if message.channel == channel and self.sees(viewer, message)
        )

    def sees(self, viewer: str, message: Message) -> bool:
        """Tell whether the message stands on this person's screen."""
        here = viewer in self.channels[message.channel].members
        return here and not message.deleted and message.only_for in ("", viewer)

    def _put(self, message: Message) -> Message:
        self._messages[message.channel, message.ts] = message
        self._written.append(message)
        self.changes.announce()
        return message

    def direct(self, *people: str) -> Channel:
        """Return the direct message channel of these people, opening it if need be."""
        wanted = frozenset(people)
        for channel in self.channels.values():
            if channel.kind in ("im", "mpim") and frozenset(channel.members) == wanted:
                return channel
        kind: ChannelKind = "im" if len(wanted) == 2 else "mpim"
        channel = Channel(self.ids.named("D" if kind == "im" else "G"), "", kind, people)
        self.channels[channel.id] = channel
        return channel

    def channel_named(self, name: str) -> Channel | None:
        """Return the channel with this name, with or without `#`."""
        wanted = name.removeprefix("#")
        return next((c for c in self.channels.values() if wanted and c.name == wanted), None)

    def group_named(self, handle: str) -> Group:
        """Return the user group with this handle, founding it if need be."""
        for group in self.groups.values():
            if group.handle == handle:
                return group
        group = Group(self.ids.named("S"), handle)
        self.groups[group.id] = group
        return group

    def label(self, identifier: str) -> str:
        """Return how an id of a user, group or channel reads on the screen."""
        if identifier in self.users:
            return f"@{self.users[identifier].name}"
        if identifier in self.groups:
            return f"@{self.groups[identifier].handle}"
        if identifier in self.channels:
            return f"#{self.channels[identifier].name}"
        return identifier
