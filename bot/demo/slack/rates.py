"""Slack's rate tiers on the workspace's clock: so many calls of a method in any minute."""

import math
from collections import defaultdict, deque

from bot.core.clock import Clock
from bot.demo.slack.refusal import rate_limited

_WINDOW = 60.0
"""Seconds; every tier of Slack's is per minute."""


class Rates:
    """Counts calls and refuses those over the limit."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, key: str, per_minute: int) -> None:
        """Count one call.

        Raises:
            CallRefusedError: HTTP 429; `Retry-After` is when the oldest call leaves the window.
        """
        now = self._clock.monotonic()
        calls = self._calls[key]
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= per_minute:
            raise rate_limited(max(1, math.ceil(_WINDOW - (now - calls[0]))))
        calls.append(now)
