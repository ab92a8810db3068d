"""Silences as Alertmanager has them: what they match, when they are active, and what is refused.

Pure but for the clock's moment, which is handed in; times are aware datetimes. The texts are those
of Alertmanager's `api/v2/api.go` and `silence/silence.go`.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

_MATCHER = re.compile(
    r'\s*([a-zA-Z_:][\w:]*)\s*(=~|=|!=|!~)\s*(?:"((?:[^"\\]|\\.)*)"|([^"{}]*))\s*'
)
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_REQUIRED = ("comment", "createdBy", "endsAt", "matchers", "startsAt")
_ORDER = ("active", "pending", "expired")


class SilenceRefusedError(Exception):
    """Alertmanager's refusal: its HTTP status and its body."""

    def __init__(self, status: int, body: Any = None) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label."""

    name: str
    value: str
    regex: bool = False
    equal: bool = True

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether the labels fulfil it; one that is not there is empty."""
        text = labels.get(self.name, "")
        same = re.fullmatch(self.value, text) is not None if self.regex else text == self.value
        return same is self.equal

    def json(self) -> dict[str, Any]:
        """Return it as the API has it."""
        told: dict[str, Any] = {"isEqual": self.equal, "isRegex": self.regex}
        return told | {"name": self.name, "value": self.value}


@dataclass(frozen=True, slots=True)
class Silence:
    """What is not notified of for a time."""

    id: str
    matchers: tuple[Matcher, ...]
    starts: datetime
    ends: datetime
    updated: datetime
    created_by: str
    comment: str

    def state(self, now: datetime) -> str:
        """Return `active`, `pending` or `expired`."""
        return "pending" if now < self.starts else "active" if now < self.ends else "expired"

    def json(self, now: datetime) -> dict[str, Any]:
        """Return it as the API has it."""
        return {
            "id": self.id,
            "status": {"state": self.state(now)},
            "updatedAt": stamp(self.updated),
            "comment": self.comment,
            "createdBy": self.created_by,
            "endsAt": stamp(self.ends),
            "matchers": [each.json() for each in self.matchers],
            "startsAt": stamp(self.starts),
        }


def stamp(moment: datetime) -> str:
    """Return a moment as Alertmanager writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def matcher(text: str) -> Matcher:
    """Return what a filter says. Raises: SilenceRefusedError."""
    if (found := _MATCHER.fullmatch(text)) is None:
        raise SilenceRefusedError(400, f"bad matcher format: {text}")
    name, operator, quoted, bare = found.groups()
    value = bare if quoted is None else re.sub(r"\\(.)", _unescaped, quoted)
    return Matcher(name, value, regex="~" in operator, equal=operator in ("=", "=~"))


def _unescaped(escape: re.Match[str]) -> str:
    return {"n": "\n"}.get(escape[1], escape[1])


def posted(body: Any, now: datetime) -> Silence:
    """Return the silence that is asked for, under the id that it names. Raises: 400, 422."""
    _check(body)
    matchers = tuple(
        Matcher(each["name"], each["value"], each["isRegex"], each.get("isEqual", True))
        for each in body["matchers"]
    )
    starts, ends = (_moment(body[name]) for name in ("startsAt", "endsAt"))
    told = body["createdBy"], body["comment"]
    silence = Silence(body.get("id") or "", matchers, starts, ends, now, *told)
    if starts >= ends:
        why = "Failed to create silence: start time must be before end time"
        raise SilenceRefusedError(400, why)
    if ends < now:
        raise SilenceRefusedError(400, "Failed to create silence: end time can't be in the past")
    if wrong := _wrong(matchers):
        raise SilenceRefusedError(400, f"invalid silence: {wrong}")
    return silence


def _check(body: Any) -> None:
    """Refuse a body that does not have the form that the API's description gives it."""
    for name in _REQUIRED:
        if body.get(name) is None:
            raise _malformed(602, f"{name} in body is required")
    if not body["matchers"]:
        raise _malformed(612, "matchers in body should have at least 1 items")
    for place, each in enumerate(body["matchers"]):
        for name in ("isRegex", "name", "value"):
            if each.get(name) is None:
                raise _malformed(602, f"matchers.{place}.{name} in body is required")


def _malformed(code: int, message: str) -> SilenceRefusedError:
    return SilenceRefusedError(422, {"code": code, "message": message})


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        why = f'parsing time "{text}" as "2006-01-02": cannot parse "{text}" as "2006"'
        message = f'parsing silence body from "" failed, because {why}'
        raise SilenceRefusedError(400, {"code": 400, "message": message}) from error


def known_id(text: str) -> str:
    """Return the id of a path. Raises: 422, it is none."""
    if _ID.fullmatch(text):
        return text
    raise _malformed(601, f'silenceID in path must be of type uuid: "{text}"')


def _wrong(matchers: Sequence[Matcher]) -> str:
    for place, each in enumerate(matchers):
        if not each.name:
            return f'invalid label matcher {place}: invalid label name "{each.name}"'
        try:
            re.compile(each.value if each.regex else "")
        except re.error as error:
            why = f'invalid regular expression "{each.value}": error parsing regexp: {error.msg}'
            return f"invalid label matcher {place}: {why}"
    empty = all(each.matches({}) for each in matchers)
    return "at least one matcher must not match the empty string" if empty else ""


def put(silences: dict[str, Silence], wanted: Silence, now: datetime) -> str:
    """Keep the silence: under its id where that may be, else as a new one. Raises: 404."""
    before = silences.get(wanted.id)
    if wanted.id and before is None:
        raise SilenceRefusedError(404, "silence not found")
    if before and _may_become(before, wanted, now):
        silences[wanted.id] = wanted
        return wanted.id
    if before:
        expire(silences, before.id, now)
    new = replace(wanted, id=str(uuid.uuid4()), starts=max(wanted.starts, now))
    silences[new.id] = new
    return new.id


def _may_become(before: Silence, after: Silence, now: datetime) -> bool:
    if before.matchers != after.matchers or before.state(now) == "expired":
        return False
    if before.state(now) == "pending":
        return after.starts >= now
    return int(before.starts.timestamp()) == int(after.starts.timestamp()) and after.ends >= now


def expire(silences: dict[str, Silence], id: str, now: datetime) -> None:
    """End the silence now. Raises: 404."""
    if (it := silences.get(id)) is None:
        raise SilenceRefusedError(404)
    if it.state(now) != "expired":
        silences[id] = replace(it, starts=min(it.starts, now), ends=now, updated=now)


def listed(silences: Sequence[Silence], now: datetime) -> list[Silence]:
    """Return them in Alertmanager's order: active, pending, expired; the next to change first."""

    def order(each: Silence) -> tuple[int, float]:
        state = each.state(now)
        moment = each.starts if state == "pending" else each.ends
        sign = -1 if state == "expired" else 1
        return _ORDER.index(state), sign * moment.timestamp()

    return sorted(silences, key=order)
