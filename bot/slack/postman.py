"""Delivers the letters that their own process could not: it died, or Slack did not take them."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, SlackError, StoreError
from bot.slack.blocks import Message
from bot.slack.calls import FAILURES
from bot.slack.deliveries import NOT_EDITABLE, UNDRAWABLE
from bot.slack.letters import Kept, Letter, Letters, passes
from bot.slack.outbox import Outbox, Posted

_LOG = structlog.stdlib.get_logger(__name__)

ROUND_SECONDS = 5.0
# A call may wait for a 429 as long as a minute, and is made at most three times.
_HELD_SECONDS = 240.0
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
# With these pauses: longer than a day.
_ATTEMPTS = 300


Current = Callable[[Letter], Awaitable[Letter | None]]
"""Returns what is to be sent in a letter's place; None: nothing, it is out of date."""


class Postman:
    """Makes its rounds until it is stopped."""

    def __init__(
        self, letters: Letters, outbox: Outbox, clock: Clock, current: Current | None = None
    ) -> None:
        self._letters = letters
        self._outbox = outbox
        self._clock = clock
        self._current = current or _as_it_is

    async def run(self) -> None:
        """Deliver what is due, again and again, until cancelled."""
        while True:
            try:
                due = await self._letters.due(_HELD_SECONDS)
                await asyncio.gather(*(self._deliver(kept) for kept in due))
            except StoreError as error:
                # What is kept stays kept; the next round tries again.
                _LOG.warning("slack_letters_unread", reason=error.text)
            await self._clock.sleep(ROUND_SECONDS)

    async def _deliver(self, kept: Kept) -> None:
        letter = await self._current(kept.letter)
        if letter is None:
            await self._letters.give_up(kept)
            return
        try:
            ts = await self._sent(letter)
        except FAILURES as error:
            await self._failed(kept, error)
        else:
            _LOG.info("slack_letter_delivered", request=letter.request, attempt=kept.attempt)
            await self._letters.arrived(kept, ts)

    async def _failed(self, kept: Kept, error: QuarterdeckError) -> None:
        if passes(error) and kept.attempt < _ATTEMPTS:
            pause = min(_FIRST_PAUSE * 2 ** min(kept.attempt, 10), _LONGEST_PAUSE)
            await self._letters.later(kept, pause)
            return
        _LOG.error("slack_letter_lost", request=kept.letter.request, reason=error.text)
        await self._letters.give_up(kept)

    async def _sent(self, letter: Letter) -> str:
        """Show it in its place, or anew there, or to its person; return its timestamp."""
        try:
            return await self._drawn(letter)
        except SlackError as error:
            if passes(error):
                raise
            _LOG.warning("slack_letter_sent_directly", request=letter.request, code=error.code)
        return (await self._post(letter, letter.person, "")).ts

    async def _drawn(self, letter: Letter) -> str:
        try:
            return await self._in_place(letter, letter.message)
        except SlackError as error:
            if error.code not in UNDRAWABLE:
                raise
        return await self._in_place(letter, Message(letter.text))

    async def _in_place(self, letter: Letter, message: Message) -> str:
        if letter.ts:
            try:
                await self._outbox.edit(Posted(letter.channel, letter.ts), lambda: message)
            except SlackError as error:
                if error.code not in NOT_EDITABLE:
                    raise
            else:
                return letter.ts
        return (await self._post(letter, letter.channel, letter.thread)).ts

    async def _post(self, letter: Letter, channel: str, thread: str) -> Posted:
        return await self._outbox.post(
            channel, lambda: letter.message, thread=thread, request=letter.request
        )


async def _as_it_is(letter: Letter) -> Letter | None:
    return letter
