"""How often a person may ask in a minute, by tier and effect."""

from collections import deque
from collections.abc import Callable, Iterable

from bot.core.clock import Clock
from bot.core.command import Effect
from bot.core.errors import BusyError, RefusedError
from bot.policy.limits import tiers_of
from bot.policy.model import Policy

_WINDOW = 60.0
# Beyond so many counters, those whose minute is over are let go.
_KEPT = 1024
_WORDS = {
    Effect.READ: "questions",
    Effect.CHANGE: "changes",
    Effect.ENTER: "commands in containers",
    Effect.DESTROY: "deletions",
}


def per_minute(policy: Policy, groups: Iterable[str], effect: Effect) -> int | None:
    """Return how many requests of that effect these groups have in a minute; None: any number.

    Of several tiers the most generous counts, as it does for what they may do.
    """
    rates = [tier.per_minute.of(effect) for tier in tiers_of(policy, groups)]
    numbers = [rate for rate in rates if rate is not None]
    return max(numbers) if rates and len(numbers) == len(rates) else None


class Rates:
    """Counts what each person asked for within the last minute, in this process."""

    def __init__(self, policy: Callable[[], Policy], clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._asked: dict[tuple[str, Effect], deque[float]] = {}
        self._full = _KEPT

    def check(self, person_key: str, groups: Iterable[str], effect: Effect) -> None:
        """Count one request, unless it is one too many.

        Raises:
            BusyError: the minute is used up; the next step says when to try again.
            RefusedError: the tier has none of these at all.
        """
        most = per_minute(self._policy(), groups, effect)
        if most is None:
            return
        if most == 0:
            raise RefusedError(
                f"Your tier has no {_WORDS[effect]}.",
                next_step="`/deck whoami` says which groups you are in.",
            )
        asked = self._recent(person_key, effect)
        if len(asked) >= most:
            wait = int(asked[-most] + _WINDOW - self._clock.monotonic()) + 1
            raise BusyError(
                f"You have used up your {most} {_WORDS[effect]} of this minute.",
                next_step=f"Try again in {wait} s.",
            )
        asked.append(self._clock.monotonic())

    def _recent(self, person_key: str, effect: Effect) -> deque[float]:
        if len(self._asked) >= self._full:
            self._asked = {key: asked for key, asked in self._asked.items() if self._cut(asked)}
            self._full = max(_KEPT, 2 * len(self._asked))
        asked = self._asked.setdefault((person_key, effect), deque())
        self._cut(asked)
        return asked

    def _cut(self, asked: deque[float]) -> int:
        """Let go of what is older than a minute; return how many are left."""
        while asked and asked[0] <= self._clock.monotonic() - _WINDOW:
            asked.popleft()
        return len(asked)
