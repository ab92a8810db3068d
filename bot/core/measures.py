"""Units of measured values, and how a value is written in them.

Pure. Bytes are binary (KiB), as memory is; rates say `/s`.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from bot.core.units import human_duration

Base: TypeAlias = Literal[
    "",
    "bytes",
    "seconds",
    "milliseconds",
    "ratio",
    "percent",
    "cores",
    "celsius",
    "timestamp",
]


@dataclass(frozen=True, slots=True)
class Unit:
    """What a value counts."""

    base: Base = ""
    """Empty: it is a plain number."""
    per_second: bool = False


NUMBER = Unit()
"""A plain number."""

_BASES: tuple[Base, ...] = (
    "bytes",
    "seconds",
    "milliseconds",
    "ratio",
    "percent",
    "cores",
    "celsius",
    "timestamp",
)
UNITS = ("number", *_BASES, "bytes/s", "number/s")
"""What can be typed for a unit; every other one may be followed by `/s`, too."""


def read_unit(typed: str) -> Unit | None:
    """Return the unit of that name, such as `bytes/s`; None: there is none."""
    name, slash, per = typed.strip().lower().partition("/")
    if per != "s" and slash:
        return None
    if name in ("", "number"):
        return Unit(per_second=bool(slash)) if typed.strip() else None
    bases = {base: base for base in _BASES}
    return Unit(bases[name], bool(slash)) if name in _BASES else None


def unit_name(unit: Unit) -> str:
    """Return the name that `read_unit` reads."""
    return (unit.base or "number") + ("/s" if unit.per_second else "")


@dataclass(frozen=True, slots=True)
class Scale:
    """What numbers are divided by so that they are short, and what stands behind them then."""

    divisor: float
    suffix: str
    """With the blank before it, where there is one."""


def scale(largest: float, unit: Unit) -> Scale:
    """Return the scale in which a value as large as that is short, for it and smaller ones.

    Of a timestamp it is 1: only `written` makes a date of it.
    """
    size = abs(largest) if math.isfinite(largest) else 0.0
    per = "/s" if unit.per_second else ""
    # 999.5 is written as 1000, which the next step writes as 1.
    fits = [step for step in _STEPS[unit.base] if step[0] * 0.9995 <= size < _LONGEST_SUFFIXED]
    small = 0 < size < _LONGEST_SUFFIXED
    smallest = _STEPS[unit.base][0] if small else (1.0, _WHOLE[unit.base])
    divisor, suffix = fits[-1] if fits else smallest
    return Scale(divisor, suffix + per)


# Larger ones have an exponent, and no suffix beside it.
_LONGEST_SUFFIXED = 1e21
# From the smallest on: what it is divided by, and what stands behind it.
_STEPS: dict[Base, tuple[tuple[float, str], ...]] = {
    "": ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"), (1e15, "P")),
    "bytes": tuple(
        (1024.0**power, f" {name}")
        for power, name in enumerate(("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))
    ),
    "seconds": ((1e-9, " ns"), (1e-6, " µs"), (1e-3, " ms"), (1.0, " s")),
    "milliseconds": ((1e-6, " ns"), (1e-3, " µs"), (1.0, " ms"), (1e3, " s")),
    "ratio": ((0.01, "%"),),
    "percent": ((1.0, "%"),),
    "cores": ((1.0, " cores"),),
    "celsius": ((1.0, " °C"),),
    "timestamp": ((1.0, ""),),
}
_WHOLE: dict[Base, str] = {base: dict(steps).get(1.0, "%") for base, steps in _STEPS.items()}

# Longer ones read better as 3h12m; those of thousands of years are not durations.
_TOLD_SECONDS = (120.0, 1e11)
# Whole numbers up to here are as short as they would be with a suffix.
_LONGEST_WHOLE = 10_000
# datetime ends in the year 9999.
_LAST_DATE = 253_402_300_799


def written(value: float, unit: Unit = NUMBER) -> str:
    """Return the value with three significant digits, such as `1.5 MiB/s`, `250 ms` or `12.3%`.

    Whole numbers below 10,000 are exact. Durations from two minutes on are `3h12m`, timestamps
    dates in UTC.
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    return _told(value, unit) or _measured(value, unit)


def _told(value: float, unit: Unit) -> str:
    """Return a value that is more than digits and a unit; empty: it is not."""
    shortest, longest = _TOLD_SECONDS
    seconds = abs(value) / 1000 if unit.base == "milliseconds" else abs(value)
    match unit:
        case Unit("timestamp", False) if 0 <= value <= _LAST_DATE:
            return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")
        case Unit("seconds" | "milliseconds", False) if shortest <= seconds < longest:
            return ("-" if value < 0 else "") + human_duration(seconds)
        case Unit("") if float(value).is_integer() and abs(value) < _LONGEST_WHOLE:
            return f"{value:.0f}" + ("/s" if unit.per_second else "")
        case Unit("cores", False) if value == 1:
            return "1 core"
    return ""


def _measured(value: float, unit: Unit) -> str:
    chosen = scale(value, unit)
    return digits(value / chosen.divisor) + chosen.suffix


_WRITTEN = re.compile(
    r"(?P<number>-?\d+(?:\.\d+)?(?:e[+-]\d+)?)(?P<suffix>[kMGTP]?| (?:[KMGTPE]iB|B|ns|µs|ms|s|°C)"
    r"| cores?|%)(?:/s)?"
)
_LETTERS = {suffix.strip(): size for size, suffix in (*_STEPS[""], *_STEPS["bytes"])}
_LETTERS |= {suffix.strip(): size for size, suffix in _STEPS["seconds"]}
_TOLD = re.compile(r"-?(?:\d+[ydhms])+")
_TOLD_PARTS = re.compile(r"(\d+)([ydhms])")
_TOLD_LETTERS = {"y": 31_536_000, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_NOT_FINITE = {"NaN": -math.inf, "-Inf": -math.inf, "+Inf": math.inf}


def weighed(texts: Iterable[str]) -> Mapping[str, float] | None:
    """Return about the value of each text that `written` wrote, for sorting; NaN is the least.

    None: one of them is something else, such as `250m` of a processor beside a `1`.
    """
    found = {text: _weight(text) for text in texts}
    durations = any(_TOLD.fullmatch(text) for text in found)
    numbers = any(text.lstrip("-").replace(".", "").isdecimal() for text in found)
    if durations and numbers:
        return None
    known = {text: weight for text, weight in found.items() if weight is not None}
    return known if len(known) == len(found) else None


def _weight(text: str) -> float | None:
    if text in _NOT_FINITE:
        return _NOT_FINITE[text]
    if _TOLD.fullmatch(text):
        size = sum(int(count) * _TOLD_LETTERS[unit] for count, unit in _TOLD_PARTS.findall(text))
        return -float(size) if text.startswith("-") else float(size)
    match = _WRITTEN.fullmatch(text)
    return float(match["number"]) * _LETTERS.get(match["suffix"].strip(), 1.0) if match else None


def digits(number: float) -> str:
    """Return the number with three significant digits, and an exponent only where it is shorter."""
    if number == 0:
        return "0"
    if not 1e-4 <= abs(number) < 1e15:
        return f"{number:.3g}"
    decimals = 2 - math.floor(math.log10(abs(number)))
    text = f"{round(number, decimals):.{max(0, decimals)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
