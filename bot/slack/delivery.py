"""One answer on its way: in the open where it may be, else to its person, never in silence."""

from dataclasses import replace

import structlog

from bot.core import proposal
from bot.core.errors import QuarterdeckError, SlackError
from bot.core.request import Place, Surface
from bot.slack import blocks, card, messages
from bot.slack.address import Address, Home
from bot.slack.answer import Answer, Stage
from bot.slack.audience import is_public
from bot.slack.blocks import Message
from bot.slack.calls import ANSWER_LOST, FAILURES
from bot.slack.deliveries import Conversation, Whisper
from bot.slack.letters import Letter
from bot.slack.messages import Frame
from bot.slack.outbox import Outbox, Posted

_LOG = structlog.stdlib.get_logger(__name__)

_PRESSED = {
    "confirm": "Confirmed by",
    "withdraw": "Cancelled by",
    "deny": "Denied by",
    "break-glass": "Glass broken by",
}
_SIGN = "⏳ Working on it…"
_OUTSIDE = "I am not in this channel, so only you see this. To invite me, type /invite @{name}"
_REMARKS = {
    "not_in_channel": _OUTSIDE,
    "channel_not_found": _OUTSIDE,
    "is_archived": "This channel is archived, so only you see this.",
    ANSWER_LOST: "Slack did not say whether my answer stands in the channel. I do not post it "
    "twice; here it is for you.",
}
_UNKNOWN_END = (
    "⚠️ The bot stopped before it could say how this ended. It may have been done: look before you "
    "type the command again."
)
_REMARK = "Slack did not take my answer for the channel, so only you see this. {reason}"


class Delivery:
    """Shows an answer's progress and its end; never raises for Slack's sake."""

    def __init__(self, address: Address, home: Home, outbox: Outbox, answer: Answer) -> None:
        self._address = address
        self._home = home
        self._outbox = outbox
        self._answer = answer
        self._public = Conversation(outbox, address.place, address.request, _pressed(address))
        self._dm = Conversation(outbox, Place(Surface.DIRECT, address.person), address.request)
        self._whisper = Whisper(outbox, address)
        self._signed = False
        self._refusal: QuarterdeckError | None = None
        self._remark = ""
        self._file_lost = False
        self.held_back = False
        """Whether progress was not shown because the edits of this minute are spent."""

    @property
    def live(self) -> bool:
        """Tell whether a message stands that is edited while the answer grows."""
        return bool(self._public.posted or self._dm.posted)

    async def progress(self) -> None:
        """Show that something is under way, and what there is of it."""
        try:
            await self._progress()
        except FAILURES as error:
            _LOG.info("slack_progress_lost", request=self._address.request, reason=error.text)

    async def finish(self) -> QuarterdeckError | None:
        """Show the last state; return why it is not where it belongs, or None."""
        if is_public(self._address, self._answer):
            return await (self._replace() if self._replaces else self._finish_publicly())
        await self._take_back()
        return await self._finish_privately()

    def warning(self) -> Letter:
        """Return what is to be said if nobody lives to say how this ended."""
        case, unknown = self._answer.case, blocks.sentence(_UNKNOWN_END)
        if case is None or case.stage is not proposal.Stage.RUNNING:
            signed = blocks.signed(_PRESSED["confirm"], self._address.person)
            text = f"{_PRESSED['confirm']} <@{self._address.person}>. {_UNKNOWN_END}"
            return self._letter(Message(text, (signed, unknown)))
        text = f"{card.headline(case)}. {card.standing_text(case)} {_UNKNOWN_END}"
        shown = (*card.body(case, whole=False), *card.standing(case), unknown)
        letter = self._letter(Message(text, shown))
        return replace(letter, ticket=case.ticket, state=card.state(case))

    def outcome(self) -> Letter:
        """Return the last state, to be delivered by others if need be."""
        return self._letter(self._rich(alone=False))

    @property
    def ts(self) -> str:
        """The message in the open, if it stands."""
        return self._public.posted.ts if self._public.posted else ""

    @property
    def place(self) -> Posted | None:
        """Where the answer stands as a message; None: one person alone was shown it."""
        return self._public.posted or self._dm.posted

    @property
    def link(self) -> str:
        """The permalink of the message in the open; empty where there is none."""
        posted = self._public.posted
        return self._home.link(posted.channel, posted.ts) if posted else ""

    def _letter(self, message: Message) -> Letter:
        address, posted = self._address, self._public.posted
        here = address.place.channel if not self._replaces else address.person
        return Letter(
            channel=posted.channel if posted else here,
            ts=posted.ts if posted else "",
            thread="" if self._replaces else address.place.thread,
            person=address.person,
            request=address.request,
            text=message.text,
            blocks=message.blocks,
        )

    @property
    def _replaces(self) -> bool:
        return bool(self._address.origin and self._address.origin.ephemeral)

    async def _progress(self) -> None:
        if is_public(self._address, self._answer) and not self._replaces:
            await self._progress_publicly()
        elif not self._signed:
            self._signed = True
            stop = blocks.stop(self._address.request)
            sign = Message(_SIGN, (blocks.sentence(_SIGN), stop))
            await self._whisper.say(sign, sign)
        elif self._answer.has_result and not self._replaces and self._may_show(self._dm):
            await self._show_in_dm()

    async def _progress_publicly(self) -> None:
        if self._refusal or not self._may_show(self._public):
            return
        try:
            await self._show(self._public)
        except FAILURES as error:
            # What was limited may be asked again at the end; a post that was lost may not.
            limited = isinstance(error, SlackError) and error.code == "ratelimited"
            if not (limited or self._public.posted):
                self._refusal = error
            raise

    def _may_show(self, conversation: Conversation) -> bool:
        self.held_back = conversation.posted is not None and not self._outbox.can_show_progress()
        return not self.held_back

    async def _finish_publicly(self) -> QuarterdeckError | None:
        try:
            if self._refusal:
                raise self._refusal
            await self._show(self._public)
            await self._attach(self._public)
        except FAILURES as error:
            self._remark = self._explained(error)
            await self._finish_privately()
            return error
        return None

    async def _finish_privately(self) -> QuarterdeckError | None:
        if self._dm.posted or self._answer.view().needs_file:
            try:
                await self._show_in_dm()
                await self._attach(self._dm)
            except FAILURES as error:
                self._remark, self._file_lost = self._explained(error), True
            else:
                return None
        return await self._whisper.say(self._rich(alone=True), self._plain())

    async def _replace(self) -> QuarterdeckError | None:
        failure = await self._whisper.say(self._rich(alone=True), self._plain(), replace=True)
        if failure is None and self._answer.view().needs_file:
            return await self._finish_privately()
        return failure

    async def _take_back(self) -> None:
        """Leave nothing in the open of what turned out to be for the person alone."""
        if self._address.origin:
            return
        try:
            await self._public.remove()
        except FAILURES as error:
            _LOG.warning("slack_not_taken_back", request=self._address.request, reason=error.text)

    async def _show_in_dm(self) -> None:
        known = self._dm.posted
        await self._show(self._dm)
        posted = self._dm.posted
        if posted and not known:
            link = self._home.link(posted.channel, posted.ts)
            words = "The answer is too long for here, or still coming. It is in"
            block = blocks.pointer(words, link, "our direct messages")
            message = Message(f"{words} our direct messages: {link}", (block,))
            await self._whisper.say(message, message)

    async def _show(self, conversation: Conversation) -> None:
        alone = self._address.direct or conversation is self._dm
        await conversation.show(self._answer, lambda: self._rich(alone=alone), self._plain)

    async def _attach(self, conversation: Conversation) -> None:
        try:
            for file in self._answer.files():
                await conversation.attach(file)
        except FAILURES as error:
            self._remark, self._file_lost = f"The whole cannot be sent: {error.text}", True
            self._answer.revision += 1
            await self._show(conversation)

    def _rich(self, *, alone: bool) -> Message:
        frame = self._frame()
        if alone and not frame.pressed:
            frame = replace(frame, person="")
        return messages.compose(self._answer.view(), frame)

    def _plain(self) -> Message:
        return messages.plain(self._answer.view(), self._frame())

    def _frame(self) -> Frame:
        address, origin = self._address, self._address.origin
        pressed = origin is not None and is_public(address, self._answer)
        ended = self._answer.stage is not Stage.WORKING
        case = self._answer.case if pressed else None
        return Frame(
            person=address.person,
            pressed=_PRESSED.get(origin.press, "") if origin and pressed and not case else "",
            case=case,
            remark=self._remark,
            whereabouts="in the thread" if ended and not self._file_lost else "",
            request=address.request,
        )

    def _explained(self, error: QuarterdeckError) -> str:
        code = error.code if isinstance(error, SlackError) else ""
        words = _REMARKS.get(code, _REMARK)
        return words.format(name=self._home.name, reason=error.text)


def _pressed(address: Address) -> Posted | None:
    if address.origin is None or address.origin.ephemeral:
        return None
    return Posted(address.place.channel, address.origin.ts)
