"""JSON Patch, merge patch, strategic merge patch and server-side apply; pure.

What was wrong inside of a JSON Patch is never told. A body that breaks the object's types is not
seen here, and negative indices are out of scope. Which lists are merged is merging.yaml's.

Server-side apply is about who owns which field. A field is a path of steps as FieldsV1 has them:
`f:` names a field, `k:` an element of a list by its keys and `v:` one by itself. As on the API
server (structured-merge-diff and apimachinery's managedfields, 1.37) a manager owns the fields that
it applied, or changed by another verb; what it applies no more is removed unless another one owns
it; what others own with another value is a conflict, unless kubectl takes over what it once applied
on the client's side. Types are known by the names of fields alone.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import ApiRefusalError, Cause, invalid, refusal
from bot.demo.cluster.values import Json, at, data, without_empty

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE = "application/strategic-merge-patch+json"
_ORDER, _DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
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
    if any(isinstance(each, dict) is not bool(keys) for each in patch):
        raise refusal("unmerged", why="list element types are not identical")
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
            raise refusal("unmerged", why=f"map: does not contain declared merge key: {keys[0]}")
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

Path: TypeAlias = tuple[str, ...]
Fields: TypeAlias = frozenset[Path]

_RULES = data("merging")
_NEVER_OWNED = frozenset(tuple(f"f:{step}" for step in p.split(".")) for p in _RULES["never"])


class _Entry(NamedTuple):
    """One manager's fields, and what an entry of managedFields says beside them."""

    facts: Json
    fields: Fields

    @property
    def key(self) -> Json:
        """Return what is the same at every time and, of an applier, at every version."""
        apart = ("time", "apiVersion") if self.facts.get("operation") == "Apply" else ("time",)
        return {name: fact for name, fact in self.facts.items() if name not in apart}


def tracked(
    previous: Json | None, item: Json, manager: str, now: str, subresource: str = ""
) -> Json:
    """Return the object with what this change of it makes the manager's own.

    `previous` is None for a creation. An object that has nobody's fields gets none by an update.
    """
    reset = item["metadata"].get("managedFields") in ([], [{}])
    entries = [] if reset else _entries(item) or _entries(previous or {})
    if previous is not None and not entries:
        return _with_entries(item)
    changed, gone = _compared(previous or {}, item)
    own = frozenset(path for path in changed if (path[0] == "f:status") == bool(subresource))
    mine = _entry(own, manager, "Update", item["apiVersion"], now, subresource)
    last, others = _parted(entries, mine)
    if last:
        mine = _Entry(mine.facts if own else last.facts, own | (last.fields - gone))
    return _with_entries(item, mine, *_without(others, own | gone))


def applied(kind: Kind, live: Json | None, body: Json, manager: str, force: bool, now: str) -> Json:
    """Return what an apply makes of the live object, or of none. Raises: 400, 409, 422."""
    _check(kind, body, manager)
    entries = _entries(live or {})
    if live is not None and not entries:
        entries = [_entry(_named(live), "before-first-apply", "Update", kind.api_version, now)]
    named = frozenset(path for path in _named(body) if path[0] != "f:status")
    mine = _entry(named, manager, "Apply", kind.api_version, now)
    last, others = _parted(entries, mine)
    result = _laid(live or {}, body, ())
    if last:
        owned = named.union(*(each.fields for each in others))
        result = _pruned(result, last.fields - owned, owned, ())
    changed, gone = _compared(live or {}, result)
    firm = changed - _client_side(live or {}) if manager == "kubectl" else changed
    conflicts = [(each.key, path) for each in others for path in sorted(each.fields & firm)]
    if conflicts and not force:
        raise _conflict([(_who(key), "".join(map(_told, path))) for key, path in conflicts])
    if live is not None and not changed | gone:
        facts = last.facts if last else without_empty(mine.facts | {"time": ""})
        mine = mine._replace(facts=facts)
    if manager == "kubectl" and LAST_APPLIED in at(result, "metadata.annotations", {}):
        told = json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"
        result = merged(result, {"metadata": {"annotations": {LAST_APPLIED: told}}})
    return _with_entries(result, mine, *_without(others, changed | gone))


def _client_side(live: Json) -> Set[Path]:
    """Return the fields that are as the last client-side apply left them."""
    told = at(live, "metadata.annotations", {}).get(LAST_APPLIED, "{}")
    before, now = (_fields(each, {}, around=True) for each in (json.loads(told), live))
    return {path for path, value in before.items() if now.get(path, ...) == value}


def _parted(entries: list[_Entry], mine: _Entry) -> tuple[_Entry | None, list[_Entry]]:
    """Return the entry that mine takes the place of, and the others."""
    last = next((each for each in entries if each.key == mine.key), None)
    return last, [each for each in entries if each is not last]


def _without(entries: list[_Entry], lost: Set[Path]) -> Iterator[_Entry]:
    return (each._replace(fields=each.fields - lost) for each in entries)


def _check(kind: Kind, body: Json, manager: str) -> None:
    if not manager:
        why = "Required value: is required for apply patch"
        cause = Cause("fieldManager", "FieldValueRequired", why)
        raise invalid("PatchOptions.meta.k8s.io", "", [cause])
    if (body.get("apiVersion"), body.get("kind")) != (kind.api_version, kind.kind):
        group, _, version = str(body.get("apiVersion", "")).rpartition("/")
        found = f"{group}/{version}, Kind={body.get('kind', '')}"
        raise refusal("bad", why=f"invalid object type: {found}")
    if (body.get("metadata") or {}).get("managedFields") is not None:
        raise refusal("bad", why="metadata.managedFields must be nil")


def _conflict(conflicts: list[tuple[str, str]]) -> ApiRefusalError:
    """Return the refusal that tells, in the API server's form, each manager and field."""
    told, lists = "FieldManagerConflict", dict[str, str]()
    causes = [Cause(path, told, f"conflict with {who}") for who, path in conflicts]
    for who, path in sorted(conflicts, key=itemgetter(0)):
        lists[who] = f"{lists.get(who, f'conflicts with {who}:')}\n- {path}"
    why = f"{len(causes)} conflicts: " + "\n".join(lists.values())
    if len(causes) == 1:
        why = f"1 conflict: {causes[0].message}: {causes[0].field}"
    return refusal("conflicting", causes=causes, why=why)


def _who(key: Json) -> str:
    manager = json.dumps(key.get("manager", ""))
    return f"{manager} using {key['apiVersion']}" if "apiVersion" in key else manager


def _told(step: str) -> str:
    """Return a step as conflicts tell it: `.ports`, `[port=80]`."""
    kind, _, told = step.partition(":")
    if kind == "f":
        return f".{told}"
    pairs = json.loads(told).items() if kind == "k" else [("", json.loads(told))]
    return f"[{','.join(f'{key}={json.dumps(each)}' for key, each in pairs)}]"


def _parts(value: Any, place: Place) -> dict[str, tuple[Any, Place]] | None:
    """Return what is owned one by one in a value, and where it is; None: it is owned whole."""
    if isinstance(value, dict) and (not place or place[-1] not in _RULES["whole"]):
        return {f"f:{name}": (each, (*place, name)) for name, each in value.items()}
    keys = keys_of(place) if isinstance(value, list) and place else None
    return None if keys is None else {_element(each, keys): (each, place) for each in value}


def _element(value: Any, keys: Sequence[str]) -> str:
    if not keys:
        return f"v:{json.dumps(value)}"
    named = zip(keys, key_of(value, keys), strict=True)
    told = {key: each for key, each in sorted(named) if each is not None}
    return f"k:{json.dumps(told, separators=(',', ':'))}"


def _whole(parts: Mapping[str, Any], like: Any) -> Any:
    """Return the value that has these parts."""
    return [*parts.values()] if isinstance(like, list) else {k[2:]: v for k, v in parts.items()}


def _fields(
    value: Any, found: dict[Path, Any], *, around: bool, place: Place = (), path: Path = ()
) -> dict[Path, Any]:
    """Add each field of a value with what it holds; `around`: those with others in them, too."""
    parts = _parts(value, place)
    if path and (not parts or path[-1][0] != "f" or (around and place[-1] not in _RULES["always"])):
        found[path] = type(value)() if parts else value
    for name, (each, spot) in (parts or {}).items():
        _fields(each, found, around=around, place=spot, path=(*path, name))
    return found


def _named(item: Json) -> Fields:
    """Return the fields that an applied object names: not an empty list."""
    fields = _fields(item, {}, around=False)
    return frozenset(path for path, value in fields.items() if value != []) - _NEVER_OWNED


def _compared(old: Json, new: Json) -> tuple[Set[Path], Set[Path]]:
    """Return the fields that are new or different, and those that are gone."""
    parts = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    before, after = (
        _fields({name: item[name] for name in parts if name in item}, {}, around=True)
        for item in (old, new)
    )
    changed = {path for path, value in after.items() if before.get(path, ...) != value}
    return changed - _NEVER_OWNED, before.keys() - after.keys()


def _laid(live: Any, body: Any, place: Place) -> Any:
    """Return the live value with an applied one laid over it."""
    ours, theirs = _parts(body, place), _parts(live, place)
    if ours is None or theirs is None or not isinstance(body, type(live)):
        return body
    laid = {name: each for name, (each, _) in theirs.items()}
    for name, (each, spot) in ours.items():
        laid[name] = _laid(laid[name], each, spot) if name in laid else each
    return _whole(laid, body)


def _pruned(value: Any, lost: Set[Path], owned: Set[Path], place: Place, path: Path = ()) -> Any:
    """Return the value without the fields that are lost, but for those around what is owned."""
    kept = {}
    for name, (each, spot) in (_parts(value, place) or {}).items():
        here = (*path, name)
        needed, touched = (any(p[: len(here)] == here for p in paths) for paths in (owned, lost))
        if here in lost and not needed:
            continue
        left = _pruned(each, lost, owned, spot, here) if touched else each
        # What is left empty goes with what was in it.
        if needed or not touched or left not in ({}, []):
            kept[name] = left
    return _whole(kept, value)


def _entry(
    fields: Fields, manager: str, operation: str, version: str, now: str, subresource: str = ""
) -> _Entry:
    told = {"manager": manager, "operation": operation, "apiVersion": version, "time": now}
    told |= {"subresource": subresource, "fieldsType": "FieldsV1"}
    return _Entry(without_empty(told), fields)


def _entries(item: Json) -> list[_Entry]:
    found = []
    for each in (item.get("metadata") or {}).get("managedFields") or ():
        facts = {name: fact for name, fact in each.items() if name != "fieldsV1"}
        found.append(_Entry(facts, frozenset(_paths(each.get("fieldsV1") or {}))))
    return found


def _paths(tree: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the fields of a FieldsV1: its leaves, and what says `.` of itself."""
    if path and (not tree or "." in tree):
        yield path
    for step, inner in tree.items():
        if step != ".":
            yield from _paths(inner, (*path, step))


def _tree(fields: Fields) -> Json:
    """Return the FieldsV1 of fields."""
    tree: Json = {}
    for path in sorted(fields, key=len, reverse=True):
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        if node:
            node["."] = {}
    return tree


def _with_entries(item: Json, *entries: _Entry) -> Json:
    """Return the object, owned as the entries say."""
    order = ("operation", "time", "manager")
    owned = [{**each.facts, "fieldsV1": _tree(each.fields)} for each in entries if each.fields]
    owned.sort(key=lambda entry: [entry.get(fact, "") for fact in order])
    return merged(item, {"metadata": {"managedFields": owned or None}})
