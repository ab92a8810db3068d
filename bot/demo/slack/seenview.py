"""A modal or the Home tab as one person sees it, and what they can do with it."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.demo.slack.desk import Desk, NothingSeenError, Question
from bot.demo.slack.files import bring
from bot.demo.slack.filling import Filling, labels, the_field
from bot.demo.slack.inputs import Field, drawn, fields, unwelcome, value_of, with_value
from bot.demo.slack.payloads import file_object, in_view
from bot.demo.slack.pressing import Button, buttons, chosen
from bot.demo.slack.rendering import plain_blocks
from bot.demo.slack.screens import View, ViewKind
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import User
from bot.demo.slack.visible import SeenMessage, the_button
from bot.demo.slack.wire import Act

Asked: TypeAlias = tuple[Question, asyncio.Task[None]]
"""What a person did, and the errand that tells the bot."""


class SeenView:
    """A view on the screen of one person. Whatever it says is read afresh each time."""

    def __init__(self, desk: Desk, viewer: User, view: View, act: Act | None = None) -> None:
        self._desk = desk
        self._viewer = viewer
        self._key = view
        self.act = act
        """The act that this view answered, when it was waited for."""

    def __repr__(self) -> str:
        return f"<{self._key.kind} seen by {self._viewer.name}: {self.plain()!r}>"

    @property
    def now(self) -> View:
        """The view as it stands in the workspace."""
        return self._desk.platform.state.screens.latest(self._key)

    @property
    def title(self) -> str:
        """What stands at its top; the Home tab has none."""
        return self._words("title")

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, as they were sent and with the ids that Slack adds."""
        return list(self.now.body["blocks"])

    @property
    def gone(self) -> bool:
        """Whether it is no longer on the screen."""
        return self.now.gone

    @property
    def errors(self) -> dict[str, str]:
        """What is said to be amiss, by the label of the field."""
        named = {field.block_id: field.label for field in self.fields}
        return {named[block_id]: words for block_id, words in self.now.errors.items()}

    @property
    def trouble(self) -> str:
        """What Slack says above it when the bot did not answer, or answered nonsense."""
        return self.now.trouble

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its inputs, from top to bottom."""
        return tuple(fields(self.blocks))

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its buttons, from top to bottom, without submit and close."""
        return tuple(one for one in buttons(self.blocks) if one.option is None)

    def plain(self) -> str:
        """Return what the person reads: title, trouble, blocks with what is filled in, buttons."""
        view, name = self.now, self._desk.platform.state.label
        amiss = (f"! {label}: {words}" for label, words in self.errors.items())
        below = (f"[{words}]" for key in ("close", "submit") if (words := self._words(key)))
        body = plain_blocks(drawn(self.blocks, view.values), name)
        lines = [self.title, view.trouble, body, *amiss, " ".join(below)]
        return "\n".join(line for line in lines if line)

    async def until(self, words: str) -> "SeenView":
        """Wait until the view shows these words, and return it.

        Raises:
            NothingSeenError: it did not, before the workspace's patience ran out.
        """
        state, patience = self._desk.platform.state, self._desk.platform.options.patience
        try:
            await state.changes.until(lambda: True if words in self.plain() else None, patience)
        except TimeoutError:
            raise NothingSeenError(f"{self!r} never showed {words!r}") from None
        return self

    async def fill(self, name: str, said: Any) -> "SeenView":
        """Fill in the field with this label, block_id or action_id, and return this view.

        Text is typed; of a menu the option is taken that is called so, else the first one that
        is offered with these letters in it; a menu of several takes a list. A field that
        dispatches tells the bot, which has acknowledged when this returns.

        Raises:
            NothingSeenError: no such field or option.
        """
        self._must_be_open()
        field = self._field(name)
        value = await self._filling.value(field, said)
        screens = self._desk.platform.state.screens
        errors = {key: words for key, words in self.now.errors.items() if key != field.block_id}
        screens.rewrite(self.now, values=with_value(self.now.values, field, value), errors=errors)
        if field.dispatches:
            question, work = self._pressed(name, chosen(field, value, self._stamp()))
            await self._desk.done(question, work)
        return self

    async def choose(self, name: str, typed: str) -> "SeenView":
        """Type letters into a menu and take what Enter takes; the same as `fill`."""
        return await self.fill(name, typed)

    async def attach(self, name: str, filename: str, content: bytes) -> "SeenView":
        """Put a further file into a file field, and return this view.

        Raises:
            NothingSeenError: the field takes no more files, or none of this kind.
        """
        self._must_be_open()
        platform, field = self._desk.platform, self._field(name)
        held = value_of(field, self.now.values)
        refused = unwelcome(field, filename, len(held))
        if refused:
            raise NothingSeenError(refused)
        file = bring(platform, self._viewer.id, filename, content)
        values = with_value(self.now.values, field, [*held, file_object(platform, file.id)])
        platform.state.screens.rewrite(self.now, values=values)
        return self

    async def suggestions(self, name: str, typed: str = "") -> list[str]:
        """Return what a menu offers after these letters.

        Raises:
            NothingSeenError: it offers nothing yet, or the bot did not answer.
        """
        return labels(await self._filling.options(self._field(name), typed))

    async def click(self, label: str) -> "SeenView":
        """Press a button; return the view of this kind that the person then has before them."""
        return await self._press_for(label, self._key.kind)

    async def open(self, label: str) -> "SeenView":
        """Press a button; return the modal that it opens."""
        return await self._press_for(label, "modal")

    async def tell(self, label: str) -> SeenMessage:
        """Press a button; return the message that answers it."""
        question, work = self._pressed(label, the_button(self.blocks, label).pressed(self._stamp()))
        found = await self._desk.answered(question, work)
        return SeenMessage(self._desk, self._viewer, found, question.act)

    async def submit(self, said: Mapping[str, Any] | None = None, /, **more: Any) -> SeenMessage:
        """Fill in fields, submit, and return the message that the person sees in answer.

        Raises:
            NothingSeenError: no message: perhaps the modal shows an error.
        """
        question, work = await self._submitted({**(said or {}), **more})
        found = await self._desk.answered(question, work)
        await self._desk.done(question, work)
        return SeenMessage(self._desk, self._viewer, found, question.act)

    async def advance(self, said: Mapping[str, Any] | None = None, /, **more: Any) -> "SeenView":
        """Fill in fields, submit, and return the modal that the person then has before them.

        That is this one with errors or as updated, one that was pushed upon it, or the one below.
        """
        question, work = await self._submitted({**(said or {}), **more})
        found = await self._desk.shown(question, work, "modal")
        return SeenView(self._desk, self._viewer, found, question.act)

    async def close(self, *, everything: bool = False) -> None:
        """Press Cancel, or with `everything` the cross that closes the whole stack."""
        self._must_be_open()
        act = self._desk.viewing.acts.begin("close", self._viewer, "close", view=self._key.id)
        question = self._desk.question(act)
        work = self._desk.viewing.close(act, self.now, everything=everything)
        await self._desk.done(question, self._desk.platform.errands.start(work))

    @property
    def _filling(self) -> Filling:
        platform = self._desk.platform
        return Filling(self._desk, self._viewer, in_view(platform, self.now), self._key.id)

    def _words(self, key: str) -> str:
        return str((self.now.body.get(key) or {"text": ""})["text"])

    def _stamp(self) -> str:
        return self._desk.platform.state.stamps.fresh()

    def _field(self, name: str) -> Field:
        return the_field(self.fields, name)

    def _must_be_open(self) -> None:
        if self.gone:
            raise NothingSeenError(f"{self._viewer.name} no longer sees {self.title!r}")

    def _pressed(self, label: str, action: Json) -> Asked:
        self._must_be_open()
        viewing = self._desk.viewing
        act = viewing.acts.begin("press", self._viewer, label, view=self._key.id)
        question = self._desk.question(act)
        work = self._desk.platform.errands.start(viewing.press(act, self.now, action))
        return question, work

    async def _press_for(self, label: str, kind: ViewKind) -> "SeenView":
        question, work = self._pressed(label, the_button(self.blocks, label).pressed(self._stamp()))
        found = await self._desk.shown(question, work, kind)
        return SeenView(self._desk, self._viewer, found, question.act)

    async def _submitted(self, said: Mapping[str, Any]) -> Asked:
        self._must_be_open()
        if not self._words("submit"):
            raise NothingSeenError(f"{self.title!r} has nothing to submit")
        for name, value in said.items():
            await self.fill(name, value)
        viewing = self._desk.viewing
        act = viewing.acts.begin("submit", self._viewer, self._words("submit"), view=self._key.id)
        question = self._desk.question(act)
        return question, self._desk.platform.errands.start(viewing.submit(act, self.now))
