"""Objects as YAML and JSON, byte for byte as kubectl writes them.

Pure. kubectl's YAML comes from a Go port of libyaml, so the C emitter is the right one; the
choice between plain and quoted scalars, the order of keys and the form of numbers differ from
PyYAML's, and are made here.
"""

import functools
import io
import re
from collections.abc import Sequence
from datetime import date
from itertools import takewhile
from operator import itemgetter
from typing import Any

import orjson
import yaml

from bot.core.ports import JsonObject
from bot.kube.numbers import general, json_number

# What the Go library would read back as something else than a string, and therefore quotes
# (go-yaml v2 `resolve.go`; base 60 floats are quoted for the sake of other parsers).
_WORDS = frozenset(
    form
    for word in ("y", "yes", "on", "n", "no", "off", "true", "false", "null")
    for form in (word, word.capitalize(), word.upper())
) | {"", "~", *(sign + dot for dot in (".inf", ".Inf", ".INF") for sign in ("", "+", "-"))}
_NOT_NUMBERS = frozenset({".nan", ".NaN", ".NAN"})
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INT = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
    r"| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?"
)
_INT64 = range(-(2**63), 2**63)
_HINTED = frozenset("+-0123456789.")


class _Dumper(yaml.CSafeDumper):
    """PyYAML's C dumper with Go's choice of quotes and without aliases."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - overrides an attribute of PyYAML's

    def ignore_aliases(self, data: object) -> bool:
        return True


def _scalar(dumper: _Dumper, text: str, style: str | None) -> yaml.Node:
    # Everything is written as a string without resolvers: then no tag is ever shown.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


def _string(dumper: _Dumper, value: str) -> yaml.Node:
    if "\n" in value:
        return _scalar(dumper, value, "|")
    return _scalar(dumper, value, '"' if _reads_as_other(value) else None)


def _reads_as_other(value: str) -> bool:
    if value in _WORDS or value in _NOT_NUMBERS:
        return True
    if value[0] not in _HINTED:
        return False
    bare = value.replace("_", "")
    return (
        _is_float(bare)
        or (_INT.fullmatch(bare) is not None and _fits(bare))
        or _BASE_60.fullmatch(value) is not None
        or _is_time(value)
    )


def _is_float(text: str) -> bool:
    # Beyond the range of a float64 Go reads a string: a commit's hash can be `12e4567`.
    return _FLOAT.fullmatch(text) is not None and abs(float(text)) != float("inf")


def _fits(text: str) -> bool:
    octal = re.fullmatch(r"([-+]?)0([0-7]+)", text)
    value = int(octal[1] + octal[2], 8) if octal else int(text, 0)
    return -(2**63) <= value < 2**64


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def _float(value: float) -> str:
    # kubectl's YAML is made from its JSON, where a whole number is an integer while it fits.
    text = json_number(value)
    return str(int(text)) if _INT.fullmatch(text) and _fits(text) else general(value)


def _integer(value: int) -> str:
    return str(value) if value in _INT64 else _float(float(value))


def _mapping(dumper: _Dumper, value: dict[str, Any]) -> yaml.Node:
    # Nearly all keys are without digits, and such ones need no more than Python's own order.
    plain = _PLAIN_KEYS.fullmatch("".join(value))
    items = sorted(value.items(), key=_BY_KEY if plain else _natural)
    return dumper.represent_mapping("tag:yaml.org,2002:map", items)


_PLAIN_KEYS, _BY_KEY = re.compile(r"[A-Za-z./-]*"), itemgetter(0)


@functools.cmp_to_key
def _natural(left: tuple[str, Any], right: tuple[str, Any]) -> int:
    # The Go library's order of keys: `k2` before `k10`, letters behind all else.
    a, b = left[0], right[0]
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if at is None:
        return len(a) - len(b)
    x, y = a[at], b[at]
    if x.isalpha() != y.isalpha():
        return 1 if x.isalpha() else -1
    if x.isalpha():
        return ord(x) - ord(y)
    return -1 if _number(a, at, y) < _number(b, at, x) else 1


def _number(text: str, at: int, other: str) -> tuple[int, int, str]:
    # A zero counts only behind another digit: `10` comes after `2`, and `01` after `1`.
    digits = "".join(takewhile(_DECIMAL.__contains__, text[at:]))
    before = "".join(takewhile(_DECIMAL.__contains__, reversed(text[:at])))
    led = "1" if "0" in (text[at], other) and before.strip("0") else ""
    return int(led + digits or 0), len(digits), text[at]


_DECIMAL = frozenset("0123456789")
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(str, _string)
_Dumper.add_representer(bool, lambda d, v: _scalar(d, "true" if v else "false", None))
_Dumper.add_representer(int, lambda d, v: _scalar(d, _integer(v), None))
_Dumper.add_representer(float, lambda d, v: _scalar(d, _float(v), None))
_Dumper.add_representer(type(None), lambda d, _: _scalar(d, "null", None))


def to_yaml(value: object) -> str:
    """Return one value as kubectl's YAML, with its final line end."""
    out = io.StringIO()
    yaml.dump(value, out, Dumper=_Dumper, allow_unicode=True, default_flow_style=False, width=80)
    # The C emitter would end a document on its own where a text in it ends with empty lines.
    text = out.getvalue()
    return text[:-4] if text.endswith("\n...\n") else text


_LEADING = re.compile(rb"^( +)", re.MULTILINE)


def to_json(value: object) -> str:
    """Return one value as kubectl's JSON: four spaces, sorted keys, `<`, `>` and `&` escaped."""
    # Strings hold no raw line ends, so leading spaces are always indentation.
    return _escaped(_LEADING.sub(rb"\1\1", _dumped(value, orjson.OPT_INDENT_2))) + "\n"


def to_compact_json(value: object) -> str:
    """Return one value as Go writes it on one line, with sorted keys."""
    return _escaped(_dumped(value))


def to_ordered_json(value: object) -> str:
    """Return one value as Go writes its own types: on one line, in the order of their fields."""
    return _escaped(orjson.dumps(_with_numbers(value)))


def _dumped(value: object, option: int = 0) -> bytes:
    return orjson.dumps(_with_numbers(value), option=option | orjson.OPT_SORT_KEYS)


def _escaped(body: bytes) -> str:
    for raw, escaped in ((b"&", rb"\u0026"), (b"<", rb"\u003c"), (b">", rb"\u003e")):
        body = body.replace(raw, escaped)
    return body.decode().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _with_numbers(value: Any) -> Any:
    # Go reads what is not an int64 as a float64, and writes that in its own way.
    match value:
        case dict():
            return {key: _with_numbers(inner) for key, inner in value.items()}
        case list():
            return [_with_numbers(inner) for inner in value]
        case float():
            return orjson.Fragment(json_number(value))
        case int() if value not in _INT64:
            return orjson.Fragment(json_number(float(value)))
        case _:
            return value


def prepared(item: JsonObject, *, managed_fields: bool = False) -> JsonObject:
    """Return the object as `-o yaml` shows it: without `metadata.managedFields` by default."""
    metadata = item.get("metadata")
    if not managed_fields and isinstance(metadata, dict):
        metadata.pop("managedFields", None)
    return item


def as_list(items: Sequence[JsonObject]) -> JsonObject:
    """Return the `List` that kubectl makes of several objects."""
    return {
        "apiVersion": "v1",
        "items": items,
        "kind": "List",
        "metadata": {"resourceVersion": ""},
    }


class ListWriter:
    """Writes a `List` object by object, so that the event loop can breathe between."""

    def __init__(self, *, yaml: bool) -> None:
        self._yaml = yaml
        self._empty = True

    def item(self, item: JsonObject) -> str:
        """Return the text of one more object, with the list's head before the first."""
        first, self._empty = self._empty, False
        if self._yaml:
            return ("apiVersion: v1\nitems:\n" if first else "") + to_yaml([item])
        body = _LINE.sub("        ", to_json(item).rstrip("\n"))
        return ('{\n    "apiVersion": "v1",\n    "items": [\n' if first else ",\n") + body

    def end(self) -> str:
        """Return what closes the list."""
        if self._yaml:
            head = "apiVersion: v1\nitems: []\n" if self._empty else ""
            return f'{head}kind: List\nmetadata:\n  resourceVersion: ""\n'
        head = '{\n    "apiVersion": "v1",\n    "items": [],' if self._empty else "\n    ],"
        return (
            f'{head}\n    "kind": "List",\n'
            '    "metadata": {\n        "resourceVersion": ""\n    }\n}\n'
        )


_LINE = re.compile(r"^", re.MULTILINE)
