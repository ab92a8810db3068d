"""A message as one person sees it, and what they can do with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.demo.slack import mrkdwn
from bot.demo.slack.blocks import Json, pressable
from bot.demo.slack.desk import Desk, NothingSeenError
from bot.demo.slack.rendering import plain_blocks
from bot.demo.slack.state import Message, Someone, User
from bot.demo.slack.wire import Act


@dataclass(frozen=True, slots=True)
class Button:
    """A button on the screen."""

    label: str
    block_id: str
    element: Json

    @property
    def value(self) -> str:
        """What the app gave it to carry."""
        return str(self.element.get("value", ""))

    @property
    def style(self) -> str:
        """`primary`, `danger` or empty."""
        return str(self.element.get("style", ""))


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
    def buttons(self) -> tuple[Button, ...]:
        """Its buttons, from top to bottom."""
        return tuple(_buttons(self.now))

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
        body = plain_blocks(message.blocks, self._name) or mrkdwn.plain(message.text, self._name)
        attached = (self._attachment(attachment) for attachment in message.attachments)
        files = (f"[file: {file.name}]" for file in self.files)
        return "\n".join(filter(None, [body, *attached, *files]))

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

        That is this message, when it changed, or a new one that answers the press.

        Raises:
            NothingSeenError: no such button, or nothing became visible.
        """
        if by is not None and by.id != self._viewer.id:
            return await self.seen_by(by).click(label)
        pressed = self.now
        button = self._button(label)
        desk, interactions = self._desk, self._desk.interactions
        channel = desk.platform.state.channels[self.channel]
        act = interactions.begin("press", self._viewer, channel, label)
        question = desk.question(act, pressed=pressed)
        work = interactions.press(act, self._viewer, pressed, self._action(button))
        found = await desk.answered(question, desk.platform.errands.start(work))
        self.act = act
        if (found.channel, found.ts) != (pressed.channel, pressed.ts):
            return SeenMessage(desk, self._viewer, found, act)
        self._revision = found.revision
        return self

    def _button(self, label: str) -> Button:
        if not self._desk.platform.state.sees(self._viewer.id, self.now):
            raise NothingSeenError(f"{self._viewer.name} no longer sees the message")
        found = [button for button in self.buttons if button.label == label]
        if len(found) != 1:
            labels = [button.label for button in self.buttons]
            raise NothingSeenError(f"{len(found)} buttons are called {label!r}; there are {labels}")
        return found[0]

    def _action(self, button: Button) -> Json:
        kept = ("type", "action_id", "text", "value", "style")
        shown = {key: button.element[key] for key in kept if key in button.element}
        stamp = self._desk.platform.state.stamps.fresh()
        return {**shown, "block_id": button.block_id, "action_ts": stamp}

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


def _attached(message: Message) -> Iterator[Json]:
    for attachment in message.attachments:
        yield from attachment.get("blocks", [])


def _buttons(message: Message) -> Iterator[Button]:
    for block in (*message.blocks, *_attached(message)):
        for element in pressable(block):
            if element["type"] == "button":
                yield Button(element["text"]["text"], block["block_id"], element)
