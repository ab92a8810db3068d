"""What is wrong with an object, in the API server's own sentences: the tree of validation.yaml.

Pure. A value that is not there is wrong only where it is required.
"""

from collections.abc import Iterable
from typing import Any

from bot.demo.cluster.checks import CHECKS, OF_NOTHING
from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.mistakes import Causes, Place
from bot.demo.cluster.paths import at
from bot.demo.cluster.refusals import Cause, JsonObject

_NOTHING: JsonObject = {}


def mistakes(kind: Kind, item: JsonObject, previous: JsonObject | None) -> list[Cause]:
    """Return what is wrong with a new object, or with one that is to replace the previous one."""
    rules, place = data("validation"), Place("", item, item, previous, kind.kind)
    own = {} if kind.custom else rules["kinds"].get(kind.kind, {})
    return [*_walk({"metadata": rules["metadata"]}, place), *_walk(own, place)]


def _walk(rules: JsonObject, place: Place) -> Causes:
    if "unless" in rules and any(CHECKS[rules["unless"]](place)):
        return
    node, before = place.value, place.before or _NOTHING
    for key, rule in rules.items():
        if key == "unless":
            continue
        name = key.rstrip("?[].")
        path = f"{place.path}.{name}".strip(".")
        value, old = (at(node, name), at(before, name)) if name else (node, place.before)
        if isinstance(rule, list):
            yield from _checked(rule, Place(path, value, node, old, place.kind))
        elif key.endswith("[]"):
            for index, each in enumerate(value or ()):
                yield from _walk(rule, Place(f"{path}[{index}]", each, node, None, place.kind))
        elif value is not None or not key.endswith("?"):
            yield from _walk(rule, Place(path, value or {}, node, old, place.kind))


def _checked(rule: Iterable[str], place: Place) -> Causes:
    missing: tuple[Any, ...] = (None, "", [], 0)
    for check in rule:
        name, *words = check.split(" ")
        if name == "required":
            if place.value in missing:
                yield place.required()
                return
        elif place.value is not None or name in OF_NOTHING:
            yield from CHECKS[name](place, *words)
