"""Where values are in an object: dotted paths, and the JSONPath of printer columns; pure."""

import re
from typing import Any

from bot.demo.cluster.refusals import JsonObject

_STEP = re.compile(
    r"""\.?((?:[^.\[\]\\]|\\.)+)|\[(-?\d+|\*)\]|\[\?\(@\.(\S+?)\s*==\s*["'](.*?)["']\)\]"""
)


def at(item: JsonObject, path: str, default: Any = None) -> Any:
    """Return the value at `spec.replicas`, or the default where there is none."""
    value: Any = item
    for key in path.split("."):
        if not isinstance(value, dict):
            return default
        value = value.get(key)
    return default if value is None else value


def found(item: Any, path: str) -> list[Any]:
    """Return every value that a JSONPath such as `.spec.tags[*]` finds; all there is for none."""
    values = [item]
    for step in _STEP.finditer(path):
        values = [each for value in values for each in _step(value, *step.groups())]
    return values


def _step(value: Any, field: str | None, index: str | None, key: str, wanted: str) -> list[Any]:
    if field and isinstance(value, dict):
        chosen = [value.get(field.replace("\\", ""))]
    elif field or not isinstance(value, list):
        chosen = []
    elif index:
        chosen = value if index == "*" else value[int(index) :][:1]
    else:
        chosen = [each for each in value if str(at(each, key)) == wanted]
    return [each for each in chosen if each is not None]


def holds(item: JsonObject, condition: str) -> bool:
    """Return whether the first text that a path finds is as `spec.type=A|B` says; none is empty."""
    path, _, pattern = condition.rpartition("=")
    return re.fullmatch(pattern, str(next(iter(found(item, path)), ""))) is not None
