"""People of the workspace as tests speak of them: they type, and get back what they see."""

from dataclasses import dataclass

from bot.demo.slack.desk import Desk
from bot.demo.slack.state import Channel, User
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.wire import ActKind


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can type. Each act returns the first thing that they see in answer.

    Every act raises `NothingSeenError` when nothing becomes visible, and ValueError when the
    person could not have done it: not in the channel, or deactivated.
    """

    user: User
    desk: Desk

    @property
    def id(self) -> str:
        """The user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The name without `@`."""
        return self.user.name

    async def slash(
        self, channel: Channel, typed: str, thread: SeenMessage | None = None
    ) -> SeenMessage:
        """Type a slash command; in a thread Slack refuses it, whatever the app says."""
        self._must_be_in(channel)
        place = _root(thread)
        interactions = self.desk.interactions
        act = interactions.begin("command", self.user, channel, typed)
        question = self.desk.question(act)
        work = interactions.command(act, self.user, channel, place)
        found = await self.desk.answered(question, self.desk.platform.errands.start(work))
        return SeenMessage(self.desk, self.user, found, act)

    async def mention(
        self, channel: Channel, text: str, thread: SeenMessage | None = None
    ) -> SeenMessage:
        """Write `@bot text` into a channel or a thread of it."""
        self._must_be_in(channel)
        return await self._write("mention", channel, text, _root(thread))

    async def dm(self, text: str, thread: SeenMessage | None = None) -> SeenMessage:
        """Write to the bot in private."""
        return await self._write("direct", self.direct_channel(), text, _root(thread))

    def direct_channel(self) -> Channel:
        """Return the person's direct message channel with the bot."""
        platform = self.desk.platform
        return platform.state.direct(platform.names.bot_user, self.id)

    def sees(self, channel: Channel) -> list[SeenMessage]:
        """Return what the person sees in a channel and its threads, oldest first."""
        visible = self.desk.platform.state.visible(channel.id, self.id)
        return [SeenMessage(self.desk, self.user, message) for message in visible]

    async def _write(self, kind: ActKind, channel: Channel, text: str, thread: str) -> SeenMessage:
        interactions = self.desk.interactions
        act = interactions.begin(kind, self.user, channel, text)
        question = self.desk.question(act, thread)
        tell = interactions.mention if kind == "mention" else interactions.direct
        work = self.desk.platform.errands.start(tell(act, channel, text, thread))
        found = await self.desk.answered(question, work)
        return SeenMessage(self.desk, self.user, found, act)

    def _must_be_in(self, channel: Channel) -> None:
        current = self.desk.platform.state.channels[channel.id]
        if self.id not in current.members or "deactivated" in self.user.flags:
            raise ValueError(f"{self.name} cannot type in #{channel.name}")


def _root(thread: SeenMessage | None) -> str:
    """Return the ts of the thread that a message belongs to or begins."""
    return "" if thread is None else thread.thread_ts or thread.ts
