"""Arithmetic as IEEE 754 and Go have it: nothing raises, what makes no sense is NaN."""

import math
from collections.abc import Callable, Iterable, Sequence

Unary = Callable[[float], float]


def total(values: Iterable[float]) -> float:
    """Return the sum, as exact as Prometheus's compensated one."""
    values = list(values)
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):  # infinities of both signs, or a sum that is one
        return sum(values)


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean; where the sum is too large, that of the parts."""
    whole = total(values)
    if math.isinf(whole) and not any(map(math.isinf, values)):
        return total(each / len(values) for each in values)
    return whole / len(values)


def variance(values: Sequence[float]) -> float:
    """Return the population's variance."""
    middle = mean(values)
    return total((each - middle) ** 2 for each in values) / len(values)


def quantile(rank: float, values: Iterable[float]) -> float:
    """Return a quantile of values, between two of them in proportion."""
    ordered = sorted(values, key=lambda each: (not math.isnan(each), each))
    if not ordered or math.isnan(rank):
        return math.nan
    if not 0 <= rank <= 1:
        return math.copysign(math.inf, rank)
    place = rank * (len(ordered) - 1)
    lower = math.floor(place)
    upper = min(len(ordered) - 1, lower + 1)
    weight = place - lower
    return ordered[lower] * (1 - weight) + ordered[upper] * weight


def least(values: Iterable[float]) -> float:
    """Return the smallest; NaN only where there is nothing else."""
    return min((each for each in values if not math.isnan(each)), default=math.nan)


def greatest(values: Iterable[float]) -> float:
    """Return the largest; NaN only where there is nothing else."""
    return max((each for each in values if not math.isnan(each)), default=math.nan)


def divided(left: float, right: float) -> float:
    """Return the quotient."""
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def remainder(left: float, right: float) -> float:
    """Return what is left of a division, with the sign of the dividend."""
    try:
        return math.fmod(left, right)
    except ValueError:
        return math.nan


def power(base: float, exponent: float) -> float:
    """Return the power."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = exponent == int(exponent) and int(exponent) % 2
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        # Zero to a negative power, or a root of a negative number.
        if base or exponent >= 0:
            return math.nan
        odd = not math.isinf(exponent) and exponent % 2 == 1
        return math.copysign(math.inf, base) if odd else math.inf


def whole(function: Callable[[float], int]) -> Unary:
    """Return the rounding, for infinities and NaN too."""
    return lambda value: float(function(value)) if math.isfinite(value) else value


def logarithm(function: Unary) -> Unary:
    """Return the logarithm, for zero and below too."""
    return lambda value: function(value) if value > 0 else -math.inf if not value else math.nan


def root(value: float) -> float:
    """Return the square root."""
    return math.sqrt(value) if value >= 0 else math.nan


def exponential(value: float) -> float:
    """Return e to the power of a value."""
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def sign(value: float) -> float:
    """Return -1, 0 or 1; NaN stays."""
    return value if math.isnan(value) else float((value > 0) - (value < 0))


def rounded(value: float, nearest: float = 1.0) -> float:
    """Return the value as a multiple of `nearest`; halves go up."""
    inverse = divided(1.0, nearest)
    return divided(whole(math.floor)(value * inverse + 0.5), inverse)
