"""The form of a task at work: opened for what is missing, and run as whoever sends it off."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, SlackError
from bot.core.request import Person, Place, Request
from bot.core.task import Call
from bot.slack import task_form
from bot.slack.answer import Answer
from bot.slack.controls import read_asked
from bot.slack.desk import Judge
from bot.slack.inbound import Inbound, Wishes, stranger
from bot.slack.outbox import Outbox
from bot.slack.payloads import Incoming

# Who asked took longer to be known than Slack keeps a form's way open; the answer has a button.
_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})


@dataclass(frozen=True, slots=True)
class TaskDesk:
    """Serves the forms of tasks."""

    inbound: Inbound
    outbox: Outbox
    judge: Judge
    clock: Clock
    new_id: Callable[[], str]
    team: str

    def wants(self, text: str) -> bool:
        """Tell whether a slash command may lack what a form asks for."""
        return task_form.names_task(text)

    def open(self, incoming: Incoming) -> str:
        """Open the form if something is missing, else run it; return why not, or nothing."""
        return self.inbound.errand(
            incoming, lambda person: self._ask(incoming, incoming.place, person)
        )

    def press(self, incoming: Incoming) -> None:
        """Open the form for a phrase that a button carries."""
        asked = read_asked(incoming.pressed.value) if incoming.pressed else None
        if asked is None:
            return
        found = replace(incoming, text=asked.text)
        if words := self.inbound.errand(
            incoming, lambda person: self._ask(found, asked.place, person)
        ):
            self.inbound.tell(incoming, words)

    async def submit(self, incoming: Incoming) -> dict[str, str]:
        """Run the task with what was filled in; return what is wrong, by its fields."""
        origin = task_form.read_form(incoming.view)
        if origin is None:
            return {}
        person = stranger(self.team, incoming)
        try:
            call = await self._called(origin.typed, origin.place, person)
        except QuarterdeckError:
            call = None  # the command says why, once it is sent off
        text = origin.typed
        if call is not None:
            values = task_form.read_values(incoming.view, call)
            if wrong := task_form.wrong(values, call):
                return wrong
            text = call.completed(values)
        self._serve(replace(incoming, place=origin.place, text=text), origin.place)
        return {}

    async def _ask(self, incoming: Incoming, place: Place, person: Person) -> None:
        call = await self._called(incoming.text, place, person)
        view = task_form.form(call, place) if call and call.needs_form else None
        if view is None:
            self._serve(incoming, place)
            return
        try:
            await self.outbox.open_view(incoming.trigger, view)
        except SlackError as error:
            if error.code not in _LATE:
                raise
            self._serve(incoming, place)

    async def _called(self, text: str, place: Place, person: Person) -> Call | None:
        return await self.judge.called(
            Request(self.new_id(), person, place, text, self.clock.now())
        )

    def _serve(self, incoming: Incoming, place: Place) -> None:
        # The act itself was taken in as an errand: what it leads to is another one.
        again = replace(incoming, kind="asked", value="")
        if words := self.inbound.serve(again, Wishes(Answer(), place)):
            self.inbound.tell(again, words)
