"""Whether a message stands already, where the bot may read: metadata says whose a post is.

Reading channels is a scope of its own (`channels:history`, `groups:history`) that our manifest
does not ask for: where whoever installed the app has added it, it is used, and where they have
not, nobody is asked. Its direct messages the bot may read anyway.
"""

from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock
from bot.core.errors import UnreachableError
from bot.slack.calls import Caller

# A post whose answer was lost may still be on its way into the channel.
LOOK_AFTER_SECONDS = 2.0
# How many of a conversation's newest messages are looked through.
_LOOK_AT = 30
# Slack's clock and ours may differ.
_LOOK_BACK = timedelta(seconds=60)
_IN_CHANNELS = frozenset({"channels:history", "groups:history"})
_IN_PRIVATE = frozenset({"im:history"})


class Lookout:
    """Looks for the bot's own messages."""

    def __init__(self, client: AsyncWebClient, clock: Clock, scopes: frozenset[str]) -> None:
        self._client = client
        self._scopes = scopes
        self._caller = Caller(clock)
        self._clock = clock

    async def find(
        self, channel: str, thread: str, metadata: dict[str, Any] | None, since: datetime
    ) -> str:
        """Return the timestamp of the message with this metadata, or nothing if there is none.

        Raises:
            SlackError: it cannot be read there.
            UnreachableError: nobody can say.
        """
        if channel.startswith(("U", "W")):
            raise UnreachableError("the id of a direct message is known only once one was posted")
        if not self._scopes & (_IN_PRIVATE if channel.startswith("D") else _IN_CHANNELS):
            raise UnreachableError("reading there was not granted to the bot")
        await self._clock.sleep(LOOK_AFTER_SECONDS)
        oldest = f"{(since - _LOOK_BACK).timestamp():.6f}"
        for message in await self._newest(channel, thread, oldest):
            if message.get("metadata") == metadata:
                return str(message["ts"])
        return ""

    async def _newest(self, channel: str, thread: str, oldest: str) -> list[dict[str, Any]]:
        async def look() -> Any:
            if thread:
                return await self._client.conversations_replies(
                    channel=channel,
                    ts=thread,
                    oldest=oldest,
                    limit=_LOOK_AT,
                    include_all_metadata=True,
                )
            return await self._client.conversations_history(
                channel=channel, oldest=oldest, limit=_LOOK_AT, include_all_metadata=True
            )

        answer = await self._caller.call(look, repeatable=True)
        return list(answer["messages"])
