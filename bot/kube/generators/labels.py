"""Label selectors as they are typed, as the objects' own selectors.

Pure. Grammar and texts: apimachinery 1.37 `pkg/labels/selector.go`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.core.quoting import quote

_TOKEN = re.compile(r"[ \t\r\n]*(?:(?P<symbol>==|!=|[=!(),<>])|(?P<word>[^=!(),<> \t\r\n]+)|$)")
_NAME = re.compile(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PREFIX = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_OPERATORS = ("in", "notin", "=", "==", "!=", ">", "<")
_SHOWN = "in, notin, =, ==, !=, gt, lt"
_SYMBOLS = frozenset({"=", "==", "!=", "!", "(", ")", ",", "<", ">"})
_LONGEST, _LONGEST_PREFIX = 63, 253
_KEY_FAULT = (
    "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and"
    " end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used"
    " for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_PREFIX_FAULT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
    " and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
    " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_VALUE_FAULT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
    " and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
    " '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


class _FaultError(Exception):
    """What is wrong with a selector, in Kubernetes' words."""


@dataclass(frozen=True, slots=True)
class _Requirement:
    key: str
    operator: str
    values: tuple[str, ...] = ()


def selector_of(text: str) -> JsonObject:
    """Return the selector with its `matchLabels` and `matchExpressions`.

    Raises:
        UsageError: it cannot be read, or says something that such a selector cannot.
    """
    try:
        # Requirements of one key stay in the order in which they were typed.
        found = sorted(_Parser(_tokens(text)).parse(), key=lambda one: one.key)
    except _FaultError as fault:
        raise UsageError(
            f'error: couldn\'t parse the selector string "{text}": {fault}',
            next_step="Such as --selector=app=web,tier!=test",
        ) from None
    labels = {one.key: one.values[0] for one in found if one.operator in ("=", "==")}
    others = [_expression(one) for one in found if one.operator not in ("=", "==")]
    return ({"matchLabels": labels} if labels else {}) | (
        {"matchExpressions": others} if others else {}
    )


def check_selector(text: str) -> None:
    """Refuse what is no label selector.

    Raises:
        UsageError: it cannot be read; the text is that of a program that reads it by itself.
    """
    try:
        _Parser(_tokens(text)).parse()
    except _FaultError as fault:
        raise UsageError(f"error: {fault}", next_step="Such as -l app=web,tier!=test") from fault


def label_matcher(text: str) -> Callable[[Mapping[str, str]], bool]:
    """Return what tells whether an object with some labels is selected; empty selects all.

    Raises:
        UsageError: it cannot be read; the text is that of kubectl's files.
    """
    try:
        wanted = _Parser(_tokens(text)).parse() if text.strip() else []
    except _FaultError as fault:
        raise UsageError(
            f'error: the provided selector "{text}" is not valid: {fault}',
            next_step="Such as -l app=web,tier!=test",
        ) from fault
    return lambda labels: all(_holds(one, labels) for one in wanted)


def _holds(one: _Requirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(one.key)
    match one.operator:
        case "exists":
            return value is not None
        case "!":
            return value is None
        case "!=" | "notin":
            # What lacks the label is none of the values.
            return value not in one.values
        case ">" | "<" as sign:
            if value is None or not _is_int64(value):
                return False
            larger = int(value) > int(one.values[0])
            return larger if sign == ">" else int(value) < int(one.values[0])
        case _:
            return value in one.values


def _expression(one: _Requirement) -> JsonObject:
    name = {"in": "In", "notin": "NotIn", "exists": "Exists", "!": "DoesNotExist"}
    if one.operator not in name:
        text = {
            "!=": '"!=" is not a valid label selector operator',
            ">": '"gt" isn\'t supported in label selectors',
            "<": '"lt" isn\'t supported in label selectors',
        }[one.operator]
        raise UsageError(f"error: {text}")
    values = {"values": list(one.values)} if one.values else {}
    return {"key": one.key, "operator": name[one.operator]} | values


def _tokens(text: str) -> list[str]:
    found = [match["symbol"] or match["word"] or "" for match in _TOKEN.finditer(text)]
    # The end is an empty item, once.
    return [*filter(None, found), ""]


class _Parser:
    """Reads requirements from left to right."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens, self._at = tokens, 0

    def parse(self) -> list[_Requirement]:
        """Return the requirements."""
        found: list[_Requirement] = []
        while self._next != "":
            if not self._starts():
                raise _FaultError(
                    f"found '{self._next}', expected: !, identifier, or 'end of string'"
                )
            try:
                found.append(self._requirement())
            except _FaultError as fault:
                raise _FaultError(f"unable to parse requirement: {fault}") from None
            self._separator()
        return found

    @property
    def _next(self) -> str:
        return self._tokens[min(self._at, len(self._tokens) - 1)]

    def _take(self) -> str:
        item = self._next
        self._at += 1
        return item

    def _starts(self) -> bool:
        return self._next == "!" or (self._next != "" and self._next not in _SYMBOLS)

    def _separator(self) -> None:
        item = self._take()
        if item not in ("", ","):
            raise _FaultError(f"found '{item}', expected: ',' or 'end of string'")
        if item == "," and not self._starts():
            raise _FaultError(f"found '{self._next}', expected: identifier after ','")

    def _requirement(self) -> _Requirement:
        absent = self._next == "!" and self._take() == "!"
        key = self._word("expected: identifier")
        _check_key(key)
        if absent or self._next in ("", ","):
            return _Requirement(key, "!" if absent else "exists")
        operator = self._take()
        if operator not in _OPERATORS:
            raise _FaultError(f"found '{operator}', expected: {_SHOWN}")
        values = self._values() if operator in ("in", "notin") else self._value()
        return _checked(_Requirement(key, operator, tuple(sorted(set(values)))))

    def _value(self) -> list[str]:
        if self._next in ("", ","):
            return [""]
        return [self._word("expected: identifier")]

    def _values(self) -> list[str]:
        if (item := self._take()) != "(":
            raise _FaultError(f"found '{item}' expected: '('")
        found: list[str] = []
        while True:
            # A value may be empty: `(,a)`, `(a,)`, `()`.
            expected = "',', or identifier" if found else "',', ')' or identifier"
            empty = self._next in (",", ")")
            found.append("" if empty else self._word(f"expected: {expected}"))
            item = self._take()
            if item == ")":
                return found
            if item != ",":
                raise _FaultError(f"found '{item}', expected: ',' or ')'")

    def _word(self, expected: str) -> str:
        item = self._take()
        if item == "" or item in _SYMBOLS:
            raise _FaultError(f"found '{item}', {expected}")
        return item


def _checked(one: _Requirement) -> _Requirement:
    if one.operator in (">", "<") and not _is_int64(one.values[0]):
        raise _FaultError(
            f"values[0]: Invalid value: {quote(one.values[0])}:"
            " for 'Gt', 'Lt' operators, the value must be an integer"
        )
    for position, value in enumerate(one.values):
        faults = [f"must be no more than {_LONGEST} bytes"] if len(value) > _LONGEST else []
        faults += [_VALUE_FAULT] if value and not _NAME.fullmatch(value) else []
        if faults:
            said = "; ".join(faults)
            raise _FaultError(
                f"values[{position}][{one.key}]: Invalid value: {quote(value)}: {said}"
            )
    return one


def _is_int64(text: str) -> bool:
    return bool(re.fullmatch("[+-]?[0-9]+", text)) and -(2**63) <= int(text) < 2**63


def _check_key(key: str) -> None:
    if faults := _key_faults(key):
        raise _FaultError(f"<nil>: Invalid value: {quote(key)}: {'; '.join(faults)}")


def _key_faults(key: str) -> list[str]:
    parts = key.split("/")
    if len(parts) > 2:
        optional = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [_KEY_FAULT + optional]
    faults: list[str] = []
    if len(parts) == 2:
        faults += [f"prefix part {one}" for one in _prefix_faults(parts[0])]
    name = parts[-1]
    if not name:
        faults.append("name part must be non-empty")
    elif len(name) > _LONGEST:
        faults.append(f"name part must be no more than {_LONGEST} bytes")
    if not _NAME.fullmatch(name):
        faults.append(f"name part {_KEY_FAULT.removeprefix('a valid label key ')}")
    return faults


def _prefix_faults(prefix: str) -> list[str]:
    if not prefix:
        return ["must be non-empty"]
    long = len(prefix) > _LONGEST_PREFIX
    found = [f"must be no more than {_LONGEST_PREFIX} bytes"] if long else []
    return found if _PREFIX.fullmatch(prefix) else [*found, _PREFIX_FAULT]
