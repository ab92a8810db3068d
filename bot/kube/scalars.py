"""What a word of a YAML file means, as kubectl's YAML library reads it. Pure.

That is YAML 1.1 with Go's numbers: `on` is true, `0777` is octal, `1e3` is 1000, a date is a text.
Rules: go-yaml v2 `resolve.go`, through which sigs.k8s.io/yaml makes JSON.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

from bot.kube.numbers import json_number

Scalar: TypeAlias = str | int | float | bool | None

_INT64, _UINT64 = range(-(2**63), 2**63), range(2**64)
_WORDS: Mapping[str, Scalar] = {
    form: value
    for value, words in (
        (True, ("y", "yes", "true", "on")),
        (False, ("n", "no", "false", "off")),
        (None, ("null",)),
    )
    for word in words
    for form in (word, word.capitalize(), word.upper())
} | {"": None, "~": None}
NO_NUMBERS = frozenset(
    {".nan", ".NaN", ".NAN"}
    | {sign + dot for dot in (".inf", ".Inf", ".INF") for sign in ("", "+", "-")}
)
"""What YAML counts among the numbers and JSON does not."""
_HINTED = frozenset("+-0123456789")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?P<octal>0[0-7]+)|0|[1-9][0-9]*)"
)
# So many digits are beyond any float, and Python would take its time to read more.
_LONGEST = 400


def read_scalar(text: str) -> Scalar:
    """Return the value of a plain scalar; what is in quotes is a text and comes not here."""
    if text in _WORDS:
        return _WORDS[text]
    if not text or text[0] == ".":
        return _float(text)
    if text[0] not in _HINTED:
        return text
    bare = text.replace("_", "")
    whole = _whole(bare)
    if whole is not None:
        return whole
    found = _float(bare)
    return text if isinstance(found, str) else found


def _whole(bare: str) -> Scalar:
    """Return a whole number; None: it is none, or too large for one."""
    found = _WHOLE.fullmatch(bare) if len(bare) <= _LONGEST else None
    if found is None:
        return None
    value = int(bare, 8) if found["octal"] else int(bare, 0)
    if value in _INT64:
        return value
    # kubectl goes through JSON, where what is no int64 is a float.
    return _as_json(float(value)) if value in _UINT64 else None


def _float(text: str) -> Scalar:
    """Return a fraction; the text itself where it is none, or beyond the range of one."""
    if len(text) > _LONGEST or _FLOAT.fullmatch(text) is None:
        return text
    value = float(text)
    return text if abs(value) == float("inf") else _as_json(value)


def _as_json(value: float) -> Scalar:
    # In kubectl's JSON a whole number is an integer while it fits.
    written = json_number(value)
    whole = int(written) if written.lstrip("-").isdigit() else None
    return whole if whole is not None and whole in _INT64 else value
