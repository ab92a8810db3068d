"""A watch's bytes as events."""

from collections.abc import AsyncIterator

import orjson

from bot.core.errors import ConflictError
from bot.core.ports import JsonObject, WatchEvent
from bot.kube.errors import from_status


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[WatchEvent]:
    """Yield the events of a watch, one JSON document a line, however the bytes are cut.

    Raises:
        ConflictError: the server no longer knows the version that the watch began with (410).
        KubernetesError: the server ended the watch with another error.
    """
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line:
                yield _event(line)


def version_of(event: WatchEvent) -> str:
    """Return the resource version that the event brings, empty where it brings none."""
    own = (event.object.get("metadata") or {}).get("resourceVersion")
    rows = event.object.get("rows") or ()
    return str(own or (rows and _row_version(rows[0])) or "")


def _row_version(row: JsonObject) -> str:
    return str(((row.get("object") or {}).get("metadata") or {}).get("resourceVersion") or "")


def _event(line: bytes) -> WatchEvent:
    raw = orjson.loads(line)
    if raw["type"] == "ERROR":
        status = raw["object"]
        code = int(status.get("code") or 500)
        if code == 410:
            raise ConflictError(
                "error: the watch is too old", code=code, reason=str(status.get("reason") or "")
            )
        raise from_status(code, orjson.dumps(status))
    return WatchEvent(raw["type"], raw["object"])
