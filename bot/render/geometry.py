"""From values to places: runs of points without a gap, heights of what is stacked, the axis.

Pure. Places are between 0 and 1, so that no value is too large or too small to be drawn.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.picture import Line, Picture
from bot.render.ticks import Axis, linear, logarithmic

Place = tuple[float, float]
# Larger ones have no difference that a double could hold.
_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Scaled:
    """How times and values become places."""

    start: float
    end: float
    axis: Axis

    def across(self, at: float) -> float:
        """Return the place of a time, from the left."""
        return (at - self.start) / max(self.end - self.start, 1e-3)

    def up(self, value: float) -> float:
        """Return the place of a value, from below."""
        low, high = self.axis.low, self.axis.high
        if self.axis.logarithmic:
            return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
        return (clamped(value) - low) / (high - low)


def clamped(value: float) -> float:
    """Return the value, or the largest that can be drawn."""
    return min(max(value, -_LARGEST), _LARGEST)


def scaled(picture: Picture, values: Iterable[float]) -> Scaled:
    """Return the scale that has room for the values and the thresholds; not all need be finite."""
    wanted = [*values, *(one.value for one in picture.thresholds)]
    if picture.logarithmic and not picture.stacked:
        positive = [clamped(value) for value in wanted if drawn(value, logarithmic=True)]
        return Scaled(picture.start, picture.end, logarithmic(positive or [1.0], picture.unit))
    bounded = [float(clamped(value)) for value in wanted if math.isfinite(value)] or [0.0]
    whole = not picture.unit.base and all(value.is_integer() for value in bounded)
    axis = linear(bounded, picture.unit, 5, whole=whole and max(map(abs, bounded)) < 1e6)
    return Scaled(picture.start, picture.end, axis)


def drawn(value: float, *, logarithmic: bool) -> bool:
    """Tell whether a value has a place: infinite ones have none, nor zero on a logarithmic axis."""
    return math.isfinite(value) and (not logarithmic or value >= 1 / _LARGEST)


def runs(line: Line, scale: Scaled, step: float) -> list[list[Place]]:
    """Return the places of a line in pieces: a gap, or a point that cannot be drawn, divides it."""
    pieces: list[list[Place]] = []
    before = -math.inf
    for at, value in line.points:
        if not drawn(value, logarithmic=scale.axis.logarithmic):
            before = -math.inf
            continue
        # A step and a half: rounded times are no gap.
        if at - before > 1.5 * step:
            pieces.append([])
        pieces[-1].append((scale.across(at), scale.up(value)))
        before = at
    return pieces


@dataclass(frozen=True, slots=True)
class Slice:
    """What a stacked line covers at one time, as values."""

    at: float
    low: float
    high: float


def bands(lines: Sequence[Line], step: float) -> list[list[Slice]]:
    """Return what each line covers, on those before it; what is below zero is stacked downwards.

    Where a line has no value it covers nothing; where none has one, there is no slice.
    """
    table = [_by_moment(line, step) for line in lines]
    moments = sorted(set().union(*table))
    above, below = dict.fromkeys(moments, 0.0), dict.fromkeys(moments, 0.0)
    return [[_slice(at, values.get(at, 0.0), above, below) for at in moments] for values in table]


def _slice(at: float, value: float, above: dict[float, float], below: dict[float, float]) -> Slice:
    heights = above if value >= 0 else below
    base = heights[at]
    heights[at] = clamped(base + value)
    return Slice(at, base, heights[at])


def _by_moment(line: Line, step: float) -> dict[float, float]:
    """Return the finite values, by the number of the step: times of one step may differ a bit."""
    return {
        round(at / step) * step if step else at: clamped(value)
        for at, value in line.points
        if math.isfinite(value)
    }


def pieces(band: Sequence[Slice], step: float) -> list[list[Slice]]:
    """Return the slices that follow each other step by step, together."""
    found: list[list[Slice]] = []
    before = -math.inf
    for one in band:
        if one.at - before > 1.5 * step:
            found.append([])
        found[-1].append(one)
        before = one.at
    return found


def summed(lines: Sequence[Line], label: str, step: float) -> Line:
    """Return one line that is the sum of several, wherever at least one has a value."""
    sums: dict[float, float] = {}
    for line in lines:
        for at, value in _by_moment(line, step).items():
            sums[at] = clamped(sums.get(at, 0.0) + value)
    return Line(label, sorted(sums.items()))
