"""Signed HTTP: the same envelopes, posted to the bot's own addresses."""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import orjson

from bot.demo.slack.delivery import Envelope, EnvelopeKind, NotAcknowledgedError
from bot.demo.slack.platform import Platform
from bot.demo.slack.shapes import Json

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_ROBOT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(slots=True)
class Addresses:
    """Where the bot listens; often one address for everything."""

    events: str = ""
    commands: str = ""
    interactivity: str = ""

    def of(self, kind: EnvelopeKind) -> str:
        """Return the address for this kind of envelope."""
        match kind:
            case "slash_commands":
                return self.commands or self.events
            case "interactive":
                return self.interactivity or self.events
            case "events_api":
                return self.events


@dataclass(frozen=True, slots=True)
class SignedHttp:
    """A transport that posts each envelope and reads the acknowledgement from the response."""

    platform: Platform
    session: aiohttp.ClientSession
    addresses: Addresses

    async def deliver(self, envelope: Envelope) -> Json:
        """Post an envelope and return what the response carries.

        Raises:
            NotAcknowledgedError: no connection, or another status than 200.
        """
        body, content_type = _body(envelope)
        headers = {**_headers(envelope), "Content-Type": content_type}
        return await self._post(self.addresses.of(envelope.kind), body, headers)

    async def verify(self) -> bool:
        """Tell whether the bot's event address returns the challenge of `url_verification`."""
        challenge = self.platform.ids.secret()
        asked = {
            "type": "url_verification",
            "token": self.platform.names.verification_token,
            "challenge": challenge,
        }
        answer = await self._post(
            self.addresses.events, orjson.dumps(asked), {"Content-Type": _JSON}
        )
        return challenge in (answer.get("challenge"), answer.get("text"))

    async def check_ssl(self) -> bool:
        """Tell whether the bot answers the probe of its certificate (`ssl_check`)."""
        asked = {"ssl_check": "1", "token": self.platform.names.verification_token}
        try:
            body = urlencode(asked).encode()
            await self._post(self.addresses.of("slash_commands"), body, {"Content-Type": _FORM})
        except NotAcknowledgedError:
            return False
        return True

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Json:
        signed = {**headers, **self._signature(body), "User-Agent": _ROBOT}
        try:
            async with self.session.post(
                url, data=body, headers=signed, allow_redirects=False
            ) as response:
                if response.status != 200:
                    final = response.headers.get("x-slack-no-retry") == "1"
                    raise NotAcknowledgedError("dispatch_failed", reason="http_error", final=final)
                return _read(response.content_type, await response.read())
        except (aiohttp.ClientError, ValueError):
            raise NotAcknowledgedError("dispatch_failed", reason="connection_failed") from None

    def _signature(self, body: bytes) -> dict[str, str]:
        """Return the v0 signature: HMAC-SHA256 over version, second and raw body."""
        second = str(int(self.platform.clock.now().timestamp()))
        key = self.platform.names.signing_secret.encode()
        digest = hmac.new(key, b"v0:" + second.encode() + b":" + body, hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": second,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }


def _body(envelope: Envelope) -> tuple[bytes, str]:
    match envelope.kind:
        case "slash_commands":
            return urlencode(envelope.payload).encode(), _FORM
        case "interactive":
            payload = orjson.dumps(envelope.payload).decode()
            return urlencode({"payload": payload}).encode(), _FORM
        case "events_api":
            return orjson.dumps(envelope.payload), _JSON


def _headers(envelope: Envelope) -> dict[str, str]:
    if not envelope.attempt:
        return {}
    return {
        "X-Slack-Retry-Num": str(envelope.attempt),
        "X-Slack-Retry-Reason": envelope.reason,
    }


def _read(content_type: str, body: bytes) -> Json:
    if not body.strip():
        return {}
    if content_type == _JSON:
        value = orjson.loads(body)
        return value if isinstance(value, dict) else {}
    return {"text": body.decode()}
