"""One request that was taken in: served once, and never left without a last word."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.errors import StoreError
from bot.core.ports import Outcome, SeenBefore, Service
from bot.core.reply import Problem
from bot.core.request import Request
from bot.slack.outlet import SlackOutlet
from bot.slack.payloads import Incoming


@dataclass(slots=True)
class Job:
    """A request with the outlet of its answer; see `intake.Job`."""

    service: Service
    seen: SeenBefore
    incoming: Incoming
    request: Request
    outlet: SlackOutlet
    ended: Callable[[], None]

    @property
    def closing(self) -> bool:
        """Tell whether the last state is on its way."""
        return self.outlet.closing

    async def run(self) -> None:
        """Serve the request, unless it was served before."""
        try:
            first = await self.seen.first_seen(self.incoming.key, f"slack-{self.incoming.kind}")
        except StoreError as error:
            await self.outlet.draw(Problem(error))
            await self.outlet.close(Outcome(error.exit_code, 0.0))
            return
        if first:
            await self._serve()
        else:
            await self.outlet.discard()

    async def finish(self) -> None:
        """Let the outlet end, if nobody closed it."""
        self.ended()
        await self.outlet.abandon()

    def interrupt(self) -> None:
        """Let the answer say that the bot was stopped."""
        self.outlet.interrupt()

    async def _serve(self) -> None:
        ticket, origin = self.incoming.value, self.incoming.origin
        if origin is None:
            await self.service.serve(self.request, self.outlet)
        elif origin.press == "confirm":
            await self.service.confirm(ticket, self.request, self.outlet)
        else:
            await self.service.withdraw(ticket, self.request, self.outlet)
