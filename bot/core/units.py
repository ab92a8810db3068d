"""Kubernetes' own units: ages, Go durations and quantities.

Pure: strings and numbers in, strings and numbers out.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_UP, Context, Decimal
from enum import StrEnum

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
    negative, body = text.startswith("-"), text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return timedelta(0)
    terms = list(_GO_TERM.finditer(body))
    if not terms or "".join(term.group() for term in terms) != body:
        raise ValueError(f"invalid duration {text!r}")
    total = sum((Decimal(term[1]) * _GO_UNITS[term[2]] for term in terms), Decimal(0))
    if total > _GO_LIMIT or (total == _GO_LIMIT and not negative):
        raise ValueError(f"invalid duration {text!r}")
    micros = int(total * 10**6)
    return timedelta(microseconds=-micros if negative else micros)


def go_duration(span: timedelta) -> str:
    """Return a duration of a second or more as Go's `Duration.String` writes it: `12m3.5s`."""
    minutes, seconds = divmod(span, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    exact = f"{seconds.seconds}.{seconds.microseconds:06}".rstrip("0").rstrip(".")
    before = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{before}{exact}s"


_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL = {"n": -3, "u": -2, "m": -1, "": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
# Go reads a suffix without a number as 0 of it.
_QUANTITY = re.compile(
    r"([+-]?)([0-9]*\.?[0-9]*)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]{1,9})?"
)
# A binary quantity is capped at int64, and all have at most nine decimals (apimachinery's
# `pkg/api/resource`).
_QUANTITY_CAP = Decimal(2**63 - 1)
_NANO = Decimal("1e-9")


class Family(StrEnum):
    """The suffixes that a quantity is written with."""

    DECIMAL = "k"
    BINARY = "Ki"
    EXPONENT = "e3"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A Kubernetes quantity: an exact number and the family of suffixes that it is written in."""

    value: Decimal
    family: Family = Family.DECIMAL

    def __lt__(self, other: "Quantity") -> bool:
        return self.value < other.value

    def __str__(self) -> str:
        """Return the canonical form: no fraction, the largest suffix that loses nothing."""
        if self.family is Family.BINARY and abs(self.value) >= 1024:
            whole = int(self.value)
            if whole == self.value:
                return _with_binary_suffix(whole)
        largest = None if self.family is Family.EXPONENT else 18
        number, exponent = _in_thousands(self.value, largest)
        if exponent == 0:
            return str(number)
        if self.family is Family.EXPONENT:
            return f"{number}e{exponent}"
        return f"{number}{_SUFFIXES[exponent // 3]}"


_SUFFIXES = {power: suffix for suffix, power in _DECIMAL.items()}


def parse_quantity(text: str) -> Quantity:
    """Return the quantity that `100m`, `1.5Gi` or `1e3` writes.

    Digits after the ninth decimal are rounded up, away from zero, as apimachinery does.

    Raises:
        ValueError: the text is not a quantity.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None or not text:
        raise ValueError(f"not a quantity: {text!r}")
    sign, digits, suffix = match[1], match[2].strip("."), match[3] or ""
    number = match[2] if digits else "0"
    if suffix in _BINARY:
        # Exact: a decimal keeps 28 digits otherwise.
        factor = Decimal(1024 ** _BINARY[suffix])
        product = Context(prec=len(text) + 40).multiply(Decimal(sign + number), factor)
        return Quantity(min(_rounded(product), _QUANTITY_CAP), Family.BINARY)
    if suffix in _DECIMAL:
        return Quantity(_rounded(Decimal(f"{sign}{number}e{3 * _DECIMAL[suffix]}")))
    return Quantity(_rounded(Decimal(f"{sign}{number}e{suffix[1:]}")), Family.EXPONENT)


def _rounded(value: Decimal) -> Decimal:
    digits, exponent = len(value.as_tuple().digits), int(value.as_tuple().exponent)
    if exponent >= -9:
        return value
    if not value:
        return Decimal(0)
    if value.adjusted() < -9:
        return _NANO.copy_sign(value)
    return value.quantize(_NANO, rounding=ROUND_UP, context=Context(prec=digits + 1))


def _in_thousands(value: Decimal, largest: int | None) -> tuple[int, int]:
    """Return the number and the power of ten, a multiple of three, that make the value."""
    sign, digits, power = value.as_tuple()
    number = int("".join(map(str, digits)))
    if not number:
        return 0, 0
    shift = int(power) % 3
    number, exponent = number * 10**shift, int(power) - shift
    while number % 1000 == 0 and exponent != largest:
        number, exponent = number // 1000, exponent + 3
    return -number if sign else number, exponent


def _with_binary_suffix(value: int) -> str:
    chosen = ""
    for suffix in _BINARY:
        if value % 1024:
            break
        value //= 1024
        chosen = suffix
    return f"{value}{chosen}"
