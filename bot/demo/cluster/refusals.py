"""How the API server refuses: one error, which becomes a `Status` on the wire."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""An object as it travels; what is stored is never changed in place."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One field that is wrong: its path, what is wrong with it and the sentence."""

    field: str
    reason: str
    message: str


class ApiRefusalError(Exception):
    """A request that the API server answers with a failure."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: JsonObject | None = None,
        causes: Sequence[Cause] = (),
        metadata: JsonObject | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        """None: the `Status` has none."""
        self.causes = tuple(causes)
        self.metadata = metadata or {}

    def status(self) -> JsonObject:
        """Return the `Status` object (meta/v1) that says so."""
        details = self.details
        if self.causes:
            causes = [
                without_empty({"reason": c.reason, "message": c.message, "field": c.field})
                for c in self.causes
            ]
            details = {**(details or {}), "causes": causes}
        status: JsonObject = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.metadata,
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if details is not None:
            status["details"] = details
        return status | {"code": self.code}


def not_found(plural: str, group: str, name: str) -> ApiRefusalError:
    """Return the refusal of an object that does not exist."""
    message = f'{_qualified(plural, group)} "{name}" not found'
    return ApiRefusalError(404, "NotFound", message, _details(name, group, plural))


def conflict(what: str, group: str, name: str, message: str) -> ApiRefusalError:
    """Return the refusal of a change to what is not what it was taken for."""
    text = f'Operation cannot be fulfilled on {_qualified(what, group)} "{name}": {message}'
    return ApiRefusalError(409, "Conflict", text, _details(name, group, what))


def invalid(kind: str, group: str, name: str, causes: Sequence[Cause]) -> ApiRefusalError:
    """Return the refusal of an object with fields that are wrong."""
    sentences = list(dict.fromkeys(f"{each.field}: {each.message}" for each in causes))
    text = sentences[0] if len(sentences) == 1 else f"[{', '.join(sentences)}]"
    message = f'{_qualified(kind, group)} "{name}" is invalid: {text}'
    return ApiRefusalError(422, "Invalid", message, _details(name, group, kind), causes)


def _qualified(what: str, group: str) -> str:
    return f"{what}.{group}" if group else what


def _details(name: str, group: str, kind: str) -> JsonObject:
    return without_empty({"name": name, "group": group, "kind": kind})


def without_empty(fields: JsonObject) -> JsonObject:
    """Return the fields that have something in them."""
    return {key: value for key, value in fields.items() if value}
