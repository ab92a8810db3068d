"""What an answer costs, and whoever can be asked for one again and again."""

import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol


class WrongAnswerError(Exception):
    """One sentence about an answer that must not be measured."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one answer took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of the processor, in the process that asked."""


class Way(Protocol):
    """One way to put one question."""

    async def ask(self) -> Cost:
        """Put the question, wait for the whole answer, and return what it took.

        Raises:
            WrongAnswerError: the answer is not the one that is to be measured.
        """
        ...


async def in_process(work: Awaitable[None]) -> Cost:
    """Return what the work takes in this process, in which nothing else runs."""
    wall, cpu = time.perf_counter(), time.process_time()
    await work
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)
