"""What a press below a result does: show other rows of it, ask again, share it.

Whoever pressed sees what they may see. A result that was kept is shown to someone who is the
same to the cluster and to the gate as the one it was fetched for; for anyone else the command
runs as themselves, and its answer is theirs alone. One's own message changes in place, and
nobody else's does.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from bot.core.access import Audience
from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, RefusedError
from bot.core.ports import Heading
from bot.core.request import Person, Place, Request, Surface
from bot.core.task import Call
from bot.slack import filter_form, messages
from bot.slack.address import Address, Origin
from bot.slack.answer import Answer, restored
from bot.slack.controls import (
    Asked,
    Control,
    Shown,
    read_asked,
    read_shown,
    sorted_by,
    turned,
)
from bot.slack.deliveries import Conversation, Dress, Whisper
from bot.slack.inbound import Inbound, Wishes
from bot.slack.jobs import Work
from bot.slack.kept import Kept, Results, load_kept
from bot.slack.messages import Frame
from bot.slack.outbox import Outbox, Posted
from bot.slack.payloads import Incoming
from bot.slack.sections import Selection, check
from bot.slack.tables import Tables

_THREAD = "in the thread"
_EXPIRED = "This result is older than 24 h: press Refresh."
_NOT_SHARED = "This is not shared here any more: the policy does not let you."


class Judge(Protocol):
    """What says how a request would be answered, without answering it."""

    async def heading(self, request: Request) -> Heading:
        """Return what would stand above the answer, or raise `QuarterdeckError`."""
        ...

    async def shared(self, request: Request) -> None:
        """Record that the answer is shown to its place, or raise `QuarterdeckError`."""
        ...

    async def called(self, request: Request) -> Call | None:
        """Return the task that the request names, with its values; None: it is none."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Serves the buttons below results."""

    inbound: Inbound
    outbox: Outbox
    results: Results
    judge: Judge
    clock: Clock
    new_id: Callable[[], str]
    tables: Tables = "text"

    def press(self, incoming: Incoming) -> None:
        """Take in the press of a button, or a choice in the sort menu."""
        pressed = incoming.pressed
        shown = read_shown(pressed.block) if pressed else None
        if pressed is None or shown is None:
            return
        match Control(pressed.action):
            case Control.REFRESH:
                self._refresh(incoming, read_asked(pressed.value), shown.selection)
            case Control.FILTER:
                self._do(incoming, lambda _person: self._open_filter(incoming, shown))
            case Control.SHARE:
                self._do(incoming, lambda person: self._share(incoming, shown, person))
            case Control.SORT:
                self._look(incoming, replace(shown, selection=sorted_by(shown, pressed.value)))
            case Control.BACK:
                self._look(incoming, replace(shown, selection=turned(shown, -1)))
            case Control.NEXT:
                self._look(incoming, replace(shown, selection=turned(shown, 1)))

    def choose(self, incoming: Incoming) -> None:
        """Run the phrase that a button carries, as whoever pressed it."""
        asked = read_asked(incoming.pressed.value) if incoming.pressed else None
        if asked:
            self._run(incoming, asked.text, asked.place, Answer())

    def filter(self, incoming: Incoming) -> dict[str, str]:
        """Take in the form of Filter; return what is wrong with it, by its fields."""
        read = filter_form.read_form(incoming)
        if read is None:
            return {}
        shown, pressed = read
        try:
            check(shown.selection)
        except QuarterdeckError as error:
            return {filter_form.PATTERN: error.text}
        self._look(pressed, shown)
        return {}

    def _do(self, incoming: Incoming, work: Work) -> None:
        if words := self.inbound.errand(incoming, work):
            self.inbound.tell(incoming, words)

    def _look(self, incoming: Incoming, shown: Shown) -> None:
        self._do(incoming, lambda person: self._show(incoming, shown, person))

    def _refresh(self, incoming: Incoming, asked: Asked | None, selection: Selection) -> None:
        if asked is None:
            return
        selection = replace(selection, page=0)
        if _own(incoming, asked.person):
            answer = Answer(selection=selection)
            self._run(_in_place(incoming), asked.text, asked.place, answer)
        else:
            self._run(incoming, asked.text, asked.place, Answer(private=True, selection=selection))

    def _run(self, incoming: Incoming, text: str, place: Place, answer: Answer) -> None:
        # The press itself may have been taken in as an errand: what it leads to is another act.
        again = replace(incoming, kind="again", text=text, value="")
        if words := self.inbound.serve(again, Wishes(answer, place)):
            self.inbound.tell(incoming, words)

    async def _open_filter(self, incoming: Incoming, shown: Shown) -> None:
        await self.outbox.open_view(incoming.trigger, filter_form.form(shown, incoming))

    async def _show(self, incoming: Incoming, shown: Shown, person: Person) -> None:
        kept = await self._kept(shown)
        if not await self._same(kept, person):
            answer = Answer(private=True, selection=shown.selection)
            self._run(incoming, kept.text, kept.place, answer)
            return
        answer, alone = await self._restored(kept, shown), _alone(incoming)
        if alone or incoming.user != kept.person:
            await self._whisper(incoming, answer, replaces=alone)
        else:
            await self._replace(incoming, answer)

    async def _share(self, incoming: Incoming, shown: Shown, person: Person) -> None:
        kept = await self._kept(shown)
        now = await self._heading(kept, person)
        if now is None or now.seal != kept.heading.seal or not _may_share(now):
            raise RefusedError(_NOT_SHARED)
        answer = await self._restored(kept, shown)
        await self.judge.shared(self._asked(kept, person))
        frame = Frame(person=incoming.user, pressed="Shared by")
        await self._conversation(kept.place).show(answer, *_dresses(answer, frame))

    async def _kept(self, shown: Shown) -> Kept:
        payload = await self.results.get(shown.result)
        if payload is None:
            raise QuarterdeckError(_EXPIRED)
        return await asyncio.to_thread(load_kept, payload)

    async def _same(self, kept: Kept, person: Person) -> bool:
        heading = await self._heading(kept, person)
        return heading is not None and heading.seal == kept.heading.seal != ""

    async def _heading(self, kept: Kept, person: Person) -> Heading | None:
        try:
            return await self.judge.heading(self._asked(kept, person))
        except QuarterdeckError:
            return None  # their own run says why

    def _asked(self, kept: Kept, person: Person) -> Request:
        """Return what was kept, as this person would ask for it."""
        return Request(self.new_id(), person, kept.place, kept.text, self.clock.now())

    async def _replace(self, incoming: Incoming, answer: Answer) -> None:
        place, pressed = incoming.place, incoming.pressed
        direct = place.surface is Surface.DIRECT
        frame = Frame("" if direct else incoming.user, whereabouts=_THREAD)
        posted = Posted(place.channel, pressed.ts) if pressed else None
        await self._conversation(place, posted).show(answer, *_dresses(answer, frame))

    async def _whisper(self, incoming: Incoming, answer: Answer, *, replaces: bool) -> None:
        address = Address("", incoming.user, incoming.place, incoming.response_url)
        rich, plain = _dresses(answer, Frame())
        await Whisper(self.outbox, address).say(rich(), plain(), replace=replaces)

    async def _restored(self, kept: Kept, shown: Shown) -> Answer:
        build = partial(restored, kept, shown.selection)
        answer = await asyncio.to_thread(build)
        await answer.settle()
        answer.result, answer.tables = shown.result, self.tables
        answer.asked = Asked(kept.text, kept.place, kept.person)
        return answer

    def _conversation(self, place: Place, posted: Posted | None = None) -> Conversation:
        return Conversation(self.outbox, place, "", posted)


def _own(incoming: Incoming, person: str) -> bool:
    # What one person alone sees is theirs, whoever's command it came from.
    return _alone(incoming) or incoming.user == person


def _alone(incoming: Incoming) -> bool:
    return incoming.pressed is not None and incoming.pressed.ephemeral


def _in_place(incoming: Incoming) -> Incoming:
    pressed = incoming.pressed
    origin = Origin(pressed.ts, pressed.ephemeral, "refresh") if pressed else None
    return replace(incoming, origin=origin)


def _may_share(heading: Heading) -> bool:
    return heading.shareable or heading.audience is Audience.CHANNEL


def _dresses(answer: Answer, frame: Frame) -> tuple[Dress, Dress]:
    return (
        lambda: messages.compose(answer.view(), frame),
        lambda: messages.plain(answer.view(), frame),
    )
