"""Any kind that has no description of its own: every field, by name."""

from itertools import groupby, pairwise
from typing import Any
from unicodedata import category

from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Subject
from bot.kube.jsonpath.values import general

_ELSEWHERE = frozenset(
    f".metadata.{each}" for each in ("managedFields", "name", "namespace", "labels", "annotations")
)
_ACRONYMS = frozenset({"API", "URL", "UID", "GUID"})
_CASES = {"Ll": 1, "Lu": 2}


def _write(w: Lines, subject: Subject) -> None:
    metadata = subject.metadata
    blocks.head(w, subject.item)
    blocks.labels(w, "Labels", metadata.get("labels"))
    blocks.annotations(w, "Annotations", metadata.get("annotations"))
    _fields(w, 0, subject.item, "")
    blocks.events(w, subject.events, subject.now)


def _fields(w: Lines, level: int, content: dict[str, Any], path: str) -> None:
    for field, value in sorted(content.items()):
        here = f"{path}.{field}"
        if here in _ELSEWHERE:
            continue
        match value:
            case dict():
                w.put(level, f"{label(field)}:\n")
                _fields(w, level + 1, value, here)
            case list():
                w.put(level, f"{label(field)}:\n")
                _elements(w, level + 1, value, here)
            case _:
                w.line(level, f"{label(field)}:", general(value))


def _elements(w: Lines, level: int, values: list[Any], path: str) -> None:
    for value in values:
        if isinstance(value, dict):
            _fields(w, level, value, path)
        else:
            w.put(level, f"{general(value)}\n")


def label(field: str) -> str:
    """Return a field's name as words: `podCIDRs` is `Pod CIDRs`, `apiVersion` is `API Version`."""
    if not all(char.isalpha() or char == "-" for char in field):
        return field
    return " ".join(map(_word, _merged(_runs(field))))


def _runs(field: str) -> list[str]:
    """Split where the kind of letter changes; the last capital belongs to what follows it."""
    runs = ["".join(run) for _, run in groupby(field, lambda char: _CASES.get(category(char), 0))]
    for at, (run, after) in enumerate(pairwise(runs)):
        if category(run[-1]) == "Lu" and category(after[0]) == "Ll":
            runs[at], runs[at + 1] = run[:-1], run[-1] + after
    return [run for run in runs if run]


def _merged(parts: list[str]) -> list[str]:
    # A run of capitals belongs to the capital behind it, as in `CIDRs`.
    merged: list[str] = []
    joined = False
    for part in parts:
        before = merged[-1] if merged and not joined else ""
        joined = len(before.encode()) >= 2 and _all_great(before) and _begins_great(part)
        if joined:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _all_great(part: str) -> bool:
    return not any(char.isalpha() and category(char) != "Lu" for char in part)


def _begins_great(part: str) -> bool:
    # Go looks at the first byte as if it were a letter.
    return chr(part.encode()[0]).isupper()


def _word(part: str) -> str:
    if part.upper() in _ACRONYMS:
        return part.upper()
    return part[0].title() + part[1:] if part == part.lower() else part


DESCRIPTION = Description(_write)
