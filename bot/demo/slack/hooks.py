"""Response URLs: five answers within thirty minutes to what a person did."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.demo.slack import limits
from bot.demo.slack.arguments import Arguments
from bot.demo.slack.content import Content
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Message


@dataclass(frozen=True, slots=True)
class Hook:
    """What a response URL answers; `message` is the one that was pressed, if one was."""

    opened: datetime
    channel: str
    person: str
    trigger: str
    typed: str = ""
    """The command as typed, which a public answer shows too."""
    message: Message | None = None
    uses: int = 0


class Hooks:
    """The response URLs of a workspace."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._hooks: dict[str, Hook] = {}

    def open(self, hook: Hook) -> str:
        """Return a new address for this hook."""
        secret = self._platform.ids.secret()
        self._hooks[secret] = hook
        kind = "actions" if hook.message else "commands"
        return f"{self._platform.base_url}/{kind}/{self._platform.names.team}/{secret}"

    def answer(self, secret: str, arguments: Arguments) -> None:
        """Do what was sent to the address.

        A refused body uses nothing up. The error strings of a dead address are unconfirmed.

        Raises:
            CallRefusedError: HTTP 404 `expired_url` or `used_url`, or what is wrong with the
                content, as HTTP 400.
        """
        hook = self._living(secret)
        self._act(hook, arguments)
        self._hooks[secret] = replace(hook, uses=hook.uses + 1)

    def acknowledge(self, hook: Hook, payload: Json) -> None:
        """Post what came with the acknowledgement of a command; it uses no answer up.

        Raises:
            CallRefusedError: what is wrong with the content.
        """
        self._post(hook, Arguments(payload))

    def _living(self, secret: str) -> Hook:
        hook = self._hooks.get(secret)
        if hook is None:
            raise CallRefusedError("no_such_hook", status=404)
        age = (self._platform.clock.now() - hook.opened).total_seconds()
        if age >= limits.RESPONSE_URL_SECONDS:
            raise CallRefusedError("expired_url", status=404)
        if hook.uses >= limits.RESPONSE_URL_USES:
            raise CallRefusedError("used_url", status=404)
        return hook

    def _act(self, hook: Hook, arguments: Arguments) -> None:
        """Replace, delete or post; `replace_original` means nothing after a command."""
        state, pressed = self._platform.state, hook.message
        if pressed and arguments.flag("delete_original"):
            state.rewrite(pressed, deleted=True)
        elif pressed and arguments.flag("replace_original"):
            content = self._content(arguments)
            state.rewrite(
                pressed,
                text=content.text,
                blocks=content.blocks or (),
                attachments=content.attachments or (),
            )
        else:
            self._post(hook, arguments)

    def _post(self, hook: Hook, arguments: Arguments) -> None:
        """Post a new message, for the person alone unless `response_type` says `in_channel`."""
        content = self._content(arguments)
        public = arguments.text("response_type") == "in_channel"
        if public and hook.typed:
            self._platform.state.post(Message(hook.channel, hook.person, hook.typed))
        self._platform.state.post(
            Message(
                channel=hook.channel,
                author=self._platform.names.bot_user,
                text=content.text,
                blocks=content.blocks or (),
                attachments=content.attachments or (),
                thread_ts=arguments.text("thread_ts"),
                only_for="" if public else hook.person,
                origin=hook.trigger,
            )
        )

    def _content(self, arguments: Arguments) -> Content:
        try:
            return self._platform.composer.compose(arguments)
        except CallRefusedError as refusal:
            raise CallRefusedError(refusal.code, status=400) from refusal
