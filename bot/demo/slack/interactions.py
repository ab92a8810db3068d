"""What people do, as the bot hears of it, and what Slack itself answers when that goes wrong."""

from dataclasses import dataclass

from bot.demo.slack.blocks import Json
from bot.demo.slack.delivery import Courier, Envelope, EnvelopeKind, NotAcknowledgedError
from bot.demo.slack.hooks import Hook, Hooks
from bot.demo.slack.payloads import (
    command_payload,
    event_payload,
    notice,
    press_payload,
    typed_blocks,
    typed_text,
)
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.state import Channel, Message, User
from bot.demo.slack.wire import Act, ActKind


@dataclass(frozen=True, slots=True)
class Interactions:
    """Carries acts of people to the bot."""

    platform: Platform
    hooks: Hooks
    courier: Courier

    def begin(self, kind: ActKind, user: User, channel: Channel, text: str) -> Act:
        """Log an act; its trigger names it in payloads and answers."""
        trigger = f"{self.platform.ids.secret(13)}.{self.platform.ids.secret(32)}"
        return self.platform.wire.begin(kind, user.id, channel.id, text, trigger)

    async def command(self, act: Act, user: User, channel: Channel, thread: str) -> None:
        """Run a slash command as typed."""
        command, _, text = act.text.partition(" ")
        if thread:
            self._notice(act, f"{command} is not supported in threads. Sorry!")
        elif command not in self.platform.app.commands:
            self._notice(act, f"{command} is not a valid command.")
        else:
            await self._run_command(act, user, channel, (command, text.strip()))

    async def press(self, act: Act, user: User, message: Message, action: Json) -> None:
        """Press a button of a message."""
        if not self.platform.app.interactive:
            self._notice(act, "This app is not configured to handle interactive responses.")
            return
        hook = self._hook(act, message=message)
        answer_to = self._answer_to(act, hook)
        payload = press_payload(self.platform, user, message, action, answer_to)
        try:
            # What a press is acknowledged with changes nothing in messages.
            await self.courier.send(self._envelope(act, "interactive", payload))
        except NotAcknowledgedError as failure:
            self._failed(act, failure.code)

    async def mention(self, act: Act, channel: Channel, text: str, thread: str) -> None:
        """Write a message that mentions the bot."""
        message = self._write(act, channel, text, thread)
        if self.platform.names.bot_user not in channel.members:
            name = self.platform.app.bot_name
            self._notice(act, f"You mentioned @{name}, but they're not in this channel.")
        else:
            await self._publish(act, "app_mention", message)

    async def direct(self, act: Act, channel: Channel, text: str, thread: str) -> None:
        """Write to the bot in private."""
        message = self._write(act, channel, text, thread)
        await self._publish(act, "message.im", message)

    async def _run_command(
        self, act: Act, user: User, channel: Channel, words: tuple[str, str]
    ) -> None:
        hook = self._hook(act, typed=act.text)
        payload = command_payload(self.platform, user, channel, words, self._answer_to(act, hook))
        try:
            answer = await self.courier.send(self._envelope(act, "slash_commands", payload))
            if answer:
                self.hooks.acknowledge(hook, answer)
        except NotAcknowledgedError as failure:
            self._failed(act, failure.code)
        except CallRefusedError:
            self._failed(act, "invalid_command_response")

    async def _publish(self, act: Act, kind: str, message: Message) -> None:
        if self.platform.app.hears(kind):
            payload = event_payload(self.platform, kind, message)
            await self.courier.publish(self._envelope(act, "events_api", payload))

    def _write(self, act: Act, channel: Channel, text: str, thread: str) -> Message:
        mentions_bot = act.kind == "mention"
        return self.platform.state.post(
            Message(
                channel=channel.id,
                author=act.person,
                text=typed_text(self.platform, text, mentions_bot=mentions_bot),
                blocks=typed_blocks(self.platform, text, mentions_bot=mentions_bot),
                thread_ts=thread,
            )
        )

    def _hook(self, act: Act, *, typed: str = "", message: Message | None = None) -> Hook:
        now = self.platform.clock.now()
        return Hook(now, act.channel, act.person, act.trigger, typed, message)

    def _answer_to(self, act: Act, hook: Hook) -> Json:
        return {"response_url": self.hooks.open(hook), "trigger_id": act.trigger}

    def _envelope(self, act: Act, kind: EnvelopeKind, payload: Json) -> Envelope:
        return Envelope(self.platform.ids.secret(36), kind, payload, act.number)

    def _notice(self, act: Act, text: str) -> None:
        self.platform.state.post(notice(act.channel, act.person, text, act.trigger))

    def _failed(self, act: Act, code: str) -> None:
        what = act.text.partition(" ")[0] if act.kind == "command" else act.text
        self._notice(act, f'{what} failed with the error "{code}"')
