"""Prometheus's answers as the words of the house. Pure.

Each function raises KeyError, TypeError, ValueError or IndexError where a document is not one of
that API; whoever calls them says so in a sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.core.metrics import (
    Alert,
    Answer,
    Bucket,
    Described,
    Histogram,
    Point,
    Rule,
    RuleGroup,
    ScrapeTarget,
    Series,
    Shape,
)

_JsonObject = Mapping[str, Any]
# Prometheus's `util/annotations`: "3 more warning annotations omitted".
_OMITTED = "annotations omitted"


def read_answer(document: _JsonObject, sent: str) -> Answer:
    """Return what a query evaluated to; how long it took is not known here."""
    data = document["data"]
    shape, result = Shape(data["resultType"]), data["result"]
    series: tuple[Series, ...] = ()
    if shape in (Shape.VECTOR, Shape.MATRIX):
        series = tuple(_series(one) for one in result)
    elif shape is Shape.SCALAR:
        series = (Series({}, (_point(result),)),)
    return Answer(
        shape,
        series,
        str(result[1]) if shape is Shape.STRING else "",
        warnings=_texts(document.get("warnings")),
        infos=_texts(document.get("infos")),
        sent=sent,
    )


def _texts(found: Sequence[Any] | None) -> tuple[str, ...]:
    """Return remarks in one order, in which Prometheus does not tell them.

    Of more than ten it tells the others' number last.
    """
    texts = (str(one) for one in found or ())
    return tuple(sorted(texts, key=lambda text: (text.endswith(_OMITTED), text)))


def _series(found: _JsonObject) -> Series:
    if "value" in found or "histogram" in found:
        one = _point(found["value"]) if "value" in found else _moment(found["histogram"])
        return Series(found["metric"], (one,))
    points = [_point(one) for one in found.get("values") or ()]
    if histograms := found.get("histograms"):
        points += [_moment(one) for one in histograms]
        # A series may change from the one kind to the other; time goes on.
        points.sort(key=lambda point: point[0])
    return Series(found["metric"], tuple(points))


def _point(found: Sequence[Any]) -> Point:
    return float(found[0]), float(found[1])


def _moment(found: Sequence[Any]) -> Point:
    histogram = found[1]
    buckets = tuple(
        Bucket(int(one[0]), float(one[1]), float(one[2]), float(one[3]))
        for one in histogram.get("buckets") or ()
    )
    return float(found[0]), Histogram(float(histogram["count"]), float(histogram["sum"]), buckets)


def read_described(found: Sequence[_JsonObject]) -> Described:
    """Return what most of the targets say of a metric; the library's list of them."""
    if not found:
        return Described()
    says = [(_text(one, "type"), _text(one, "help"), _text(one, "unit")) for one in found]
    # Targets come in any order: of what is said equally often it is always the same.
    kind, explanation, unit = max(sorted(says), key=says.count)
    return Described("" if kind == "unknown" else kind, explanation, unit)


def read_groups(data: _JsonObject) -> Iterator[RuleGroup]:
    """Yield the groups of rules."""
    for group in data["groups"]:
        rules = tuple(_rule(rule) for rule in group.get("rules") or ())
        interval = timedelta(seconds=float(group.get("interval") or 0))
        yield RuleGroup(group["name"], _text(group, "file"), interval, rules)


def _rule(found: _JsonObject) -> Rule:
    kind: Literal["alerting", "recording"] = (
        "alerting" if found["type"] == "alerting" else "recording"
    )
    return Rule(
        kind,
        found["name"],
        found["query"],
        _text(found, "health"),
        error=_text(found, "lastError"),
        state=_text(found, "state"),
        holds=timedelta(seconds=float(found.get("duration") or 0)),
        keeps=timedelta(seconds=float(found.get("keepFiringFor") or 0)),
        labels=found.get("labels") or {},
        annotations=found.get("annotations") or {},
        alerts=tuple(_alert(one) for one in found.get("alerts") or ()),
        evaluated=_time(found.get("lastEvaluation")),
    )


def _alert(found: _JsonObject) -> Alert:
    return Alert(
        found["labels"],
        found.get("annotations") or {},
        "firing" if found["state"] == "firing" else "pending",
        datetime.fromisoformat(found["activeAt"]),
        float(found["value"]),
    )


def read_targets(data: _JsonObject, *, dropped: bool) -> Iterator[ScrapeTarget]:
    """Yield what is scraped, or what was discovered and is not."""
    for found in data["droppedTargets" if dropped else "activeTargets"] or ():
        yield ScrapeTarget(
            _text(found, "scrapePool"),
            _text(found, "scrapeUrl"),
            found.get("labels") or {},
            found.get("discoveredLabels") or {},
            _text(found, "health") or "unknown",
            error=_text(found, "lastError"),
            scraped=_time(found.get("lastScrape")),
            took=timedelta(seconds=float(found.get("lastScrapeDuration") or 0)),
        )


def _text(found: _JsonObject, name: str) -> str:
    return str(found.get(name) or "")


def _time(found: str | None) -> datetime | None:
    """Return the moment; None where Go's zero says that there was none."""
    if not found or found.startswith("0001-"):
        return None
    return datetime.fromisoformat(found)
