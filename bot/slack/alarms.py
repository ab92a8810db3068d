"""What the bot tells the admins by itself, in their channel."""

from collections.abc import Callable

import structlog

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.slack.blocks import Message, sentence
from bot.slack.escaping import escaped
from bot.slack.letters import Letter, Letters

_LOG = structlog.stdlib.get_logger(__name__)


class ChannelAlarm:
    """Posts alarms as letters: they wait until Slack takes them, and replicas post one."""

    def __init__(self, letters: Letters, channel: Callable[[], str | None], clock: Clock) -> None:
        self._letters = letters
        self._channel = channel
        self._clock = clock

    async def tell(self, key: str, text: str, next_step: str = "") -> None:
        """Tell it in the admins' channel, once an hour, if they have one."""
        channel = self._channel()
        if not channel:
            return
        words = f"{text}\n{next_step}".rstrip()
        message = Message(escaped(words), (sentence(words),))
        letter = Letter(channel, "", "", "", key[:32], message.text, message.blocks)
        hour = f"{self._clock.now():%Y%m%d%H}"
        try:
            # Held by nobody: the postman's next round delivers it.
            await self._letters.keep(f"alarm/{key}/{hour}", letter, 0)
        except StoreError as error:
            _LOG.warning("alarm_not_kept", key=key, reason=error.text)
