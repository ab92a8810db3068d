"""What an expression is worth, and how numbers and labels are spelt."""

import math
from array import array
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple, TypeAlias

NAME = "__name__"


class Labels(dict[str, str]):
    """Labels and their values; never changed in place, so that equal ones are the same key.

    A label without a value is left out.
    """

    __slots__ = ("_hash",)
    _hash: int

    def __hash__(self) -> int:  # type: ignore[override]
        """Return the same for the same labels; it is asked for often, and computed once."""
        try:
            return self._hash
        except AttributeError:
            self._hash = hash(frozenset(self.items()))
            return self._hash


class Sample(NamedTuple):
    """One element of an instant vector."""

    labels: Labels
    value: float


class Window(NamedTuple):
    """What a series had in a range: the moments in milliseconds, and the values then."""

    labels: Labels
    times: "array[int]"
    values: "array[float]"


Vector: TypeAlias = list[Sample]
Value: TypeAlias = float | str | Vector
Evaluate: TypeAlias = Callable[[int], Value]
"""Return what an expression is worth at a moment in milliseconds."""


class Range(NamedTuple):
    """What several series had in one range: its left end excluded, its right end included."""

    windows: list[Window]
    start: int
    end: int


EvaluateRange: TypeAlias = Callable[[int], Range]


def vector(value: Value) -> Vector:
    """Return what the parser has made sure of: a vector."""
    if isinstance(value, list):
        return value
    raise TypeError(f"no vector: {value!r}")


def scalar(value: Value) -> float:
    """Return what the parser has made sure of: a number."""
    if isinstance(value, float):
        return value
    raise TypeError(f"no scalar: {value!r}")


def nameless(labels: Labels) -> Labels:
    """Return the labels without the metric's name."""
    return Labels((name, value) for name, value in labels.items() if name != NAME)


def kept(labels: Labels, names: Iterable[str]) -> Labels:
    """Return the labels of these names."""
    return Labels((name, labels[name]) for name in names if name in labels)


def dropped(labels: Labels, names: Iterable[str]) -> Labels:
    """Return the labels of all other names, without the metric's name."""
    gone = {NAME, *names}
    return Labels((name, value) for name, value in labels.items() if name not in gone)


def with_label(labels: Labels, name: str, value: str) -> Labels:
    """Return the labels with this one; an empty value takes it away."""
    return Labels(
        {each: labels[each] for each in labels if each != name} | ({name: value} if value else {})
    )


def ordered(labels: Labels) -> list[tuple[str, str]]:
    """Return what Prometheus orders series by."""
    return sorted(labels.items())


def spelt(labels: Labels) -> str:
    """Return the labels as Prometheus's errors write them."""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in ordered(labels))
    return "{" + ", ".join(pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def number(value: float) -> str:
    """Return a value as it stands in an answer: Go's shortest form, without an exponent at first.

    The limits are util/jsonutil's.
    """
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    if value and not 1e-6 <= abs(value) < 1e21:
        return repr(value).replace("e-0", "e-").replace(".0e", "e")
    return digits(value)


def digits(value: float) -> str:
    """Return a value as `count_values` has it in labels: never with an exponent."""
    if not math.isfinite(value):
        return number(value)
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def exponential(value: float) -> str:
    """Return a value as alerts and logs have it: `1.25e+00`."""
    if math.isnan(value) or math.isinf(value):
        return number(value)
    places = len(Decimal(repr(value)).normalize().as_tuple().digits) - 1
    return f"{value:.{places}e}"
