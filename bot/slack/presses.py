"""What a press of a proposal's button leads to, and which presses lead to nothing."""

from dataclasses import dataclass

import structlog

from bot.core.errors import RefusedError, StoreError
from bot.core.ports import Outcome, Service
from bot.core.proposal import Case
from bot.core.reply import Problem
from bot.core.request import Request
from bot.slack import card
from bot.slack.address import Home, Origin
from bot.slack.board import Cards
from bot.slack.outlet import SlackOutlet
from bot.slack.payloads import Incoming

_LOG = structlog.stdlib.get_logger(__name__)

_COPY = "This is not the card of the change but a copy of it, so nothing was done."
_UNTYPED = "What had to be typed does not stand there, so nothing was done."
_NO_REASON = "This needs a reason, so nothing was done."


@dataclass(frozen=True, slots=True)
class Presses:
    """Hands presses to the service; whoever may not press is told so alone."""

    service: Service
    cards: Cards
    home: Home

    async def serve(self, incoming: Incoming, request: Request, outlet: SlackOutlet) -> None:
        """Do what the button says."""
        origin, ticket = incoming.origin, incoming.value
        if origin is None or origin.press == "refresh":
            await self.service.serve(request, outlet)
            return
        case = await self._known(ticket)
        if case and (refusal := self._refusal(case, incoming, origin)):
            await outlet.draw(Problem(refusal))
            await outlet.close(Outcome(refusal.exit_code, 0.0))
            return
        if origin.press == "again":
            await self.service.again(ticket, request, outlet)
            await self._planned_again(ticket, outlet)
            return
        if case:
            outlet.concerns(case, lambda: self._known(ticket))
        await self._press(origin, incoming, request, outlet)
        if case:
            await self._put_right(
                ticket, counted=outlet.proposed, ended=case.stage in card.UNCHANGED
            )

    async def _press(
        self, origin: Origin, incoming: Incoming, request: Request, outlet: SlackOutlet
    ) -> None:
        service, ticket = self.service, incoming.value
        match origin.press:
            case "confirm":
                await service.confirm(ticket, request, outlet)
            case "withdraw":
                await service.withdraw(ticket, request, outlet)
            case "deny":
                await service.deny(ticket, incoming.reason, request, outlet)
            case "break-glass":
                await service.break_glass(ticket, incoming.reason, request, outlet)
            case _:
                raise ValueError(origin.press)

    async def _put_right(self, ticket: str, *, counted: bool, ended: bool) -> None:
        """Let no card keep the buttons of a case that has ended.

        It may have ended long ago, or while this press was counted and its count was drawn.
        """
        if not (counted or ended):
            return
        case = await self._known(ticket)
        if case and case.stage.final:
            await self.cards.show(case)

    async def _planned_again(self, ticket: str, outlet: SlackOutlet) -> None:
        case = await self._known(ticket)
        if case and outlet.proposed and outlet.link:
            await self.cards.planned_again(case, outlet.link)

    def _refusal(self, case: Case, incoming: Incoming, origin: Origin) -> RefusedError | None:
        if not _stands_there(case, incoming, origin):
            link = self.home.link(case.message.channel, case.message.ts) if case.message else ""
            return RefusedError(_COPY, next_step=f"The card is at {link}" if link else "")
        if origin.press == "confirm" and incoming.reason != case.to_type:
            return RefusedError(_UNTYPED, next_step=f"Press Approve and type {case.to_type}.")
        if origin.press in ("deny", "break-glass") and not incoming.reason.strip():
            return RefusedError(_NO_REASON)
        return None

    async def _known(self, ticket: str) -> Case | None:
        try:
            return await self.cards.get(ticket)
        except StoreError as error:
            # The service asks the same store, and says what that means.
            _LOG.warning("slack_card_unknown", reason=error.text)
            return None


def _stands_there(case: Case, incoming: Incoming, origin: Origin) -> bool:
    """Tell whether the press came from the card's own message, and from no copy of it."""
    if case.message is None:
        # It is not noted yet, or one person alone sees it.
        return incoming.place.channel == case.proposed.place.channel
    here = (incoming.place.channel, origin.ts)
    return origin.ephemeral or here == (case.message.channel, case.message.ts)
