"""What the model says about a wrong document, as sentences with their lines and the valid form."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.policy.documents import Document, Fault
from bot.policy.forms import FORMS

# A field's path is shown so long; a hostile key is as long as its file.
_SHOWN = 40
# Nobody mends more at a time, and each looks for its line in the whole file.
_MOST = 20
_PAIRS = "must be pairs of a name and a value"


@dataclass(frozen=True, slots=True)
class Language:
    """What may be written in a kind of file: its JSON Schema, and each part's valid form."""

    schema: dict[str, Any]
    forms: Mapping[str, str]
    otherwise: str
    """The form that is shown where no part is meant."""


def faults_of(error: ValidationError, document: Document, language: Language) -> tuple[Fault, ...]:
    """Return what the model refused, in the order of the file; of very much, the beginning.

    What is missing comes last: it may only be misspelt.
    """
    errors = [one for one in error.errors(include_url=False) if not _follows(one)][:_MOST]
    errors.sort(key=lambda one: (one["type"] == "missing", document.line(_place(one))))
    return tuple(_fault(one, document, language) for one in errors)


def _follows(error: ErrorDetails) -> bool:
    # A list whose entries are wrong also counts as too short: the wrong ones are left out.
    return error["type"] == "too_short" and len(error["input"]) > 0


def _fault(error: ErrorDetails, document: Document, language: Language) -> Fault:
    place = _place(error)
    sentence = f"{_written(place)} {_sentence(error, place, language.schema)}"
    return Fault(document.line(place), sentence, _form(place, language))


def _form(place: Sequence[str | int], language: Language) -> str:
    if not place or isinstance(place[0], int):
        return language.otherwise
    near = difflib.get_close_matches(place[0], language.forms, 1)
    return language.forms[near[0]] if near else ""


def _place(error: ErrorDetails) -> tuple[str | int, ...]:
    # The model marks a key that is wrong with a step of its own.
    place = tuple(part for part in error["loc"] if part != "[key]")
    return place + tuple(error.get("ctx", {}).get("place", ()))


def _written(place: Sequence[str | int]) -> str:
    """Return the place as kubectl writes one: `people[0].slack`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return _clipped(text.removeprefix(".")) or "the document"


def _clipped(text: str) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _sentence(error: ErrorDetails, place: Sequence[str | int], schema: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return _unknown(place, schema)
    say = _SENTENCES.get(error["type"])
    return say(error) if say else f"is wrong: {error['msg']}"


def _text(error: ErrorDetails) -> str:
    if isinstance(error["input"], bool | int):
        return "must be text; YAML reads this as something else, so put it in quotes"
    return "must be text"


def _choice(error: ErrorDetails) -> str:
    return f"must be {error['ctx']['expected']}"


_SENTENCES: Mapping[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda error: "is missing",
    "string_pattern_mismatch": lambda error: f"must be {FORMS[error['ctx']['pattern']]}",
    "string_type": _text,
    "bool_type": lambda error: "must be true or false",
    "int_type": lambda error: "must be a whole number",
    "greater_than_equal": lambda error: f"must be {error['ctx']['ge']} or more",
    "less_than_equal": lambda error: f"must be {error['ctx']['le']} or less",
    "tuple_type": lambda error: "must be a list, in [ ] or with dashes",
    "dict_type": lambda error: _PAIRS,
    "model_type": lambda error: _PAIRS,
    "too_short": lambda error: "needs at least one entry",
    "literal_error": _choice,
    "enum": _choice,
    "value_error": lambda error: str(error["ctx"]["error"]),
    "policy": lambda error: error["msg"],
}


def _unknown(place: Sequence[str | int], schema: dict[str, Any]) -> str:
    known = _fields(place[:-1], schema)
    near = difflib.get_close_matches(str(place[-1]), known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"is no field here; {hint}"


def _fields(place: Sequence[str | int], schema: dict[str, Any]) -> tuple[str, ...]:
    """Return the fields that may stand in a place."""
    node = schema
    for part in place:
        node = _resolved(_below(_resolved(node, schema), part), schema)
    return tuple(_resolved(node, schema)["properties"])


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = node.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema["$defs"][name] if name else node
    return found


def _below(node: dict[str, Any], part: str | int) -> dict[str, Any]:
    if isinstance(part, int):
        found: dict[str, Any] = node["items"]
    elif part in node.get("properties", {}):
        found = node["properties"][part]
    else:
        found = next(iter(node["patternProperties"].values()))
    return found
