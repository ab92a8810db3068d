"""Whether a step was carried out whose answer was lost, judged by the object as it is now. Pure.

A field counts as written where the object contains what was written: the API server adds defaults.
"""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import orjson

from bot.core.plan import Apply, Create, Delete, Evict, Merge, Operation, Patch, Step
from bot.core.ports import JsonObject, Landed
from bot.kube.staleness import moved, seen_by, value_at


def judged(step: Step, live: JsonObject | None) -> Landed:
    """Return whether the step was carried out; `live` is None where there is no such object."""
    match step:
        case Delete() | Evict():
            return _ended(step, live)
        case Create():
            return _created(step, live)
        case Patch() | Merge() | Apply():
            return _changed(step, live)
    assert_never(step)


def _ended(step: Delete | Evict, live: JsonObject | None) -> Landed:
    metadata = (live or {}).get("metadata") or {}
    if live is None or metadata.get("uid") != step.target.uid:
        return Landed.YES
    if "deletionTimestamp" not in metadata:
        return Landed.NO
    grace = metadata.get("deletionGracePeriodSeconds") or 0
    # One that was ending already, and was to end sooner.
    late = step.grace_seconds is not None and grace > step.grace_seconds
    return Landed.NO if late else Landed.YES


def _created(step: Create, live: JsonObject | None) -> Landed:
    if step.subresource or not step.target.name:
        return Landed.UNKNOWN
    if live is None:
        return Landed.NO
    return Landed.YES if contains(live, _content(step)) else Landed.UNKNOWN


def _changed(step: Patch | Merge | Apply, live: JsonObject | None) -> Landed:
    created = isinstance(step, Apply) and not step.target.uid
    if live is None:
        return Landed.NO if created else Landed.UNKNOWN
    if not created and (live.get("metadata") or {}).get("uid") != step.target.uid:
        return Landed.UNKNOWN
    seen = seen_by(step)
    as_it_was = bool(seen) and not moved(step.target, seen, live)
    if _is_written(step, live) and not (as_it_was and not isinstance(step, Patch)):
        return Landed.YES
    return Landed.NO if as_it_was else Landed.UNKNOWN


def _is_written(step: Patch | Merge | Apply, live: JsonObject) -> bool:
    if isinstance(step, Patch):
        return all(_is_there(each, live) for each in step.operations if each.op != "test")
    content = _content(step)
    return not any(_directives(content)) and contains(live, content)


def _content(step: Merge | Apply | Create) -> JsonObject:
    """Return what the step writes of the object that can be read there again."""
    content: JsonObject = orjson.loads(step.document)
    if step.target.resource == "secrets" and not step.target.group:
        # What is written there in clear stands in `data`, and is not looked at.
        content = {name: value for name, value in content.items() if name != "stringData"}
    return {name: value for name, value in content.items() if name != "status"}


def _is_there(operation: Operation, live: JsonObject) -> bool:
    path = operation.path
    if operation.op in ("move", "copy"):
        return False  # where the value came from is not seen any more
    try:
        if path.endswith("/-"):
            return contains(value_at(live, path[:-2])[-1], operation.value)
        value = value_at(live, path)
    except LookupError:
        return operation.op == "remove"
    return operation.op != "remove" and contains(value, operation.value)


def _directives(content: Any) -> Iterator[str]:
    """Yield what a strategic merge patch says about itself: the result does not show it."""
    if isinstance(content, dict):
        yield from (name for name in content if name.startswith("$"))
    values = content.values() if isinstance(content, dict) else content
    for value in values if isinstance(values, list) or isinstance(content, dict) else ():
        if isinstance(value, dict | list):
            yield from _directives(value)


def contains(live: Any, wanted: Any) -> bool:
    """Return whether the value is there, with whatever was filled in beside it.

    Null is what is not there; an element of a list is there at any place.
    """
    if isinstance(wanted, Mapping):
        within = live if isinstance(live, Mapping) else {}
        return all(contains(within.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(live, list) and all(
            any(contains(one, each) for one in live) for each in wanted
        )
    return bool(live == wanted)
