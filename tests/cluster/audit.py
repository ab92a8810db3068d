"""The API server's audit log: what the wire really carried, and as whom."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

Event = dict[str, Any]
PAUSE = 0.02
"""Seconds between two looks into the file."""


@dataclass(frozen=True, slots=True)
class AuditLog:
    """One JSON event a line, of level Request, without the control plane's own noise."""

    path: Path

    def position(self) -> int:
        """Return the offset behind the last event so far, for `since`."""
        return self.path.stat().st_size

    def events(self, since: int = 0) -> list[Event]:
        """Return the events behind the offset; a line that is still being written is left out."""
        with self.path.open("rb") as file:
            file.seek(since)
            whole = file.read().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def found(self, where: Callable[[Event], bool], since: int, seconds: float = 10) -> Event:
        """Return the first event that fits, waiting for it: an event follows its response.

        Raises:
            AssertionError: none came in time; the message lists those that did.
        """
        deadline = time.monotonic() + seconds
        while (event := self._first(where, since)) is None:
            self._unless_late(deadline, since)
            threading.Event().wait(PAUSE)
        return event

    async def awaited(
        self, where: Callable[[Event], bool], since: int, seconds: float = 10
    ) -> Event:
        """Return what `found` returns, without holding up the loop."""
        deadline = time.monotonic() + seconds
        while (event := self._first(where, since)) is None:
            self._unless_late(deadline, since)
            await asyncio.sleep(PAUSE)
        return event

    async def of(self, audit_ids: Sequence[str], since: int) -> list[Event]:
        """Return what stands there of these requests in their order, waiting for each of them."""
        for audit_id in audit_ids:
            await self.awaited(partial(_is_of, audit_id), since)
        told = [event for event in self.events(since) if event["auditID"] in audit_ids]
        return sorted(told, key=lambda event: audit_ids.index(event["auditID"]))

    def _first(self, where: Callable[[Event], bool], since: int) -> Event | None:
        return next((event for event in self.events(since) if where(event)), None)

    def _unless_late(self, deadline: float, since: int) -> None:
        if time.monotonic() >= deadline:
            seen = "\n".join(summary(event) for event in self.events(since)) or "nothing"
            raise AssertionError(f"no such event in the audit log; it has:\n{seen}")


def _is_of(audit_id: str, event: Event) -> bool:
    return bool(event["auditID"] == audit_id)


def summary(event: Event) -> str:
    """Return an event in one line: who, as whom, what, and the answer's code."""
    person = event["user"]["username"]
    if as_whom := event.get("impersonatedUser"):
        person += f" as {as_whom['username']} {as_whom.get('groups', [])}"
    code = event.get("responseStatus", {}).get("code", "-")
    return f"{person}: {event['verb']} {event['requestURI']} {code}"
