"""JSON Patch, merge patch and strategic merge patch, as the API server applies them.

Pure. What is refused, and how, is from apiserver's endpoints/handlers/patch.go and
apimachinery's strategicpatch, 1.37; what was wrong inside of a JSON Patch is never told. A body
that breaks the object's types is not seen here: only validation knows those.
"""

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.merging import Place, key_of, keys_of
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE = "application/strategic-merge-patch+json"
_DIRECTIVE, _RETAIN = "$patch", "$retainKeys"
_ORDER, _DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"
_GO_TYPES = {dict: "object", list: "array", str: "string", bool: "bool", int: "number"}


def patched(kind: Kind, item: JsonObject, content_type: str, body: bytes) -> JsonObject:
    """Return the object after a patch of one of the three types; the given one stays as it is.

    Raises:
        ApiRefusalError: 400 it is no such patch, 422 or 500 it cannot be applied.
    """
    try:
        patch = json.loads(body)
    except ValueError:
        raise _bad("invalid JSON patch") from None
    result = _TYPES[content_type](copy.deepcopy(item), patch)
    return _without_emptied(item, result, whole=not kind.custom)


def _without_emptied(before: JsonObject, after: JsonObject, *, whole: bool) -> JsonObject:
    """Drop maps and lists that the patch has emptied, as objects with types do.

    Of a custom resource that is its metadata alone (`whole` is False).
    """
    result = {}
    for name, value in after.items():
        old, typed = before.get(name), whole or name == "metadata"
        kept = value
        if typed and isinstance(value, dict) and isinstance(old, dict):
            kept = _without_emptied(old, value, whole=True)
        if not (typed and old and kept in ({}, [])):
            result[name] = kept
    return result


def _bad(message: str) -> ApiRefusalError:
    return ApiRefusalError(400, "BadRequest", message, None)


def _undecodable(value: Any, wanted: str) -> ApiRefusalError:
    found = _GO_TYPES.get(type(value), "number")
    return _bad(
        f"error decoding patch: json: cannot unmarshal {found} into Go value of type {wanted}"
    )


def _unappliable() -> ApiRefusalError:
    message = "the server rejected our request due to an error in our request"
    return ApiRefusalError(422, "Invalid", message, {})


# ---------------------------------------------------------------- JSON Patch


def _json_patched(item: Any, operations: Any) -> JsonObject:
    if not isinstance(operations, list):
        raise _undecodable(operations, "[]handlers.jsonPatchOp")
    for each in operations:
        if not isinstance(each, dict):
            raise _undecodable(each, "handlers.jsonPatchOp")
    try:
        for operation in operations:
            if like := _as_the_server(item, operation):
                item = jsonpatch.JsonPatch([like]).apply(item, in_place=True)
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError):
        raise _unappliable() from None
    if not isinstance(item, dict):
        raise _unappliable()
    return item


def _as_the_server(item: Any, operation: JsonObject) -> JsonObject | None:
    """Return the operation by the standard that does what the server's does; None: nothing.

    Its library replaces what is not there, finds null where nothing is, and counts negative
    indices from the end (gopkg.in/evanphx/json-patch.v4).
    """
    pointer = JsonPointer(operation.get("path", ""))
    if not pointer.parts:
        return operation
    parent = JsonPointer.from_parts(pointer.parts[:-1]).resolve(item)
    last, name = pointer.parts[-1], operation.get("op")
    if isinstance(parent, list) and last.startswith("-") and last[1:].isdigit():
        end = len(parent) + (name == "add")
        parts = [*pointer.parts[:-1], str(end + int(last))]
        return operation | {"path": JsonPointer.from_parts(parts).path}
    if isinstance(parent, dict) and last not in parent:
        if name == "test" and operation.get("value") is None:
            return None
        if name == "replace":
            return operation | {"op": "add"}
    return operation


# ---------------------------------------------------------------- merge patch (RFC 7386)


def _merge_patched(item: JsonObject, patch: Any) -> JsonObject:
    if not isinstance(patch, dict):
        raise _undecodable(patch, "map[string]interface {}")
    return _merged(item, patch)


def _merged(target: Any, patch: JsonObject) -> JsonObject:
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value) if isinstance(value, dict) else value
    return result


# ---------------------------------------------------------------- strategic merge patch


def _strategically_patched(item: JsonObject, patch: Any) -> JsonObject:
    if not isinstance(patch, dict):
        raise _bad(f"json: cannot unmarshal {_GO_TYPES.get(type(patch), 'number')} into Go value "
                   "of type map[string]interface {}")  # fmt: skip
    return _strategic(item, patch, ())


def _strategic(target: JsonObject, patch: JsonObject, place: Place) -> JsonObject:
    rest = {name: value for name, value in patch.items() if name != _DIRECTIVE}
    match patch.get(_DIRECTIVE, "merge"):
        case "merge":
            return _merged_map(target, rest, place)
        case "replace":
            return rest
        case "delete":
            return {}
        case other:
            raise _failed(f"unknown patch type: {other} in map: {_as_go(patch)}")


def _merged_map(target: JsonObject, patch: JsonObject, place: Place) -> JsonObject:
    result = _retained(target, patch)
    for name, value in patch.items():
        field = name.partition("/")[2]
        if name.startswith(_DELETE):
            result[field] = [each for each in result.get(field, ()) if each not in value]
        elif not name.startswith("$"):
            _set(result, name, value, (*place, name))
    for name, order in patch.items():
        field = name.partition("/")[2]
        if name.startswith(_ORDER) and isinstance(result.get(field), list):
            keys = (keys_of((*place, field)) or ())[:1]
            result[field] = _ordered(result[field], order, target.get(field) or (), keys)
    return result


def _set(result: JsonObject, name: str, value: Any, place: Place) -> None:
    current, keys = result.get(name), keys_of(place)
    if value is None:
        result.pop(name, None)
    elif isinstance(value, dict):
        result[name] = _strategic(current if isinstance(current, dict) else {}, value, place)
    elif isinstance(value, list) and keys is not None:
        result[name] = _merged_list(current if isinstance(current, list) else [], value, place)
    else:
        result[name] = value


def _retained(target: JsonObject, patch: JsonObject) -> JsonObject:
    kept = patch.get(_RETAIN)
    if kept is None:
        return dict(target)
    named = [name for name, value in patch.items() if value is not None and name[0] != "$"]
    if any(name not in kept for name in named):
        raise _bad("invalid patch format of retainKeys")
    return {name: value for name, value in target.items() if name in kept}


def _merged_list(current: list[Any], patch: list[Any], place: Place) -> list[Any]:
    """Return the list with the patch's elements in it, in the order that the patch has them."""
    keys = (keys_of(place) or ())[:1]
    if not keys:
        return _ordered(list(dict.fromkeys([*current, *patch])), patch, current, ())
    for each in patch:
        if keys[0] not in each and each.get(_DIRECTIVE) != "replace":
            raise _failed(f"map: {_as_go(each)} does not contain declared merge key: {keys[0]}")
    if any(each.get(_DIRECTIVE) == "replace" for each in patch):
        current = []
    gone = [key_of(each, keys) for each in patch if each.get(_DIRECTIVE) == "delete"]
    changes = [each for each in patch if _DIRECTIVE not in each]
    merged = {key_of(each, keys): each for each in current if key_of(each, keys) not in gone}
    for each in changes:
        key = key_of(each, keys)
        merged[key] = _strategic(merged.get(key, {}), each, place)
    return _ordered(list(merged.values()), changes, current, keys)


def _ordered(
    merged: Iterable[Any], order: Iterable[Any], before: Iterable[Any], keys: tuple[str, ...]
) -> list[Any]:
    """Return the elements with those of `order` in its order, the others where they were.

    An element that only the server has keeps its place among those that were before it.
    """
    wanted = [key_of(each, keys) for each in order]
    old = [key_of(each, keys) for each in before]
    ours = sorted(
        (each for each in merged if key_of(each, keys) in wanted),
        key=lambda each: wanted.index(key_of(each, keys)),
    )
    theirs = [each for each in merged if key_of(each, keys) not in wanted]
    result: list[Any] = []
    while ours and theirs:
        mine, other = (key_of(each[0], keys) for each in (ours, theirs))
        first = ours if mine not in old or old.index(mine) < old.index(other) else theirs
        result.append(first.pop(0))
    return result + ours + theirs


def _failed(message: str) -> ApiRefusalError:
    # What strategicpatch has no type of error for ends as one of the server's own.
    return ApiRefusalError(500, "", message, None)


def _as_go(value: Any) -> str:
    """Return a map as Go's `%v` writes it."""
    if not isinstance(value, Mapping):
        return str(value)
    return f"map[{' '.join(f'{key}:{_as_go(value[key])}' for key in sorted(value))}]"


_TYPES: Mapping[str, Callable[[JsonObject, Any], JsonObject]] = {
    JSON_PATCH: _json_patched,
    MERGE_PATCH: _merge_patched,
    STRATEGIC_MERGE: _strategically_patched,
}
