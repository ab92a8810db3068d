"""What every act of a person has in common: it is logged, it becomes an envelope, it may fail."""

from dataclasses import dataclass

from bot.demo.slack.delivery import Courier, Envelope, EnvelopeKind, NotAcknowledgedError
from bot.demo.slack.hooks import Hook, Hooks
from bot.demo.slack.payloads import notice
from bot.demo.slack.platform import Platform
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Message, User
from bot.demo.slack.wire import Act, ActKind


@dataclass(frozen=True, slots=True)
class Acts:
    """Begins acts and tells the bot of them."""

    platform: Platform
    hooks: Hooks
    courier: Courier

    def begin(
        self, kind: ActKind, user: User, text: str, *, channel: str = "", view: str = ""
    ) -> Act:
        """Log an act; its trigger names it in payloads and answers."""
        trigger = self.platform.triggers.issue(user.id, view)
        return self.platform.wire.begin(kind, user.id, channel, text, trigger)

    async def send(self, act: Act, kind: EnvelopeKind, payload: Json) -> Json:
        """Tell the bot at once, and return what it acknowledges with.

        Raises:
            NotAcknowledgedError: not within three seconds, or not at all; also when the manifest
                does not switch interactivity on.
        """
        if kind == "interactive" and not self.platform.app.interactive:
            raise NotAcknowledgedError("interactivity_disabled", reason="not_configured")
        return await self.courier.send(self._envelope(act, kind, payload))

    async def publish(self, act: Act, payload: Json) -> None:
        """Tell the bot of an event, again where it does not acknowledge."""
        await self.courier.publish(self._envelope(act, "events_api", payload))

    def hook(self, act: Act, *, typed: str = "", message: Message | None = None) -> Hook:
        """Return the response URL's other end, for an act in a channel."""
        now = self.platform.clock.now()
        return Hook(now, act.channel, act.person, act.trigger, typed, message)

    def answer_to(self, act: Act, hook: Hook) -> Json:
        """Return what the bot may answer an act in a channel with."""
        return {"response_url": self.hooks.open(hook), "trigger_id": act.trigger}

    def notice(self, act: Act, text: str) -> None:
        """Show Slack's own word to the person."""
        self.platform.state.post(notice(act.channel, act.person, text, act.trigger))

    def failed(self, act: Act, code: str) -> None:
        """Show to the person that the bot did not take what they did."""
        what = act.text.partition(" ")[0] if act.kind == "command" else act.text
        self.notice(act, f'{what} failed with the error "{code}"')

    def _envelope(self, act: Act, kind: EnvelopeKind, payload: Json) -> Envelope:
        return Envelope(self.platform.ids.secret(36), kind, payload, act.number)
