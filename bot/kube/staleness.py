"""Whether an object is still as a plan saw it, and what has changed, in a person's words.

Pure. A Secret's values are never told; of other objects only what is short and no credential.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from jsonpointer import JsonPointer, JsonPointerException, escape

from bot.core.errors import SupersededError
from bot.core.plan import JsonValue, Patch, Seen, Step, Target
from bot.core.ports import JsonObject
from bot.kube.redaction import suspicious

# So many fields are named, and so long a value is told: a person reads it on a phone. Of an image
# the end matters most, and whoever may look at the object may know it.
_NAMED, _LONGEST, _LONGEST_IMAGE = 3, 40, 200
# What is often a password in clear: it is named, and not told.
_UNTOLD = frozenset({"value", "command", "args"})
# What moves without anybody's doing.
_RESTLESS = ("managedFields", "resourceVersion", "generation")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Moved:
    """One field that is no longer as it was seen."""

    path: str
    before: JsonValue
    after: JsonValue
    """Either is `_MISSING` where the field was not, or is not, there."""


def seen_by(step: Step) -> tuple[Seen, ...]:
    """Return the fields that the step must find as they were; of a JSON Patch, its tests."""
    match step:
        case Patch():
            tests = (each for each in step.operations if each.op == "test")
            return tuple(Seen(each.path, each.value) for each in tests)
        case _:
            return getattr(step, "seen", ())


def moved(target: Target, seen: Sequence[Seen], live: JsonObject) -> list[Moved]:
    """Return the seen fields that are different now; another uid alone says all."""
    uid = (live.get("metadata") or {}).get("uid", "")
    if target.uid and uid != target.uid:
        return [Moved("/metadata/uid", target.uid, uid)]
    return [each for one in seen for each in _moved(one, live)]


def superseded(target: Target, changes: Sequence[Moved] = ()) -> SupersededError:
    """Return the error that says so, and which fields it is about."""
    told = [_sentence(target, each) for each in changes[:_NAMED]]
    if len(changes) > _NAMED:
        told.append(f"and {len(changes) - _NAMED} more")
    return _error(f"{target.qualified} has changed since this was shown", told)


def appeared(target: Target) -> SupersededError:
    """Return the error for an object that was to be created, and is there."""
    return _error(f"{target.qualified} was created by somebody else since this was shown", ())


def vanished(target: Target) -> SupersededError:
    """Return the error for an object that was to be changed, and is gone."""
    return _error(f"{target.qualified} was deleted since this was shown", ())


def value_at(item: JsonObject, path: str) -> JsonValue:
    """Return the value that a JSON pointer leads to.

    Raises:
        LookupError: there is none.
    """
    try:
        return JsonPointer(path).resolve(item)
    except (JsonPointerException, TypeError) as error:
        raise LookupError(path) from error


def _error(what: str, told: Sequence[str]) -> SupersededError:
    lines = "".join(f"\n  {each}" for each in told)
    return SupersededError(
        f"error: {what}; nothing was done{lines}",
        next_step="Type the command again to see the change as it would be now.",
    )


def _moved(seen: Seen, live: JsonObject) -> Iterator[Moved]:
    try:
        after = value_at(live, seen.path)
    except LookupError:
        after = _MISSING
    before = seen.value if seen.present else _MISSING
    if not seen.path and isinstance(before, dict):
        before, after = _restful(before), _restful(after)
    # `test` of the API server takes null for what is not there.
    if before != after and not (before is None and after is _MISSING):
        yield from _leaves(seen.path, before, after)


def _leaves(path: str, before: JsonValue, after: JsonValue) -> Iterator[Moved]:
    """Yield the innermost fields that differ; a list of another length is one field."""
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = [
            (key, before.get(key, _MISSING), after.get(key, _MISSING))
            for key in sorted(before.keys() | after.keys())
        ]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(str(i), *both) for i, both in enumerate(zip(before, after, strict=True))]
    else:
        yield Moved(path, before, after)
        return
    for key, old, new in pairs:
        if old != new:
            yield from _leaves(f"{path}/{escape(key)}", old, new)


def _restful(item: JsonObject) -> JsonObject:
    metadata = {k: v for k, v in (item.get("metadata") or {}).items() if k not in _RESTLESS}
    return {k: v for k, v in item.items() if k != "status"} | {"metadata": metadata}


def _sentence(target: Target, change: Moved) -> str:
    if change.path == "/metadata/uid":
        return "it is another object of the same name"
    field, hidden = _field(change.path), target.resource == "secrets" and not target.group
    after, before = (_shown(change.path, value) for value in (change.after, change.before))
    if change.after is _MISSING:
        return f"{field} is no longer there"
    if hidden or after is None:
        return f"{field} is different"
    if change.before is _MISSING:
        return f"{field} is {after}, and was not there"
    return f"{field} is {after}" + (f", and was {before}" if before is not None else "")


def _field(path: str) -> str:
    text = ""
    for part in JsonPointer(path).parts:
        plain = part.replace("-", "").replace("_", "").isalnum() and not part.isdecimal()
        text += f".{part}" if plain else f"[{part}]"
    return text.lstrip(".") or "the object"


def _shown(path: str, value: Any) -> str | None:
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    parts = JsonPointer(path).parts
    longest = _LONGEST_IMAGE if parts[-1:] == ["image"] else _LONGEST
    if not isinstance(value, str) or len(value) > longest or suspicious(value):
        return None
    return None if _UNTOLD.intersection(parts) else value or '""'
