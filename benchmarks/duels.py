"""The same question put in turns: first one way, then the other, and again from the start."""

import statistics
import time
from collections.abc import Mapping

from benchmarks.cost import Cost, Way

# A busy machine has fewer rounds instead of a longer run; a median needs three.
SECONDS, LEAST = 45, 3


async def duel(
    ways: Mapping[str, Way], rounds: int, *, seldom: str = "", every: int = 1
) -> dict[str, Cost]:
    """Return the medians of each way's costs; the first answer of each does not count.

    The way named `seldom` has its turn in one round of `every`: a process beside a request.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for way in ways.values():
        await way.ask()
    until = time.monotonic() + SECONDS
    for number in range(rounds):
        if number >= LEAST and time.monotonic() > until:
            break
        for name, way in ways.items():
            if name != seldom or number % every == 0:
                costs[name].append(await way.ask())
    return {name: _median(each) for name, each in costs.items()}


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
    )
