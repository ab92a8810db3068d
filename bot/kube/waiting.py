"""What `wait --for` waits for. Pure. Rules and texts: kubectl 1.37 `pkg/cmd/wait`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import JsonObject
from bot.core.quoting import quote
from bot.kube.jsonpath.finding import find
from bot.kube.jsonpath.reading import Template, TemplateError, read_template, relaxed
from bot.kube.jsonpath.values import PathError, general


@dataclass(frozen=True, slots=True)
class Gone:
    """The object is deleted."""


@dataclass(frozen=True, slots=True)
class There:
    """The object is created."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in the object's status has this status, in any case."""

    type: str
    status: str


@dataclass(frozen=True, slots=True)
class Value:
    """A field has this value; empty: any."""

    path: Template
    value: str


Wanted: TypeAlias = Gone | There | Condition | Value
_FORMAT = (
    "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or"
    " --for=jsonpath='{.status.readyReplicas}'"
)


def read_conditions(typed: Sequence[str]) -> list[Wanted]:
    """Return what has to come true, in the order in which it is waited for.

    Raises:
        UsageError: one of them cannot be read, or there is none.
    """
    if not typed:
        raise UsageError(
            "error: unrecognized condition: []", next_step="Such as --for=condition=Ready"
        )
    return [_read(each) for each in typed]


def _read(typed: str) -> Wanted:
    if typed.lower() == "delete":
        return Gone()
    if typed.lower() == "create":
        return There()
    kind, _, rest = typed.partition("=")
    if kind == "condition" and "=" in typed:
        name, given, status = rest.partition("=")
        return Condition(name, status if given else "true")
    if kind == "jsonpath" and "=" in typed:
        return _value(rest)
    raise UsageError(
        f"error: unrecognized condition: {quote(typed)}",
        next_step="Behind --for= stands create, delete, condition=NAME[=VALUE]"
        " or jsonpath='{PATH}'[=VALUE].",
    )


def _value(text: str) -> Value:
    parts = _split(text)
    if len(parts) > 2:
        raise UsageError(_FORMAT)
    path = relaxed(parts[0])
    if len(parts) == 1:
        return Value(_template(path), "")
    value = parts[1].strip("'\"")
    if not value:
        raise UsageError(
            "error: jsonpath wait has to have a value after equal sign, like"
            " --for=jsonpath='{.status.readyReplicas}'=3"
        )
    return Value(_template(path), value)


def _template(path: str) -> Template:
    if not path:
        raise UsageError("error: jsonpath expression cannot be empty")
    try:
        return read_template(path)
    except TemplateError as error:
        raise UsageError(f"error: {error}") from None


def _split(text: str) -> list[str]:
    # At each single `=`; a double one belongs to a filter.
    parts = [""]
    at = 0
    while at < len(text):
        if text.startswith("==", at):
            parts[-1] += "=="
            at += 2
            continue
        if text[at] == "=":
            parts.append("")
        else:
            parts[-1] += text[at]
        at += 1
    return parts


def holds(wanted: Condition | Value, item: JsonObject) -> bool:
    """Return whether the object is as wanted.

    Raises:
        QuarterdeckError: the path does not lead to one value.
    """
    if isinstance(wanted, Condition):
        return _condition(wanted, item)
    try:
        found = find(wanted.path, item)
    except PathError as error:
        raise QuarterdeckError(f"error: {error}") from error
    if not found or not found[0]:
        return False
    if len(found) > 1:
        raise QuarterdeckError("error: given jsonpath expression matches more than one list")
    if len(found[0]) > 1:
        raise QuarterdeckError("error: given jsonpath expression matches more than one value")
    if not wanted.value:
        return True
    [value] = found[0]
    if isinstance(value, dict | list):
        raise QuarterdeckError(
            "error: jsonpath leads to a nested object or list which is not supported"
        )
    return general(value).strip() == wanted.value.strip()


def _condition(wanted: Condition, item: JsonObject) -> bool:
    status = item.get("status") or {}
    for each in status.get("conditions") or ():
        if str(each.get("type", "")).casefold() != wanted.type.casefold():
            continue
        generation = item["metadata"].get("generation")
        seen = each.get("observedGeneration", status.get("observedGeneration"))
        if generation is not None and seen is not None and seen < generation:
            return False
        return str(each.get("status", "")).casefold() == wanted.status.casefold()
    return False
