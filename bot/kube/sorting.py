"""`--sort-by`: the order that kubectl gives to rows and objects.

Pure. Rules: kubectl 1.37 `pkg/cmd/get/sorter.go`; the path is a plain field path, the part of
Kubernetes' JSONPath that names one field.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.core.errors import UsageError
from bot.core.units import parse_quantity

_STEP = re.compile(
    r"\.(?P<field>(?:\\.|[^.\[\]\\{}'\"*?@ ])+)|\[(?P<index>-?\d+)\]|\['(?P<key>[^']*)'\]"
)
_MISSING = object()
# Go's sort is an insertion sort up to this many elements; beyond it, ties may fall otherwise.
_INSERTION = 12
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object, by the path that leads to it."""

    path: str
    """In kubectl's full form, `{.metadata.name}`."""
    steps: tuple[str | int, ...]

    def of(self, item: Any) -> Any:
        """Return the object's value of the field, or a mark that it has none."""
        for step in self.steps:
            try:
                item = item[step]
            except (KeyError, IndexError, TypeError):
                return _MISSING
        return item


def read_field(path: str) -> Field:
    """Return the field that `--sort-by` names.

    Raises:
        UsageError: the path cannot be read.
    """
    relaxed = _relaxed(path)
    return Field(relaxed, tuple(_steps(relaxed)))


def ordered(valued: Sequence[tuple[Any, ItemT]], field: Field) -> list[ItemT]:
    """Return the items in the order of their values of the field.

    Takes values and not objects, so that who sorts a long list need not hold the objects.

    Raises:
        UsageError: no item has that field, or its values cannot be compared.
    """
    if valued and all(value is _MISSING for value, _ in valued):
        raise UsageError(
            f'error: couldn\'t find any field with path "{field.path}" in the list of objects'
        )
    if len(valued) <= _INSERTION:
        return [item for _, item in _insertion_sorted(list(valued))]
    return [item for _, item in sorted(valued, key=functools.cmp_to_key(_compare))]


def _relaxed(path: str) -> str:
    # `metadata.name`, `.metadata.name` and `{.metadata.name}` are the same path.
    body = path.strip()
    if body.startswith("{") and body.endswith("}"):
        body = body[1:-1].strip()
    if not body or body == ".":
        raise UsageError(f"error: unexpected path string, expected a field, got '{path}'")
    return "{" + (body if body.startswith((".", "[")) else f".{body}") + "}"


def _steps(relaxed: str) -> list[str | int]:
    body, steps, at = relaxed[1:-1], [], 0
    while at < len(body):
        match = _STEP.match(body, at)
        if match is None:
            raise UsageError(
                f"error: --sort-by={relaxed}: only a plain field path can be sorted by",
                next_step="Name one field, such as --sort-by=.metadata.creationTimestamp",
            )
        steps.append(_step(match))
        at = match.end()
    return steps


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["key"] is not None:
        return match["key"]
    return re.sub(r"\\(.)", r"\1", match["field"])


def _less(left: tuple[Any, object], right: tuple[Any, object]) -> bool:
    a, b = left[0], right[0]
    if a is _MISSING or b is _MISSING:
        return a is _MISSING
    if isinstance(a, str) and isinstance(b, str):
        try:
            return parse_quantity(a).value < parse_quantity(b).value
        except ValueError:
            return a < b
    if isinstance(a, bool | dict | list) or type(a) is not type(b):
        raise UsageError(f"error: fields of type {_go_type(a)} cannot be sorted by")
    return bool(a < b)


def _go_type(value: object) -> str:
    names = {bool: "bool", dict: "map", list: "slice", str: "string", int: "int64"}
    return names.get(type(value), "float64")


def _compare(left: tuple[Any, object], right: tuple[Any, object]) -> int:
    if left[0] is _MISSING and right[0] is _MISSING:
        return 0
    return -1 if _less(left, right) else int(_less(right, left))


def _insertion_sorted(items: list[tuple[Any, ItemT]]) -> list[tuple[Any, ItemT]]:
    for end in range(1, len(items)):
        at = end
        while at > 0 and _less(items[at], items[at - 1]):
            items[at], items[at - 1] = items[at - 1], items[at]
            at -= 1
    return items
