"""Answers of Slack that are remembered for a while, and asked for again when they are too old."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog

from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, SlackError
from bot.slack.calls import ANSWER_LOST, FAILURES

T = TypeVar("T")
_LOG = structlog.stdlib.get_logger(__name__)

# So long nobody asks again after Slack did not say; whoever must know it as it is now asks anyway.
UNKNOWN_SECONDS = 30.0
_MOST = 2_000
# Slack could not be asked, which makes nothing wrong that it said before.
_SILENCE = frozenset({ANSWER_LOST, "ratelimited"})


@dataclass(slots=True)
class _Entry(Generic[T]):
    value: T | None = None
    since: float = 0.0
    """When the value was asked for."""
    failed: float | None = None
    """When Slack did not say, if that came after the value."""
    asked: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Remembered(Generic[T]):
    """Answers by their key; of many who ask at once, one asks Slack and the others wait."""

    def __init__(self, clock: Clock, ask: Callable[[str], Awaitable[T]]) -> None:
        self._clock = clock
        self._ask = ask
        self._entries: dict[str, _Entry[T]] = {}

    async def get(self, key: str, within: float) -> T | None:
        """Return what Slack said at most `within` seconds ago; None: it does not say.

        With 0 only an answer counts that was asked for after this call.
        """
        entry = self._entries.get(key) or self._added(key)
        asked_before = entry.asked
        async with entry.lock:
            if entry.asked == asked_before and self._is_due(entry, within):
                await self._refresh(key, entry)
            return self._answer(entry, within)

    def forget(self, key: str) -> None:
        """Let whoever asks next ask Slack."""
        self._entries.pop(key, None)

    def forget_all(self) -> None:
        """Forget every answer."""
        self._entries.clear()

    def _is_due(self, entry: _Entry[T], within: float) -> bool:
        now = self._clock.monotonic()
        if not within:
            return True
        if entry.value is not None and now - entry.since < within:
            return False
        return entry.failed is None or now - entry.failed >= UNKNOWN_SECONDS

    def _answer(self, entry: _Entry[T], within: float) -> T | None:
        if within:
            return entry.value if self._clock.monotonic() - entry.since < within else None
        return entry.value if entry.failed is None else None

    async def _refresh(self, key: str, entry: _Entry[T]) -> None:
        entry.asked += 1
        began = self._clock.monotonic()
        try:
            entry.value = await self._ask(key)
        except FAILURES as error:
            _LOG.warning("slack_lookup_failed", about=key, reason=error.text)
            entry.failed = self._clock.monotonic()
            if not _silent(error):
                entry.value = None
        else:
            entry.since, entry.failed = began, None

    def _added(self, key: str) -> _Entry[T]:
        while len(self._entries) >= _MOST:
            del self._entries[next(iter(self._entries))]
        return self._entries.setdefault(key, _Entry())


def _silent(error: QuarterdeckError) -> bool:
    return not isinstance(error, SlackError) or error.code in _SILENCE
