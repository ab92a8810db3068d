"""Which unit an expression's values have, where the names of its metrics do not say it."""

import asyncio

from bot.core.errors import QuarterdeckError
from bot.core.measures import NUMBER, Unit
from bot.core.metrics import Described, Metrics
from bot.prometheus.measuring import guess_unit, unmeasured

# Metrics are asked what they measure as far as an answer is not kept waiting.
_ASKED_ABOUT = 3


async def unit_of(metrics: Metrics, expression: str) -> Unit:
    """Return the unit of the expression's values, as far as names and metadata tell it."""
    names = unmeasured(expression)
    if guess_unit(expression, {}) != NUMBER or not names or len(names) > _ASKED_ABOUT:
        return guess_unit(expression, {})
    described = await asyncio.gather(*(_described(metrics, name) for name in names))
    return guess_unit(expression, dict(zip(names, described, strict=True)))


async def _described(metrics: Metrics, name: str) -> Described:
    try:
        return await metrics.described(name)
    except QuarterdeckError:
        return Described()  # a unit is worth less than the values, which are there
