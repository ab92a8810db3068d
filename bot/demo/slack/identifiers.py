"""Names that Slack gives to things: identifiers, secrets and message timestamps.

Everything comes from one seed and one clock, so that two runs name things alike.
"""

import random
import string

from bot.core.clock import Clock

_CAPITALS = string.ascii_uppercase + string.digits
_SMALL = string.ascii_letters + string.digits


class Identifiers:
    """A source of Slack-shaped identifiers that repeats itself for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, guards nothing

    def named(self, prefix: str) -> str:
        """Return an identifier such as `U0K3…`; the prefix says what it names."""
        return prefix + "0" + "".join(self._random.choices(_CAPITALS, k=9))

    def digits(self, length: int) -> str:
        """Return a run of digits for a trigger."""
        return "".join(self._random.choices(string.digits, k=length))

    def secret(self, length: int = 24) -> str:
        """Return letters and digits for a token, a URL or a generated block_id."""
        return "".join(self._random.choices(_SMALL, k=length))


class Stamps:
    """Message timestamps: the clock's microseconds, and never the same twice."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def fresh(self) -> str:
        """Return a `ts` later than every one before, even if the clock stands still."""
        now = int(self._clock.now().timestamp() * 1_000_000)
        self._last = max(now, self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
