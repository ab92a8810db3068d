"""What a table tells of each kind, cell by cell, as columns.yaml says.

Pure. `cell: ratio status.readyReplicas spec.replicas` there names a maker here, or one of the cells
that have a rule of their own. The rules are those of Kubernetes'
`pkg/printers/internalversion/printers.go`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from bot.core.units import parse_quantity
from bot.demo.cluster.formats import data
from bot.demo.cluster.paths import at
from bot.demo.cluster.pod_columns import NONE, pod_cells, since
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.selectors import requirements_of

Cell: TypeAlias = str | int | bool | float | None
Column: TypeAlias = Callable[[JsonObject, datetime], Cell]
Row: TypeAlias = Callable[[JsonObject, datetime], Sequence[Cell]]
_UNKNOWN = "<unknown>"


@cache
def row_of(resource: str) -> Row:
    """Return what makes the cells of a built-in resource's row."""
    if resource in _ROWS:
        return _ROWS[resource]
    columns = [_column(*each["cell"].split(" ")) for each in data("columns")[resource]]
    return lambda item, now: [column(item, now) for column in columns]


def _column(maker: str, *words: str) -> Column:
    return _OWN[maker] if maker in _OWN else _MAKERS[maker](*words)


def _value(path: str, unset: str = "") -> Column:
    return lambda item, now: at(item, path) or unset


def _number(path: str) -> Column:
    return lambda item, now: at(item, path, 0)


def _text(path: str, unset: str) -> Column:
    return lambda item, now: str(at(item, path, unset))


def _joined(path: str) -> Column:
    return lambda item, now: ",".join(at(item, path, ()))


def _condition(kind: str) -> Column:
    return lambda item, now: _conditions(item).get(kind) == "True"


def _count(*paths: str) -> Column:
    return lambda item, now: sum(len(at(item, path, ())) for path in paths)


def _ratio(part: str, whole: str) -> Column:
    return lambda item, now: f"{at(item, part, 0)}/{at(item, whole, 0)}"


def _since(path: str, unset: str = _UNKNOWN) -> Column:
    return lambda item, now: since(at(item, path), now) if at(item, path) else unset


def _each(path: str, field: str) -> Column:
    return lambda item, now: ",".join(each[field] for each in at(item, path, ()))


def _reference(path: str) -> Column:
    return lambda item, now: f"{at(item, f'{path}.kind', '')}/{at(item, f'{path}.name', '')}"


def _labels(path: str) -> Column:
    def cell(item: JsonObject, now: datetime) -> str:
        return ",".join(f"{k}={v}" for k, v in sorted(at(item, path, {}).items())) or NONE

    return cell


def _selector(path: str, unset: str = NONE) -> Column:
    return lambda item, now: ",".join(map(str, requirements_of(at(item, path, {})))) or unset


def _few(path: str, *fields: str) -> Column:
    """Make the first three values; each is of the first field that is there."""

    def cell(item: JsonObject, now: datetime) -> str:
        found: list[Any] = []
        for each in at(item, path, ()):
            value = next((each[field] for field in fields if each.get(field) is not None), "*")
            found += value if isinstance(value, list) else [value]
        return _shortened(found, 3, ",") or "<unset>"

    return cell


def _address(kind: str) -> Column:
    def cell(item: JsonObject, now: datetime) -> str:
        addresses = at(item, "status.addresses", ())
        return next((each["address"] for each in addresses if each["type"] == kind), NONE)

    return cell


def _usage(name: str) -> Column:
    def cell(item: JsonObject, now: datetime) -> str:
        parts = (each["usage"].get(name, "0") for each in item.get("containers", [item]))
        found = [parse_quantity(part) for part in parts]
        return (
            str(replace(found[0], value=sum((each.value for each in found), Decimal(0))))
            if found
            else "0"
        )

    return cell


def _subjects(kind: str) -> Column:
    def cell(item: JsonObject, now: datetime) -> str:
        chosen = [each for each in at(item, "subjects", ()) if each["kind"] == kind]
        account = kind == "ServiceAccount"
        names = (f"{s.get('namespace', '')}/{s['name']}" if account else s["name"] for s in chosen)
        return ", ".join(names)

    return cell


def _shortened(values: Sequence[Any], limit: int, separator: str) -> str:
    shown = separator.join(map(str, values[:limit]))
    return f"{shown} + {len(values) - limit} more..." if len(values) > limit else shown


def _conditions(item: JsonObject) -> dict[str, str]:
    return {each["type"]: each["status"] for each in at(item, "status.conditions", ())}


def _job_status(item: JsonObject, now: datetime) -> str:
    true = {kind for kind, status in _conditions(item).items() if status == "True"}
    if "deletionTimestamp" in item["metadata"]:
        true.add("Terminating")
    order = (
        "Complete",
        "Failed",
        "Terminating",
        "Suspended",
        "FailureTarget",
        "SuccessCriteriaMet",
    )
    return next((status for status in order if status in true), "Running")


def _job_completions(item: JsonObject, now: datetime) -> str:
    parallel = at(item, "spec.parallelism", 0)
    alone = f"1 of {parallel}" if parallel > 1 else "1"
    return f"{at(item, 'status.succeeded', 0)}/{at(item, 'spec.completions', alone)}"


def _job_duration(item: JsonObject, now: datetime) -> str:
    start, end = at(item, "status.startTime"), at(item, "status.completionTime")
    return since(start, datetime.fromisoformat(end) if end else now) if start else ""


def _node_status(item: JsonObject, now: datetime) -> str:
    ready = _conditions(item).get("Ready")
    status = "Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"
    return status + (",SchedulingDisabled" if at(item, "spec.unschedulable") else "")


def _node_roles(item: JsonObject, now: datetime) -> str:
    labels, prefix = at(item, "metadata.labels", {}), "node-role.kubernetes.io/"
    roles = {key.removeprefix(prefix) for key in labels if key.startswith(prefix)}
    return ",".join(sorted(filter(None, roles | {labels.get("kubernetes.io/role", "")}))) or NONE


def _node_kernel(item: JsonObject, now: datetime) -> str:
    kernel = at(item, "status.nodeInfo.kernelVersion") or _UNKNOWN
    architecture = at(item, "status.nodeInfo.architecture")
    return f"{kernel} ({architecture})" if architecture else kernel


def _external_ip(item: JsonObject, now: datetime) -> str:
    spec, kind = item["spec"], item["spec"].get("type")
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    ingress = at(item, "status.loadBalancer.ingress", ()) if kind == "LoadBalancer" else ()
    found = {each.get("ip") or each.get("hostname", "") for each in ingress} - {""}
    shown = ",".join([*sorted(found), *spec.get("externalIPs", ())])
    return shown or ("<pending>" if kind == "LoadBalancer" else NONE)


def _service_ports(item: JsonObject, now: datetime) -> str:
    ports = at(item, "spec.ports", ())
    numbers = (":".join(str(p[key]) for key in ("port", "nodePort") if p.get(key)) for p in ports)
    return ",".join(f"{n}/{p['protocol']}" for n, p in zip(numbers, ports, strict=True)) or NONE


def _hpa_targets(item: JsonObject, now: datetime) -> str:
    metrics, current = at(item, "spec.metrics", ()), at(item, "status.currentMetrics", ())
    found = [
        _hpa_target(metric, current[index] if index < len(current) else {})
        for index, metric in enumerate(metrics)
    ]
    return _shortened(found, 2, ", ") or NONE


def _hpa_target(metric: JsonObject, status: JsonObject) -> str:
    source = metric["type"][0].lower() + metric["type"][1:]
    target, current = metric[source]["target"], at(status, f"{source}.current", {})
    prefix = f"{metric[source]['name']}: " if "esource" in source else ""
    suffix = " (avg)" if source in ("object", "external") and "averageValue" in target else ""
    for field, form in (("averageValue", "{}"), ("averageUtilization", "{}%"), ("value", "{}")):
        if field in target:
            shown = form.format(current[field]) if field in current else _UNKNOWN
            return f"{prefix}{shown}/{form.format(target[field])}{suffix}"
    return f"{prefix}{_UNKNOWN}/<auto>"


def _crd_versions(item: JsonObject, now: datetime) -> str:
    served = [each for each in item["spec"]["versions"] if each.get("served")]
    return ",".join(sorted(v["name"] + "(storage)" * bool(v.get("storage")) for v in served))


def _owner(item: JsonObject, now: datetime) -> str:
    for each in at(item, "metadata.ownerReferences", ()):
        if each.get("controller"):
            group = each["apiVersion"].rpartition("/")[0]
            kind = f"{each['kind']}.{group}" if group else each["kind"]
            return f"{kind.lower()}/{each['name']}"
    return NONE


def _event_cells(item: JsonObject, now: datetime) -> list[Cell]:
    series, about, source = item.get("series"), item["involvedObject"], item.get("source") or {}
    begun = item.get("firstTimestamp") or item.get("eventTime")
    seen = series.get("lastObservedTime") if series else item.get("lastTimestamp") or begun
    component = source.get("component") or item.get("reportingComponent", "")
    host = source.get("host") or item.get("reportingInstance")
    target = about.get("kind", "").lower()
    return [
        since(seen, now),
        item.get("type", ""),
        item.get("reason", ""),
        f"{target}/{about['name']}" if about.get("name") else target,
        about.get("fieldPath", ""),
        f"{component}, {host}" if host else component,
        item.get("message", "").strip(),
        since(begun, now),
        series.get("count", 0) if series else item.get("count") or 1,
        item["metadata"]["name"],
    ]


_ROWS: Mapping[str, Row] = {"pods": pod_cells, "events": _event_cells}
_MAKERS: Mapping[str, Callable[..., Column]] = {
    "value": _value, "number": _number, "text": _text, "joined": _joined, "count": _count,
    "condition": _condition, "ratio": _ratio, "since": _since, "each": _each, "few": _few,
    "reference": _reference, "labels": _labels, "selector": _selector, "address": _address,
    "subjects": _subjects, "usage": _usage,
}  # fmt: skip
_OWN: Mapping[str, Column] = {
    "job_status": _job_status, "job_completions": _job_completions, "job_duration": _job_duration,
    "node_status": _node_status, "node_roles": _node_roles, "node_kernel": _node_kernel,
    "external_ip": _external_ip, "service_ports": _service_ports, "hpa_targets": _hpa_targets,
    "crd_versions": _crd_versions, "owner": _owner,
}  # fmt: skip
