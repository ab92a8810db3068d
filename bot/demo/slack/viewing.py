"""What people do in modals and on the Home tab, and what the bot's acknowledgement does to them."""

from dataclasses import dataclass
from typing import Any

from bot.demo.slack.acts import Acts
from bot.demo.slack.delivery import NotAcknowledgedError
from bot.demo.slack.events import event_payload, home_event
from bot.demo.slack.inputs import complaints
from bot.demo.slack.payloads import in_view, interaction
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.screens import View
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import User
from bot.demo.slack.suggestions import offered
from bot.demo.slack.views import checked, put_modal, renew
from bot.demo.slack.wire import Act

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack says above a modal when the app did not answer, or answered nonsense."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """Carries acts of people in views to the bot."""

    acts: Acts

    @property
    def platform(self) -> Platform:
        """The workspace."""
        return self.acts.platform

    async def submit(self, act: Act, view: View) -> None:
        """Press a modal's submit button: Slack looks first, the bot only at what is complete."""
        screens = self.platform.state.screens
        amiss = complaints(view.body["blocks"], view.values)
        if amiss:
            screens.rewrite(view, errors=amiss)
            return
        payload = {
            **interaction(self.platform, "view_submission", self._user(act)),
            "trigger_id": act.trigger,
            "view": in_view(self.platform, view)["view"],
            "response_urls": [],
        }
        try:
            answer = await self.acts.send(act, "interactive", payload)
            self._answered(act, view, answer)
        except (NotAcknowledgedError, CallRefusedError):
            screens.rewrite(view, trouble=TROUBLE)

    async def close(self, act: Act, view: View, *, everything: bool) -> None:
        """Close a modal, or with `everything` (the cross at its corner) all that lie below it."""
        screens = self.platform.state.screens
        cleared = everything or view.body.get("clear_on_close", False)
        closed = list(reversed(screens.stack(view.person))) if cleared else [view]
        screens.remove(*closed)
        for one in (one for one in closed if one.body.get("notify_on_close", False)):
            payload = {
                **interaction(self.platform, "view_closed", self._user(act)),
                "view": in_view(self.platform, one)["view"],
                "is_cleared": cleared,
            }
            try:
                await self.acts.send(act, "interactive", payload)
            except NotAcknowledgedError:
                continue  # the modal is gone, so there is nowhere to say it; the log has it

    async def press(self, act: Act, view: View, action: Json) -> None:
        """Press or choose something in a view."""
        payload = {
            **interaction(self.platform, "block_actions", self._user(act)),
            **in_view(self.platform, view),
            "trigger_id": act.trigger,
            "actions": [action],
        }
        try:
            await self.acts.send(act, "interactive", payload)
        except NotAcknowledgedError:
            self.platform.state.screens.rewrite(view, trouble=TROUBLE)

    async def suggest(self, act: Act, where: Json, asked: Json) -> list[Json]:
        """Ask the bot for the options of a menu; `asked` names the menu and what was typed.

        Raises:
            NotAcknowledgedError: it did not answer in time.
            CallRefusedError: `invalid_options`: what it answered cannot be shown.
        """
        kind = "block_suggestion"
        payload = {**interaction(self.platform, kind, self._user(act)), **where, **asked}
        return offered(await self.acts.send(act, "interactive", payload))

    async def open_home(self, act: Act) -> None:
        """Look at the Home tab."""
        if self.platform.app.home_tab and self.platform.app.hears("app_home_opened"):
            event = home_event(self.platform, self._user(act))
            await self.acts.publish(act, event_payload(self.platform, event))

    async def shortcut(self, act: Act, callback_id: str) -> None:
        """Choose a global shortcut: it has no channel and no response URL."""
        payload = {
            **interaction(self.platform, "shortcut", self._user(act)),
            "callback_id": callback_id,
            "action_ts": self.platform.state.stamps.fresh(),
            "trigger_id": act.trigger,
        }
        try:
            await self.acts.send(act, "interactive", payload)
        except NotAcknowledgedError as failure:
            self.acts.failed(act, failure.code)

    def _answered(self, act: Act, view: View, answer: Json) -> None:
        """Do what a submission's acknowledgement says; nothing said closes the modal.

        Raises:
            CallRefusedError: it says what cannot be done.
        """
        screens = self.platform.state.screens
        if screens.view(view.id) is None:
            return
        match answer.get("response_action"):
            case None:
                screens.remove(view)
            case "clear":
                screens.remove(*reversed(screens.stack(view.person)))
            case "errors":
                screens.rewrite(view, errors=_errors(view, answer.get("errors")))
            case "update":
                renew(
                    self.platform, view, checked(self.platform, answer.get("view"), "modal", view)
                )
            case "push":
                body = checked(self.platform, answer.get("view"), "modal")
                put_modal(self.platform, view.person, body, act.trigger)
            case _:
                raise CallRefusedError("invalid_response_action")

    def _user(self, act: Act) -> User:
        return self.platform.state.users[act.person]


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Return errors by block_id, each of an input of this view."""
    asked = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    good = isinstance(errors, dict) and errors and errors.keys() <= asked
    if not good or not all(isinstance(words, str) and words for words in errors.values()):
        raise CallRefusedError("invalid_errors")
    return dict(errors)
