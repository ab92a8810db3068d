"""From Slack's payloads to requests: acknowledged at once, served in tasks of their own.

The same code serves Socket Mode and HTTP. What happens before an acknowledgement is memory only,
so that nothing delays it; it carries the word of a busy bot, which then costs no call.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.core.clock import Clock
from bot.core.command import Family
from bot.core.ports import SeenBefore, Service
from bot.core.request import Person, Request
from bot.slack import payloads
from bot.slack.address import Address, Home
from bot.slack.intake import Intake
from bot.slack.jobs import Job
from bot.slack.notices import Notices
from bot.slack.outbox import Outbox
from bot.slack.outlet import SlackOutlet
from bot.slack.payloads import Incoming, Payload

_LOG = structlog.stdlib.get_logger(__name__)

# An answer that would stand in the channel later than this is of no use: better to say so now.
_LONGEST_BACKLOG = 30.0
_TRY_AGAIN = 5
_STOPPING = "I am restarting. Try again in 30 s."
_FOREIGN = "I serve only the people of my own workspace."
_UNREADABLE = "I cannot read this command."
_UNDER_WAY = "This is already under way."
_NOT_RUNNING = "This is not running any more, or it is not yours."


@dataclass(frozen=True, slots=True)
class Peers:
    """What the Slack room needs from the rooms around it."""

    service: Service
    seen: SeenBefore
    clock: Clock
    new_id: Callable[[], str]
    """Makes the ids of requests: short, unique, unguessable."""


class Inbound:
    """Takes in what people type and press."""

    def __init__(self, peers: Peers, home: Home, outbox: Outbox, intake: Intake) -> None:
        self._peers = peers
        self._home = home
        self._outbox = outbox
        self._intake = intake
        self._notices = Notices(outbox)
        self._pressed: set[str] = set()

    def command(self, payload: Payload, family: Family) -> str:
        """Take in a slash command; return what to say with its acknowledgement, mostly nothing."""
        incoming = payloads.command(payload, family)
        if incoming is None:
            return _UNREADABLE
        return self._take(incoming)

    def message(self, payload: Payload) -> None:
        """Take in a mention or a direct message; what is neither is passed over."""
        self._take_or_tell(payloads.message(payload, self._home.bot_user))

    def press(self, payload: Payload) -> None:
        """Take in the press of a proposal's button, or of Cancel."""
        incoming = payloads.press(payload)
        if incoming is None:
            return
        if incoming.value in self._pressed:
            self._notices.say(self._address(incoming, ""), _UNDER_WAY)
        elif incoming.origin:
            self._take_or_tell(incoming)
        else:
            self._cancel(incoming)

    async def drain(self, seconds: float) -> None:
        """Take nothing more in, let what runs end, and interrupt after `seconds` what does not."""
        await self._intake.drain(seconds)
        await self._notices.end()

    def _take_or_tell(self, incoming: Incoming | None) -> None:
        if incoming is None:
            return
        if words := self._take(incoming):
            self._notices.say(self._address(incoming, ""), words)

    def _take(self, incoming: Incoming) -> str:
        """Start serving; return why not, or nothing."""
        if incoming.teams != {self._home.team}:
            _LOG.warning("slack_foreign_team", teams=sorted(incoming.teams), user=incoming.user)
            return _FOREIGN
        if not self._intake.open:
            return _STOPPING
        backlog = self._outbox.backlog(incoming.place.channel)
        if backlog > _LONGEST_BACKLOG:
            return _busy(backlog)
        taken = self._intake.take(incoming.user, lambda: self._job(incoming))
        return "" if taken else _busy(backlog)

    def _cancel(self, incoming: Incoming) -> None:
        """Cancel a running request; its own answer says so, unless there is none."""
        if incoming.teams != {self._home.team}:
            return
        address = self._address(incoming, "")

        async def cancel() -> str:
            known = await self._peers.service.cancel(incoming.value, self._person(incoming))
            return "" if known else _NOT_RUNNING

        self._notices.ask(address, cancel)

    def _person(self, incoming: Incoming) -> Person:
        return Person(f"{self._home.team}/{incoming.user}", incoming.name)

    def _job(self, incoming: Incoming) -> Job:
        peers, number = self._peers, self._peers.new_id()
        outlet = SlackOutlet(self._address(incoming, number), self._home, self._outbox, peers.clock)
        request = Request(
            id=number,
            person=self._person(incoming),
            place=incoming.place,
            text=incoming.text,
            received=peers.clock.now(),
        )
        if incoming.value:
            self._pressed.add(incoming.value)
        outlet.begin()

        def ended() -> None:
            self._pressed.discard(incoming.value)

        return Job(peers.service, peers.seen, incoming, request, outlet, ended)

    def _address(self, incoming: Incoming, request: str) -> Address:
        return Address(
            request, incoming.user, incoming.place, incoming.response_url, incoming.origin
        )


def _busy(backlog: float) -> str:
    seconds = max(_TRY_AGAIN, math.ceil(backlog))
    return f"I am busy: too many requests at once. Try again in {seconds} s."
