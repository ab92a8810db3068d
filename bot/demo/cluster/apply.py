"""Server-side apply, and who owns which field.

Fields are trees as FieldsV1 has them: `{"f:data": {".": {}, "f:a": {}}}`, where `f:` names a field,
`k:` an element by its keys and `v:` an element by itself; `.` says that the place itself is owned,
and so does an empty tree. As on the API server (structured-merge-diff, and apimachinery's
managedfields, 1.37) a manager owns the fields that it applied, or changed by another verb; what it
applies no more is removed unless another one owns it; what others own with another value is a
conflict.

Simplified: types are known by the names of fields (merging.py) and each kind has one version; lists
without keys and the maps named there are owned whole; an emptied map goes; entries are never joined
into `ancient-changes`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.merging import WHOLE, Place, key_of, keys_of
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject, invalid

Fields: TypeAlias = dict[str, Any]

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_ITSELF: Fields = {".": {}}
_NEVER_OWNED: Fields = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {".": {}} | {f"f:{name}": {} for name in (
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields",
        "resourceVersion")},
    # Those the API server allocates after it has looked who owns what.
    "f:spec": {f"f:{name}": {} for name in (
        "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")},
}  # fmt: skip
# Parts that every typed object has from the start: creating an object does not add them.
_ALWAYS: Mapping[type, tuple[str, ...]] = {
    dict: ("metadata", "spec", "status", "template", "jobTemplate", "strategy", "updateStrategy",
           "loadBalancer"),
    list: ("containers",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    """One manager's fields."""

    manager: str
    operation: str
    version: str
    subresource: str
    time: str
    fields: Fields

    @property
    def key(self) -> tuple[str, ...]:
        # An applier is the same at every version.
        version = "" if self.operation == "Apply" else self.version
        return (self.manager, self.operation, version, self.subresource)

    def __str__(self) -> str:
        told = json.dumps(self.manager)
        if self.subresource:
            told += f" with subresource {json.dumps(self.subresource)}"
        return told if self.operation == "Apply" else f"{told} using {self.version}"

    def without(self, fields: Fields) -> "_Entry":
        return replace(self, fields=_minus(self.fields, fields))


def tracked(
    previous: JsonObject | None, item: JsonObject, manager: str, now: str, subresource: str = ""
) -> JsonObject:
    """Return the object with what this change of it makes the manager's own.

    `previous` is None for a creation. An object that has nobody's fields gets none by an update.
    """
    entries = _entries(item) or _entries(previous or {})
    if item["metadata"].get("managedFields") in ([], [{}]):
        entries = []
    if previous is not None and not entries:
        return _with_entries(item, [])
    changed, gone = _compared(previous, item, ())
    if subresource in ("", "status"):
        changed = {k: v for k, v in changed.items() if (k == "f:status") == bool(subresource)}
    changed = _minus(changed, _NEVER_OWNED)
    mine = _Entry(manager, "Update", item["apiVersion"], subresource, now, changed)
    others = [each.without(gone) for each in entries]
    if changed:
        before = [each for each in others if each.key == mine.key]
        mine = replace(mine, fields=_plus(before[0].fields, changed) if before else changed)
        others = [mine, *(each.without(changed) for each in others if each.key != mine.key)]
    return _with_entries(item, others)


def applied(
    kind: Kind, live: JsonObject | None, body: JsonObject, manager: str, force: bool, now: str
) -> JsonObject:
    """Return the object after a server-side apply; with no live one, what is to be created.

    Raises:
        ApiRefusalError: 400 it is of another kind or names managedFields, 409 `Conflict`, 422 by
            nobody.
    """
    _check(kind, body, manager)
    entries = _entries(live or {})
    if live is not None and not entries:
        everything = _minus(_named(live, ()) or {}, _NEVER_OWNED)
        entries = [_Entry("before-first-apply", "Update", kind.api_version, "", now, everything)]
    applying = _minus(
        _named(body, ()) or {}, _NEVER_OWNED | {"f:status": _named(body.get("status"), ())}
    )
    mine = _Entry(manager, "Apply", kind.api_version, "", now, applying)
    last = next((each for each in entries if each.key == mine.key), None)
    others = [each for each in entries if each.key != mine.key]
    owned = applying
    for each in others:
        owned = _plus(owned, each.fields)
    merged = _merged(live or {}, body, ())
    if last:
        merged = _pruned(merged, _minus(last.fields, owned), owned, ())
    changed, gone = _compared(live, merged, ())
    conflicts = [(each, both) for each in others if (both := _common(each.fields, changed))]
    if conflicts and not force and not _taken_over(live or {}, body, manager, conflicts):
        raise _conflict(conflicts)
    if live is not None and not changed and not gone:
        mine = replace(mine, time=last.time if last else "")
    kept = [each.without(changed).without(gone) for each in others]
    return _with_entries(_annotated(merged, body, manager), [*kept, mine])


def _check(kind: Kind, body: JsonObject, manager: str) -> None:
    if not manager:
        why = "Required value: is required for apply patch"
        cause = Cause("fieldManager", "FieldValueRequired", why)
        raise invalid("PatchOptions", "meta.k8s.io", "", [cause])
    group, _, version = str(body.get("apiVersion", "")).rpartition("/")
    if (body.get("apiVersion"), body.get("kind")) != (kind.api_version, kind.kind):
        found = f"{group}/{version}, Kind={body.get('kind', '')}"
        raise ApiRefusalError(400, "BadRequest", f"invalid object type: {found}", None)
    if (body.get("metadata") or {}).get("managedFields") is not None:
        raise ApiRefusalError(400, "BadRequest", "metadata.managedFields must be nil", None)


# ---------------------------------------------------------------- objects and their fields


def _parts(value: Any, place: Place) -> dict[str, tuple[Any, Place]] | None:
    """Return what is owned one by one in a value, and where it is; None: it is owned whole."""
    if isinstance(value, dict) and not (place and place[-1] in WHOLE):
        return {f"f:{name}": (each, (*place, name)) for name, each in value.items()}
    keys = keys_of(place) if isinstance(value, list) and place else None
    if keys is None:
        return None
    return {_element(each, keys): (each, place) for each in value}


def _whole(parts: Mapping[str, Any], like: Any) -> Any:
    """Return the value that has these parts."""
    return [*parts.values()] if isinstance(like, list) else {k[2:]: v for k, v in parts.items()}


def _element(value: Any, keys: tuple[str, ...]) -> str:
    if not keys:
        return f"v:{json.dumps(value)}"
    named = zip(keys, key_of(value, keys), strict=True)
    told = {key: each for key, each in sorted(named) if each is not None}
    return f"k:{json.dumps(told, separators=(',', ':'))}"


def _named(value: Any, place: Place, *, element: bool = False) -> Fields | None:
    """Return the fields that an applied value names; None: an empty list names none."""
    parts = _parts(value, place)
    if not parts:
        return None if value == [] and parts is not None else {}
    fields = {name: _named(each, at, element=name[0] != "f") for name, (each, at) in parts.items()}
    found = {name: each for name, each in fields.items() if each is not None}
    return found | _ITSELF if element and found else found


def _new(value: Any, place: Place) -> Fields:
    """Return the fields of a value that was not there: all around it, too."""
    if value and place and place[-1] in _ALWAYS.get(type(value), ()):
        return _compared(type(value)(), value, place)[0]
    parts = _parts(value, place)
    return {name: _new(*part) for name, part in parts.items()} | _ITSELF if parts else {}


def _compared(old: Any, new: Any, place: Place) -> tuple[Fields, Fields]:
    """Return the fields that are new or different, and those that are gone."""
    changed: Fields = {}
    gone: Fields = {}
    before, after = (_parts(each or {}, place) or {} for each in (old, new))
    for name, (value, at) in after.items():
        if name not in before:
            changed[name] = _new(value, at)
        elif value != before[name][0]:
            added, lost = _changed(before[name][0], value, at)
            changed |= {} if added is None else {name: added}
            gone |= {} if lost is None else {name: lost}
    for name in before.keys() - after.keys():
        gone[name] = _new(*before[name])
    return changed, gone


def _changed(old: Any, new: Any, place: Place) -> tuple[Fields | None, Fields | None]:
    """Return what differs between two values: one that is owned whole differs as a whole."""
    if _parts(old, place) is None or _parts(new, place) is None:
        return {}, None
    changed, gone = _compared(old, new, place)
    return changed or None, gone or None


def _merged(live: Any, body: Any, place: Place) -> Any:
    """Return the live value with an applied one laid over it."""
    ours, theirs = _parts(body, place), _parts(live, place)
    if ours is None or theirs is None or not isinstance(body, type(live)):
        return body
    laid = {name: each for name, (each, _) in theirs.items()}
    for name, (each, at) in ours.items():
        laid[name] = _merged(laid[name], each, at) if name in laid else each
    return _whole(laid, body)


def _pruned(value: Any, gone: Fields, owned: Fields, place: Place) -> Any:
    """Return the value without the fields that are gone, but for those around what is owned."""
    kept = {}
    for name, (each, at) in (_parts(value, place) or {}).items():
        lost, needed = gone.get(name), name in owned
        if lost is None:
            kept[name] = each
        elif needed or (lost and "." not in lost):
            left = _pruned(each, lost, owned.get(name, {}), at)
            # What is left empty goes with what was in it.
            if needed or left not in ({}, []):
                kept[name] = left
    return _whole(kept, value)


# ---------------------------------------------------------------- trees of fields


def _minus(fields: Fields, other: Fields) -> Fields:
    kept = {}
    for name, inner in fields.items():
        if name not in other:
            kept[name] = inner
        elif name != "." and (left := _minus(inner or _ITSELF, other[name] or _ITSELF)):
            kept[name] = _closed(left)
    return kept


def _plus(fields: Fields, other: Fields) -> Fields:
    joined = dict(fields)
    for name, inner in other.items():
        if name in joined and name != ".":
            joined[name] = _closed(_plus(joined[name] or _ITSELF, inner or _ITSELF))
        else:
            joined[name] = inner
    return joined


def _common(fields: Fields, other: Fields) -> Fields:
    common: Fields = {}
    for name in fields.keys() & other.keys():
        if name == ".":
            common[name] = {}
        elif both := _common(fields[name] or _ITSELF, other[name] or _ITSELF):
            common[name] = _closed(both)
    return common


def _closed(fields: Fields) -> Fields:
    return {} if fields == _ITSELF else fields


def _paths(fields: Fields, path: str = "") -> Iterator[str]:
    """Yield the paths of owned places as conflicts tell them: `.spec.ports[port=80]`."""
    for name, inner in sorted(fields.items()):
        if name == ".":
            yield path
        else:
            yield from _paths(inner or _ITSELF, path + _step(name[0], name[2:]))


def _step(kind: str, name: str) -> str:
    match kind:
        case "f":
            return f".{name}"
        case "k":
            pairs = (f"{key}={json.dumps(each)}" for key, each in json.loads(name).items())
            return f"[{','.join(pairs)}]"
        case _:
            return f"[={name}]"


# ---------------------------------------------------------------- conflicts


def _conflict(conflicts: Iterable[tuple[_Entry, Fields]]) -> ApiRefusalError:
    told = {str(entry): list(_paths(fields)) for entry, fields in conflicts}
    causes = [
        Cause(path, "FieldManagerConflict", f"conflict with {entry}")
        for entry, paths in told.items()
        for path in paths
    ]
    if len(causes) == 1:
        why = f"1 conflict: {causes[0].message}: {causes[0].field}"
    else:
        lines = [
            "\n".join([f"conflicts with {entry}:", *(f"- {path}" for path in paths)])
            for entry, paths in sorted(told.items())
        ]
        why = f"{len(causes)} conflicts: " + "\n".join(lines)
    return ApiRefusalError(409, "Conflict", f"Apply failed with {why}", None, causes)


def _taken_over(
    live: JsonObject, body: JsonObject, manager: str, conflicts: Iterable[tuple[_Entry, Fields]]
) -> bool:
    """Tell whether kubectl may have what it once applied on the client's side, unchanged since."""
    before = json.loads(_annotations(live).get(LAST_APPLIED) or "{}")
    if manager != "kubectl" or before.get("apiVersion") != body["apiVersion"]:
        return False
    changed, gone = _compared(before, live, ())
    unchanged = _minus(_minus(_named(before, ()) or {}, changed), gone)
    return not any(_minus(fields, unchanged) for _, fields in conflicts)


def _annotated(item: JsonObject, body: JsonObject, manager: str) -> JsonObject:
    """Return the object with kubectl's record of what it applied, where it keeps one."""
    if manager != "kubectl" or LAST_APPLIED not in _annotations(item):
        return item
    told = json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"
    annotations = {**_annotations(item), LAST_APPLIED: told}
    return {**item, "metadata": item["metadata"] | {"annotations": annotations}}


def _annotations(item: JsonObject) -> Mapping[str, str]:
    return (item.get("metadata") or {}).get("annotations") or {}


# ---------------------------------------------------------------- managedFields


def _entries(item: JsonObject) -> list[_Entry]:
    return [
        _Entry(
            each.get("manager", ""),
            each.get("operation", ""),
            each.get("apiVersion", ""),
            each.get("subresource", ""),
            each.get("time", ""),
            each.get("fieldsV1") or {},
        )
        for each in (item.get("metadata") or {}).get("managedFields") or ()
        if each
    ]


def _with_entries(item: JsonObject, entries: Iterable[_Entry]) -> JsonObject:
    metadata = {k: v for k, v in (item.get("metadata") or {}).items() if k != "managedFields"}
    order = sorted(entries, key=lambda each: (each.operation, each.time, each.manager))
    told = [_encoded(each) for each in order if each.fields]
    return {**item, "metadata": metadata | ({"managedFields": told} if told else {})}


def _encoded(entry: _Entry) -> JsonObject:
    told = {
        "manager": entry.manager,
        "operation": entry.operation,
        "apiVersion": entry.version,
        "time": entry.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": entry.fields,
        "subresource": entry.subresource,
    }
    return {name: each for name, each in told.items() if each}
