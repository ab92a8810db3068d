"""What of an object a template looks at, so that of a long list no more need be kept.

A template finds in what is left of an object what it would find in all of it, errors included.
Where that is hard to tell, all of it is left.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never

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

# Unions behind unions are in so many places at once that a template could take the memory itself.
_PLACES = 64


@dataclass(slots=True)
class Sketch:
    """The part of a value that is looked at."""

    whole: bool = False
    fields: dict[str, "Sketch"] = field(default_factory=dict)
    elements: "Sketch | None" = None
    """Of every element of a list."""

    def left_of(self, value: Any) -> Any:
        """Return the value without what nobody looks at; a list keeps its length."""
        if self.whole or not isinstance(value, dict | list):
            return value
        each = self.elements
        if isinstance(value, list):
            # Without `each` nobody counts them either.
            return [] if each is None else [each.left_of(item) for item in value]
        if each is not None:
            return value  # what is done to elements is done to all fields, or told of in an error
        return {
            name: sketch.left_of(value[name])
            for name, sketch in self.fields.items()
            if name in value
        }


_Places: TypeAlias = list[Sketch]


def of_items(template: Template) -> Sketch:
    """Return what is looked at of each item, where the template is filled from a `List`."""
    try:
        listed = _of_all(template)
    except _LostError:
        return Sketch(whole=True)
    items = listed.fields.get("items", Sketch())
    if listed.whole or listed.elements or items.whole:
        return Sketch(whole=True)
    return items.elements or Sketch()


class _LostError(Exception):
    """What the template's ranges go through cannot be told from the template alone."""


def _of_all(template: Template) -> Sketch:
    root = Sketch()
    # What each open range goes through, the innermost last.
    opened: list[_Places] = [[root]]
    for path in template:
        match path:
            case (Word("range"), *rest):
                opened.append(_gone(opened[-1], tuple(rest)))
            case (Word("end"),) if len(opened) > 1:
                opened.pop()
            case _:
                _keep(opened[-1], path)
    if len(opened) > 1:
        raise _LostError  # what follows a range without an end is filled twice
    return root


def _keep(places: _Places, path: Path = ()) -> None:
    for place in _gone(places, path):
        place.whole = True


def _gone(places: _Places, path: Path) -> _Places:
    """Return where the path leads to from these places."""
    for node in path:
        places = _step(places, node)
        if len(places) > _PLACES:
            _keep(places)
            return []
    return places


def _step(places: _Places, node: Node) -> _Places:
    match node:
        case Field(name):
            return [place.fields.setdefault(name, Sketch()) for place in places]
        case Slice() | Wildcard():
            return list(map(_elements, places))
        case Union(paths):
            return [end for path in paths for end in _gone(places, path)]
        case Filter():
            return _filtered(list(map(_elements, places)), node)
        case Descent():
            _keep(places)
            return []
        case Literal():
            return []
        case Word():
            raise _LostError
        case _:
            assert_never(node)


def _filtered(places: _Places, node: Filter) -> _Places:
    if node.operator == "exists":
        _gone(places, node.left)
    else:
        _keep(places, node.left)
        _keep(places, node.right)
    return places


def _elements(place: Sketch) -> Sketch:
    place.elements = place.elements or Sketch()
    return place.elements
