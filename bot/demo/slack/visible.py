"""A message as one person sees it, and what they can do with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.demo.slack import mrkdwn
from bot.demo.slack.desk import Desk, NothingSeenError
from bot.demo.slack.filling import Filling, the_field
from bot.demo.slack.inputs import Field, Values, carried, drawn, fields, with_value
from bot.demo.slack.payloads import in_message
from bot.demo.slack.pressing import Button, buttons, chosen
from bot.demo.slack.rendering import plain_blocks
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Message, Someone, User
from bot.demo.slack.wire import Act


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that hangs on a message."""

    name: str
    title: str
    snippet_type: str
    alt_text: str
    content: bytes


class SeenMessage:
    """A message on the screen of one person.

    Whatever it says is read afresh each time. `changed` counts from the last time that this
    object was waited for.
    """

    def __init__(self, desk: Desk, viewer: User, message: Message, act: Act | None = None) -> None:
        self._desk = desk
        self._viewer = viewer
        self._key = message
        self._revision = message.revision
        self._filled: Values = {}
        self.act = act
        """The act that this message answered, when it was waited for."""

    def __repr__(self) -> str:
        return f"<message seen by {self._viewer.name}: {self.plain()!r}>"

    @property
    def now(self) -> Message:
        """The message as it stands in the workspace."""
        return self._desk.platform.state.latest(self._key)

    @property
    def ts(self) -> str:
        """Its name within its channel."""
        return self._key.ts

    @property
    def channel(self) -> str:
        """The id of its channel."""
        return self._key.channel

    @property
    def thread_ts(self) -> str:
        """The thread that it is in; empty in the channel itself."""
        return self.now.thread_ts

    @property
    def author(self) -> str:
        """Who wrote it, as the screen says it (`@ada`)."""
        return self._name(self.now.author)

    @property
    def text(self) -> str:
        """The text that notifications and screen readers get, as it was sent."""
        return self.now.text

    @property
    def blocks(self) -> tuple[Json, ...]:
        """Its blocks, as they were sent and with the ids that Slack adds."""
        return self.now.blocks

    @property
    def ephemeral(self) -> bool:
        """Whether only this person sees it."""
        return bool(self.now.only_for)

    @property
    def gone(self) -> bool:
        """Whether it was deleted."""
        return self.now.deleted

    @property
    def reactions(self) -> dict[str, list[str]]:
        """The emoji below it, each with who chose it (`@quarterdeck`)."""
        below = self._desk.platform.state.reactions.get((self.channel, self.ts), {})
        return {name: [self._name(one) for one in people] for name, people in below.items()}

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its buttons, from top to bottom."""
        return tuple(one for one in buttons(_all_blocks(self.now)) if one.option is None)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its menus and inputs, from top to bottom."""
        return tuple(fields(_all_blocks(self.now)))

    @property
    def files(self) -> tuple[SeenFile, ...]:
        """The files that hang on it."""
        files = self._desk.platform.state.files
        return tuple(
            SeenFile(file.name, file.title, file.snippet_type, file.alt_text, file.content or b"")
            for file in (files[identifier] for identifier in self.now.files)
        )

    def plain(self) -> str:
        """Return what the person reads: the blocks where there are any, else the text.

        Below it stand the attachments and the names of the files.
        """
        message = self.now
        body = plain_blocks(self._drawn(), self._name) or mrkdwn.plain(message.text, self._name)
        attached = (self._attachment(attachment) for attachment in message.attachments)
        files = (f"[file: {file.name}]" for file in self.files)
        return "\n".join(filter(None, [body, *attached, *files]))

    def _drawn(self) -> list[Json]:
        return drawn(self.now.blocks, self._filled)

    def replies(self) -> list["SeenMessage"]:
        """Return what the person sees in this message's thread."""
        state, viewer = self._desk.platform.state, self._viewer
        thread = (m for m in state.visible(self.channel, viewer.id) if m.thread_ts == self.ts)
        return [SeenMessage(self._desk, viewer, reply) for reply in thread if reply.ts != self.ts]

    def seen_by(self, viewer: Someone) -> "SeenMessage":
        """Return the same message on another person's screen.

        Raises:
            NothingSeenError: that person does not see it.
        """
        state = self._desk.platform.state
        if not state.sees(viewer.id, self.now):
            raise NothingSeenError(f"{state.label(viewer.id)} does not see {self!r}")
        return SeenMessage(self._desk, state.users[viewer.id], self.now, self.act)

    async def changed(self) -> "SeenMessage":
        """Wait until the message was edited or deleted since it was last waited for.

        Raises:
            NothingSeenError: it was not, before the workspace's patience ran out.
        """
        last = self._revision
        return await self._until(lambda: self.now.revision > last, "did not change")

    async def until(self, condition: "str | Callable[[SeenMessage], bool]") -> "SeenMessage":
        """Wait until the message shows these words, or until the condition holds.

        Raises:
            NothingSeenError: it did not, before the workspace's patience ran out.
        """
        if isinstance(condition, str):
            words = condition
            return await self._until(lambda: words in self.plain(), f"never showed {words!r}")
        holds = condition
        return await self._until(lambda: holds(self), "never met the condition")

    async def acknowledged(self) -> float:
        """Wait for the acknowledgement of the act that this answered; return its seconds.

        A message may well be seen before the acknowledgement has come.

        Raises:
            NothingSeenError: the act was not acknowledged, or the message answers none.
        """
        if self.act is None:
            raise NothingSeenError(f"{self!r} answers no act")
        act, wire = self.act, self._desk.platform.wire
        await self._wait(lambda: wire.delivered(act), "was not acknowledged")
        for seconds in wire.ack_seconds(act):
            return seconds
        raise NothingSeenError(self._desk.complaint(act))

    async def click(self, label: str, *, by: Someone | None = None) -> "SeenMessage":
        """Press a button (a confirmation dialog is accepted) and return what then becomes visible.

        That is this message, when it changed or a modal opened (`ada.modal`), or a new message
        that answers the press. The lines of an overflow menu are pressed in the same way.

        Raises:
            NothingSeenError: no such button, or nothing became visible.
        """
        if by is not None and by.id != self._viewer.id:
            return await self.seen_by(by).click(label)
        self._must_be_seen()
        button = the_button(_all_blocks(self.now), label)
        return await self._press(label, button.pressed(self._stamp()))

    async def choose(self, name: str, typed: str) -> "SeenMessage":
        """Choose from a menu (by placeholder, block_id or action_id), as Enter does after typing.

        It returns what then becomes visible, as `click` does.

        Raises:
            NothingSeenError: no such menu or option, or nothing became visible.
        """
        field, value = await self._fill(name, typed)
        return await self._press(name, chosen(field, value, self._stamp()))

    async def fill(self, name: str, said: Any) -> "SeenMessage":
        """Fill in an input that tells the bot only when something is pressed; return this message.

        Raises:
            NothingSeenError: no such field or option.
        """
        await self._fill(name, said)
        return self

    async def _fill(self, name: str, said: Any) -> tuple[Field, Any]:
        self._must_be_seen()
        platform, field = self._desk.platform, the_field(self.fields, name)
        where = in_message(platform, self.now)
        value = await Filling(self._desk, self._viewer, where).value(field, said)
        self._filled = with_value(self._values(), field, value)
        return field, value

    async def _press(self, what: str, action: Json) -> "SeenMessage":
        pressed, desk, interactions = self.now, self._desk, self._desk.interactions
        act = interactions.acts.begin("press", self._viewer, what, channel=self.channel)
        question = desk.question(act, pressed=pressed)
        work = interactions.press(act, pressed, action, dict(self._values()))
        found = await desk.reaction(question, desk.platform.errands.start(work))
        self.act = act
        if found is None:
            return self
        if (found.channel, found.ts) != (pressed.channel, pressed.ts):
            return SeenMessage(desk, self._viewer, found, act)
        self._revision = found.revision
        return self

    def _values(self) -> Values:
        """Return what its inputs hold: what this person filled in, else what was preset."""
        return carried(self._filled, _all_blocks(self.now))

    def _must_be_seen(self) -> None:
        if not self._desk.platform.state.sees(self._viewer.id, self.now):
            raise NothingSeenError(f"{self._viewer.name} no longer sees the message")

    def _stamp(self) -> str:
        return self._desk.platform.state.stamps.fresh()

    async def _until(self, holds: Callable[[], bool], failure: str) -> "SeenMessage":
        await self._wait(holds, failure)
        self._revision = self.now.revision
        return self

    async def _wait(self, holds: Callable[[], bool], failure: str) -> None:
        platform = self._desk.platform
        try:
            await platform.state.changes.until(
                lambda: True if holds() else None, platform.options.patience
            )
        except TimeoutError:
            happened = f": {platform.wire.since(self.act)}" if self.act else ""
            raise NothingSeenError(f"{self!r} {failure}{happened}") from None

    def _attachment(self, attachment: Json) -> str:
        blocks = plain_blocks(attachment.get("blocks", []), self._name)
        return blocks or mrkdwn.plain(str(attachment.get("text", "")), self._name)

    def _name(self, identifier: str) -> str:
        return self._desk.platform.state.label(identifier)


def the_button(blocks: Iterable[Json], label: str) -> Button:
    """Return the one button of this name.

    Raises:
        NothingSeenError: there is none, or there are several.
    """
    every = list(buttons(blocks))
    found = [button for button in every if button.label == label]
    if len(found) != 1:
        there = [button.label for button in every]
        raise NothingSeenError(f"{len(found)} buttons are called {label!r}; there are {there}")
    return found[0]


def _all_blocks(message: Message) -> list[Json]:
    attached = (attachment.get("blocks", []) for attachment in message.attachments)
    return [*message.blocks, *(block for blocks in attached for block in blocks)]
