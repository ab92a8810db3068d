"""The board of cards: rewritten when somebody else's press, or the time, has changed a case.

What it says goes out as letters, which wait until Slack takes them, over restarts. A letter that
says how a case stood is not sent when the case has gone on since (`current`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.core.health import Alarm
from bot.core.proposal import Case, Stage
from bot.slack import card
from bot.slack.address import Home
from bot.slack.blocks import Message
from bot.slack.letters import Letter, Letters

_LOG = structlog.stdlib.get_logger(__name__)


class Cases(Protocol):
    """Where proposals are looked up; every method raises `StoreError`."""

    async def get(self, ticket: str) -> Case | None:
        """Return a proposal as it stands; None: there is none of that ticket."""
        ...

    async def waiting(self, channel: str = "") -> Sequence[Case]:
        """Return what waits, the oldest first; with a channel, what was asked there."""
        ...


class Cards(Protocol):
    """The cards that stand in Slack, and the proposals that they show."""

    async def get(self, ticket: str) -> Case | None:
        """Return a proposal as it stands; raise `StoreError`."""
        ...

    async def show(self, case: Case) -> None:
        """Rewrite the card to what stands now, soon."""
        ...

    async def planned_again(self, case: Case, link: str) -> None:
        """Let the card say where it was planned again."""
        ...


def _nobody() -> None:
    """Tell nobody."""


@dataclass(slots=True)
class CardBoard:
    """Keeps what the cards say; what `core.approvals.Board` and `Cards` promise."""

    cases: Cases
    letters: Letters
    alarm: Alarm
    clock: Clock
    home: Home | None = None
    """The workspace, once it is known; links need it."""
    changed: Callable[[], None] = field(default=_nobody)
    """Hears that some case is not as it was."""

    async def get(self, ticket: str) -> Case | None:
        """Return a proposal as it stands; raise `StoreError`."""
        return await self.cases.get(ticket)

    async def waiting(self) -> Sequence[Case]:
        """Return what waits, the oldest first; raise `StoreError`."""
        return await self.cases.waiting()

    async def show(self, case: Case) -> None:
        """Rewrite the card to what stands now, soon; what cannot be reached is only logged."""
        self.changed()
        if case.message is None:
            _LOG.info("slack_card_nowhere", stage=case.stage)
            return
        letter = self._letter(case, card.message(case), ts=case.message.ts)
        letter = replace(letter, ticket=case.ticket, state=card.state(case))
        await self._keep(f"card/{case.ticket}/{self.clock.now().timestamp()}", letter)

    async def remind(self, case: Case) -> None:
        """Mention those who can still approve, once, beside the card."""
        if case.message is None or not case.missing:
            return
        message = card.reminder(case, self.link(case))
        letter = self._letter(case, message, thread=case.proposed.place.thread or case.message.ts)
        letter = replace(letter, ticket=case.ticket, state=card.state(case))
        await self._keep(f"reminder/{case.ticket}", letter)

    async def announce(self, case: Case, text: str) -> None:
        """Tell everybody in the card's place, and the admins, what must not be overlooked."""
        self.changed()
        link = self.link(case)
        letter = self._letter(case, card.alarm(case, text, link))
        await self._keep(f"announcement/{case.ticket}/{case.stage}", letter)
        await self.alarm.tell(f"announcement/{case.ticket}", f"🚨 {text}", link)

    async def planned_again(self, case: Case, link: str) -> None:
        """Let the card say where it was planned again, in place of its button."""
        if case.message:
            letter = self._letter(case, card.planned_again(case, link), ts=case.message.ts)
            await self._keep(f"again/{case.ticket}/{self.clock.now().timestamp()}", letter)

    async def current(self, letter: Letter) -> Letter | None:
        """Return what is to be sent in a letter's place; None: nothing, it is out of date.

        Raises:
            StoreError: how the case stands cannot be read.
        """
        case = await self.cases.get(letter.ticket) if letter.ticket else None
        if case is None or card.state(case) == letter.state:
            return letter
        # Whoever closed it says so; only who was running it may have died before saying how.
        if not (letter.ts and case.stage.final and letter.state.startswith(Stage.RUNNING)):
            return None
        message = card.message(case)
        return replace(letter, text=message.text, blocks=message.blocks)

    def link(self, case: Case) -> str:
        """Return the address of a card; empty where it has none."""
        if self.home is None or case.message is None:
            return ""
        return self.home.link(case.message.channel, case.message.ts)

    def _letter(self, case: Case, message: Message, *, ts: str = "", thread: str = "") -> Letter:
        channel = case.message.channel if case.message else case.proposed.place.channel
        # A post is looked for by its request: what stands beside the card is none of the card's.
        request = f"{case.proposed.request}/{'card' if ts else 'beside'}"
        person = case.proposed.requester.id
        return Letter(channel, ts, thread, person, request, message.text, message.blocks)

    async def _keep(self, key: str, letter: Letter) -> None:
        try:
            # Held by nobody: the postman's next round delivers it.
            await self.letters.keep(key, letter, 0)
        except StoreError as error:
            _LOG.warning("slack_card_not_shown", reason=error.text)
