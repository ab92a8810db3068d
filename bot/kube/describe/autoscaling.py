"""HorizontalPodAutoscalers."""

from collections.abc import Sequence
from typing import Any

from bot.core.ports import JsonObject
from bot.core.quoting import quote
from bot.core.units import parse_quantity
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Subject

_UNKNOWN = "<unknown>"


def _write(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    target = spec.get("scaleTargetRef") or {}
    blocks.head(w, subject.item)
    blocks.labels(w, "Labels", subject.metadata.get("labels"))
    blocks.annotations(w, "Annotations", subject.metadata.get("annotations"))
    w.line(0, "CreationTimestamp:", blocks.when(subject.metadata.get("creationTimestamp")))
    w.line(0, "Reference:", f"{target.get('kind', '')}/{target.get('name', '')}")
    w.line(0, "Metrics:", "( current / target )")
    currents = status.get("currentMetrics") or ()
    for at, metric in enumerate(spec.get("metrics") or ()):
        _metric(w, metric, currents[at] if at < len(currents) else {})
    least = spec.get("minReplicas")
    w.line(0, "Min replicas:", "<unset>" if least is None else least)
    w.line(0, "Max replicas:", spec.get("maxReplicas", 0))
    if (behavior := spec.get("behavior")) is not None:
        w.put(0, "Behavior:\n")
        _direction(w, "Scale Up", behavior.get("scaleUp"))
        _direction(w, "Scale Down", behavior.get("scaleDown"))
    counts = (
        f"{status.get('currentReplicas', 0)} current / {status.get('desiredReplicas', 0)} desired"
    )
    w.line(0, f"{target.get('kind', '')} pods:", counts)
    _conditions(w, status.get("conditions") or ())
    blocks.events(w, subject.events, subject.now)


def _metric(w: Lines, metric: JsonObject, state: JsonObject) -> None:
    kind = str(metric.get("type", ""))
    field = kind[:1].lower() + kind[1:]
    source, now = metric.get(field), (state.get(field) or {}).get("current")
    if source is None:
        w.put(1, f"<unknown metric type {quote(kind)}>\n")
        return
    target = source.get("target") or {}
    name = str((source.get("metric") or {}).get("name", ""))
    averaged = target.get("averageValue") is not None
    match kind:
        case "External":
            if averaged and now and now.get("averageValue") is None:
                now = None  # the one metric whose missing average is unknown to kubectl
            _measured(w, quote(name), averaged=averaged, now=now, target=target)
        case "Pods":
            _values(w, f"{quote(name)} on pods", "averageValue", now, target)
        case "Object":
            about = source.get("describedObject") or {}
            averaged = target.get("type") == "AverageValue"
            # The one name that kubectl puts between quotes as it is.
            title = f'"{name}" on {about.get("kind", "")}/{about.get("name", "")}'
            _measured(w, title, averaged=averaged, now=now, target=target)
        case _:
            _resource(w, source, now, target)


def _measured(
    w: Lines, title: str, *, averaged: bool, now: JsonObject | None, target: JsonObject
) -> None:
    words, field = ("average value", "averageValue") if averaged else ("value", "value")
    _values(w, f"{title} (target {words})", field, now, target)


def _resource(w: Lines, source: JsonObject, now: JsonObject | None, target: JsonObject) -> None:
    container = f' of container "{source["container"]}"' if "container" in source else ""
    title = f"resource {source.get('name', '')}{container} on pods"
    if target.get("averageValue") is not None:
        _values(w, title, "averageValue", now, target)
        return
    current = _UNKNOWN
    if now and now.get("averageUtilization") is not None:
        current = f"{now['averageUtilization']}% ({_quantity(now.get('averageValue'))})"
    wanted = target.get("averageUtilization")
    shown = "<auto>" if wanted is None else f"{wanted}%"
    # Two blanks: the level of the second piece stands in the middle of the line.
    w.line(1, f"{title}  (as a percentage of request):", f"{current} / {shown}")


def _values(w: Lines, title: str, field: str, now: JsonObject | None, target: JsonObject) -> None:
    current = _UNKNOWN if now is None else _current(now, field)
    w.line(1, f"{title}:", f"{current} / {_quantity(target.get(field))}")


def _current(now: JsonObject, field: str) -> str:
    return _quantity(now[field]) if now.get(field) is not None else "<nil>"


def _quantity(value: Any) -> str:
    return "<nil>" if value is None else str(parse_quantity(str(value)))


def _direction(w: Lines, title: str, rules: JsonObject | None) -> None:
    if rules is None:
        return
    w.put(1, f"{title}:\n")
    if rules.get("stabilizationWindowSeconds") is not None:
        w.put(2, f"Stabilization Window: {rules['stabilizationWindowSeconds']} seconds\n")
    if policies := rules.get("policies"):
        w.put(2, f"Select Policy: {rules.get('selectPolicy') or 'Max'}\n")
        w.put(2, "Policies:\n")
        for one in policies:
            period = f"Period: {one['periodSeconds']} seconds"
            w.line(3, f"- Type: {one['type']}", f"Value: {one['value']}", period)


def _conditions(w: Lines, conditions: Sequence[JsonObject]) -> None:
    if conditions:
        w.put(0, "Conditions:\n")
        w.line(1, "Type", "Status", "Reason", "Message")
        w.line(1, "----", "------", "------", "-------")
    for one in conditions:
        told = (one.get("reason", ""), one.get("message", ""))
        w.line(1, one["type"], one["status"], *told)


AUTOSCALER = Description(_write)
