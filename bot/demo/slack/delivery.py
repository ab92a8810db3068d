"""From an envelope to its acknowledgement, over whichever transport the app has chosen."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from bot.demo.slack import limits
from bot.demo.slack.errands import within
from bot.demo.slack.platform import Platform
from bot.demo.slack.shapes import Json
from bot.demo.slack.wire import Delivery

EnvelopeKind = Literal["slash_commands", "interactive", "events_api"]

_RETRY_AFTER: Sequence[float] = (0, 60, 300)
"""Seconds before each of the three retries of an event (Events API)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One thing to tell the bot. Only events are told again when nobody acknowledges."""

    id: str
    kind: EnvelopeKind
    payload: Json
    act: int
    attempt: int = 0
    reason: str = ""
    """Why the attempt before this one failed, in the words of the retry headers."""


class NotAcknowledgedError(Exception):
    """The bot did not take the envelope; `code` is what Slack shows to the person."""

    def __init__(self, code: str, *, reason: str, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.final = final
        """The bot asked not to be told again."""


class Transport(Protocol):
    """A way to the bot."""

    async def deliver(self, envelope: Envelope) -> Json:
        """Return the payload of the acknowledgement, empty where it carries none.

        Raises:
            NotAcknowledgedError: the bot cannot be reached or refused.
        """
        ...


@dataclass(slots=True)
class Courier:
    """Gives envelopes to the bot and holds it to three seconds."""

    platform: Platform
    transport: Transport

    async def send(self, envelope: Envelope) -> Json:
        """Deliver once (twice where chaos says so) and return the acknowledgement's payload.

        Raises:
            NotAcknowledgedError: not within three seconds, or not at all.
        """
        match self.platform.chaos.of_envelope():
            case "duplicated":
                self.platform.errands.start(self._send_duplicate(envelope))
                return await self._timed(envelope, self.transport.deliver(envelope))
            case "dropped":
                return await self._timed(envelope, self._lost())
            case "ack_lost":
                self.platform.errands.start(self._send_duplicate(envelope))
                return await self._timed(envelope, self._lost())
            case None:
                return await self._timed(envelope, self.transport.deliver(envelope))

    async def publish(self, envelope: Envelope) -> None:
        """Deliver an event, again after a failure, until it is acknowledged or given up."""
        for attempt, pause in enumerate((None, *_RETRY_AFTER)):
            if pause:
                await self.platform.clock.sleep(pause)
            try:
                await self.send(replace(envelope, attempt=attempt))
            except NotAcknowledgedError as failure:
                envelope = replace(envelope, reason=failure.reason)
                if failure.final:
                    return
            else:
                return

    async def _send_duplicate(self, envelope: Envelope) -> None:
        try:
            await self._timed(envelope, self.transport.deliver(envelope))
        except NotAcknowledgedError:
            return  # the log has it; the person sees what becomes of the first one only

    async def _lost(self) -> Json:
        """Wait for an answer to what never arrived, or whose answer never did."""
        await self.platform.clock.sleep(2 * limits.ACK_SECONDS)
        raise TimeoutError

    async def _timed(self, envelope: Envelope, work: Awaitable[Json]) -> Json:
        clock = self.platform.clock
        start = clock.monotonic()
        try:
            payload = await within(clock, limits.ACK_SECONDS, work)
        except TimeoutError:
            self._log(envelope, start, "operation_timeout")
            raise NotAcknowledgedError("operation_timeout", reason="http_timeout") from None
        except NotAcknowledgedError as failure:
            self._log(envelope, start, failure.code)
            raise
        self._log(envelope, start)
        return payload

    def _log(self, envelope: Envelope, start: float, failure: str = "") -> None:
        seconds = self.platform.clock.monotonic() - start
        self.platform.wire.deliveries.append(
            Delivery(envelope.act, envelope.kind, envelope.id, envelope.attempt, seconds, failure)
        )
        self.platform.state.changes.announce()
