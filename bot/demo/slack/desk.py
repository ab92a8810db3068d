"""Waiting for what becomes visible to a person after what they did."""

import asyncio
from dataclasses import dataclass, field

from bot.demo.slack.interactions import Interactions
from bot.demo.slack.platform import Platform
from bot.demo.slack.state import SLACKBOT, Message
from bot.demo.slack.wire import Act


class NothingSeenError(AssertionError):
    """What was waited for did not appear; the text says what crossed the wire instead."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person did, and where an answer to it may show."""

    act: Act
    since: int
    """How many messages had been posted before."""
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
    _taken: set[tuple[str, str]] = field(default_factory=set)

    async def answered(self, question: Question, work: asyncio.Task[None]) -> Message:
        """Return the first message that the person sees in answer to their act.

        Raises:
            NothingSeenError: nothing became visible before the workspace's patience ran out.
        """

        def look() -> Message | None:
            if work.done():
                work.result()
            return self._find(question)

        try:
            found = await self.platform.state.changes.until(look, self.platform.options.patience)
        except TimeoutError:
            raise NothingSeenError(self.complaint(question.act)) from None
        self._taken.add((found.channel, found.ts))
        return found

    def question(self, act: Act, thread: str = "", pressed: Message | None = None) -> Question:
        """Return the question that an act raises at this moment."""
        return Question(act, len(self.platform.state.posted()), thread, pressed)

    def complaint(self, act: Act) -> str:
        """Return in words that a person saw nothing, and what happened instead."""
        name = self.platform.state.label(act.person)
        patience = self.platform.options.patience
        happened = self.platform.wire.since(act)
        return f"{name} saw nothing within {patience:g} s of {act.text!r}: {happened}"

    def _find(self, question: Question) -> Message | None:
        state = self.platform.state
        if question.pressed is not None:
            latest = state.latest(question.pressed)
            if latest.revision > question.pressed.revision:
                return latest
        posted = (state.latest(message) for message in state.posted(question.since))
        return next((message for message in posted if self._answers(message, question)), None)

    def _answers(self, message: Message, question: Question) -> bool:
        state, act = self.platform.state, question.act
        if message.author not in (self.platform.names.bot_user, SLACKBOT):
            return False
        if (message.channel, message.ts) in self._taken or not state.sees(act.person, message):
            return False
        if message.origin:
            return message.origin == act.trigger
        if state.channels[message.channel].kind in ("im", "mpim"):
            return True
        here = message.channel == act.channel
        return here and (bool(message.only_for) or question.thread in ("", message.thread_ts))
