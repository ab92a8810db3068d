"""What a template finds in an object."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never

from bot.kube.jsonpath import values
from bot.kube.jsonpath.reading import (
    Descent,
    Field,
    Filter,
    Literal,
    Node,
    Path,
    Slice,
    Template,
    Union,
    Wildcard,
    Word,
)
from bot.kube.jsonpath.values import PathError

Values: TypeAlias = list[Any]


def find(template: Template, data: Any, *, missing_allowed: bool = True) -> list[Values]:
    """Return the values that each piece of the template finds, in the order of printing.

    Raises:
        PathError: the object cannot be read in that way.
    """
    return _Walk(template, missing_allowed).found(0, data)


@dataclass
class _Walk:
    """One walk through a template: ranges nest, and an `end` closes the innermost."""

    template: Template
    missing_allowed: bool
    _opened: bool = False
    """A `range` was just met."""
    _closed: bool = False
    """An `end` was just met."""
    _depth: int = 0
    _last_end: int = field(default=-1)

    def found(self, at: int, data: Any) -> list[Values]:
        results: list[Values] = []
        while at < len(self.template):
            found = self._path([data], self.template[at])
            if self._closed:
                self._closed, self._last_end = False, at
                break
            if self._opened:
                at = self._range(at, found, results)
            else:
                results.append(found)
            at += 1
        return results

    def _range(self, at: int, items: Values, results: list[Values]) -> int:
        """Add what the range finds for each item; return where it ends."""
        self._opened = False
        self._depth += 1
        # Without items the range is walked once all the same, so that its end is found.
        for item in items or [None]:
            found = self.found(at + 1, item)
            results += found if items else []
        self._depth -= 1
        return self._last_end if self._last_end > at else at

    def _path(self, found: Values, path: Path) -> Values:
        for node in path:
            found = self._node(found, node)
        return found

    def _node(self, found: Values, node: Node) -> Values:  # noqa: C901, PLR0911 - an arm a kind
        match node:
            case Literal(str() as text):
                return [text]
            case Literal(value):
                return [value for _ in found]
            case Word(name):
                return self._word(found, name)
            case Field(name):
                return self._field(found, name)
            case Slice():
                return [item for value in found for item in _sliced(value, node)]
            case Wildcard():
                return [item for value in found for item in values.members(value)]
            case Descent():
                return list(_descended(found))
            case Union(paths):
                return [item for path in paths for item in self._path(found, path)]
            case Filter():
                return [item for value in found for item in self._filtered(value, node)]
            case _:
                assert_never(node)

    def _word(self, found: Values, name: str) -> Values:
        if name == "range":
            self._opened = True
            return found
        if name != "end":
            raise PathError(f"unrecognized identifier {name}")
        if not self._depth:
            raise PathError("not in range, nothing to end")
        self._closed = True
        return []

    def _field(self, found: Values, name: str) -> Values:
        held = [value[name] for value in found if isinstance(value, dict) and name in value]
        if found and not held and not self.missing_allowed:
            raise PathError(f"{name} is not found")
        return held

    def _filtered(self, value: Any, node: Filter) -> Values:
        if not isinstance(value, list):
            shown = values.general(value) if value is not None else "<nil>"
            raise PathError(f"{shown} is not array or slice and cannot be filtered")
        return [item for item in value if self._passes(item, node)]

    def _passes(self, item: Any, node: Filter) -> bool:
        if node.operator == "exists":
            return self._exists(item, node.left)
        lefts = self._path([item], node.left)
        if not _one(lefts):
            return False
        rights = self._path([item], node.right)
        return _one(rights) and values.compare(lefts[0], node.operator, rights[0])

    def _exists(self, item: Any, path: Path) -> bool:
        try:
            return bool(self._path([item], path))
        except PathError:
            return False


def _one(found: Sequence[Any]) -> bool:
    if len(found) > 1:
        raise PathError("can only compare one element at a time")
    return bool(found)


def _sliced(value: Any, node: Slice) -> Values:
    if value is None:
        return []
    if not isinstance(value, list):
        raise PathError(f"{values.go_type(value)} is not array or slice")
    size = len(value)
    start, stop = _bounds(node, size)
    if start == stop:
        return []
    if not 0 <= start < size:
        raise PathError(f"array index out of bounds: index {start}, length {size}")
    if not 0 <= stop <= size:
        raise PathError(f"array index out of bounds: index {stop - 1}, length {size}")
    if start > stop:
        raise PathError(f"starting index {start} is greater than ending index {stop}")
    if node.step is not None and node.step <= 0:
        raise PathError("step must be > 0")
    return value[start : stop : node.step or 1]


def _bounds(node: Slice, size: int) -> tuple[int, int]:
    start = node.start or 0
    stop = size if node.stop is None else node.stop
    if stop < 0 or (stop == 0 and node.single):
        stop += size
    return (start + size if start < 0 else start), stop


def _descended(found: Iterable[Any]) -> Iterable[Any]:
    for value in found:
        if inner := values.members(value):
            yield value
            yield from _descended(inner)
