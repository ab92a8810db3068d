"""`--sort-by`: the order that kubectl gives to rows and objects.

Pure. Rules: kubectl 1.37 `pkg/cmd/get/sorter.go`; of what a path finds, the first value counts.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.core.errors import UsageError
from bot.core.units import parse_quantity
from bot.kube.jsonpath import reading
from bot.kube.jsonpath.finding import find
from bot.kube.jsonpath.reading import Template, TemplateError, read_template, relaxed
from bot.kube.jsonpath.values import PathError

_MISSING = object()
# Go's sort is an insertion sort up to this many elements; beyond it, ties may fall otherwise.
_INSERTION = 12
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Field:
    """What is sorted by, by the path that leads to it."""

    path: str
    """In kubectl's full form, `{.metadata.name}`."""
    template: Template
    names: tuple[str, ...]
    """The path where it is nothing but names, which is quicker to go; else empty."""

    def of(self, item: Any) -> Any:
        """Return the object's value, or a mark that it has none.

        Raises:
            UsageError: the path cannot be gone in this object.
        """
        if self.names:
            for name in self.names:
                if not isinstance(item, dict) or name not in item:
                    return _MISSING
                item = item[name]
            return item
        try:
            found = find(self.template, item)
        except PathError as error:
            raise UsageError(f"error: {error}") from error
        return found[0][0] if found and found[0] else _MISSING


def read_field(typed: str) -> Field:
    """Return the field that `--sort-by` names; blanks inside of its braces are left out.

    Raises:
        UsageError: the path cannot be read.
    """
    body = typed.strip()
    if body.startswith("{") and body.endswith("}"):
        body = "{" + body[1:-1].strip() + "}"
    path = relaxed(body)
    try:
        template = read_template(path)
    except TemplateError as error:
        raise UsageError(f"error: {error}", next_step=_EXAMPLE) from None
    nodes = template[0] if len(template) == 1 else ()
    names = tuple(node.name for node in nodes if isinstance(node, reading.Field))
    return Field(path, template, names if len(names) == len(nodes) else ())


_EXAMPLE = "Name a field, such as --sort-by=.metadata.creationTimestamp"


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
