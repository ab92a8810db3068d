"""Which objects a request means: label selectors and field selectors, as the API server reads them.

Pure. The grammar and the sentences are those of apimachinery's `pkg/labels` and `pkg/fields`.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.demo.cluster.formats import wrong
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.paths import at
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject

Matches = Callable[[JsonObject], bool]
# The end of the text is an empty token, and another behind it.
_SYMBOLS = ("", "==", "!=", "=", "!", "(", ")", ",", "<", ">")
_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+)")
_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
_MEETS: Mapping[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "exists": lambda value, _: value is not None,
    "!": lambda value, _: value is None,
    ">": lambda value, than: _integer(value) and int(value or 0) > int(than[0]),
    "<": lambda value, than: _integer(value) and int(value or 0) < int(than[0]),
    **dict.fromkeys(("in", "=", "=="), lambda value, values: value in values),
    **dict.fromkeys(("notin", "!="), lambda value, values: value not in values),
}
_SHOWN = {"exists": "{0}", "!": "!{0}", "in": "{0} in ({2})", "notin": "{0} notin ({2})"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on a label, such as `app in (web,api)`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def met(self, labels: Mapping[str, str]) -> bool:
        """Return whether the labels meet it."""
        return _MEETS[self.operator](labels.get(self.key), self.values)

    def __str__(self) -> str:
        form = _SHOWN.get(self.operator, "{0}{1}{2}")
        return form.format(self.key, self.operator, ",".join(self.values))


def labels_match(text: str) -> Matches:
    """Return whether an object has the labels that `app=web,tier!=db,!old` asks for.

    Raises:
        ApiRefusalError: 400, the selector cannot be read.
    """
    requirements = list(_parsed(text))
    return lambda item: _all_met(requirements, item["metadata"].get("labels") or {})


def selector_matches(selector: JsonObject, labels: Mapping[str, str]) -> bool:
    """Return whether the labels meet a `spec.selector`; an empty one is met by all."""
    return _all_met(requirements_of(selector), labels)


def requirements_of(selector: JsonObject) -> list[Requirement]:
    """Return the conditions of a `spec.selector`, by key."""
    equal = [Requirement(k, "=", (v,)) for k, v in (selector.get("matchLabels") or {}).items()]
    others = [
        Requirement(
            each["key"], _OPERATORS[each["operator"]], tuple(sorted(each.get("values", ())))
        )
        for each in selector.get("matchExpressions") or ()
    ]
    return sorted(equal + others, key=lambda each: each.key)


def _all_met(requirements: list[Requirement], labels: Mapping[str, str]) -> bool:
    return all(each.met(labels) for each in requirements)


def _parsed(text: str) -> Iterator[Requirement]:
    tokens = deque([*_TOKEN.findall(text), "", ""])
    if tokens[0] in _SYMBOLS[1:] and tokens[0] != "!":
        raise _bad(f"found '{tokens[0]}', expected: !, identifier, or 'end of string'")
    while tokens[0]:
        yield _requirement(tokens)
        if tokens[0] not in ("", ","):
            raise _bad(f"found '{tokens[0]}', expected: ',' or 'end of string'")
        if tokens.popleft() and tokens[0] in _SYMBOLS and tokens[0] != "!":
            raise _bad(f"found '{tokens[0]}', expected: identifier after ','")


def _requirement(tokens: deque[str]) -> Requirement:
    absent = tokens[0] == "!" and bool(tokens.popleft())
    key = _word(tokens, "identifier")
    if problems := wrong(key, "label_key"):
        raise _unparsed(f"<nil>: Invalid value: {json.dumps(key)}: {'; '.join(problems)}")
    if absent or tokens[0] in ("", ","):
        return Requirement(key, "!" if absent else "exists")
    operator = tokens.popleft()
    if operator not in ("in", "notin", "=", "==", "!=", "<", ">"):
        raise _unparsed(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
    values = _set(tokens) if operator in ("in", "notin") else (_value(tokens, "identifier"),)
    problems = list(_wrong_values(key, operator, values))
    if problems:
        raise _unparsed(f"[{', '.join(problems)}]" if problems[1:] else problems[0])
    return Requirement(key, operator, values)


def _set(tokens: deque[str]) -> tuple[str, ...]:
    if (token := tokens.popleft()) != "(":
        raise _unparsed(f"found '{token}' expected: '('")
    if tokens[0] in _SYMBOLS and tokens[0] not in (",", ")"):
        raise _unparsed(f"found '{tokens[0]}', expected: ',', ')' or identifier")
    values = {_value(tokens, "identifier")}
    while tokens[0] == ",":
        tokens.popleft()
        values.add(_value(tokens, "',', or identifier"))
    if (token := tokens.popleft()) != ")":
        raise _unparsed(f"found '{token}', expected: ',' or ')'")
    return tuple(sorted(values))


def _value(tokens: deque[str], expected: str) -> str:
    return "" if tokens[0] in ("", ",", ")") else _word(tokens, expected)


def _word(tokens: deque[str], expected: str) -> str:
    if tokens[0] in _SYMBOLS:
        raise _unparsed(f"found '{tokens[0]}', expected: {expected}")
    return tokens.popleft()


def _wrong_values(key: str, operator: str, values: tuple[str, ...]) -> Iterator[str]:
    for index, value in enumerate(values):
        shown = f"Invalid value: {json.dumps(value)}"
        if operator in "<>" and not _integer(value):
            rule = "for 'Gt', 'Lt' operators, the value must be an integer"
            yield f"values[{index}]: {shown}: {rule}"
        if problems := wrong(value, "label_value"):
            yield f"values[{index}][{key}]: {shown}: {'; '.join(problems)}"


def _integer(text: str | None) -> bool:
    return re.fullmatch(r"[+-]?\d+", text or "") is not None


def _bad(message: str) -> ApiRefusalError:
    return ApiRefusalError(400, "BadRequest", message)


def _unparsed(message: str) -> ApiRefusalError:
    return _bad(f"unable to parse requirement: {message}")


# Fields that are elsewhere than they are called, the first that is set; and what an unset one is.
_PLACES = {
    "source": ("source.component", "reportingComponent"),
    "status.successful": ("status.succeeded",),
}
_UNSET = {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.successful": "0"}


def fields_match(kind: Kind, text: str) -> Matches:
    """Return whether an object has the fields that `status.phase!=Running` asks for.

    Raises:
        ApiRefusalError: 400, the selector cannot be read, or the kind is not selected by that.
    """
    terms = [_term(text, part) for part in sorted(re.findall(r"(?:\\.|[^,])+", text))]
    for name, _, _ in terms:
        _check_field(kind, name)
    return lambda item: all((_field(item, name) == value) is equal for name, equal, value in terms)


def _term(text: str, part: str) -> tuple[str, bool, str]:
    found = re.fullmatch(r"(.*?)(!=|==|=)(.*)", part)
    if found is None:
        raise _bad(f"invalid selector: '{text}'; can't understand '{part}'")
    value = re.sub(r"\\([\\,=])", "", found[3])
    if "=" in value:
        raise _bad("invalid field selector: unescaped character in value: 61")
    if escape := re.search(r"\\.?", value):
        raise _bad(f"invalid field selector: invalid escape sequence: {escape[0]}")
    return found[1], found[2] != "!=", re.sub(r"\\(.)", r"\1", found[3])


def _check_field(kind: Kind, name: str) -> None:
    common = ("metadata.name", "metadata.namespace")
    if name in (*(common if kind.namespaced or not kind.fields else common[:1]), *kind.fields):
        return
    if kind.kind == "Job":
        raise _bad(f'field label "{name}" not supported for Job')
    if kind.fields or kind.custom:
        raise _bad(f"field label not supported: {name}")
    raise _bad(f'"{name}" is not a known field selector: only "{common[0]}", "{common[1]}"')


def _field(item: JsonObject, name: str) -> str:
    found = next(filter(None, (at(item, place) for place in _PLACES.get(name, (name,)))), None)
    unset = _UNSET.get(name, "")
    return unset if found is None else str(found).lower() if found is True else str(found)
