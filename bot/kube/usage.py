"""What nodes and pods use, as rows. Pure.

Rules: kubectl 1.37 `pkg/metricsutil`. Every cell, the last one too, is padded, hence the empty one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import TypeAlias

from bot.core.ports import JsonObject
from bot.core.reply import Row
from bot.core.units import Quantity
from bot.kube.describe.resources import NOTHING, Amounts, added, amounts

UNKNOWN = "<unknown>"
_Usage: TypeAlias = Callable[[JsonObject], Amounts]
_MILLI, _MEBI = Decimal("0.001"), 1024 * 1024
_RULER = "________"
_HEADERS = {"cpu": "CPU(cores)", "memory": "MEMORY(bytes)", "swap": "SWAP(bytes)"}
_SHARES = {"cpu": "CPU(%)", "memory": "MEMORY(%)", "swap": "SWAP(%)"}


def measured(*, swap: bool) -> tuple[str, ...]:
    """Return the resources that are shown."""
    return ("cpu", "memory", "swap") if swap else ("cpu", "memory")


def node_columns(resources: Sequence[str]) -> Row:
    """Return the header of `top node`."""
    return ("NAME", *(each for name in resources for each in (_HEADERS[name], _SHARES[name])), "")


def node_rows(
    metrics: Sequence[JsonObject],
    room: Mapping[str, Amounts],
    resources: Sequence[str],
    sort_by: str,
) -> list[Row]:
    """Return a row for each node; those without metrics come last, by name.

    `room` is what each node has of each resource; a resource that is not in it is unknown.
    """
    rows = [_node(metric, room, resources) for metric in _sorted(metrics, sort_by, _usage)]
    seen = {metric["metadata"]["name"] for metric in metrics}
    missing = sorted(room.keys() - seen)
    return rows + [(name, *[UNKNOWN] * 2 * len(resources), "") for name in missing]


def _node(metric: JsonObject, room: Mapping[str, Amounts], resources: Sequence[str]) -> Row:
    name, used = metric["metadata"]["name"], _usage(metric)
    cells: list[str] = []
    for resource in resources:
        whole = room.get(name, {}).get(resource)
        if whole is None and resource == "swap":
            cells += [UNKNOWN, UNKNOWN]
            continue
        cells.append(_amount(resource, used.get(resource, NOTHING)))
        if whole is not None:
            cells.append(f"{_per_cent(used.get(resource, NOTHING), whole)}%")
    return (name, *cells, "")


def pod_columns(resources: Sequence[str], *, namespaces: bool, containers: bool) -> Row:
    """Return the header of `top pod`."""
    before = (["NAMESPACE"] if namespaces else []) + (["POD"] if containers else [])
    return (*before, "NAME", *(_HEADERS[name] for name in resources), "")


def pod_rows(
    metrics: Sequence[JsonObject],
    resources: Sequence[str],
    sort_by: str,
    *,
    namespaces: bool,
    containers: bool,
) -> list[Row]:
    """Return a row for each pod, or for each of its containers."""
    rows: list[Row] = []
    for metric in _sorted(metrics, sort_by, _of_pod, namespaces=namespaces):
        metadata = metric["metadata"]
        before = (metadata["namespace"],) if namespaces else ()
        if not containers:
            cells = _amounts(_of_pod(metric), resources)
            rows.append((*before, metadata["name"], *cells, ""))
            continue
        for each in _sorted(metric.get("containers") or (), sort_by, _usage):
            cells = _amounts(_usage(each), resources)
            rows.append((*before, metadata["name"], each["name"], *cells, ""))
    return rows


def sum_rows(metrics: Iterable[JsonObject], resources: Sequence[str], width: int) -> list[Row]:
    """Return the ruler and the totals below `top pod --sum`; `width`: kubectl's columns."""
    total: Amounts = {}
    for metric in metrics:
        _add(total, _of_pod(metric))
    ruler = (*[""] * (width - 2), _RULER, _RULER, "")
    return [ruler, (*[""] * (width - 2), *_amounts(total, resources), "")]


def _sorted(
    metrics: Iterable[JsonObject], sort_by: str, usage: _Usage, *, namespaces: bool = False
) -> list[JsonObject]:
    def key(metric: JsonObject) -> tuple[object, ...]:
        if sort_by:
            return (-usage(metric).get(sort_by, NOTHING).value,)
        metadata = metric.get("metadata") or {}
        place = metadata.get("namespace", "") if namespaces else ""
        return place, metric.get("name") or metadata.get("name", "")

    return sorted(metrics, key=key)


def _usage(metric: JsonObject) -> Amounts:
    return amounts(metric.get("usage"))


def _of_pod(metric: JsonObject) -> Amounts:
    total: Amounts = {}
    for container in metric.get("containers") or ():
        _add(total, _usage(container))
    return total


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = added(total.get(name, NOTHING), amount)


def _amounts(used: Amounts, resources: Sequence[str]) -> list[str]:
    return [_amount(name, used.get(name, NOTHING)) for name in resources]


def _amount(resource: str, amount: Quantity) -> str:
    if resource == "cpu":
        return f"{_ceiling(amount.value / _MILLI)}m"
    return f"{_ceiling(amount.value) // _MEBI}Mi"


def _per_cent(part: Quantity, whole: Quantity) -> int:
    total = _ceiling(whole.value / _MILLI)
    return int(_ceiling(part.value / _MILLI) / total * 100) if total else 0


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))
