"""Which lists are merged element by element, and what names an element: merging.yaml."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from bot.demo.cluster.formats import data

Place: TypeAlias = Sequence[str]
"""The names of the fields that lead to a value, without the elements of lists on the way."""
_DEFAULTS = {"protocol": "TCP"}


def keys_of(place: Place) -> tuple[str, ...] | None:
    """Return what names an element of the list there: nothing in a set; None: it is one value."""
    rows, parent = data("merging")["keys"], place[-2] if len(place) > 1 else ""
    keys = rows.get(f"{parent}/{place[-1]}", rows.get(place[-1]))
    return None if keys is None else tuple(keys)


def key_of(element: Any, keys: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the values that name an element; a set's element names itself."""
    return tuple([element.get(key, _DEFAULTS.get(key)) for key in keys]) if keys else (element,)
