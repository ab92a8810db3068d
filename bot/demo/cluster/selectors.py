"""Which objects are meant: label and field selectors, as the API server reads them; pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.values import Json, at, wrong

Matches: TypeAlias = Callable[[Json], bool]
_REQUIREMENT = re.compile(
    r"""\s*(?P<absent>!\s*)?(?P<key>[^\s!=<>(),]+)\s*(?:
        (?P<sign>==|!=|=)\s*(?P<value>[^\s!=<>(),]*)
        |(?<=\s)(?P<set>in|notin)\s*\((?P<values>[^()]*)\)
    )?\s*(?:,\s*(?=\S)|$)""",
    re.VERBOSE,
)
_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
_SHOWN = {"exists": "{0}", "!": "!{0}", "in": "{0} in ({2})", "notin": "{0} notin ({2})"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on a label, such as `app in (web,api)`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def met(self, labels: Mapping[str, str]) -> bool:
        """Return whether the labels meet it."""
        value = labels.get(self.key)
        there = value in self.values if self.values else value is not None
        return there is (self.operator in ("in", "=", "==", "exists"))

    def __str__(self) -> str:
        form = _SHOWN.get(self.operator, "{0}{1}{2}")
        return form.format(self.key, self.operator, ",".join(self.values))


def labels_match(text: str) -> Matches:
    """Return what tells whether an object's labels are as `app=web,!old` asks. Raises: 400."""
    rest, requirements = text.strip(), []
    while rest:
        read = _REQUIREMENT.match(rest)
        requirement = _requirement(**read.groupdict()) if read else None
        if read is None or requirement is None:
            scope = "cannot be read; it is out of the simulated cluster's scope to say why"
            raise refusal("bad", why=f"unable to parse requirement: {rest!r} {scope}")
        requirements.append(requirement)
        rest = rest[read.end() :]
    return lambda item: all(each.met(item["metadata"].get("labels") or {}) for each in requirements)


def _requirement(key: str, **read: str | None) -> Requirement | None:
    operator = read["sign"] or read["set"] or ("!" if read["absent"] else "exists")
    words = (read["values"] or "").split(",") if read["set"] else [read["value"] or ""]
    values = tuple(sorted({word.strip() for word in words}))
    negated = read["absent"] and operator != "!"
    if negated or wrong(key, "label_key") or any(wrong(each, "label_value") for each in values):
        return None
    return Requirement(key, operator, () if operator in ("!", "exists") else values)


def selector_matches(selector: Json, labels: Mapping[str, str]) -> bool:
    """Return whether the labels meet a `spec.selector`; an empty one is met by all."""
    return all(each.met(labels) for each in requirements_of(selector))


def requirements_of(selector: Json) -> list[Requirement]:
    """Return the conditions of a `spec.selector`, by key."""
    equal = [Requirement(k, "=", (v,)) for k, v in (selector.get("matchLabels") or {}).items()]
    others = [
        Requirement(e["key"], _OPERATORS.get(e["operator"], ""), tuple(sorted(e.get("values", ()))))
        for e in selector.get("matchExpressions") or ()
    ]
    return sorted(equal + others, key=lambda each: each.key)


# Where a field is that is elsewhere than it is called, and what an unset one is.
_PLACES = {"source": "source.component", "status.successful": "status.succeeded"}
_UNSET = {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.successful": "0"}


def fields_match(kind: Kind, text: str) -> Matches:
    """Return what tells whether an object's fields are as `type!=Warning` asks. Raises: 400."""
    terms = [_term(kind, text, part) for part in sorted(filter(None, text.split(",")))]
    return lambda item: all((_field(item, name) == value) is equal for name, equal, value in terms)


def _term(kind: Kind, text: str, part: str) -> tuple[str, bool, str]:
    read = re.fullmatch(r"([^!=]*)(!=|==|=)([^=\\]*)", part)
    if read is None:
        raise refusal("bad", why=f"invalid selector: '{text}'; can't understand '{part}'")
    name, common = read[1], ("metadata.name", "metadata.namespace")
    if name in (*(common if kind.namespaced or not kind.fields else common[:1]), *kind.fields):
        return name, read[2] != "!=", read[3]
    if kind.kind == "Job":
        raise refusal("bad", why=f'field label "{name}" not supported for Job')
    if kind.fields or kind.custom:
        raise refusal("bad", why=f"field label not supported: {name}")
    only = f'"{name}" is not a known field selector: only "{common[0]}", "{common[1]}"'
    raise refusal("bad", why=only)


def _field(item: Json, name: str) -> str:
    value = at(item, _PLACES.get(name, name)) or _UNSET.get(name, "")
    return "true" if value is True else str(value)
