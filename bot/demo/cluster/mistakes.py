"""A place in an object that is looked at, and how the API server says what is wrong there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.demo.cluster.refusals import Cause, JsonObject

Causes: TypeAlias = Iterator[Cause]


@dataclass(frozen=True, slots=True)
class Place:
    """A value, the object that it stands in, and what it was before (None: nothing is changed)."""

    path: str
    value: Any
    around: JsonObject
    before: Any
    kind: str

    def required(self, detail: str = "", field: str = "") -> Cause:
        """Return that a value is missing; a field is one of this place: `name`, `[0].name`."""
        return self._cause(field, "Required", "Required value", detail)

    def invalid(self, detail: str, field: str = "", value: Any = None) -> Cause:
        """Return that a value is wrong; None is the place's own."""
        shown = shown_as(self.value if value is None else value)
        return self._cause(field, "Invalid", f"Invalid value: {shown}", detail)

    def unsupported(self, values: tuple[str, ...], shown: Any = None) -> Cause:
        """Return that a value is none of those that there are."""
        detail = "supported values: " + ", ".join(f'"{each}"' for each in values)
        value = shown_as(self.value if shown is None else shown)
        return self._cause("", "NotSupported", f"Unsupported value: {value}", detail)

    def forbidden(self, detail: str, field: str = "") -> Cause:
        """Return that a value may not be there."""
        return self._cause(field, "Forbidden", "Forbidden", detail)

    def duplicate(self, field: str, value: Any) -> Cause:
        """Return that a value is there twice."""
        return self._cause(field, "Duplicate", f"Duplicate value: {shown_as(value)}")

    def unknown(self, field: str, value: Any) -> Cause:
        """Return that what a value names is not there."""
        return self._cause(field, "NotFound", f"Not found: {shown_as(value)}")

    def _cause(self, field: str, reason: str, what: str, detail: str = "") -> Cause:
        dot = "" if field.startswith("[") or not field or not self.path else "."
        message = f"{what}: {detail}" if detail else what
        return Cause(f"{self.path}{dot}{field}", f"FieldValue{reason}", message)


def shown_as(value: Any) -> str:
    """Return a value as it stands in a sentence: as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def internal(value: JsonObject, *fields: str) -> JsonObject:
    """Return an object as the API server's own types print it: these fields, null where unset."""
    lower = {key.lower(): each for key, each in value.items()}
    return {field: lower.get(field.lower()) for field in fields}
