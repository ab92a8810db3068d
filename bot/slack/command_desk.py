"""The guided form at work: opened by `/kubectl` alone, filled as its person, run as if typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.core.access import Grant, RightsBook
from bot.core.clock import Clock
from bot.core.command import Command
from bot.core.errors import QuarterdeckError, SlackError
from bot.core.ports import Menu
from bot.core.request import Person, Place, Request, Surface
from bot.slack import command_form, forms
from bot.slack.blocks import Block
from bot.slack.command_form import Draft, Origin
from bot.slack.inbound import Inbound, stranger
from bot.slack.outbox import Outbox
from bot.slack.payloads import Incoming, Payload

# A newer choice is on its way, and shows this one too; or the form was closed or sent off.
_OVERTAKEN = frozenset({"hash_conflict", "not_found"})
_GONE = "This name is not there any more: choose another."


class Lookups(Protocol):
    """What a person may see; answers at once with what is known."""

    def contexts(self) -> tuple[str, ...]:
        """Return the clusters, the default one first."""
        ...

    async def place(self, request: Request) -> Grant:
        """Return as whom and where the request's place acts, or raise `QuarterdeckError`."""
        ...

    async def menu(self, request: Request, context: str = "", namespace: str = "") -> Menu:
        """Return which commands the person may use there."""
        ...

    async def namespaces(self, request: Request, context: str) -> tuple[str, ...]:
        """Return the namespaces."""
        ...

    async def types(self, request: Request, context: str) -> tuple[str, ...]:
        """Return the types."""
        ...

    async def names(
        self, request: Request, context: str, namespace: str, kind: str
    ) -> tuple[str, ...]:
        """Return the names of one type's objects."""
        ...


@dataclass(frozen=True, slots=True)
class CommandDesk:
    """Serves the guided form."""

    inbound: Inbound
    outbox: Outbox
    lookups: Lookups
    commands: Sequence[Command[Any]]
    clock: Clock
    new_id: Callable[[], str]
    team: str
    rights: RightsBook

    def open(self, incoming: Incoming) -> str:
        """Open the form; return why not, or nothing."""
        return self.inbound.errand(incoming, lambda person: self._open(incoming, person))

    def change(self, incoming: Incoming) -> None:
        """Take in a choice: what the form asks for next, and the typed command, follow."""
        draft = command_form.read_draft(incoming.view, self.commands)
        if draft is None:
            return
        if words := self.inbound.errand(incoming, lambda person: self._redraw(incoming, person)):
            self.inbound.tell(_placed(incoming, draft.origin), words)

    async def suggest(self, incoming: Incoming) -> list[Block]:
        """Return the options of a menu for what was typed so far."""
        draft = command_form.read_draft(incoming.view, self.commands)
        if draft is None or incoming.pressed is None or self.inbound.refusal(incoming):
            return []
        person = stranger(self.team, incoming)
        try:
            names = await self._names(self._request(person, draft.origin), draft, incoming)
        except QuarterdeckError:
            return []  # the command says why, once it is sent off
        return [forms.choice(name) for name in narrowed(names, incoming.text)]

    async def submit(self, incoming: Incoming) -> dict[str, str]:
        """Run what the form says, in the channel where it was opened; return what is wrong."""
        draft = command_form.read_draft(incoming.view, self.commands)
        if draft is None:
            return {}
        person = stranger(self.team, incoming)
        named = await self._resolved(draft, person)
        if named is None:
            return {command_form.NAME: _GONE}
        text = command_form.typed(named, command_form.chosen_command(named, self.commands))
        again = replace(_placed(incoming, draft.origin), text=f"kubectl {text}")
        if words := self.inbound.serve(again):
            self.inbound.tell(again, words)
        return {}

    async def _open(self, incoming: Incoming, person: Person) -> None:
        shown = await self.outbox.open_view(incoming.trigger, command_form.loading())
        place = incoming.place
        request = Request(self.new_id(), person, place, "", self.clock.now())
        grant = await self.lookups.place(request)
        draft = Draft(Origin(place.channel, grant.context, grant.namespace))
        view = await self._form(request, draft)
        await self.outbox.update_view(shown, view)

    async def _redraw(self, incoming: Incoming, person: Person) -> None:
        draft = command_form.read_draft(incoming.view, self.commands)
        named = await self._resolved(draft, person) if draft else None
        if named is None:
            return
        view = await self._form(self._request(person, named.origin), named)
        try:
            await self.outbox.update_view(incoming.view, view)
        except SlackError as error:
            if error.code not in _OVERTAKEN:
                raise

    async def _form(self, request: Request, draft: Draft) -> Payload:
        """Return the form with the commands that are for the person there."""
        try:
            menu = await self.lookups.menu(request, *command_form.elsewhere(draft))
        except QuarterdeckError:
            offered = list(self.commands)  # the command says why, once it is sent off
        else:
            offered = [command for command in self.commands if menu.offers(command)]
        hidden = command_form.hidden(self.commands, offered)
        return command_form.form(draft, offered, self.lookups.contexts(), hidden)

    async def _names(self, request: Request, draft: Draft, incoming: Incoming) -> tuple[str, ...]:
        action = incoming.pressed.action if incoming.pressed else ""
        if action == command_form.NAMESPACE:
            listed = await self.lookups.namespaces(request, draft.cluster)
            return tuple(dict.fromkeys((*listed, *await self._bound(request, draft.cluster))))
        if action == command_form.TYPE:
            return await self.lookups.types(request, draft.cluster)
        command = command_form.chosen_command(draft, self.commands)
        kind = command_form.type_of(draft, command)
        if action != command_form.NAME or not kind:
            return ()
        namespace = draft.namespace or draft.origin.namespace
        return await self.lookups.names(request, draft.cluster, namespace, kind)

    async def _bound(self, request: Request, cluster: str) -> list[str]:
        """Return the namespaces of the channels: who may not list any knows these by name."""
        contexts = self.lookups.contexts()
        names = {cluster, "default"} if cluster == contexts[0] else {cluster}
        bindings = (await self.rights.rights(request)).bindings
        return [name for one in bindings if one.context in names for name in one.namespaces]

    async def _resolved(self, draft: Draft, person: Person) -> Draft | None:
        """Return the draft with its name written out; None: there is no such name any more."""
        if not draft.name.startswith("#"):
            return draft
        request = self._request(person, draft.origin)
        kind = command_form.type_of(draft, command_form.chosen_command(draft, self.commands))
        namespace = draft.namespace or draft.origin.namespace
        names = await self.lookups.names(request, draft.cluster, namespace, kind)
        found = next((name for name in names if forms.value_of(name) == draft.name), None)
        return replace(draft, name=found) if found else None

    def _request(self, person: Person, origin: Origin) -> Request:
        place = Place(Surface.SLASH, origin.channel)
        return Request(self.new_id(), person, place, "", self.clock.now())


def narrowed(names: Sequence[str], typed: str) -> list[str]:
    """Return at most a hundred names that hold what was typed, those that begin with it first."""
    wanted = typed.strip().lower()
    first = [name for name in names if name.lower().startswith(wanted)]
    known = set(first)
    later = [name for name in names if wanted in name.lower() and name not in known]
    return [*first, *later][: forms.OPTIONS]


def _placed(incoming: Incoming, origin: Origin) -> Incoming:
    if not origin.channel:
        # Opened from the Home tab: the answer goes to the person's own conversation.
        return replace(incoming, place=Place(Surface.DIRECT, incoming.user))
    return replace(incoming, place=Place(Surface.SLASH, origin.channel))
