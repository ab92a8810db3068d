"""One call of a Web API method, as its handler sees it."""

from dataclasses import dataclass
from typing import Literal

from bot.demo.slack.arguments import Arguments
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.state import Channel, Message

TokenKind = Literal["bot", "app", "none"]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """The arguments, and the workspace that they are about."""

    platform: Platform
    arguments: Arguments
    bearer: TokenKind
    """Whose token the call carries."""

    @property
    def granted(self) -> frozenset[str]:
        """The scopes of that token."""
        app = self.platform.app
        return {"bot": app.scopes, "app": app.app_scopes, "none": frozenset[str]()}[self.bearer]

    def need(self, *scopes: str) -> None:
        """Refuse the call unless one of the scopes was granted.

        Raises:
            CallRefusedError: `missing_scope`, naming what is needed and what was provided.
        """
        if scopes and not self.granted.intersection(scopes):
            raise CallRefusedError(
                "missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.granted))
            )

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel that an argument names: an id, a name, or a person to write to.

        Raises:
            CallRefusedError: `channel_not_found`, also for a private place without the bot.
        """
        reference = self.arguments.required(name)
        state, bot = self.platform.state, self.platform.names.bot_user
        if reference in state.users:
            return state.direct(bot, reference)
        found = state.channels.get(reference) or state.channel_named(reference)
        if found is None or (found.kind != "public" and bot not in found.members):
            raise CallRefusedError("channel_not_found")
        return found

    def place(self, name: str = "channel") -> Channel:
        """Return a channel in which the bot may post.

        Raises:
            CallRefusedError: `channel_not_found`, `is_archived`, `not_in_channel`.
        """
        channel = self.channel(name)
        if channel.archived:
            raise CallRefusedError("is_archived")
        inside = self.platform.names.bot_user in channel.members
        if not inside and "chat:write.public" not in self.granted:
            raise CallRefusedError("not_in_channel")
        return channel

    def thread(self, channel: Channel) -> str:
        """Return the thread that `thread_ts` names; empty where none was given.

        Raises:
            CallRefusedError: `thread_not_found`, or `cannot_reply_to_message` for a reply's ts
                (Slack's pages say never to use one; a thread of it would be seen by nobody).
        """
        ts = self.arguments.text("thread_ts")
        if not ts:
            return ""
        parent = self.platform.state.message(channel.id, ts)
        if parent is None or parent.only_for:
            raise CallRefusedError("thread_not_found")
        if parent.thread_ts not in ("", ts):
            raise CallRefusedError("cannot_reply_to_message")
        return ts

    def lasting(self, channel: Channel, ts: str) -> Message:
        """Return a message that can be named by its ts: ephemeral ones cannot.

        Raises:
            CallRefusedError: `message_not_found`.
        """
        message = self.platform.state.message(channel.id, ts)
        if message is None or message.only_for:
            raise CallRefusedError("message_not_found")
        return message
