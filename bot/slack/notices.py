"""Short words to one person outside of any answer: busy, already under way, not from here.

A person who is being told something is not told it again until that has arrived, so that a flood
of requests makes no flood of words.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.slack.address import Address
from bot.slack.blocks import Message, sentence
from bot.slack.deliveries import Whisper
from bot.slack.outbox import Outbox

_LOG = structlog.stdlib.get_logger(__name__)

_MOST = 256


class Notices:
    """The words under way, one task per person."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def say(self, address: Address, text: str) -> None:
        """Tell the person, soon."""

        async def known() -> str:
            return text

        self.ask(address, known)

    def ask(self, address: Address, find: Callable[[], Awaitable[str]]) -> None:
        """Tell the person what `find` returns, if it returns anything."""
        if address.person in self._tasks:
            return
        if len(self._tasks) >= _MOST:
            _LOG.warning("slack_notice_dropped", person=address.person)
            return
        task = asyncio.create_task(self._tell(address, find))
        self._tasks[address.person] = task
        task.add_done_callback(lambda _done: self._tasks.pop(address.person))

    async def _tell(self, address: Address, find: Callable[[], Awaitable[str]]) -> None:
        if text := await find():
            message = Message(text, (sentence(text),))
            await Whisper(self._outbox, address).say(message, message)

    async def end(self) -> None:
        """Let go of what did not arrive yet."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
