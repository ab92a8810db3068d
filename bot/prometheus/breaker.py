"""A server that does not answer is left alone for a while, instead of letting everybody wait."""

from bot.core.clock import Clock
from bot.core.errors import UnreachableError

# So many questions in a row without an answer, and it counts as gone.
FAILURES = 5
# How long it is left alone, doubled each time that it is still gone.
FIRST_SECONDS, MOST_SECONDS = 5.0, 60.0


class Breaker:
    """Open while nothing is sent; now and then one question finds out whether it is back."""

    def __init__(self, clock: Clock, peer: str) -> None:
        self._clock = clock
        self._peer = peer
        self._failures = 0
        self._pause = FIRST_SECONDS
        self._until = 0.0

    def check(self) -> None:
        """Let a question through.

        Raises:
            UnreachableError: the server is left alone for now; the next step says how long.
        """
        if self._failures < FAILURES:
            return
        left = self._until - self._clock.monotonic()
        if left > 0:
            raise UnreachableError(
                f"error: {self._peer} has not answered {self._failures} times in a row",
                next_step=f"Try again in {left:.0f} s: then the bot asks it again."
                if left >= 1
                else "Try again in a moment: then the bot asks it again.",
            )
        # This one finds out; the others go on waiting for what it finds.
        self._until = self._clock.monotonic() + self._pause

    def answered(self) -> None:
        """Note that it is there."""
        self._failures, self._pause = 0, FIRST_SECONDS

    def failed(self) -> None:
        """Note that no answer came."""
        self._failures += 1
        if self._failures > FAILURES:
            self._pause = min(2 * self._pause, MOST_SECONDS)
        self._until = self._clock.monotonic() + self._pause
