"""Any kind that has no description of its own: every field, by name."""

import re
from typing import Any

from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Subject
from bot.kube.jsonpath.values import general

_ELSEWHERE = frozenset(
    f".metadata.{each}" for each in ("managedFields", "name", "namespace", "labels", "annotations")
)
_ACRONYMS = frozenset({"API", "URL", "UID", "GUID"})
_RUNS = re.compile(r"-+|[^\W\d_a-z]+(?![a-z])|[^\W\d_a-z]?[a-z]+|[^\W\d_]+")


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
    return " ".join(map(_word, _merged(_RUNS.findall(field))))


def _merged(parts: list[str]) -> list[str]:
    # A run of capitals belongs to the capital behind it, as in `CIDRs`.
    merged: list[str] = []
    joined = False
    for part in parts:
        before = merged[-1] if merged and not joined else ""
        joined = len(before) >= 2 and before.isupper() and part[0].isupper()
        if joined:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _word(part: str) -> str:
    if part.upper() in _ACRONYMS:
        return part.upper()
    return part[0].upper() + part[1:] if part.islower() else part


DESCRIPTION = Description(_write)
