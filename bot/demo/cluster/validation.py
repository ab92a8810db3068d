"""What is wrong with an object, in the API server's own sentences: the tree of validation.yaml.

Pure. A value that is not there is wrong only where it is required.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import Cause
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.values import Json, at, data, holds, wrong


@dataclass(frozen=True, slots=True)
class _Place:
    """A value, the object that it stands in, and what it was before (None: nothing is changed)."""

    path: str
    value: Any
    around: Json
    before: Any


def mistakes(kind: Kind, item: Json, previous: Json | None) -> list[Cause]:
    """Return what is wrong with a new object, or with one that is to replace the previous one."""
    rules = data("validation")
    own = {} if kind.custom else rules["kinds"].get(kind.kind, {})
    return list(_walk({"metadata": rules["metadata"]} | own, _Place("", item, item, previous)))


def _walk(rules: Json, place: _Place) -> Iterator[Cause]:
    for key, rule in rules.items():
        if key.startswith("when "):
            yield from _walk(rule if holds(place.value, key.removeprefix("when ")) else {}, place)
            continue
        name, _, shown = key.partition(">")
        name, inner = name.rstrip("?[]"), place
        if name != ".":
            path = f"{place.path}.{shown or name}".strip(".")
            before = at(place.before or {}, name)
            inner = _Place(path, at(place.value, name), place.value, before)
        if isinstance(rule, list):
            yield from _checked(rule, inner)
        elif key.endswith("[]"):
            for index, each in enumerate(inner.value or ()):
                yield from _walk(rule, _Place(f"{inner.path}[{index}]", each, {}, None))
        elif inner.value is not None or not key.endswith("?"):
            yield from _walk(rule, _Place(inner.path, inner.value or {}, {}, inner.before))


def _checked(checks: Iterable[str | Mapping[str, Any]], place: _Place) -> Iterator[Cause]:
    for check in checks:
        name, words = (check, "") if isinstance(check, str) else next(iter(check.items()))
        if name == "required" and place.value in (None, "", [], 0):
            yield _cause(place, name, "", "", words)
            return
        if name in _HOLDS and place.value is not None and not _HOLDS[name](place, words):
            yield _cause(place, name, "", place.value, words)
        if name in _FINDS and place.value is not None:
            for field, value, detail in _FINDS[name](place, words):
                yield _cause(place, name, field, value, detail)


def _cause(place: _Place, check: str, field: str, value: Any, words: Any) -> Cause:
    reason, sentence = data("validation")["sentences"][check]
    shown = json.dumps(value, separators=(",", ":"))
    parts = data("validation")["reasons"][reason].format(shown), sentence.format(words)
    path = f"{place.path}{field}".strip(".")
    return Cause(path, f"FieldValue{reason}", ": ".join(filter(None, parts)))


def _lasting(spec: Json, changing: list[str]) -> Json:
    kept = {key: value for key, value in spec.items() if key not in changing}
    for field in ("containers", "initContainers"):
        kept[field] = [{k: v for k, v in c.items() if k != "image"} for c in spec.get(field, ())]
    return kept


_Found: TypeAlias = Iterable[tuple[str, Any, str]]
"""Below a place: the fields that are wrong, their values, and what is said of them."""


def _unfit(place: _Place, _: str) -> _Found:
    selector, labels = place.value.get("selector"), at(place.value, "template.metadata.labels")
    if selector is None or not selector_matches(selector, labels or {}):
        yield ".template.metadata.labels", labels, ""


def _changed(place: _Place, fields: list[str]) -> _Found:
    before = place.before or {}
    changed = (each for each in fields if place.value.get(each) != before.get(each))
    return [(f".{each}", None, "") for each in changed if before.get("immutable")]


def _twice(place: _Place, field: str) -> _Found:
    values = [each.get(field) for each in place.value]
    twice = ((i, v) for i, v in enumerate(values) if v and v in values[:i])
    return [(f"[{index}].{field}", value, "") for index, value in twice]


_HOLDS: Mapping[str, Callable[[_Place, Any], object]] = {
    "least": lambda p, n: isinstance(p.value, str) or p.value >= n,
    "port": lambda p, _: isinstance(p.value, str) or 0 < p.value < 65536,
    "exactly": lambda p, n: p.value == n,
    "beyond": lambda p, field: p.value > p.around.get(field, 0),
    "as_many": lambda p, field: p.value >= p.around.get(field, 0),
    "kept": lambda p, _: p.before is None or p.value == p.before,
    "kept_but": lambda p, c: p.before is None or _lasting(p.value, c) == _lasting(p.before, c),
    "filled": lambda p, _: p.value,
    "any": lambda p, fields: p.value.keys() & set(fields),
    **dict.fromkeys(("never", "absent", "otherwise"), lambda p, _: False),
}
_FINDS: Mapping[str, Callable[[_Place, Any], _Found]] = {
    "in": lambda p, names: (
        [] if p.value in names else [("", p.value, ", ".join(f'"{name}"' for name in names))]
    ),
    "form": lambda p, form: [
        ("", p.value, each) for each in (wrong(p.value, form) if isinstance(p.value, str) else ())
    ],
    "keys": lambda p, form: [
        ("" if form == "label_key" else f"[{key}]", key, each)
        for key in p.value
        for each in wrong(key, form)
    ],
    "values": lambda p, form: [
        ("", value, each) for value in p.value.values() for each in wrong(value, form)
    ],
    "unique": _twice, "template": _unfit, "frozen": _changed,
}  # fmt: skip
CHECKS = _HOLDS.keys() | _FINDS.keys()
"""What validation.yaml may ask for, beside `required`."""
