"""Kubernetes' own units: ages, Go durations and quantities.

Pure: strings and numbers in, strings and numbers out.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY


def human_duration(seconds: float) -> str:
    """Return a duration as kubectl writes ages, such as `5m12s` or `3d4h`.

    Steps and rounding: HumanDuration in apimachinery's `pkg/util/duration`.
    """
    if seconds <= -2:
        return "<invalid>"
    whole = int(seconds)
    if whole < 0:
        return "0s"
    for limit, unit, letter, smaller, smaller_letter in _AGE_STEPS:
        if whole < limit:
            rest = whole % unit // smaller if smaller else 0
            tail = f"{rest}{smaller_letter}" if rest else ""
            return f"{whole // unit}{letter}{tail}"
    return f"{whole // YEAR}y"


# Upper bound, unit and its letter, the smaller unit shown beside it (0: none) and its letter.
_AGE_STEPS = (
    (2 * MINUTE, 1, "s", 0, ""),
    (10 * MINUTE, MINUTE, "m", 1, "s"),
    (3 * HOUR, MINUTE, "m", 0, ""),
    (8 * HOUR, HOUR, "h", MINUTE, "m"),
    (2 * DAY, HOUR, "h", 0, ""),
    (8 * DAY, DAY, "d", HOUR, "h"),
    (2 * YEAR, DAY, "d", 0, ""),
    (8 * YEAR, YEAR, "y", DAY, "d"),
)

_GO_UNITS = {
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "µs": Decimal("1e-6"),
    "μs": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
}
_GO_TERM = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
# int64 nanoseconds, the range of Go's time.Duration.
_GO_LIMIT = Decimal(2**63) / Decimal(10**9)


def parse_go_duration(text: str) -> timedelta:
    """Return what Go's `time.ParseDuration` reads, such as `1h30m` or `-1.5s`.

    Raises:
        ValueError: the text is not a Go duration; `5d` is none, Go stops at hours.
    """
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return timedelta(0)
    terms = list(_GO_TERM.finditer(body))
    if not terms or "".join(term.group() for term in terms) != body:
        raise ValueError(f"invalid duration {text!r}")
    total = sum((Decimal(term[1]) * _GO_UNITS[term[2]] for term in terms), Decimal(0))
    if total >= _GO_LIMIT:
        raise ValueError(f"invalid duration {text!r}")
    micros = int(total * 10**6)
    return timedelta(microseconds=-micros if text.startswith("-") else micros)


_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL = {"n": -3, "u": -2, "m": -1, "": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]+)?"
)
# Quantities are capped at int64 and have at most nine decimals (apimachinery's resource package).
_QUANTITY_CAP = Decimal(2**63 - 1)
_NANO = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A Kubernetes quantity: an exact number and the family of suffixes that it is written in."""

    value: Decimal
    binary: bool = False

    def __lt__(self, other: "Quantity") -> bool:
        return self.value < other.value

    def __str__(self) -> str:
        """Return the canonical form: no fraction, the largest suffix that loses nothing."""
        if self.binary and abs(self.value) >= 1024 and self.value == int(self.value):
            return _with_suffix(int(self.value), 1024, tuple(_BINARY))
        if self.value == int(self.value):
            return _with_suffix(int(self.value), 1000, tuple("kMGTPE"))
        for suffix, power in (("m", 3), ("u", 6), ("n", 9)):
            scaled = self.value.scaleb(power)
            if scaled == int(scaled):
                return f"{int(scaled)}{suffix}"
        raise AssertionError("a quantity holds at most nine decimals")


def parse_quantity(text: str) -> Quantity:
    """Return the quantity that `100m`, `1.5Gi` or `1e3` writes.

    Digits after the ninth decimal are rounded up, away from zero, as apimachinery does.

    Raises:
        ValueError: the text is not a quantity.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"not a quantity: {text!r}")
    suffix = match[2] or ""
    number = Decimal(match[1])
    if suffix in _BINARY:
        number *= Decimal(1024) ** _BINARY[suffix]
    elif suffix in _DECIMAL:
        number = number.scaleb(3 * _DECIMAL[suffix])
    else:
        number = number.scaleb(int(suffix[1:]))
    rounded = abs(number).quantize(_NANO, rounding=ROUND_CEILING) if number else Decimal(0)
    return Quantity(min(rounded, _QUANTITY_CAP).copy_sign(number), suffix in _BINARY)


def _with_suffix(value: int, base: int, suffixes: tuple[str, ...]) -> str:
    chosen = ""
    for suffix in suffixes:
        if value == 0 or value % base:
            break
        value //= base
        chosen = suffix
    return f"{value}{chosen}"
