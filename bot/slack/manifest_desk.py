"""Requests that come with files: the form for `-f`, and messages with something attached."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.core.command import Command
from bot.core.errors import QuarterdeckError
from bot.core.request import Attachment, Person, Place, Surface
from bot.slack import manifest_form, payloads
from bot.slack.attachments import SharedFile, check, shared
from bot.slack.inbound import Inbound, Wishes
from bot.slack.outbox import Outbox
from bot.slack.payloads import Incoming, Payload

_NOTHING = "Choose a file, or write its text below."


class Files(Protocol):
    """What fetches files."""

    async def fetch(
        self, files: Sequence[SharedFile], *, manifests: bool = True
    ) -> tuple[Attachment, ...]:
        """Return the files with their bytes, or raise `QuarterdeckError`."""
        ...


@dataclass(frozen=True, slots=True)
class ManifestDesk:
    """Serves what comes with files."""

    inbound: Inbound
    outbox: Outbox
    files: Files
    commands: Sequence[Command[Any]]
    bot_user: str

    def wants(self, text: str) -> bool:
        """Tell whether a slash command asks for a file."""
        return manifest_form.asks_for_manifest(text, self.commands)

    def open(self, incoming: Incoming, text: str) -> str:
        """Open the form; return why not, or nothing."""
        view = manifest_form.form(text, incoming.place.channel)

        async def work(_person: Person) -> None:
            await self.outbox.open_view(incoming.trigger, view)

        return self.inbound.errand(incoming, work)

    def submit(self, incoming: Incoming) -> dict[str, str]:
        """Run the command with what was filled in; return what is wrong, by its fields."""
        read = manifest_form.read_form(incoming.view)
        if read is None:
            return {}
        channel, text = read
        files = manifest_form.read_files(incoming.view)
        written = manifest_form.read_text(incoming.view, text)
        if not files and not written:
            return {manifest_form.TEXT: _NOTHING}
        try:
            check(files, manifests=not manifest_form.takes_contents(text))
        except QuarterdeckError as error:
            return {manifest_form.FILE: error.text}
        place = Place(Surface.SLASH, channel)
        self._serve(replace(incoming, place=place, text=f"kubectl {text}"), files, written)
        return {}

    def message(self, payload: Payload) -> bool:
        """Run what was written beside attached files; return False where there are none."""
        found = payloads.message(payload, self.bot_user)
        if found is None or not found.files:
            return False
        self._serve(found, shared(list(found.files)), ())
        return True

    def _serve(
        self, incoming: Incoming, files: Sequence[SharedFile], written: tuple[Attachment, ...]
    ) -> None:
        manifests = not manifest_form.takes_contents(incoming.text)

        async def work(_person: Person) -> None:
            found = (*await self.files.fetch(files, manifests=manifests), *written)
            # What was fetched is another act than the fetching, which was taken in already.
            again = replace(incoming, kind="fetched")
            if words := self.inbound.serve(again, Wishes(files=found)):
                self.inbound.tell(again, words)

        if words := self.inbound.errand(incoming, work):
            self.inbound.tell(incoming, words)
