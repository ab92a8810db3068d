"""What was taken in: served once, and never left without a last word."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.core.errors import QuarterdeckError, StoreError
from bot.core.ports import SeenBefore
from bot.core.request import Person, Request
from bot.slack.outlet import SlackOutlet
from bot.slack.payloads import Incoming
from bot.slack.presses import Presses

Work = Callable[[Person], Awaitable[None]]
"""What an errand does, on behalf of the person."""

_LOG = structlog.stdlib.get_logger(__name__)

# Slack delivers an event again within six minutes (at once, after one and after five more).
_REMEMBERED = 10_000
_BROKEN = "This went wrong inside of the bot; its log says more."
_INTERRUPTED = "The bot is restarting. Try it again in 30 s."


@dataclass(slots=True)
class Acts:
    """Tells which acts are new; while the store cannot, as far as this process remembers."""

    seen: SeenBefore
    _here: dict[tuple[str, str], None] = field(default_factory=dict)

    async def first(self, incoming: Incoming) -> bool:
        """Return True for exactly one delivery of each act, over restarts and replicas."""
        act = (f"slack-{incoming.kind}", incoming.key)
        known, self._here[act] = act in self._here, None
        while len(self._here) > _REMEMBERED:
            del self._here[next(iter(self._here))]
        try:
            return await self.seen.first_seen(incoming.key, act[0])
        except StoreError as error:
            # What must not be done without the store, the service refuses itself.
            _LOG.warning("slack_acts_not_remembered", reason=error.text)
            return not known


@dataclass(slots=True)
class Job:
    """A request with the outlet of its answer; see `intake.Job`."""

    presses: Presses
    acts: Acts
    incoming: Incoming
    request: Request
    outlet: SlackOutlet
    ended: Callable[[], None]

    @property
    def id(self) -> str:
        """The request's."""
        return self.request.id

    @property
    def closing(self) -> bool:
        """Tell whether the last state is on its way."""
        return self.outlet.closing

    async def run(self) -> None:
        """Serve the request, unless it was served before."""
        if await self.acts.first(self.incoming):
            await self.presses.serve(self.incoming, self.request, self.outlet)
        else:
            await self.outlet.discard()

    async def finish(self) -> None:
        """Let the outlet end, if nobody closed it."""
        self.ended()
        await self.outlet.abandon()

    def interrupt(self) -> None:
        """Let the answer say that the bot was stopped."""
        self.outlet.interrupt()

    def withdraw(self) -> None:
        """Let the answer say that its person did not want it any more."""
        self.outlet.withdraw()


@dataclass(slots=True)
class Errand:
    """Something small that a press, a form or the Home tab asks for; see `intake.Job`."""

    id: str
    acts: Acts
    incoming: Incoming
    work: Callable[[], Awaitable[None]]
    tell: Callable[[str], None]
    closing: bool = False
    """An errand can be cancelled at any time."""
    _last_word: str = _BROKEN

    async def run(self) -> None:
        """Do it, unless it was done before; tell the person what cannot be done."""
        try:
            if await self.acts.first(self.incoming):
                await self.work()
        except QuarterdeckError as error:
            self._last_word = f"{error.text} {error.next_step}".rstrip()
        else:
            self._last_word = ""

    async def finish(self) -> None:
        """Tell the person, if there is something to tell."""
        if self._last_word:
            self.tell(self._last_word)

    def interrupt(self) -> None:
        """Let the last word be that the bot stops."""
        self._last_word = _INTERRUPTED

    def withdraw(self) -> None:
        """Have no last word."""
        self._last_word = ""
