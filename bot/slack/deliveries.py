"""The two ways an answer is shown: a message that is edited, and a word to one person."""

from collections.abc import Awaitable, Callable, Iterator

import structlog

from bot.core.errors import QuarterdeckError, SlackError
from bot.core.request import Place
from bot.slack.address import Address
from bot.slack.answer import Answer, File
from bot.slack.blocks import Message
from bot.slack.calls import FAILURES
from bot.slack.outbox import Outbox, Posted

_LOG = structlog.stdlib.get_logger(__name__)

UNDRAWABLE = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "HTTP 400"}
)
"""What Slack says of content that it will not show; a response URL says it with a bare 400."""
NOT_EDITABLE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""What Slack says of a message that cannot be changed any more: another one is posted then."""

Dress = Callable[[], Message]


class Conversation:
    """One message in a channel, a thread or a DM: posted once and edited after."""

    def __init__(
        self, outbox: Outbox, place: Place, request: str, posted: Posted | None = None
    ) -> None:
        self._outbox = outbox
        self._place = place
        self._request = request
        self._shown = -1
        self.posted = posted

    async def show(self, answer: Answer, rich: Dress, plain: Dress) -> None:
        """Make the message say what the answer says now; do nothing if it does already.

        Raises:
            SlackError: Slack refused it in both dresses, or may or may not have taken it.
            UnreachableError: it does not stand there.
        """
        if self.posted and self._shown == answer.revision:
            return
        while not await self._drawn(answer, rich):
            if not answer.step_down():
                await self._send(answer, plain)
                return

    async def _drawn(self, answer: Answer, dress: Dress) -> bool:
        try:
            await self._send(answer, dress)
        except SlackError as error:
            if error.code not in UNDRAWABLE:
                raise
            _LOG.warning("slack_step_down", code=error.code, request=self._request)
            return False
        return True

    async def remove(self) -> None:
        """Take the message away, if it stands."""
        if self.posted:
            posted, self.posted = self.posted, None
            await self._outbox.delete(posted)

    async def attach(self, file: File) -> None:
        """Show the file in the message's thread."""
        if self.posted:
            thread = self._place.thread or self.posted.ts
            await self._outbox.attach(file, self.posted.channel, thread)

    async def _send(self, answer: Answer, dress: Dress) -> None:
        def compose() -> Message:
            self._shown = answer.revision
            return dress()

        try:
            if self.posted is None or not await self._edited(self.posted, compose):
                self.posted = await self._outbox.post(
                    self._place.channel,
                    compose,
                    thread=self._place.thread,
                    request=self._request,
                )
        except FAILURES:
            self._shown = -1
            raise

    async def _edited(self, posted: Posted, compose: Dress) -> bool:
        try:
            await self._outbox.edit(posted, compose)
        except SlackError as error:
            if error.code not in NOT_EDITABLE:
                raise
            return False
        return True


class Whisper:
    """What one person alone is told: by response URL, as an ephemeral message, or in the DM."""

    def __init__(self, outbox: Outbox, address: Address) -> None:
        self._outbox = outbox
        self._address = address

    async def say(
        self, rich: Message, plain: Message, *, replace: bool = False
    ) -> QuarterdeckError | None:
        """Tell the person by the first way that works; return why none does, and log it.

        `replace` puts it in the place of the pressed message. A way whose answer was lost counts
        as one that failed: two copies for one person do no harm, silence does.
        """
        failures: list[QuarterdeckError] = []
        for way in self._ways(replace):
            for message in (rich, plain):
                failure = await _failure(way, message)
                if failure is None:
                    return None
                failures.append(failure)
                if not isinstance(failure, SlackError) or failure.code not in UNDRAWABLE:
                    break
        reasons = [failure.text for failure in failures]
        _LOG.error("slack_undeliverable", request=self._address.request, reasons=reasons)
        return failures[-1]

    def _ways(self, replace: bool) -> Iterator[Callable[[Message], Awaitable[object]]]:
        outbox, address, place = self._outbox, self._address, self._address.place
        if address.response_url:
            yield lambda message: outbox.respond(address.response_url, message, replace=replace)
        if not address.direct:
            yield lambda message: outbox.whisper(
                place.channel, address.person, message, place.thread
            )
        yield lambda message: outbox.post(address.person, lambda: message)


async def _failure(
    way: Callable[[Message], Awaitable[object]], message: Message
) -> QuarterdeckError | None:
    try:
        await way(message)
    except FAILURES as failure:
        return failure
    return None
