"""A series as one line of text, for wherever there is no picture."""

import math
from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """Return a block for each value, from the lowest to the highest; NaN is a gap.

    A series that never changes is drawn at half height, and at the ground where it is zero.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    return "".join(_block(value, low, high) for value in values)


def _block(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return " "
    if math.isinf(value):
        return _BLOCKS[-1 if value > 0 else 0]
    if low == high:
        return _BLOCKS[3 if value else 0]
    # Halved, so that the difference of two huge values stays finite.
    part = (value / 2 - low / 2) / (high / 2 - low / 2)
    return _BLOCKS[min(int(part * len(_BLOCKS)), len(_BLOCKS) - 1)]
