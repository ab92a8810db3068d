"""Where an axis is marked, and with which words: times in UTC, values in their unit.

Pure.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.measures import Scale, Unit, digits, scale, written

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_TIME_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(HOUR * count for count in (1, 2, 3, 6, 12)),
    *(DAY * count for count in (1, 2, 7, 14, 28, 91, 182, 365)),
)
# A longer label is told as a difference to the lowest one.
_LONGEST_LABEL = 10
_DECADES = 5
# Below it a double has no room for the arithmetic of an axis.
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The values between which is drawn, and the marks."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    logarithmic: bool = False


def time_ticks(start: float, end: float, most: int) -> list[Tick]:
    """Return at most so many round moments, in UTC; midnight is told by its date."""
    span = max(end - start, 1.0)
    step = next((one for one in _TIME_STEPS if span / one < most), None)
    if step is None:
        step = 365 * DAY * math.ceil(span / (most * 365 * DAY))
    first = math.ceil(start / step)
    moments = [number * step for number in range(first, math.floor(end / step) + 1)]
    return [Tick(at, _moment(at, step)) for at in moments[:most]]


def _moment(at: float, step: int) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    if step >= 182 * DAY:
        return f"{moment:%b %Y}"
    if step >= DAY or at % DAY == 0:
        return f"{moment.day} {moment:%b}"
    return f"{moment:%H:%M:%S}" if step < MINUTE else f"{moment:%H:%M}"


def days(start: float, end: float) -> str:
    """Return the days that a time touches, such as `28 – 29 Nov 2026`."""
    first, last = (datetime.fromtimestamp(at, UTC) for at in (start, end))
    after = f"{last.day} {last:%b %Y}"
    if first.date() == last.date():
        return after
    if first.year != last.year:
        return f"{first.day} {first:%b %Y} – {after}"
    return f"{first.day} – {after}" if first.month == last.month else f"{_short(first)} – {after}"


def _short(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


def linear(values: Sequence[float], unit: Unit, most: int, *, whole: bool = False) -> Axis:
    """Return an axis for finite values; it begins at zero where that costs little room.

    `whole`: only whole numbers are marked, since nothing else can be counted.
    """
    low, high = _padded(min(values), max(values))
    step = _step((high - low) / most, unit)
    step = max(step, 1.0) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = [number * step for number in range(first, last + 1)]
    shown = [place for place in places if low - step * 0.01 <= place <= high + step * 0.01]
    return Axis(low, high, _labelled(shown, unit, step))


def _padded(low: float, high: float) -> tuple[float, float]:
    if high - low <= max(abs(low), abs(high), _TINY) * 1e-12:
        # All are the same: the line stands in the middle of what is around it.
        size = abs(high) if abs(high) > _TINY else 1.0
        return (0.0, size * 1.25) if high >= 0 else (-size * 1.25, 0.0)
    pad = (high - low) * 0.06
    if low >= 0 and low <= 3 * (high - low):
        return 0.0, high + pad
    if high <= 0 and -high <= 3 * (high - low):
        return low - pad, 0.0
    return low - pad, high + pad


def _step(least: float, unit: Unit) -> float:
    """Return the smallest round number of a unit that is not below `least`."""
    if unit.base == "bytes" and least >= 1:
        return float(2 ** math.ceil(math.log2(least) - 1e-9))
    if unit.base in ("seconds", "milliseconds", "timestamp") and not unit.per_second:
        factor = 1_000.0 if unit.base == "milliseconds" else 1.0
        if least / factor > 10:
            fits = (one * factor for one in _TIME_STEPS if one * factor >= least)
            return next(fits, 365.0 * DAY * factor * math.ceil(least / factor / 365 / DAY))
    power = 10.0 ** math.floor(math.log10(least))
    return next(part * power for part in (1, 2, 2.5, 5, 10, 20) if part * power >= least * 0.999999)


def _labelled(places: Sequence[float], unit: Unit, step: float) -> tuple[Tick, ...]:
    plain = _dated(places, step) if _is_date(unit) else _numbers(places, unit, step)
    if max(map(len, plain), default=0) <= _LONGEST_LABEL or _is_date(unit):
        return tuple(map(Tick, places, plain))
    # What differs in its seventh digit is told by that difference.
    lowest = places[0]
    rest = (f"+{written(place - lowest, unit)}" for place in places[1:])
    return tuple(map(Tick, places, (written(lowest, unit), *rest)))


def _is_date(unit: Unit) -> bool:
    return unit.base == "timestamp" and not unit.per_second


def _dated(places: Sequence[float], step: float) -> list[str]:
    moments = [written(place, Unit("timestamp")) for place in places]
    dated = all(text[4:5] == "-" for text in moments)
    if not dated:
        return [digits(place) for place in places]
    return [_moment(place, max(int(step), 1)) for place in places]


def _numbers(places: Sequence[float], unit: Unit, step: float) -> list[str]:
    largest = max(map(abs, places), default=0.0)
    if unit.base in ("seconds", "milliseconds") and not unit.per_second:
        factor = 1_000.0 if unit.base == "milliseconds" else 1.0
        if largest / factor >= 2 * MINUTE:
            return [written(place, unit) if place else "0" for place in places]
    # Where no word is left for so much, or so little, the exponent says it.
    chosen = scale(largest, unit) if 1e-30 < largest < 1e18 else Scale(1.0, "")
    shown = [place / chosen.divisor for place in places]
    short = [digits(number) for number in shown]
    close = step / chosen.divisor * 1e-3
    if any(abs(float(text) - one) > close for text, one in zip(short, shown, strict=True)):
        decimals = min(15, max(0, 1 - math.floor(math.log10(step / chosen.divisor))))
        short = [_trimmed(f"{number:.{decimals}f}") for number in shown]
    short = [text.replace("e-0", "e-").replace("e+", "e") for text in short]
    return ["0" if text in ("0", "-0") else f"{text}{chosen.suffix}" for text in short]


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def logarithmic(values: Sequence[float], unit: Unit) -> Axis:
    """Return a logarithmic axis for values above zero; it marks powers of ten, or of 1024."""
    low, high = min(values), max(values)
    base = 2.0 if unit.base == "bytes" else 10.0
    first = math.floor(math.log(low, base) + 1e-9)
    last = max(math.ceil(math.log(high, base) - 1e-9), first + 1)
    stride = math.ceil((last - first) / _DECADES)
    # Each decade, or each third one: those that people know have names.
    places = [base**power for power in range(first - first % -stride, last + 1, stride)]
    if last - first == 1 and base == 10.0:
        places = sorted({*places, 2 * places[0], 5 * places[0]})
    ticks = tuple(Tick(place, _brief(place, unit)) for place in places)
    return Axis(min(base**first, low), max(base**last, high), ticks, logarithmic=True)


def _brief(value: float, unit: Unit) -> str:
    text = written(value, unit)
    # Digits alone would be as wide as the picture.
    return text if len(text) <= _LONGEST_LABEL else f"{value:.0e}"
