"""How the API server refuses: one error, which becomes a `Status` on the wire."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from bot.demo.cluster.formats import data

JsonObject: TypeAlias = dict[str, Any]
"""An object as it travels; what is stored is never changed in place."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One field that is wrong: its path, what is wrong with it and the sentence."""

    field: str
    reason: str
    message: str


@dataclass(eq=False)
class ApiRefusalError(Exception):
    """A request that the API server answers with a failure; without details the Status has none."""

    code: int
    reason: str
    message: str
    details: JsonObject | None = None
    causes: Sequence[Cause] = ()

    def __str__(self) -> str:
        """Return the sentence."""
        return self.message

    def status(self) -> JsonObject:
        """Return the `Status` object (meta/v1) that says so."""
        causes = {"causes": [without_empty(asdict(cause)) for cause in self.causes]}
        details = {**(self.details or {}), **causes} if self.causes else self.details
        told = {"message": self.message, "reason": self.reason or None, "details": details}
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        return {**status, **{k: v for k, v in told.items() if v is not None}, "code": self.code}


def refusal(
    why: str,
    plural: str = "",
    group: str = "",
    name: str = "",
    /,
    *,
    causes: Sequence[Cause] = (),
    **words: object,
) -> ApiRefusalError:
    """Return the refusal of that name in refusals.yaml, about an object or nothing at all."""
    row, resource = data("refusals")[why], f"{plural}.{group}" if group else plural
    message = row["message"].format(resource=resource, name=name, **words)
    about = without_empty({"name": name, "group": group, "kind": plural}) or row.get("details")
    return ApiRefusalError(row["code"], row["reason"], message, about, causes)


def not_found(plural: str, group: str, name: str) -> ApiRefusalError:
    """Return the refusal of an object that does not exist."""
    return refusal("missing", plural, group, name)


def invalid(kind: str, group: str, name: str, causes: Sequence[Cause]) -> ApiRefusalError:
    """Return the refusal of an object with fields that are wrong."""
    sentences = list(dict.fromkeys(f"{each.field}: {each.message}" for each in causes))
    text = sentences[0] if len(sentences) == 1 else f"[{', '.join(sentences)}]"
    return refusal("invalid", kind, group, name, causes=causes, text=text)


def without_empty(fields: JsonObject) -> JsonObject:
    """Return the fields that have something in them."""
    return {key: value for key, value in fields.items() if value}
