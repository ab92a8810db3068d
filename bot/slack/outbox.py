"""Everything that leaves for Slack: paced, repeated where that is safe, and never twice blindly.

`chat.postMessage` is not repeated when its answer was lost. Where the app may read the channel,
the message is looked for by its metadata first; else the caller is told (`calls.ANSWER_LOST`) and
says the rest in private.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock
from bot.core.errors import SlackError
from bot.slack.answer import File
from bot.slack.blocks import Message
from bot.slack.calls import ANSWER_LOST, FAILURES, Caller
from bot.slack.lookout import Lookout
from bot.slack.pacing import EDITS_KEPT, Lanes, LiveCards, budgets

T = TypeVar("T")
_LOG = structlog.stdlib.get_logger(__name__)

METADATA = "quarterdeck_answer"
"""The type of the metadata by which a post is recognised; any app of the workspace reads it."""
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
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        clock: Clock,
        scopes: frozenset[str],
    ) -> None:
        self._client = client
        self._session = session
        self._clock = clock
        self._caller = Caller(clock)
        self._lanes = Lanes(clock)
        self._budgets = budgets(clock)
        self._lookout = Lookout(client, clock, scopes)
        self.cards = LiveCards()

    async def post(
        self, channel: str, compose: Callable[[], Message], *, thread: str = "", request: str = ""
    ) -> Posted:
        """Post a message; `channel` may be a person's id, which means their DM with the bot."""
        since = self._clock.now()
        async with self._lanes.turn(channel):
            try:
                return await self._post(channel, compose, thread, request)
            except SlackError as error:
                if error.code != ANSWER_LOST or not request:
                    raise
                found = await self._looked_for(error, channel, thread, request, since)
            # It does not stand there: this is its first time, once more.
            return found or await self._post(channel, compose, thread, request)

    async def _looked_for(
        self, lost: SlackError, channel: str, thread: str, request: str, since: datetime
    ) -> Posted | None:
        try:
            ts = await self._lookout.find(channel, thread, _metadata(request), since)
        except FAILURES as error:
            _LOG.info("slack_post_not_looked_for", request=request, reason=error.text)
            raise lost from error
        return Posted(channel, ts) if ts else None

    async def _post(
        self, channel: str, compose: Callable[[], Message], thread: str, request: str
    ) -> Posted:
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
        await self._paced(
            "chat.update",
            lambda: self._client.chat_update(
                channel=posted.channel,
                ts=posted.ts,
                parse="none",
                link_names=False,
                **_content(compose(), emptied=True),
            ),
        )

    def can_show_progress(self) -> bool:
        """Tell whether an edit may be spent on a state that is not the last."""
        return self._budgets["chat.update"].spare(EDITS_KEPT)

    def backlog(self, channel: str) -> float:
        """Return in how many seconds a new message to this channel would be sent."""
        return self._lanes.backlog(channel)

    async def delete(self, posted: Posted) -> None:
        """Take a message away."""
        await self._paced(
            "chat.delete",
            lambda: self._client.chat_delete(channel=posted.channel, ts=posted.ts),
        )

    async def whisper(self, channel: str, person: str, message: Message, thread: str = "") -> None:
        """Show a message to one person in a channel; it can never be edited."""
        await self._paced(
            "chat.postEphemeral",
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

    async def attach(self, file: File, channel: str = "", thread: str = "") -> str:
        """Upload a file, show it in a conversation if one is named, and return its id."""
        ticket = await self._paced(
            "files.getUploadURLExternal",
            lambda: self._client.files_getUploadURLExternal(
                filename=file.name, length=len(file.content), snippet_type=file.snippet_type
            ),
        )
        upload_url, file_id = str(ticket["upload_url"]), str(ticket["file_id"])
        await self._caller.call(
            lambda: self._send(upload_url, data=BytesIO(file.content), timeout=_UPLOAD),
            repeatable=False,
        )
        await self._paced(
            "files.completeUploadExternal",
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": file.name}],
                channel_id=channel or None,
                thread_ts=thread or None,
            ),
            repeatable=False,
        )
        return file_id

    async def open_view(self, trigger: str, view: dict[str, Any]) -> dict[str, Any]:
        """Open a form for the person whose act made the trigger; return it as Slack keeps it."""
        answer = await self._caller.once(
            lambda: self._client.views_open(trigger_id=trigger, view=view)
        )
        return dict(answer["view"])

    async def push_view(self, trigger: str, view: dict[str, Any]) -> dict[str, Any]:
        """Lay a form over the one that is open; return it as Slack keeps it."""
        answer = await self._caller.once(
            lambda: self._client.views_push(trigger_id=trigger, view=view)
        )
        return dict(answer["view"])

    async def update_view(self, known: dict[str, Any], view: dict[str, Any]) -> dict[str, Any]:
        """Put a form in the place of a known one, unless that has changed since."""
        answer = await self._paced(
            "views.update",
            lambda: self._client.views_update(
                view_id=str(known["id"]), hash=known.get("hash"), view=view
            ),
        )
        return dict(answer["view"])

    async def publish(self, person: str, view: dict[str, Any]) -> None:
        """Put a person's Home tab in the place of the one that they see."""
        await self._paced(
            "views.publish", lambda: self._client.views_publish(user_id=person, view=view)
        )

    async def _paced(
        self, method: str, send: Callable[[], Awaitable[T]], *, repeatable: bool = True
    ) -> T:
        """Make a call within the tier of its method."""
        budget = self._budgets[method]

        async def within_budget() -> T:
            await budget.take()
            return await send()

        return await self._caller.call(
            within_budget, repeatable=repeatable, limited=budget.close_for
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
    return {"event_type": METADATA, "event_payload": {"request": request}}
