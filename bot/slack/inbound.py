"""From Slack's payloads to requests: acknowledged at once, served in tasks of their own.

The same code serves Socket Mode and HTTP. What happens before an acknowledgement is memory only,
so that nothing delays it; it carries the word of a busy bot, which then costs no call.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.core.clock import Clock
from bot.core.command import Family
from bot.core.ports import SeenBefore, Service
from bot.core.request import Attachment, Person, Place, Request, Standing
from bot.slack import payloads
from bot.slack.address import Address, Home
from bot.slack.answer import Answer, Prepare
from bot.slack.board import CardBoard
from bot.slack.directory import Directory
from bot.slack.intake import Intake, Job
from bot.slack.jobs import Acts, Errand, Work
from bot.slack.jobs import Job as Answering
from bot.slack.letters import Assurance, Letters
from bot.slack.notices import Notices
from bot.slack.outbox import Outbox
from bot.slack.outlet import SlackOutlet
from bot.slack.payloads import Incoming, Payload
from bot.slack.presses import Presses

_LOG = structlog.stdlib.get_logger(__name__)

# An answer that would stand in the channel later than this is of no use: better to say so now.
_LONGEST_BACKLOG = 30.0
_TRY_AGAIN = 5
_STOPPING = "I am restarting. Try again in 30 s."
_FOREIGN = "I serve only the people of my own workspace."
_OTHER_APP = "This was meant for another app, so I leave it."
_UNREADABLE = "I cannot read this command."
_CHANGING = ("confirm", "break-glass")
_UNDER_WAY = "This is already under way."
_NOT_RUNNING = "This is not running any more, or it is not yours."


@dataclass(frozen=True, slots=True)
class Peers:
    """What the Slack room needs from the rooms around it."""

    service: Service
    seen: SeenBefore
    clock: Clock
    new_id: Callable[[], str]
    """Makes the ids of requests: short, unique, unguessable."""
    letters: Letters
    """Keeps what must arrive."""
    directory: Directory
    """Knows people and channels once the surface has begun; the service asks it."""
    board: CardBoard
    """Rewrites the cards of proposals, and knows these; the service asks it to."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a request is served that was not just typed."""

    answer: Answer | None = None
    """What it is drawn into; None: a new one."""
    asked_in: Place | None = None
    """Where it was typed at first, and is judged; the answer goes where the press was."""
    files: tuple[Attachment, ...] = ()


class Inbound:
    """Takes in what people type, press, fill in and open."""

    def __init__(
        self,
        peers: Peers,
        home: Home,
        outbox: Outbox,
        intake: Intake,
        prepare: Prepare | None = None,
    ) -> None:
        self._peers = peers
        self._home = home
        self._outbox = outbox
        self._intake = intake
        self._prepare = prepare or _unprepared
        self._notices = Notices(outbox)
        self._acts = Acts(peers.seen)
        self._presses = Presses(peers.service, peers.board, home)
        self._pressed: set[tuple[str, str]] = set()
        """Who presses what just now."""

    def command(self, payload: Payload, family: Family) -> str:
        """Take in a slash command; return what to say with its acknowledgement, mostly nothing."""
        incoming = payloads.command(payload, family)
        if incoming is None:
            return _UNREADABLE
        return self.serve(incoming)

    def message(self, payload: Payload) -> None:
        """Take in a mention or a direct message; what is neither is passed over."""
        self._serve_or_tell(payloads.message(payload, self._home.bot_user))

    def press(self, payload: Payload) -> None:
        """Take in the press of a proposal's button, or of Cancel."""
        incoming = payloads.press(payload)
        if incoming is None:
            return
        if incoming.origin:
            self.take_press(incoming)
        else:
            self._cancel(incoming)

    def take_press(self, incoming: Incoming) -> None:
        """Carry out the press of a proposal's button, with what was filled in for it."""
        if (incoming.user, incoming.value) in self._pressed:
            self.tell(incoming, _UNDER_WAY)
        else:
            self._serve_or_tell(incoming)

    def serve(self, incoming: Incoming, wishes: Wishes | None = None) -> str:
        """Run what was typed, or carry out what was pressed; return why not, or nothing.

        A form is served as what it stands for, by giving it its text and its place.
        """
        backlog = self._outbox.backlog(incoming.place.channel)
        if not self.refusal(incoming) and backlog > _LONGEST_BACKLOG:
            return _busy(backlog)
        return self._take(incoming, lambda: self._answering(incoming, wishes or Wishes()))

    def errand(self, incoming: Incoming, work: Work) -> str:
        """Do something else for a person, once; return why not, or nothing.

        What `work` raises as `QuarterdeckError` is told to the person alone.
        """

        def build() -> Job:
            return Errand(
                self._peers.new_id(),
                self._acts,
                incoming,
                lambda: work(self._person(incoming)),
                lambda words: self.tell(incoming, words),
            )

        return self._take(incoming, build)

    def refusal(self, incoming: Incoming) -> str:
        """Return why this is not for the bot to serve, or nothing."""
        if self._home.app and incoming.app != self._home.app:
            _LOG.warning("slack_other_app", app=incoming.app, user=incoming.user)
            return _OTHER_APP
        if incoming.teams != {self._home.team}:
            _LOG.warning("slack_foreign_team", teams=sorted(incoming.teams), user=incoming.user)
            return _FOREIGN
        return ""

    def tell(self, incoming: Incoming, words: str) -> None:
        """Say a sentence to the person alone, soon."""
        self._notices.say(self._address(incoming, ""), words)

    async def drain(self, seconds: float) -> None:
        """Take nothing more in, let what runs end, and interrupt after `seconds` what does not."""
        await self._intake.drain(seconds)
        await self._notices.end()

    def _serve_or_tell(self, incoming: Incoming | None) -> None:
        if incoming is None:
            return
        if words := self.serve(incoming):
            self.tell(incoming, words)

    def _take(self, incoming: Incoming, build: Callable[[], Job]) -> str:
        if words := self.refusal(incoming):
            return words
        if not self._intake.open:
            return _STOPPING
        taken = self._intake.take(incoming.user, build)
        return "" if taken else _busy(0.0)

    def _cancel(self, incoming: Incoming) -> None:
        """Cancel a request; its own answer says so, unless there is none."""
        if words := self.refusal(incoming):
            self.tell(incoming, words)
            return
        if self._intake.withdraw(incoming.user, incoming.value):
            return

        async def cancel() -> str:
            known = await self._peers.service.cancel(incoming.value, self._person(incoming))
            return "" if known else _NOT_RUNNING

        self._notices.ask(self._address(incoming, ""), cancel)

    def _person(self, incoming: Incoming) -> Person:
        return stranger(self._home.team, incoming)

    def _answering(self, incoming: Incoming, wishes: Wishes) -> Job:
        peers, number = self._peers, self._peers.new_id()
        changes = incoming.origin is not None and incoming.origin.press in _CHANGING
        assurance = Assurance(peers.letters, peers.clock, number) if changes else None
        address = self._address(incoming, number)
        outlet = SlackOutlet(
            address, self._home, self._outbox, peers.clock, assurance, wishes.answer
        )
        request = Request(
            id=number,
            person=self._person(incoming),
            place=wishes.asked_in or incoming.place,
            text=incoming.text,
            received=peers.clock.now(),
            files=wishes.files,
            link=self._link(incoming),
        )
        outlet.prepare(lambda answer: self._prepare(request, answer))
        outlet.notes_place(peers.service.placed)
        pressed = (incoming.user, incoming.value)
        if incoming.value:
            self._pressed.add(pressed)
        outlet.begin()
        return Answering(
            self._presses,
            self._acts,
            incoming,
            request,
            outlet,
            lambda: self._pressed.discard(pressed),
        )

    def _link(self, incoming: Incoming) -> str:
        """Return the address of what was typed or pressed; a message for one alone has none."""
        pressed = incoming.origin or incoming.pressed
        ts = pressed.ts if pressed and not pressed.ephemeral else incoming.ts
        return self._home.link(incoming.place.channel, ts) if ts else ""

    def _address(self, incoming: Incoming, request: str) -> Address:
        origin = incoming.origin
        if origin and origin.press == "again":
            origin = None  # what is planned again asks anew, in a message of its own
        return Address(request, incoming.user, incoming.place, incoming.response_url, origin)


def stranger(team: str, incoming: Incoming) -> Person:
    """Return whoever did this by their ids alone; the service finds out who that is."""
    return Person(f"{team}/{incoming.user}", incoming.name, Standing.UNKNOWN)


async def _unprepared(_request: Request, _answer: Answer) -> None:
    """Leave the answer as it is."""


def _busy(backlog: float) -> str:
    seconds = max(_TRY_AGAIN, math.ceil(backlog))
    return f"I am busy: too many requests at once. Try again in {seconds} s."
