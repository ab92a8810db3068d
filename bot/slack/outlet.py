"""One answer in Slack while it comes, and when it is shown.

A sign within a second, an edit every three seconds while it grows (less often where many grow at
once), and always the last state.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.core.clock import Clock
from bot.core.errors import CancelledByPersonError, StoreError
from bot.core.ports import Heading, Outcome
from bot.core.proposal import Case, Message
from bot.core.reply import Part, Problem
from bot.engine.waiting import MARK
from bot.slack import card
from bot.slack.address import Address, Home
from bot.slack.answer import Answer, Stage
from bot.slack.delivery import Delivery
from bot.slack.letters import Assurance
from bot.slack.outbox import Outbox
from bot.slack.pacing import EDIT_SECONDS

_LOG = structlog.stdlib.get_logger(__name__)

Recall = Callable[[], Awaitable[Case | None]]
"""Returns a proposal as it stands; None: that is not known."""
Placed = Callable[[str, Message], Awaitable[None]]
"""Notes where the card of a ticket stands, or raises `StoreError`."""
# A sign is to be seen within a second: who waits longer types the command again.
SIGN_SECONDS = 0.8


class SlackOutlet:
    """Draws the answer to one request; `begin` is called when the request was taken in."""

    def __init__(
        self,
        address: Address,
        home: Home,
        outbox: Outbox,
        clock: Clock,
        assurance: Assurance | None = None,
        answer: Answer | None = None,
    ) -> None:
        self._assurance = assurance
        self._clock = clock
        self._outbox = outbox
        self._answer = answer or Answer()
        self._prepare: Callable[[Answer], Awaitable[None]] = _nothing
        self._delivery = Delivery(address, home, outbox, self._answer)
        self._ending = asyncio.Event()
        self._ticker: asyncio.Task[None] | None = None
        self._interrupted = False
        self._withdrawn = False
        self._recall: Recall | None = None
        self._placed: Placed | None = None

    @property
    def closing(self) -> bool:
        """Tell whether the last state is on its way or has arrived."""
        return self._ending.is_set()

    @property
    def proposed(self) -> bool:
        """Tell whether the answer is a change that waits for a press."""
        return self._answer.proposal is not None

    @property
    def link(self) -> str:
        """Return the permalink of the answer; empty where none stands in the open."""
        return self._delivery.link

    def concerns(self, case: Case, recall: Recall) -> None:
        """Hear which proposal was pressed; `recall` returns it as it stands later."""
        self._answer.case, self._recall = case, recall

    def notes_place(self, placed: Placed) -> None:
        """Hear who is to be told where a proposal's card stands."""
        self._placed = placed

    def prepare(self, work: Callable[[Answer], Awaitable[None]]) -> None:
        """Have this done with the answer once it ended, before its last state is shown."""
        self._prepare = work

    def begin(self) -> None:
        """Let time count: from here on a sign is due."""
        self._ticker = asyncio.create_task(self._tick())

    async def open(self, heading: Heading) -> None:
        """Begin the answer.

        Raises:
            StoreError: this is a change whose outcome cannot be promised to arrive.
        """
        await self._remember()
        if self._assurance:
            await self._assure(self._assurance)
        self._answer.open(heading)

    async def _assure(self, assurance: Assurance) -> None:
        case = self._answer.case
        try:
            await assurance.begin(self._delivery.warning())
        except StoreError as error:
            urgent = case is not None and (case.broken_glass or case.ticket.startswith(MARK))
            if not urgent:
                raise
            _LOG.warning("slack_outcome_not_assured", reason=error.text)
            self._assurance = None

    async def draw(self, part: Part) -> None:
        """Take in one more part; it is shown with the next edit."""
        self._answer.add(part)

    async def close(self, outcome: Outcome) -> str:
        """Show the last state; return the permalink of a message that others can follow."""
        await self._finish(Stage.DONE)
        return self._delivery.link

    def interrupt(self) -> None:
        """Let the answer end with the word that the bot was stopped."""
        self._interrupted = True

    def withdraw(self) -> None:
        """Let the answer end with the word that its person cancelled it."""
        self._withdrawn = True

    async def abandon(self) -> None:
        """End an answer that nobody closed; do nothing after `close`."""
        if self._withdrawn and not self.closing:
            self._answer.add(Problem(CancelledByPersonError("Cancelled.")))
        await self._finish(Stage.DONE if self._withdrawn else Stage.BROKEN)

    async def discard(self) -> None:
        """Say nothing at all: the request was served before."""
        self._ending.set()
        await self._ticked()

    async def _finish(self, stage: Stage) -> None:
        if self.closing:
            return
        self._ending.set()
        self._answer.end(Stage.INTERRUPTED if self._interrupted else stage)
        await self._ticked()
        await self._prepare(self._answer)
        await self._remember()
        if not self._overtaken():
            await self._deliver()
            await self._settle()

    async def _remember(self) -> None:
        case = await self._recall() if self._recall else None
        if case:
            self._answer.case = case
            self._answer.revision += 1

    def _overtaken(self) -> bool:
        """Tell whether the case went on after this press was counted: the next one shows it."""
        drawn, now = self._answer.proposal, self._answer.case
        return drawn is not None and now is not None and card.state(drawn.case) != card.state(now)

    async def _settle(self) -> None:
        """Let it be noted where a card stands."""
        drawn, at = self._answer.proposal, self._delivery.place
        if drawn is None or at is None or self._placed is None:
            return
        try:
            await self._placed(drawn.ticket, Message(at.channel, at.ts))
        except StoreError as error:
            _LOG.warning("slack_card_not_placed", reason=error.text)

    async def _deliver(self) -> None:
        if self._assurance is None:
            await self._delivery.finish()
            return
        await self._assurance.outcome(self._delivery.outcome())
        failure = await self._delivery.finish()
        await self._assurance.settle(self._delivery.ts, failure)

    async def _ticked(self) -> None:
        if self._ticker:
            await self._ticker

    async def _tick(self) -> None:
        await self._pause(SIGN_SECONDS)
        cards = self._outbox.cards
        try:
            while not self.closing:
                await self._delivery.progress()
                if self._assurance:
                    await self._assurance.renew()
                if self._delivery.live:
                    cards.add(self)
                held_back = self._delivery.held_back
                await self._pause(EDIT_SECONDS if held_back else cards.seconds)
        finally:
            cards.discard(self)

    async def _pause(self, seconds: float) -> None:
        """Wait for so long, or until the answer ends."""
        waits = {
            asyncio.create_task(self._clock.sleep(seconds)),
            asyncio.create_task(self._ending.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


async def _nothing(_answer: Answer) -> None:
    """Leave the answer as it is."""
