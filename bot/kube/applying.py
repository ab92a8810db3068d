"""What an apply reads and writes of an object, and how that reads to a person. Pure.

The API server merges; here it is only said which fields the document names, and which of them its
manager had applied before and now leaves out, so that they are removed.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from bot.core.plan import Change, Seen, Target
from bot.core.ports import JsonObject
from bot.kube.changes import place_of
from bot.kube.history import CHANGE_CAUSE
from bot.kube.masking import is_secret, mask
from bot.kube.patches import seen
from bot.kube.redaction import suspicious

# So many fields of one object are told in a preview; the difference shows the rest.
_TOLD, _LONGEST = 6, 60
_NEVER = frozenset({("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")})
_WORKLOADS = frozenset({"deployments", "statefulsets", "daemonsets"})
_MISSING = object()

_CAUSE = ("metadata", "annotations", CHANGE_CAUSE)

Path = tuple[str, ...]


def seen_by_apply(document: JsonObject, live: JsonObject, manager: str) -> tuple[Seen, ...]:
    """Return the fields of the live object that an apply reads or writes, as they are.

    Lists are looked at whole. Of a Secret nothing is kept but its version: it has no other fields
    that move, and its values are kept nowhere.
    """
    if is_secret(document):
        return (Seen("/metadata/resourceVersion", live["metadata"]["resourceVersion"]),)
    named = dict.fromkeys(path for path, _ in _leaves(document) if path not in _NEVER)
    left = (path for path in _applied(live, manager) if path not in named)
    return tuple(seen(live, path) for path in (*named, *left))


def shown_of(document: JsonObject) -> JsonObject:
    """Return the object as it may be shown."""
    return mask(deepcopy(document))


def changes_of(target: Target, document: JsonObject, live: JsonObject | None) -> list[Change]:
    """Return the lines of a preview: what the document's fields are and what they will be."""
    subject = place_of(target)
    if live is None:
        return [Change(subject, "object", "none", "new")]
    found = [
        Change(subject, _written(path), _shown(before), _shown(after))
        for path, before, after in _different(_masked(document), live)
    ]
    if len(found) <= _TOLD:
        return found
    more = Change(subject, f"{len(found) - _TOLD + 1} more fields", "…", "…")
    return [*found[: _TOLD - 1], more]


def restarts(target: Target, document: JsonObject, live: JsonObject | None) -> bool:
    """Tell whether a rollout starts: the workload is new, or its pod template changes."""
    if target.group != "apps" or target.resource not in _WORKLOADS:
        return False
    if live is None:
        return True
    return any(path[:2] == ("spec", "template") for path, _, _ in _different(document, live))


def with_cause(document: JsonObject, live: JsonObject | None, manager: str, why: str) -> JsonObject:
    """Return the document with a note of why its pod template changes.

    One that it brings along stays; and so does one of another manager, which would be a conflict.
    """
    metadata = document["metadata"]
    annotations = metadata.get("annotations") or {}
    there = ((live or {}).get("metadata") or {}).get("annotations") or {}
    taken = live is not None and CHANGE_CAUSE in there and _CAUSE not in _applied(live, manager)
    if CHANGE_CAUSE in annotations or taken:
        return document
    noted = {**metadata, "annotations": {**annotations, CHANGE_CAUSE: why}}
    return {**document, "metadata": noted}


def _masked(document: JsonObject) -> JsonObject:
    # The live object has come masked; what was written as text, the API server keeps as data.
    if not is_secret(document):
        return document
    hidden = shown_of(document)
    data = {**(hidden.get("data") or {}), **(hidden.pop("stringData", None) or {})}
    return {**hidden, "data": data}


def _different(document: Any, live: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Yield the fields of the document that the live object has not or has otherwise."""
    if path in _NEVER or document == live:
        return
    if isinstance(document, Mapping) and isinstance(live, Mapping):
        for key, value in document.items():
            yield from _different(value, live.get(key, _MISSING), (*path, key))
    elif _is_named(document) and _is_named(live):
        others = {item["name"]: item for item in live}
        for item in document:
            name = item["name"]
            yield from _different(item, others.get(name, _MISSING), (*path, f"[{name}]"))
    elif document is not None or live is not _MISSING:
        yield path, live, document


def _is_named(value: Any) -> bool:
    # Containers, ports, variables and volumes go by their name.
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in value)
    )


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif path:
        yield path, value


def _applied(live: JsonObject, manager: str) -> Iterator[Path]:
    """Yield what that manager has applied, down to the lists."""
    for entry in live["metadata"].get("managedFields") or ():
        if entry.get("manager") == manager and entry.get("operation") == "Apply":
            yield from _of_fields(entry.get("fieldsV1") or {})


def _of_fields(fields: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    # FieldsV1: `f:` names a field, `k:` and `v:` an element of a list, `.` the field itself.
    inner = {name[2:]: each for name, each in fields.items() if name.startswith("f:")}
    if len(inner) < len([name for name in fields if name != "."]) or not inner:
        if path:
            yield path
        return
    for name, each in inner.items():
        yield from _of_fields(each, (*path, name))


def _written(path: Sequence[str]) -> str:
    return "".join(part if part.startswith("[") else f".{part}" for part in path).lstrip(".")


def _shown(value: Any) -> str:
    match value:
        case _ if value is _MISSING:
            return "absent"
        case bool():
            return str(value).lower()
        case None:
            return "absent"
        case str() | int() | float():
            text = str(value)
            plain = len(text) <= _LONGEST and text.isprintable() and not suspicious(text)
            return text if plain else "…"
        case list():
            return f"{len(value)} items" if len(value) != 1 else "1 item"
        case _:
            return f"{len(value)} fields" if len(value) != 1 else "1 field"
