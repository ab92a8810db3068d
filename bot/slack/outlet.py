"""One answer in Slack while it comes, and when it is shown.

A sign within a second, an edit every three seconds while it grows, and always the last state.
"""

import asyncio

from bot.core.clock import Clock
from bot.core.ports import Heading, Outcome
from bot.core.reply import Part
from bot.slack.address import Address, Home
from bot.slack.answer import Answer, Stage
from bot.slack.delivery import Delivery
from bot.slack.outbox import Outbox

# A sign is to be seen within a second: who waits longer types the command again.
SIGN_SECONDS = 0.8
# All live messages of the workspace share 50 edits a minute.
EDIT_SECONDS = 3.0


class SlackOutlet:
    """Draws the answer to one request; `begin` is called when the request was taken in."""

    def __init__(self, address: Address, home: Home, outbox: Outbox, clock: Clock) -> None:
        self._clock = clock
        self._answer = Answer()
        self._delivery = Delivery(address, home, outbox, self._answer)
        self._ending = asyncio.Event()
        self._ticker: asyncio.Task[None] | None = None
        self._interrupted = False

    @property
    def closing(self) -> bool:
        """Tell whether the last state is on its way or has arrived."""
        return self._ending.is_set()

    def begin(self) -> None:
        """Let time count: from here on a sign is due."""
        self._ticker = asyncio.create_task(self._tick())

    async def open(self, heading: Heading) -> None:
        """Begin the answer."""
        self._answer.open(heading)

    async def draw(self, part: Part) -> None:
        """Take in one more part; it is shown with the next edit."""
        self._answer.add(part)

    async def close(self, outcome: Outcome) -> None:
        """Show the last state."""
        await self._finish(Stage.DONE)

    def interrupt(self) -> None:
        """Let the answer end with the word that the bot was stopped."""
        self._interrupted = True

    async def abandon(self) -> None:
        """End an answer that nobody closed; do nothing after `close`."""
        await self._finish(Stage.BROKEN)

    async def discard(self) -> None:
        """Say nothing at all: the request was served before."""
        self._ending.set()
        await self._ticked()

    async def _finish(self, stage: Stage) -> None:
        if self.closing:
            return
        self._ending.set()
        self._answer.end(Stage.INTERRUPTED if self._interrupted else stage)
        await self._ticked()
        await self._delivery.finish()

    async def _ticked(self) -> None:
        if self._ticker:
            await self._ticker

    async def _tick(self) -> None:
        await self._pause(SIGN_SECONDS)
        while not self.closing:
            await self._delivery.progress()
            await self._pause(EDIT_SECONDS)

    async def _pause(self, seconds: float) -> None:
        """Wait for so long, or until the answer ends."""
        waits = {
            asyncio.create_task(self._clock.sleep(seconds)),
            asyncio.create_task(self._ending.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
