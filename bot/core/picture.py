"""What a chart shows, before it is drawn; times are seconds since 1970, UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.measures import NUMBER, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """One line; NaN is a gap, and so is a step without a point."""

    label: str
    points: Sequence[tuple[float, float]]
    earlier: bool = False
    """Whether it is of an earlier time, shifted to stand beside today's."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment that is worth a line across, such as a rollout."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value that is worth a line along, such as a limit."""

    value: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart."""

    title: str
    lines: tuple[Line, ...]
    start: float
    end: float
    step: float
    unit: Unit = NUMBER
    markers: tuple[Marker, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    stacked: bool = False
    logarithmic: bool = False
    dark: bool = False
    note: str = ""
    """What stands below it, such as how many series are not shown."""


class Drawing(Protocol):
    """What draws pictures, away from whatever serves requests."""

    async def draw(self, picture: Picture) -> bytes:
        """Return the picture as a PNG.

        Raises:
            BusyError: too many pictures wait, or this one took too long.
        """
        ...
