"""Everything that leaves for Slack: paced, repeated where that is safe, and never twice blindly.

`chat.postMessage` is not repeated when its answer was lost: whether the message stands cannot be
read back without the scope to read channels, which the bot does without. The caller is told
(`calls.ANSWER_LOST`) and says the rest in private.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock
from bot.slack.answer import File
from bot.slack.blocks import Message
from bot.slack.calls import Caller
from bot.slack.pacing import EditBudget, Lanes

_UPLOAD = aiohttp.ClientTimeout(total=60)
# No mention is made of a name, no link is opened: what stands in a message is only read.
_QUIET: dict[str, Any] = {
    "parse": "none",
    "link_names": False,
    "unfurl_links": False,
    "unfurl_media": False,
}


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands in a conversation."""

    channel: str
    ts: str


class Outbox:
    """The bot's voice in one workspace.

    What is sent to a channel is composed when its turn has come, so that who waited says the
    newest. Every method raises `SlackError` or `UnreachableError`, as `calls.Caller` does.
    """

    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, clock: Clock
    ) -> None:
        self._client = client
        self._session = session
        self._caller = Caller(clock)
        self._lanes = Lanes(clock)
        self._edits = EditBudget(clock)

    async def post(
        self, channel: str, compose: Callable[[], Message], *, thread: str = "", request: str = ""
    ) -> Posted:
        """Post a message; `channel` may be a person's id, which means their DM with the bot."""
        async with self._lanes.turn(channel):
            answer = await self._caller.call(
                lambda: self._client.chat_postMessage(
                    channel=channel,
                    thread_ts=thread or None,
                    metadata=_metadata(request),
                    **_content(compose()),
                    **_QUIET,
                ),
                repeatable=False,
            )
        return Posted(str(answer["channel"]), str(answer["ts"]))

    async def edit(self, posted: Posted, compose: Callable[[], Message]) -> None:
        """Put a new version in the place of a message."""
        await self._edits.take()
        await self._caller.call(
            lambda: self._client.chat_update(
                channel=posted.channel,
                ts=posted.ts,
                parse="none",
                link_names=False,
                **_content(compose(), emptied=True),
            ),
            repeatable=True,
            limited=self._edits.close_for,
        )

    def can_show_progress(self) -> bool:
        """Tell whether an edit may be spent on a state that is not the last."""
        return self._edits.spare()

    def backlog(self, channel: str) -> float:
        """Return in how many seconds a new message to this channel would be sent."""
        return self._lanes.backlog(channel)

    async def delete(self, posted: Posted) -> None:
        """Take a message away."""
        await self._caller.call(
            lambda: self._client.chat_delete(channel=posted.channel, ts=posted.ts), repeatable=True
        )

    async def whisper(self, channel: str, person: str, message: Message, thread: str = "") -> None:
        """Show a message to one person in a channel; it can never be edited."""
        await self._caller.call(
            lambda: self._client.chat_postEphemeral(
                channel=channel,
                user=person,
                thread_ts=thread or None,
                parse="none",
                link_names=False,
                **_content(message),
            ),
            repeatable=False,
        )

    async def respond(self, url: str, message: Message, *, replace: bool = False) -> None:
        """Answer to a response URL, for the one person who caused it.

        `replace` puts the message in the place of the one that was pressed.
        """
        body = {
            "response_type": "ephemeral",
            "replace_original": replace,
            "unfurl_links": False,
            "unfurl_media": False,
            **_content(message, emptied=replace),
        }
        await self._caller.call(lambda: self._send(url, json=body), repeatable=replace)

    async def attach(self, file: File, channel: str, thread: str = "") -> None:
        """Upload a file and show it in a conversation, by its id."""
        ticket = await self._caller.call(
            lambda: self._client.files_getUploadURLExternal(
                filename=file.name, length=len(file.content), snippet_type=file.snippet_type
            ),
            repeatable=True,
        )
        upload_url, file_id = str(ticket["upload_url"]), str(ticket["file_id"])
        await self._caller.call(
            lambda: self._send(upload_url, data=BytesIO(file.content), timeout=_UPLOAD),
            repeatable=False,
        )
        await self._caller.call(
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": file.name}],
                channel_id=channel,
                thread_ts=thread or None,
            ),
            repeatable=False,
        )

    async def _send(self, url: str, **body: Any) -> None:
        options = {"proxy": self._client.proxy, "ssl": self._client.ssl or True, **body}
        async with self._session.post(url, allow_redirects=False, **options) as response:
            response.raise_for_status()


def _content(message: Message, *, emptied: bool = False) -> dict[str, Any]:
    """Return text and blocks; an edit without blocks must say so, or the old ones stay."""
    content: dict[str, Any] = {"text": message.text}
    if message.blocks or emptied:
        content["blocks"] = list(message.blocks)
    return content


def _metadata(request: str) -> dict[str, Any] | None:
    if not request:
        return None
    return {"event_type": "quarterdeck_answer", "event_payload": {"request": request}}
