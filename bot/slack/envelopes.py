"""One envelope of Socket Mode through Bolt, and the frame that acknowledges it."""

from typing import Any

import orjson
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

_LOG = structlog.stdlib.get_logger(__name__)

# What Bolt's HTTP adapter would be told of a repeated event (docs.slack.dev, Events API).
_RETRIES = {"retry_attempt": "x-slack-retry-num", "retry_reason": "x-slack-retry-reason"}


async def acknowledged(app: AsyncApp, envelope: dict[str, Any]) -> bytes | None:
    """Let the app take an envelope in; return the frame to answer with.

    None: it was not taken, so Slack is to show that, or to send it again.
    """
    headers: dict[str, Any] = {
        name: str(envelope[field]) for field, name in _RETRIES.items() if envelope.get(field)
    }
    request = AsyncBoltRequest(
        mode="socket_mode", body=envelope.get("payload", {}), headers=headers
    )
    response = await app.async_dispatch(request)
    if response.status != 200:
        _LOG.warning("slack_envelope_not_taken", status=response.status, type=envelope.get("type"))
        return None
    return orjson.dumps({"envelope_id": envelope["envelope_id"], **_payload(response)})


def _payload(response: BoltResponse) -> dict[str, Any]:
    if not response.body:
        return {}
    kinds = response.headers.get("content-type", [""])
    if kinds[0].startswith("application/json"):
        return {"payload": orjson.loads(response.body)}
    return {"payload": {"text": response.body}}
