"""What the descriptions of many kinds have in common."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.core.errors import QuarterdeckError
from bot.core.ports import JsonObject
from bot.core.units import human_duration
from bot.kube.describe.lines import Lines
from bot.kube.masking import LAST_APPLIED

NONE = "<none>"
# Longer annotations, and those of several lines, begin on a line of their own.
_ANNOTATION = 140
# What Go takes for a blank; Python takes four control characters for one, too.
_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def head(w: Lines, item: JsonObject, *, namespaced: bool = True) -> None:
    """Write name and namespace, the lines with which nearly all descriptions begin."""
    w.line(0, "Name:", name(item))
    if namespaced:
        w.line(0, "Namespace:", item["metadata"].get("namespace", ""))


def name(item: JsonObject) -> str:
    """Return an object's name."""
    return str(item["metadata"].get("name", ""))


def labels(w: Lines, title: str, found: Mapping[str, str] | None, indent: str = "") -> None:
    """Write `key=value` a line, sorted."""
    column(w, title, [f"{key}={value}" for key, value in sorted((found or {}).items())], indent)


def joined(found: Mapping[str, str] | None) -> str:
    """Return `a=1,b=2`, sorted; or that there is none."""
    return ",".join(f"{key}={value}" for key, value in sorted((found or {}).items())) or NONE


def column(w: Lines, title: str, values: Sequence[str], indent: str = "") -> None:
    """Write a title, and its values below each other in the next column."""
    # Piece by piece, since a nested writer indents each piece.
    w.put(0, f"{indent}{title}:\t")
    for at, value in enumerate(values or [NONE]):
        if at:
            w.put(0, indent)
            w.put(0, "\t")
        w.put(0, f"{value}\n")


def annotations(w: Lines, title: str, found: Mapping[str, str] | None) -> None:
    """Write `key: value` a line, sorted, without the applied manifest."""
    kept = sorted((key, value) for key, value in (found or {}).items() if key != LAST_APPLIED)
    w.put(0, f"{title}:\t")
    if not kept:
        w.put(0, f"{NONE}\n")
    for at, (key, value) in enumerate(kept):
        if at:
            w.put(0, "\t")
        body = value.removesuffix("\n")
        if len(body.encode()) + len(key) + 2 <= _ANNOTATION and "\n" not in body:
            w.put(0, f"{key}: {body}\n")
            continue
        w.put(0, f"{key}:\n")
        for line in body.split("\n"):
            w.put(0, f"\t  {shortened(line, _ANNOTATION - 2)}\n")


def shortened(text: str, most: int) -> str:
    """Return the text, cut behind so many bytes."""
    raw = text.encode()
    return text if len(raw) <= most else raw[:most].decode(errors="replace") + "..."


def controller(item: JsonObject) -> str:
    """Return `ReplicaSet/web-6f` for what an object's controller is, or nothing."""
    owners = item["metadata"].get("ownerReferences") or ()
    return next((f"{o['kind']}/{o['name']}" for o in owners if o.get("controller")), "")


def conditions(w: Lines, found: Iterable[JsonObject]) -> None:
    """Write conditions with the time since when they are so."""
    w.put(0, "Conditions:\n")
    w.line(1, "Type", "Status", "LastTransitionTime", "Reason", "Message")
    w.line(1, "----", "------", "------------------", "------", "-------")
    for one in found:
        since_when = when(one.get("lastTransitionTime"))
        told = (one.get("reason", ""), one.get("message", ""))
        w.line(1, one["type"], one["status"], since_when, *told)


def taints(w: Lines, title: str, found: Sequence[JsonObject] | None) -> None:
    """Write taints, sorted by effect and key."""
    ordered = sorted(found or (), key=lambda taint: f"{taint.get('effect', '')},{taint['key']}")
    column(w, title, [_taint(taint) for taint in ordered])


def _taint(taint: JsonObject) -> str:
    key, value, effect = taint["key"], taint.get("value", ""), taint.get("effect", "")
    if not effect:
        return f"{key}={value}:" if value else str(key)
    return f"{key}={value}:{effect}" if value else f"{key}:{effect}"


def tolerations(w: Lines, title: str, found: Sequence[JsonObject] | None, indent: str = "") -> None:
    """Write tolerations, sorted by key."""
    ordered = sorted(found or (), key=lambda one: one.get("key", ""))
    column(w, title, [_toleration(one) for one in ordered], indent)


def _toleration(one: JsonObject) -> str:
    text = str(one.get("key", ""))
    text += f"={one['value']}" if one.get("value") else ""
    text += f":{one['effect']}" if one.get("effect") else ""
    if one.get("operator") == "Exists" and not one.get("value"):
        text += " op=Exists" if text else "op=Exists"
    seconds = one.get("tolerationSeconds")
    return text if seconds is None else f"{text} for {seconds}s"


def events(w: Lines, found: Sequence[JsonObject] | None, now: datetime) -> None:
    """Write an object's events, the latest last; `None`: they were not asked for."""
    if found is None:
        return
    if not found:
        w.line(0, "Events:", NONE)
        return
    w.align()
    w.put(0, "Events:\n")
    w.line(1, "Type", "Reason", "Age", "From", "Message")
    w.line(1, "----", "------", "----", "----", "-------")
    for event in sorted(found, key=lambda each: each.get("lastTimestamp") or ""):
        w.line(1, *_event(event, now))


def event_age(event: JsonObject, now: datetime) -> str:
    """Return when an event was last seen, and how often since when: `4m (x3 over 9m)`."""
    first = since(event.get("eventTime") or event.get("firstTimestamp"), now)
    series, count = event.get("series"), event.get("count") or 0
    if series is not None:
        last = since(series.get("lastObservedTime"), now)
        return f"{last} (x{series.get('count', 0)} over {first})"
    if count > 1:
        return f"{since(event.get('lastTimestamp'), now)} (x{count} over {first})"
    return first


def event_message(event: JsonObject) -> str:
    """Return what an event says, without the blanks around it."""
    return str(event.get("message", "")).strip(_BLANKS)


def _event(event: JsonObject, now: datetime) -> Iterable[str]:
    source = (event.get("source") or {}).get("component") or event.get("reportingComponent", "")
    message = event_message(event)
    if path := (event.get("involvedObject") or {}).get("fieldPath"):
        message = f"{path}: {message}"
    age = event_age(event, now)
    return str(event.get("type", "")), str(event.get("reason", "")), age, source, message


def moment(text: str | None) -> datetime | None:
    """Return a time of the API; None for none."""
    return datetime.fromisoformat(text) if text else None


def since(text: str | None, now: datetime) -> str:
    """Return how long ago a time of the API was, such as `5m12s`."""
    then = moment(text)
    return "<unknown>" if then is None else human_duration((now - then).total_seconds())


def when(text: str | None) -> str:
    """Return a time of the API as Go's RFC1123Z in UTC; none: the zero of Go's clock."""
    then = moment(text)
    if then is None:
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    return then.strftime("%a, %d %b %Y %H:%M:%S +0000")


def bare(error: QuarterdeckError | None) -> str:
    """Return what the API server said, without the words that kubectl puts before it."""
    text = "" if error is None else error.text
    return text.partition("): ")[2] or text


def on(value: Any) -> str:
    """Return a truth value as Go's `%t`."""
    return "true" if value else "false"


def yes(value: Any) -> str:
    """Return a truth value as kubectl writes it in a description: `True` or `False`."""
    return "True" if value else "False"
