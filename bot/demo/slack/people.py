"""People of the workspace as tests speak of them: they type, and get back what they see."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from bot.demo.slack.desk import Desk, NothingSeenError, Question
from bot.demo.slack.files import bring
from bot.demo.slack.interactions import Words
from bot.demo.slack.screens import View
from bot.demo.slack.seenview import SeenView
from bot.demo.slack.state import Channel, File, User
from bot.demo.slack.visible import SeenMessage

Where: TypeAlias = Channel | str
"""A channel, or its name with `#`."""
Asked: TypeAlias = tuple[Question, asyncio.Task[None]]


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

    @property
    def modal(self) -> SeenView:
        """The modal that the person has before them.

        Raises:
            NothingSeenError: none is open.
        """
        return self._view(self.desk.platform.state.screens.top(self.id), "no modal is open")

    @property
    def home(self) -> SeenView:
        """What the Home tab shows to the person.

        Raises:
            NothingSeenError: nothing was ever published.
        """
        return self._view(self.desk.platform.state.screens.home(self.id), "the Home tab is empty")

    async def slash(
        self, channel: Where, typed: str, thread: SeenMessage | None = None
    ) -> SeenMessage:
        """Type a slash command; in a thread Slack refuses it, whatever the app says."""
        return await self._seen(self._command(channel, typed, _root(thread)))

    async def open(self, channel: Where, typed: str) -> SeenView:
        """Type a slash command; return the modal that it opens."""
        return await self._opened(self._command(channel, typed, ""))

    async def mention(
        self,
        channel: Where,
        text: str,
        thread: SeenMessage | None = None,
        *,
        files: Iterable[File] = (),
    ) -> SeenMessage:
        """Write `@bot text` into a channel or a thread of it, with files of `upload`."""
        words = Words(text, _root(thread), tuple(file.id for file in files))
        place, interactions = self._place(channel), self.desk.interactions
        act = interactions.acts.begin("mention", self.user, text, channel=place.id)
        question = self.desk.question(act, words.thread)
        work = self.desk.platform.errands.start(interactions.mention(act, place, words))
        return await self._seen((question, work))

    async def dm(
        self, text: str, thread: SeenMessage | None = None, *, files: Iterable[File] = ()
    ) -> SeenMessage:
        """Write to the bot in private."""
        words = Words(text, _root(thread), tuple(file.id for file in files))
        place, interactions = self.direct_channel(), self.desk.interactions
        act = interactions.acts.begin("direct", self.user, text, channel=place.id)
        question = self.desk.question(act, words.thread)
        work = self.desk.platform.errands.start(interactions.direct(act, place, words))
        return await self._seen((question, work))

    async def open_home(self) -> SeenView:
        """Open the Home tab, and return what it shows once the bot has published it."""
        viewing = self.desk.viewing
        act = viewing.acts.begin("home", self.user, "Home")
        question = self.desk.question(act)
        work = self.desk.platform.errands.start(viewing.open_home(act))
        return SeenView(self.desk, self.user, await self.desk.shown(question, work, "home"), act)

    async def shortcut(self, name: str) -> SeenView:
        """Choose a global shortcut, and return the modal that it opens."""
        viewing, callback_id = self.desk.viewing, self._shortcut(name, "global")
        act = viewing.acts.begin("shortcut", self.user, name)
        question = self.desk.question(act)
        work = self.desk.platform.errands.start(viewing.shortcut(act, callback_id))
        return await self._opened((question, work))

    async def shortcut_on(self, message: SeenMessage, name: str) -> SeenMessage:
        """Choose a message shortcut, and return the message that answers it."""
        interactions, callback_id = self.desk.interactions, self._shortcut(name, "message")
        act = interactions.acts.begin("shortcut", self.user, name, channel=message.channel)
        question = self.desk.question(act)
        work = interactions.shortcut(act, message.now, callback_id)
        return await self._seen((question, self.desk.platform.errands.start(work)))

    def upload(self, name: str, content: bytes) -> File:
        """Return a file of the person's own, to be sent with `mention` or `dm`."""
        return bring(self.desk.platform, self.id, name, content)

    def direct_channel(self) -> Channel:
        """Return the person's direct message channel with the bot."""
        platform = self.desk.platform
        return platform.state.direct(platform.names.bot_user, self.id)

    def sees(self, channel: Where) -> list[SeenMessage]:
        """Return what the person sees in a channel and its threads, oldest first."""
        visible = self.desk.platform.state.visible(self._channel(channel).id, self.id)
        return [SeenMessage(self.desk, self.user, message) for message in visible]

    def transcript(self, channel: Where) -> str:
        """Return the channel as the person sees it, in a form to be kept as a golden file."""
        return "\n".join(map(_line, self.sees(channel))) + "\n"

    def _command(self, channel: Where, typed: str, thread: str) -> Asked:
        place, interactions = self._place(channel), self.desk.interactions
        act = interactions.acts.begin("command", self.user, typed, channel=place.id)
        question = self.desk.question(act)
        work = interactions.command(act, self.user, place, thread)
        return question, self.desk.platform.errands.start(work)

    async def _opened(self, asked: Asked) -> SeenView:
        found = await self.desk.shown(*asked, "modal")
        return SeenView(self.desk, self.user, found, asked[0].act)

    async def _seen(self, asked: Asked) -> SeenMessage:
        found = await self.desk.answered(*asked)
        return SeenMessage(self.desk, self.user, found, asked[0].act)

    def _view(self, view: View | None, lacking: str) -> SeenView:
        if view is None:
            raise NothingSeenError(f"{self.name} sees nothing: {lacking}")
        return SeenView(self.desk, self.user, view)

    @property
    def _now(self) -> User:
        return self.desk.platform.state.users[self.id]

    def _shortcut(self, name: str, kind: str) -> str:
        shortcut = self.desk.platform.app.shortcuts.get(name)
        if shortcut is None or shortcut.kind != kind:
            raise ValueError(f"the manifest declares no {kind} shortcut {name!r}")
        return shortcut.callback_id

    def _channel(self, channel: Where) -> Channel:
        if isinstance(channel, Channel):
            return self.desk.platform.state.channels[channel.id]
        found = self.desk.platform.state.channel_named(channel)
        if found is None:
            raise ValueError(f"there is no channel {channel}")
        return found

    def _place(self, channel: Where) -> Channel:
        current = self._channel(channel)
        if self.id not in current.members or "deactivated" in self._now.flags:
            raise ValueError(f"{self.name} cannot type in #{current.name}")
        return current


def _root(thread: SeenMessage | None) -> str:
    """Return the ts of the thread that a message belongs to or begins."""
    return "" if thread is None else thread.thread_ts or thread.ts


def _line(message: SeenMessage) -> str:
    who = f"{message.author} (only you)" if message.ephemeral else message.author
    margin = "    " if message.thread_ts not in ("", message.ts) else ""
    emoji = [f":{name}: {' '.join(people)}" for name, people in message.reactions.items()]
    body = [f"  {line}" for line in (*message.plain().splitlines(), *emoji)]
    return "\n".join(f"{margin}{line}".rstrip() for line in (f"{who}:", *body))
