"""JSON Patches with their preconditions, made from an object as the API server sent it.

Pure. Whatever a patch reads or writes is tested for the value that was seen, in the same request;
whatever else may have happened to the object voids nothing.
"""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import jsonpatch
import orjson
from jsonpointer import JsonPointerException

from bot.core.errors import UsageError
from bot.core.plan import JsonValue, Operation, Seen
from bot.core.ports import JsonObject
from bot.kube.masking import MASKED

Path: TypeAlias = tuple[str | int, ...]
"""The way to a field: names of fields, and places in lists."""


class Gone:
    """Stands for no value at all."""


GONE = Gone()


@dataclass(frozen=True, slots=True)
class Edit:
    """One field and what it is to be; `GONE`: it is to be removed."""

    path: Path
    value: JsonValue | Gone


def pointer(path: Path) -> str:
    """Return the JSON pointer (RFC 6901) of a field."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def path_of(item: JsonValue, text: str) -> Path:
    """Return the way that a JSON pointer means, with places in lists as numbers.

    What is not there is named by the texts of the pointer.
    """
    path: list[str | int] = []
    for raw in text.split("/")[1:]:
        part = raw.replace("~1", "/").replace("~0", "~")
        within = isinstance(item, list) and part.isdecimal()
        path.append(int(part) if within else part)
        item = at(item, (path[-1],))
    return tuple(path)


def at(item: JsonValue, path: Path) -> JsonValue:
    """Return the value of a field, or `GONE`."""
    for part in path:
        if not _has(item, part):
            return GONE
        item = item[part]
    return item


def _has(item: JsonValue, part: str | int) -> bool:
    if isinstance(item, list):
        return isinstance(part, int) and 0 <= part < len(item)
    return isinstance(item, dict) and part in item


def operations(
    item: JsonObject, edits: Sequence[Edit], reads: Iterable[Path] = ()
) -> tuple[Operation, ...]:
    """Return the patch that makes the edits, if what they and `reads` name is as it is in `item`.

    The object is tested to be the same one, too. An edit that changes nothing only tests.
    """
    tests = preconditions(item, [*reads, *(edit.path for edit in edits)])
    changed = copy.deepcopy(item)
    return (*tests, *(step for edit in edits for step in _made(changed, edit)))


def preconditions(item: JsonObject, paths: Iterable[Path]) -> tuple[Operation, ...]:
    """Return the preconditions that the object is the same one, and that its fields are as seen."""
    found = {test.path: test for test in (_test(item, path) for path in paths)}
    uid = Operation("test", "/metadata/uid", item["metadata"]["uid"])
    return (uid, *(test for test in found.values() if test.path != uid.path))


def seen(item: JsonObject, path: Path) -> Seen:
    """Return what a field is now, for a step that can carry no `test`."""
    value = at(item, path)
    return Seen(pointer(path), present=False) if value is GONE else Seen(pointer(path), value)


def patched(item: JsonObject, steps: Iterable[Operation]) -> JsonObject:
    """Return the object as it would be after the patch, without its tests; the object stays.

    Raises:
        UsageError: the patch does not fit the object.
    """
    written = [step.wire() for step in steps if step.op != "test"]
    try:
        result: JsonObject = jsonpatch.JsonPatch(written).apply(item)
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError) as error:
        raise UsageError(f"error: the patch does not fit the object: {error}") from None
    return result


def _test(item: JsonObject, path: Path) -> Operation:
    """Return the narrowest test that fails once the field is another.

    What is not there is null to a `test` of the API server, if only its parent is there (seen on
    1.37.2; its library does so on purpose). A place that a list lacks is tested by the whole list.
    """
    if _masked(item, path):
        # Its value is not known here: nothing of the object may have changed.
        path = ("metadata", "resourceVersion")
    for size in range(1, len(path) + 1):
        if at(item, path[:size]) is GONE:
            parent = at(item, path[: size - 1])
            if isinstance(parent, list):
                return Operation("test", pointer(path[: size - 1]), parent)
            return Operation("test", pointer(path[:size]), None)
    return Operation("test", pointer(path), at(item, path))


def _masked(item: JsonObject, path: Path) -> bool:
    if path[:1] in (("data",), ("stringData",), ()):
        return item.get("kind") == "Secret"
    found = at(item, path) if path[0] == "metadata" else GONE
    return found is not GONE and orjson.dumps(MASKED) in orjson.dumps(found)


def _made(changed: JsonObject, edit: Edit) -> Iterable[Operation]:
    """Return the operations of one edit, and make it in the copy that the next one is made on."""
    before = at(changed, edit.path)
    if edit.value == before or (edit.value is GONE and before is GONE):
        return ()
    if edit.value is GONE:
        del at(changed, edit.path[:-1])[edit.path[-1]]
        return (Operation("remove", pointer(edit.path)),)
    return (_set(changed, edit.path, edit.value),)


def _set(changed: JsonObject, path: Path, value: JsonValue) -> Operation:
    missing = next(
        n for n in range(1, len(path) + 1) if n == len(path) or _lacks(changed, path[:n])
    )
    for part in reversed(path[missing:]):
        value = {part: value}
    parent = at(changed, path[: missing - 1])
    parent[path[missing - 1]] = copy.deepcopy(value)
    # In a list `add` would push the others back.
    within_list = isinstance(parent, list)
    return Operation("replace" if within_list else "add", pointer(path[:missing]), value)


def _lacks(item: JsonObject, path: Path) -> bool:
    return at(item, path) in (GONE, None)
