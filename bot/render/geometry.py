"""From values to places: runs of points without a gap, heights of what is stacked, the axis.

Pure. Places are between 0 and 1, so that no value is too large or too small to be drawn.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.picture import Line, Marker, Picture
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


def bands(lines: Sequence[Line], start: float, step: float) -> list[list[Slice]]:
    """Return what each line covers, on those before it; what is below zero is stacked downwards.

    Where a line has no value it covers nothing; where none has one, there is no slice.
    """
    table = [_by_step(line, start, step) for line in lines]
    numbers = sorted(set().union(*table))
    above, below = dict.fromkeys(numbers, 0.0), dict.fromkeys(numbers, 0.0)
    found = []
    for values in table:
        band = []
        for number in numbers:
            value = values.get(number, 0.0)
            heights = above if value >= 0 else below
            base = heights[number]
            heights[number] = clamped(base + value)
            band.append(Slice(start + number * step, base, heights[number]))
        found.append(band)
    return found


def _by_step(line: Line, start: float, step: float) -> dict[int, float]:
    """Return the finite values by the number of their step, since times are rounded."""
    return {
        round((at - start) / step): clamped(value)
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


def summed(lines: Sequence[Line], label: str, start: float, step: float) -> Line:
    """Return one line that is the sum of several, wherever at least one has a value."""
    sums: dict[int, float] = {}
    for line in lines:
        for number, value in _by_step(line, start, step).items():
            sums[number] = clamped(sums.get(number, 0.0) + value)
    return Line(label, [(start + number * step, value) for number, value in sorted(sums.items())])


def gathered(markers: Sequence[Marker], seconds: float) -> list[Marker]:
    """Return the markers by time; of those within so many seconds the first, with their number."""
    groups: list[list[Marker]] = []
    for one in sorted(markers, key=lambda marker: marker.at):
        if groups and one.at - groups[-1][0].at <= seconds:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [
        replace(group[0], label=f"{group[0].label} +{len(group) - 1}")
        if len(group) > 1
        else group[0]
        for group in groups
    ]
