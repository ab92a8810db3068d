"""Waiting for what becomes visible to a person after what they did."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.demo.slack.interactions import Interactions
from bot.demo.slack.platform import Platform
from bot.demo.slack.screens import View, ViewKind
from bot.demo.slack.state import SLACKBOT, Message
from bot.demo.slack.viewing import Viewing
from bot.demo.slack.wire import Act

T = TypeVar("T")


class NothingSeenError(AssertionError):
    """What was waited for did not appear; the text says what crossed the wire instead."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person did, and where an answer to it may show."""

    act: Act
    since: int
    """How many versions of messages had been written before."""
    views: dict[ViewKind, int]
    """How often each kind of view of this person had changed before."""
    thread: str = ""
    pressed: Message | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Finds the answer to each act.

    What comes with an acknowledgement or by a response URL is known to belong to its act. Other
    messages are taken in order: the oldest one at the right place that no act has taken yet.
    """

    platform: Platform
    interactions: Interactions
    viewing: Viewing
    _taken: set[tuple[str, str]] = field(default_factory=set)

    async def answered(self, question: Question, work: asyncio.Task[None]) -> Message:
        """Return the first message that the person sees in answer to their act.

        Raises:
            NothingSeenError: nothing became visible before the workspace's patience ran out.
        """
        found = await self._seen(question, work, lambda: self._find(question))
        self._taken.add((found.channel, found.ts))
        return found

    async def reaction(self, question: Question, work: asyncio.Task[None]) -> Message | None:
        """Return the message that answers an act, or None where a modal does.

        Raises:
            NothingSeenError: nothing became visible before the workspace's patience ran out.
        """
        found = await self._seen(
            question, work, lambda: self._find(question) or self._view(question, "modal")
        )
        if not isinstance(found, Message):
            return None
        self._taken.add((found.channel, found.ts))
        return found

    async def shown(self, question: Question, work: asyncio.Task[None], kind: ViewKind) -> View:
        """Return the view that the person has before them once their act has changed it.

        Raises:
            NothingSeenError: no view changed, or none is left.
        """
        return await self._seen(question, work, lambda: self._view(question, kind))

    async def done(self, question: Question, work: asyncio.Task[None]) -> None:
        """Wait until the bot has acknowledged the act, or has failed to.

        Raises:
            NothingSeenError: it did neither before the workspace's patience ran out.
        """
        await self._seen(question, work, lambda: True if work.done() else None)

    def question(self, act: Act, thread: str = "", pressed: Message | None = None) -> Question:
        """Return the question that an act raises at this moment."""
        state = self.platform.state
        kinds: tuple[ViewKind, ...] = ("modal", "home")
        views = {kind: state.screens.changes[act.person, kind] for kind in kinds}
        return Question(act, len(state.written()), views, thread, pressed)

    def complaint(self, act: Act) -> str:
        """Return in words that a person saw nothing, and what happened instead."""
        name = self.platform.state.label(act.person)
        patience = self.platform.options.patience
        happened = self.platform.wire.since(act)
        return f"{name} saw nothing within {patience:g} s of {act.text!r}: {happened}"

    async def _seen(
        self, question: Question, work: asyncio.Task[None], probe: Callable[[], T | None]
    ) -> T:
        def look() -> T | None:
            if work.done():
                work.result()
            return probe()

        try:
            return await self.platform.state.changes.until(look, self.platform.options.patience)
        except TimeoutError:
            raise NothingSeenError(self.complaint(question.act)) from None

    def _view(self, question: Question, kind: ViewKind) -> View | None:
        screens, person = self.platform.state.screens, question.act.person
        if screens.changes[person, kind] <= question.views[kind]:
            return None
        return screens.home(person) if kind == "home" else screens.top(person)

    def _find(self, question: Question) -> Message | None:
        state = self.platform.state
        if question.pressed is not None:
            latest = state.latest(question.pressed)
            if latest.revision > question.pressed.revision:
                return latest
        versions = state.written(question.since)
        found = next((version for version in versions if self._answers(version, question)), None)
        return None if found is None else state.latest(found)

    def _answers(self, version: Message, question: Question) -> bool:
        """Tell whether a new version of a message answers; an edit answers acts in views only."""
        state, act = self.platform.state, question.act
        by_slack = version.author in (self.platform.names.bot_user, SLACKBOT)
        if not by_slack or not state.sees(act.person, state.latest(version)):
            return False
        if version.revision or (version.channel, version.ts) in self._taken:
            return bool(version.revision) and not act.channel
        if version.origin:
            # A form may be answered by the response URL of the press that opened it.
            return version.origin == act.trigger or not act.channel
        return self._is_at(version, question)

    def _is_at(self, message: Message, question: Question) -> bool:
        """Tell whether a message stands where an answer is looked for; acts in views anywhere."""
        act, thread = question.act, question.thread
        direct = self.platform.state.channels[message.channel].kind in ("im", "mpim")
        if direct or not act.channel:
            return True
        here = message.channel == act.channel
        return here and (bool(message.only_for) or thread in ("", message.thread_ts))
