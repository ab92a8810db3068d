"""Where a value is in an object: dotted paths, and the JSONPath of custom columns.

Pure: nothing here changes an object.
"""

import re
from typing import Any

from bot.demo.cluster.refusals import JsonObject

# One step of the simple JSONPath that printer columns may have.
_STEP = re.compile(
    r"""\.?(?P<field>(?:[^.\[\]\\]|\\.)+)
    |\['(?P<quoted>[^']*)'\]
    |\[(?P<index>-?\d+)\]
    |\[(?P<all>\*)\]
    |\[\?\(@\.(?P<key>[^=!<>)\s]+)\s*==\s*["'](?P<wanted>[^"']*)["']\)\]""",
    re.VERBOSE,
)


def at(item: JsonObject, path: str, default: Any = None) -> Any:
    """Return the value at `spec.replicas`, or the default where there is none."""
    value: Any = item
    for key in path.split("."):
        if not isinstance(value, dict):
            return default
        value = value.get(key)
    return default if value is None else value


def first(item: JsonObject, path: str) -> Any:
    """Return the first value that the JSONPath finds, such as `.spec.size`; None: none."""
    found: list[Any] = [item]
    for step in _STEP.finditer(path):
        found = [each for value in found for each in _step(value, step)]
    return found[0] if found else None


def _step(value: Any, step: re.Match[str]) -> list[Any]:
    if isinstance(value, dict):
        name = step["quoted"] or (step["field"] or "").replace("\\", "")
        chosen = list(value.values()) if step["all"] else [value.get(name)]
    elif not isinstance(value, list):
        return []
    elif step["index"]:
        chosen = value[int(step["index"]) :][:1]
    elif step["key"]:
        chosen = [each for each in value if at(each, step["key"]) == step["wanted"]]
    else:
        chosen = value if step["all"] else []
    return [each for each in chosen if each is not None]
