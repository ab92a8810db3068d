"""Values as Go sees them: their types, their members, how they compare and how they print."""

import operator
from collections.abc import Callable
from typing import Any

from bot.kube import numbers

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
}
_TYPES: dict[type, str] = {
    bool: "bool",
    int: "int64",
    float: "float64",
    str: "string",
    dict: "map[string]interface {}",
    list: "[]interface {}",
}


class PathError(Exception):
    """A template cannot be carried out on an object; the text is client-go's."""


def go_type(value: Any) -> str:
    """Return the Go type of a value of JSON."""
    return _TYPES[type(value)]


def members(value: Any) -> list[Any]:
    """Return what a wildcard finds in a value; of a text, its bytes.

    Go's order of a map's keys is random; here it is the order of the alphabet.
    """
    match value:
        case dict():
            return [value[key] for key in sorted(value)]
        case list():
            return value
        case str():
            return list(value.encode())
        case _:
            return []


def compare(left: Any, sign: str, right: Any) -> bool:
    """Return whether the comparison holds.

    Raises:
        PathError: these two cannot be compared, or in this way.
    """
    compared = _OPERATORS.get(sign)
    if compared is None:
        raise PathError(f"unrecognized filter operator {sign}")
    ordering = sign not in ("==", "!=")
    for value in (left, right):
        if not isinstance(value, bool | int | float | str):
            raise PathError("invalid type for comparison")
    if type(left) is not type(right):
        raise PathError("incompatible types for comparison")
    if ordering and isinstance(left, bool):
        raise PathError("invalid type for comparison")
    return compared(left, right)


def general(value: Any) -> str:
    """Return a value as Go's `%v` writes it: `map[a:1 b:[x y]]`."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return str(value).lower()
        case float():
            return numbers.general(value)
        case dict():
            return f"map[{' '.join(f'{key}:{general(value[key])}' for key in sorted(value))}]"
        case list():
            return f"[{' '.join(map(general, value))}]"
        case _:
            return str(value)
