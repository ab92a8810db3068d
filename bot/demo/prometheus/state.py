"""What kube-state-metrics and the kubelets' cAdvisor say of a cluster, as state.yaml has it. Pure.

A value is a number, or what gives the number at a moment (seconds since 1970): a counter.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from bot.core.units import parse_quantity
from bot.demo.cluster.values import Json, at, found
from bot.demo.prometheus.parsing import data

Amount: TypeAlias = float | Callable[[float], float]
Told: TypeAlias = Mapping[str, str]
Row: TypeAlias = tuple[str, Told, Amount]
"""The metric's name, its labels, its value."""
_PROCESSOR = "container_cpu_usage_seconds_total"
_UNITS = {"cpu": "core", "memory": "byte", "ephemeral-storage": "byte"}


def rows(plural: str, item: Json) -> Iterator[Row]:
    """Yield what is said of one object."""
    identity, *metrics = data("state")[plural].items()
    own = {label: _text(item, path) for label, path in identity[1].items()}
    labels = item["metadata"].get("labels", {})
    told = {f"label_{_plain(name)}": value for name, value in labels.items()}
    yield f"kube_{plural.removesuffix('s')}_labels", own | told, 1.0
    for name, how in metrics:
        for thing in found(item, how["each"]) if "each" in how else (item,):
            for labels, value in _told(how, thing):
                yield name, {**own, **labels}, value


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _told(how: Json, thing: Any) -> Iterator[tuple[Told, float]]:
    own = {label: _text(thing, path) for label, path in how.get("labels", {}).items()}
    if "needs" in how and not own[how["needs"]]:
        return
    if "is" in how:
        yield own, float(bool(found(thing, how["is"])))
    elif "states" in how:
        label, path, possible = how["states"]
        now = _text(thing, path)
        for each in possible if now else ():
            yield own | {label: each}, float(each.lower() == now.lower())
    elif "items" in how:
        entries: Json = next(iter(found(thing, how["items"])), {})
        for resource, quantity in entries.items():
            unit = _UNITS.get(resource, "integer")
            yield own | {"resource": resource, "unit": unit}, _number(quantity)
    else:
        value = how.get("value", 1)
        values = found(thing, value) if isinstance(value, str) else [value]
        for each in values or ([how["otherwise"]] if "otherwise" in how else ()):
            yield own, _number(each)


def _text(thing: Any, path: str) -> str:
    first = next(iter(found(thing, path)), "")
    return str(first).lower() if isinstance(first, bool) else str(first)


def _number(value: Any) -> float:
    if isinstance(value, str) and value.endswith("Z"):
        return datetime.fromisoformat(value).timestamp()
    return float(value if isinstance(value, bool) else parse_quantity(str(value)).value)


def of_machine(node: Json) -> Iterator[Row]:
    """Yield what a node has."""
    for name, resource in (("machine_cpu_cores", "cpu"), ("machine_memory_bytes", "memory")):
        yield name, {}, _number(node["status"]["capacity"][resource])


def of_containers(pod: Json, measured: Json, since: float) -> Iterator[Row]:
    """Yield what a pod's containers use, from its PodMetrics and its start in seconds."""
    metadata = pod["metadata"]
    limits = {each["name"]: at(each, "resources.limits", {}) for each in pod["spec"]["containers"]}
    for each in measured["containers"]:
        own = {"namespace": metadata["namespace"], "pod": metadata["name"]}
        own |= {"container": each["name"]}
        cores, memory = (_number(each["usage"][name]) for name in ("cpu", "memory"))
        yield "container_start_time_seconds", own, since
        yield _PROCESSOR, own | {"cpu": "total"}, partial(_used, cores, since)
        yield "container_memory_working_set_bytes", own, memory
        yield "container_memory_usage_bytes", own, memory
        limit = _number(limits[each["name"]].get("memory", 0))
        yield "container_spec_memory_limit_bytes", own, limit


def _used(cores: float, since: float, now: float) -> float:
    return cores * max(now - since, 0.0)
