"""The buttons of a card that ask for something first: a reason, or the name of what is lost."""

from dataclasses import dataclass

from bot.core.errors import QuarterdeckError, RefusedError
from bot.core.request import Person
from bot.slack import card_form
from bot.slack.board import Cards
from bot.slack.inbound import Inbound
from bot.slack.outbox import Outbox
from bot.slack.payloads import Incoming

_GONE = "This is not waiting any more."
_EMPTY = "It needs a reason."
_OTHER = "This is not {typed}."


@dataclass(frozen=True, slots=True)
class CardDesk:
    """Opens the forms of cards, and takes them in as presses."""

    inbound: Inbound
    outbox: Outbox
    cards: Cards

    def ask(self, incoming: Incoming) -> None:
        """Open the form of the button that was pressed."""
        pressed = incoming.pressed
        if pressed is None:
            return

        async def work(_person: Person) -> None:
            case = await self.cards.get(pressed.value)
            if case is None or case.stage.final:
                if case:
                    await self.cards.show(case)
                raise RefusedError(_GONE, next_step="Type the command again.")
            view = card_form.form(pressed.action, case, incoming)
            await self.outbox.open_view(incoming.trigger, view)

        if words := self.inbound.errand(incoming, work):
            self.inbound.tell(incoming, words)

    async def submit(self, incoming: Incoming) -> dict[str, str]:
        """Take the form in as a press; return what is wrong with it, by its fields."""
        press = card_form.read_form(incoming)
        if press is None or press.origin is None:
            return {}
        if not press.reason:
            return {card_form.FIELD: _EMPTY}
        if press.origin.press == "confirm" and (wrong := await self._mistyped(press)):
            return {card_form.FIELD: wrong}
        self.inbound.take_press(press)
        return {}

    async def _mistyped(self, press: Incoming) -> str:
        try:
            case = await self.cards.get(press.value)
        except QuarterdeckError as error:
            return error.text
        typed = case.to_type if case else press.reason
        return "" if press.reason == typed else _OTHER.format(typed=typed)
