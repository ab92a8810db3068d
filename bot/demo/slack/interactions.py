"""What people do in channels, as the bot hears of it, and what Slack itself says if that fails."""

from dataclasses import dataclass, replace

from bot.demo.slack.acts import Acts
from bot.demo.slack.delivery import NotAcknowledgedError
from bot.demo.slack.events import event_payload, message_event, typed_blocks, typed_text
from bot.demo.slack.payloads import command_payload, in_message, interaction, message_object
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Channel, Message, User
from bot.demo.slack.wire import Act


@dataclass(frozen=True, slots=True)
class Words:
    """What a person writes: text, and the ids of files beside it, in a thread or in none."""

    text: str
    thread: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interactions:
    """Carries acts of people in channels to the bot."""

    acts: Acts

    @property
    def platform(self) -> Platform:
        """The workspace."""
        return self.acts.platform

    async def command(self, act: Act, user: User, channel: Channel, thread: str) -> None:
        """Run a slash command as typed."""
        command, _, text = act.text.partition(" ")
        if thread:
            self.acts.notice(act, f"{command} is not supported in threads. Sorry!")
        elif not self.platform.app.serves(command):
            self.acts.notice(act, f"{command} is not a valid command.")
        else:
            await self._run_command(act, user, channel, (command, text.strip()))

    async def press(self, act: Act, message: Message, action: Json, values: Json) -> None:
        """Press or choose something in a message; `values` is what its inputs hold."""
        payload = self._in_message(act, message, "block_actions")
        shown = {**payload, "state": {"values": values}, "actions": [action]}
        # What a press is acknowledged with changes nothing in messages.
        await self._interact(act, shown)

    async def shortcut(self, act: Act, message: Message, callback_id: str) -> None:
        """Choose a message shortcut; the whole message goes along, even an old one."""
        payload = self._in_message(act, message, "message_action")
        del payload["container"]
        shown = {"message": message_object(self.platform, message)}
        named = {"callback_id": callback_id, "message_ts": message.ts}
        await self._interact(act, {**payload, **shown, **named})

    async def mention(self, act: Act, channel: Channel, words: Words) -> None:
        """Write a message that mentions the bot."""
        message = self._write(act, channel, words)
        if self.platform.names.bot_user not in channel.members:
            name = self.platform.app.bot_name
            self.acts.notice(act, f"You mentioned @{name}, but they're not in this channel.")
        else:
            await self._publish(act, "app_mention", message)

    async def direct(self, act: Act, channel: Channel, words: Words) -> None:
        """Write to the bot in private."""
        if not self.platform.app.messages_tab:
            self.acts.notice(act, "Sending messages to this app has been turned off.")
            return
        await self._publish(act, "message.im", self._write(act, channel, words))

    async def _run_command(
        self, act: Act, user: User, channel: Channel, words: tuple[str, str]
    ) -> None:
        hook = self.acts.hook(act, typed=act.text)
        answer_to = self.acts.answer_to(act, hook)
        payload = command_payload(self.platform, user, channel, words, answer_to)
        try:
            answer = await self.acts.send(act, "slash_commands", payload)
            if answer:
                self.acts.hooks.acknowledge(hook, answer)
        except NotAcknowledgedError as failure:
            self.acts.failed(act, failure.code)
        except CallRefusedError:
            self.acts.failed(act, "invalid_command_response")

    def _in_message(self, act: Act, message: Message, kind: str) -> Json:
        hook = self.acts.hook(act, message=message)
        return {
            **interaction(self.platform, kind, self.platform.state.users[act.person]),
            **in_message(self.platform, message),
            **self.acts.answer_to(act, hook),
        }

    async def _interact(self, act: Act, payload: Json) -> None:
        if not self.platform.app.interactive:
            self.acts.notice(act, "This app is not configured to handle interactive responses.")
            return
        try:
            await self.acts.send(act, "interactive", payload)
        except NotAcknowledgedError as failure:
            self.acts.failed(act, failure.code)

    async def _publish(self, act: Act, kind: str, message: Message) -> None:
        if self.platform.app.hears(kind):
            event = message_event(self.platform, kind, message)
            shared = self.platform.state.channels[message.channel].shared
            await self.acts.publish(act, event_payload(self.platform, event, shared=shared))

    def _write(self, act: Act, channel: Channel, words: Words) -> Message:
        mentions_bot = act.kind == "mention"
        message = self.platform.state.post(
            Message(
                channel=channel.id,
                author=act.person,
                text=typed_text(self.platform, words.text, mentions_bot=mentions_bot),
                blocks=typed_blocks(self.platform, words.text, mentions_bot=mentions_bot),
                files=words.files,
                thread_ts=words.thread,
            )
        )
        for identifier in words.files:
            file = self.platform.state.files[identifier]
            shares = (*file.shares, (message.channel, message.ts))
            self.platform.state.files[identifier] = replace(file, shares=shares)
        return message
