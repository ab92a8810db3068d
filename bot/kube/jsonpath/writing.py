"""What was found, as kubectl prints it."""

from collections.abc import Sequence
from typing import Any

from bot.core.errors import UsageError
from bot.core.quoting import quote
from bot.kube import documents
from bot.kube.jsonpath import values
from bot.kube.jsonpath.finding import find
from bot.kube.jsonpath.reading import Template, TemplateError, read_template
from bot.kube.jsonpath.values import PathError


def checked(template: str) -> Template:
    """Return the template of a text.

    Raises:
        UsageError: the text is none, in kubectl's words.
    """
    try:
        return read_template(template)
    except TemplateError as error:
        raise UsageError(f"error: error parsing jsonpath {template}, {error}") from None


def printed(
    template: str, data: Any, *, as_json: bool = False, missing_allowed: bool = True
) -> str:
    """Return what `-o jsonpath=TEMPLATE` prints of an object; `as_json`: every piece as a list.

    kubectl adds the object to its error, as Go writes it; here it is left out.

    Raises:
        UsageError: the template cannot be read, or not be carried out on this object.
    """
    pieces = checked(template)
    try:
        found = find(pieces, data, missing_allowed=missing_allowed)
        return "".join(documents.to_json(piece) if as_json else _text(piece) for piece in found)
    except PathError as error:
        raise UsageError(
            f"error: error executing jsonpath {quote(template)}: Error executing template: {error}."
        ) from None


def _text(found: Sequence[Any]) -> str:
    return " ".join(_one(value) for value in found)


def _one(value: Any) -> str:
    if isinstance(value, dict | list):
        return documents.to_compact_json(value)
    return values.general(value)
