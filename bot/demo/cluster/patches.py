"""JSON Patch, merge patch and strategic merge patch, as the API server applies them; pure.

What was wrong inside of a JSON Patch is never told. A body that breaks the object's types is not
seen here, and negative indices are out of scope. Which lists are merged is merging.yaml's.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException

from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.values import Json, data, without_empty

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE = "application/strategic-merge-patch+json"
_ORDER, _DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"
_UNTOLD = {"protocol": "TCP"}

Place: TypeAlias = Sequence[str]
"""The names of the fields that lead to a value, without the elements of lists on the way."""


def keys_of(place: Place) -> Sequence[str] | None:
    """Return what names an element of the list there: nothing in a set; None: it is one value."""
    rows, parent = data("merging")["keys"], place[-2] if len(place) > 1 else ""
    keys: Sequence[str] | None = rows.get(f"{parent}/{place[-1]}", rows.get(place[-1]))
    return keys


def key_of(element: Any, keys: Sequence[str]) -> tuple[Any, ...]:
    """Return the values that name an element; a set's element names itself."""
    return tuple(element.get(key, _UNTOLD.get(key)) for key in keys) if keys else (element,)


def patched(item: Json, content_type: str, body: bytes) -> Json:
    """Return the object after a patch of one of the three types; it stays. Raises: 400, 422."""
    try:
        patch = json.loads(body)
    except ValueError:
        raise refusal("bad", why="invalid JSON patch") from None
    listed = isinstance(patch, list) and all(isinstance(each, dict) for each in patch)
    if not (listed if content_type == JSON_PATCH else isinstance(patch, dict)):
        raise refusal("bad", why="error decoding patch: it is of another type")
    result = _TYPES[content_type](item, patch)
    if isinstance(metadata := result.get("metadata"), dict):
        # What a patch empties there is as good as gone.
        result = {**result, "metadata": without_empty(metadata)}
    return result


def _json_patched(item: Json, operations: Iterable[Json]) -> Json:
    result: Any = item
    try:
        for operation in operations:
            result = jsonpatch.JsonPatch([_as_the_server(result, operation)]).apply(result)
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError):
        result = None
    if not isinstance(result, dict):
        raise refusal("unpatched")
    return result


def _as_the_server(item: Any, operation: Json) -> Json:
    """Return the operation by the standard that does what the server's does.

    Its library replaces what is not there, and finds null there (gopkg.in/evanphx/json-patch.v4).
    """
    *parts, last = JsonPointer(operation.get("path", "")).parts or ("",)
    parent = JsonPointer.from_parts(parts).resolve(item)
    if isinstance(parent, dict) and last not in parent:
        if operation.get("op") == "replace":
            return operation | {"op": "add"}
        if operation.get("op") == "test" and operation.get("value") is None:
            return operation | {"path": "", "value": item}
    return operation


def merged(target: Any, patch: Json) -> Json:
    """Return the target after a merge patch (RFC 7386): None takes a part out."""
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        result[name] = merged(result.get(name), value) if isinstance(value, dict) else value
    return {k: v for k, v in result.items() if v is not None or k not in patch}


def _strategic(target: Json, patch: Json, place: Place = ()) -> Json:
    if (how := patch.get("$patch", "merge")) == "merge":
        return _merged_map(target, patch, place)
    if how not in ("replace", "delete"):
        raise refusal("bad", why=f"unknown patch type: {how}")
    return {k: v for k, v in patch.items() if how == "replace" and k != "$patch"}


def _merged_map(target: Json, patch: Json, place: Place) -> Json:
    kept = patch.get("$retainKeys", target)
    result = {name: value for name, value in target.items() if name in kept}
    for name, value in patch.items():
        field = name.partition("/")[2]
        if name.startswith(_DELETE):
            result[field] = [each for each in result.get(field, ()) if each not in value]
        elif value is None:
            result.pop(name, None)
        elif not name.startswith("$"):
            result[name] = _merged(result.get(name), value, (*place, name))
    for name in patch:
        field = name.partition("/")[2]
        if name.startswith(_ORDER) and isinstance(result.get(field), list):
            keys = (keys_of((*place, field)) or ())[:1]
            result[field] = _ordered(result[field], patch[name], target.get(field) or (), keys)
    return result


def _merged(current: Any, value: Any, place: Place) -> Any:
    if isinstance(value, dict):
        return _strategic(current if isinstance(current, dict) else {}, value, place)
    if isinstance(value, list) and keys_of(place) is not None:
        return _merged_list(current if isinstance(current, list) else [], value, place)
    return value


def _merged_list(current: list[Any], patch: list[Any], place: Place) -> list[Any]:
    """Return the list with the patch's elements in it, in the order that the patch has them."""
    keys = (keys_of(place) or ())[:1]
    if not keys:
        return _ordered(list(dict.fromkeys([*current, *patch])), patch, current, ())
    replaced = any(each.get("$patch") == "replace" for each in patch)
    found = {key_of(each, keys): each for each in ([] if replaced else current)}
    for each in patch:
        key = key_of(each, keys)
        if each.get("$patch") == "delete":
            found.pop(key, None)
        elif keys[0] in each:
            found[key] = _strategic(found.get(key, {}), each, place)
        elif "$patch" not in each:
            raise refusal("bad", why=f"an element does not contain declared merge key: {keys[0]}")
    return _ordered(found.values(), patch, current, keys)


def _ordered(
    every: Iterable[Any], order: Iterable[Any], before: Iterable[Any], keys: Sequence[str]
) -> list[Any]:
    """Return the elements with those of `order` in its order, the others where they were.

    An element that only the server has keeps its place among those that were before it.
    """
    elements = {key_of(each, keys): each for each in every}
    ranks = {key_of(each, keys): rank for rank, each in enumerate(before)}
    ours = [key for key in dict.fromkeys(key_of(each, keys) for each in order) if key in elements]
    theirs = [key for key in elements if key not in ours]
    found = []
    while ours and theirs:
        first = ranks.get(ours[0], -1) < ranks.get(theirs[0], len(ranks))
        found.append((ours if first else theirs).pop(0))
    return [elements[key] for key in (*found, *ours, *theirs)]


_TYPES: Mapping[str, Callable[[Json, Any], Json]] = {
    JSON_PATCH: _json_patched,
    MERGE_PATCH: merged,
    STRATEGIC_MERGE: _strategic,
}
