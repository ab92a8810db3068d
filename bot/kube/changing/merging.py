"""Merge patches as the API server applies them, and which fields they are about. Pure.

What comes out here is only shown: the API server merges by itself what is sent. It answers in the
schema's terms, so a list whose keys are not known here counts as replaced.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.plan import JsonValue
from bot.core.ports import JsonObject
from bot.kube.patches import Path

# What names an element of a list that is merged, by the list's name or its parent's and its own
# (Kubernetes 1.37, `patchMergeKey`); nothing: a set of plain values.
_KEYS: Mapping[str, str] = {
    "addresses": "type",
    "conditions": "type",
    "containers": "name",
    "containers/ports": "containerPort",
    "env": "name",
    "ephemeralContainers": "name",
    "ephemeralContainers/ports": "containerPort",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "initContainers/ports": "containerPort",
    "metadata/finalizers": "",
    "ownerReferences": "uid",
    "schedulingGates": "name",
    "secrets": "name",
    "spec/ports": "port",
    "topologySpreadConstraints": "topologyKey",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
_SET = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def merged(target: JsonValue, patch: JsonValue) -> JsonValue:
    """Return the target after a merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def strategic(target: JsonObject, patch: JsonObject, place: Path = ()) -> JsonObject:
    """Return the target after a strategic merge patch; its own orders of lists do not count."""
    if patch.get("$patch") in ("replace", "delete"):
        return {name: value for name, value in patch.items() if name != "$patch"}
    kept = patch.get("$retainKeys", target)
    result = {name: value for name, value in target.items() if name in kept}
    for name, value in patch.items():
        if name.startswith(_SET):
            field = name.removeprefix(_SET)
            result[field] = [each for each in result.get(field, ()) if each not in value]
        elif value is None:
            result.pop(name, None)
        elif not name.startswith("$"):
            result[name] = _value(result.get(name), value, (*place, name))
    return result


def _value(current: Any, value: Any, place: Path) -> Any:
    if isinstance(value, dict):
        return strategic(current if isinstance(current, dict) else {}, value, place)
    key = _key(place)
    if not isinstance(value, list) or not isinstance(current, list) or key is None:
        return value
    if not key:
        return [*current, *(each for each in value if each not in current)]
    return _elements(current, value, key, place)


def _elements(
    current: list[JsonObject], value: list[JsonObject], key: str, place: Path
) -> list[JsonObject]:
    replaced = any(each.get("$patch") == "replace" for each in value)
    result = {each.get(key): each for each in ([] if replaced else current)}
    for each in value:
        if each.get("$patch") == "delete":
            result.pop(each.get(key), None)
        elif key in each:
            result[each[key]] = strategic(result.get(each[key], {}), each, place)
    return [result[name] for name in _ordered(list(result), current, value, key)]


def _ordered(
    names: list[Any], current: list[JsonObject], value: list[JsonObject], key: str
) -> list[Any]:
    """Return the names with the patch's in its order; the others keep their place before them."""
    places = {each.get(key): place for place, each in enumerate(current)}
    ours = [each[key] for each in value if each.get(key) in names]
    theirs = [name for name in names if name not in ours]
    found = []
    while ours and theirs:
        # What is new comes before all others.
        first = places.get(ours[0], -1) < places[theirs[0]]
        found.append((ours if first else theirs).pop(0))
    return [*found, *ours, *theirs]


def _key(place: Path) -> str | None:
    name, parent = str(place[-1]), str(place[-2]) if len(place) > 1 else ""
    return _KEYS.get(f"{parent}/{name}", _KEYS.get(name))


def named(patch: JsonValue, place: Path = ()) -> Iterator[Path]:
    """Yield the fields that a merge patch of either kind names; a list is one field."""
    if not isinstance(patch, dict):
        yield place
        return
    if not patch or "$patch" in patch or "$retainKeys" in patch:
        yield place
    for name, value in patch.items():
        if name.startswith((_SET, _ORDER)):
            yield (*place, name.partition("/")[2])
        elif not name.startswith("$"):
            yield from named(value, (*place, name))
