"""`--sort-by`: the order that kubectl gives to rows and objects.

Pure. Rules: kubectl 1.37 `pkg/cmd/get/sorter.go`; of what a path finds, the first value counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
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
    _check([value for value, _ in valued if value is not None and value is not _MISSING])
    keyed = [(_key(value), item) for value, item in valued]
    few = len(keyed) <= _INSERTION
    return [item for _, item in (_insertion_sorted(keyed) if few else sorted(keyed, key=_BY_KEY))]


def _check(values: Sequence[Any]) -> None:
    for value in values[1:]:
        if isinstance(value, bool | dict | list) or type(value) is not type(values[0]):
            raise UsageError(f"error: fields of type {_go_type(value)} cannot be sorted by")


def _go_type(value: object) -> str:
    names = {bool: "bool", dict: "map", list: "slice", str: "string", int: "int64"}
    return names.get(type(value), "float64")


@dataclass(frozen=True, slots=True)
class _Key:
    """A value, ready to be compared with many others."""

    rank: int
    """Of what is missing 0, of null 1, of anything else 2."""
    value: Any
    amount: Decimal | None
    """Of a text that is a quantity, too: two of them are compared as quantities."""

    def __lt__(self, other: "_Key") -> bool:
        if self.rank != _THERE or other.rank != _THERE:
            return self.rank < other.rank
        if self.amount is not None and other.amount is not None:
            return self.amount < other.amount
        return bool(self.value < other.value)


_THERE = 2
_BY_KEY = itemgetter(0)


def _key(value: Any) -> _Key:
    if value is _MISSING or value is None:
        return _Key(int(value is None), None, None)
    return _Key(_THERE, value, _amount(value) if isinstance(value, str) else None)


def _amount(text: str) -> Decimal | None:
    try:
        return parse_quantity(text).value
    except ValueError:
        return None


def _insertion_sorted(items: list[tuple[_Key, ItemT]]) -> list[tuple[_Key, ItemT]]:
    for end in range(1, len(items)):
        at = end
        # To kubectl what is missing is less than what is missing, too.
        while at > 0 and (not items[at][0].rank or items[at][0] < items[at - 1][0]):
            items[at], items[at - 1] = items[at - 1], items[at]
            at -= 1
    return items
