"""Faults that a test asks for: each is used up by the call that it hits."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

from bot.demo.slack.refusal import CallRefusedError


@dataclass(slots=True)
class Chaos:
    """What is to go wrong next."""

    _failures: defaultdict[str, deque[CallRefusedError]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    duplicates: int = 0
    """How many of the next envelopes arrive twice."""

    def fail_next(self, method: str, failure: CallRefusedError) -> None:
        """Let the next call of `method` that has no fault yet end with `failure`."""
        self._failures[method].append(failure)

    def strike(self, method: str) -> None:
        """Raise the fault that waits for this call, if one does.

        Raises:
            CallRefusedError: the fault.
        """
        if self._failures[method]:
            raise self._failures[method].popleft()

    def takes_duplicate(self) -> bool:
        """Tell whether this envelope is to arrive twice, and count it."""
        if not self.duplicates:
            return False
        self.duplicates -= 1
        return True
