"""Signed HTTP: nothing of a request is parsed, logged or acted on before it is proved Slack's.

A forged request learns nothing: every refusal is the same empty 401, or 413 for its size.
Scheme: docs.slack.dev, verifying requests from Slack (v0).
"""

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.core.clock import Clock, deadline

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]

SLASH_BYTES = 64 * 1024
INTERACTIVE_BYTES = 1024 * 1024
MOST_AGE = 300
_READ_SECONDS = 5.0
_TIMESTAMP = re.compile(r"[0-9]{10}")
# Slack waits no longer for the options of a menu (docs.slack.dev, external data sources).
_QUESTION_SECONDS = 3.0
_QUESTION = re.compile(rb"payload=.*%22type%22%3A%22block_suggestion%22")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class SignedRequests:
    """The handler of `POST /slack/events`, for commands, presses and events alike."""

    def __init__(self, dispatch: Dispatch, secrets: Sequence[SecretStr], clock: Clock) -> None:
        self._dispatch = dispatch
        self._secrets = [secret.get_secret_value().encode() for secret in secrets]
        self._clock = clock
        self._taken: dict[str, float] = {}
        """The signatures of what was taken in, and when that was; the oldest first."""

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request of Slack's, or refuse what is not."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._well_formed(timestamp, signature):
            return web.Response(status=401)
        body = await self._read(request)
        if body is None:
            return web.Response(status=413)
        if not self._signed(timestamp, signature, body):
            return web.Response(status=401)
        return await self._answer(request, signature, body)

    async def _read(self, request: web.Request) -> bytes | None:
        """Return the body, or None when it is larger than its kind may be or does not come."""
        body = bytearray()
        try:
            async with deadline(self._clock, _READ_SECONDS):
                async for piece in request.content.iter_chunked(SLASH_BYTES):
                    body += piece
                    if len(body) > _most(body, request.content_type):
                        return None
        except TimeoutError:
            return None
        return bytes(body)

    def _well_formed(self, timestamp: str, signature: str) -> bool:
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            return False
        return abs(self._clock.now().timestamp() - int(timestamp)) <= MOST_AGE

    def _signed(self, timestamp: str, signature: str, body: bytes) -> bool:
        signed = b"v0:" + timestamp.encode() + b":" + body
        made = [hmac.new(secret, signed, hashlib.sha256).hexdigest() for secret in self._secrets]
        # All are compared, so that time does not tell which secret it was.
        matches = [hmac.compare_digest(f"v0={one}", signature) for one in made]
        return any(matches)

    async def _answer(self, request: web.Request, signature: str, body: bytes) -> web.Response:
        if self._repeats(signature, body):
            # It is known to be Slack's, and taken in: that is all there is to say a second time.
            return web.Response()
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return web.Response(status=400)
        self._taken.setdefault(signature, self._clock.monotonic())
        taken = False
        try:
            answer = await self._dispatch(_bolt_request(request, text))
            taken = answer.status == HTTPStatus.OK
        finally:
            if not taken:  # Slack will try it again, perhaps within the same second.
                self._taken.pop(signature, None)
        return await to_aiohttp_response(answer)

    def _repeats(self, signature: str, body: bytes) -> bool:
        """Tell whether this was taken in before by this replica, to the byte.

        A menu may ask the same twice within a second, and gets its options as long as Slack
        waits for them. Memory alone, so that no disk delays an acknowledgement: an act that
        another replica took in is told apart by the key of its payload, in the store.
        """
        now = self._clock.monotonic()
        # A clock may be ahead by as much as it may be behind.
        while self._taken and next(iter(self._taken.values())) <= now - 2 * MOST_AGE:
            del self._taken[next(iter(self._taken))]
        taken = self._taken.get(signature)
        if taken is None:
            return False
        return now - taken > _QUESTION_SECONDS or not _QUESTION.match(body)


def _bolt_request(request: web.Request, body: str) -> AsyncBoltRequest:
    headers: dict[str, str | Sequence[str]] = dict(request.headers.items())
    return AsyncBoltRequest(body=body, query=request.query_string, headers=headers)


def _most(body: bytearray, content_type: str) -> int:
    interactive = content_type == "application/json" or body.startswith(b"payload=")
    return INTERACTIVE_BYTES if interactive else SLASH_BYTES
