"""What pods use: what their annotations say, as on the real test bed, and what they leak. Pure."""

from datetime import datetime
from decimal import Decimal

from bot.core.units import parse_quantity
from bot.demo.cluster.controllers.objects import LEAKS, left
from bot.demo.cluster.refusals import JsonObject

_CPU, _MEMORY = "kwok.x-k8s.io/usage-cpu", "kwok.x-k8s.io/usage-memory"
_USUAL = {_CPU: "1m", _MEMORY: "1Mi", LEAKS: "0"}


def cpu(pod: JsonObject) -> Decimal:
    """Return the cores that each container uses."""
    return _amount(pod, _CPU)


def memory(pod: JsonObject, container: JsonObject, now: datetime) -> Decimal:
    """Return the bytes that a container uses; what leaks grows from its start on, in KiB."""
    since = container["state"]["running"]["startedAt"]
    minutes = Decimal(-left(since, 0, now)) / 60
    leaked = _amount(pod, LEAKS) * max(minutes, Decimal(0))
    return _amount(pod, _MEMORY) + leaked // 1024 * 1024


def until_out_of_memory(pod: JsonObject) -> float | None:
    """Return the seconds from the start until a leak reaches a container's limit."""
    limits = [
        parse_quantity(each["resources"]["limits"]["memory"]).value
        for each in pod["spec"]["containers"]
        if "memory" in each.get("resources", {}).get("limits", {})
    ]
    leak = _amount(pod, LEAKS)
    return float((min(limits) - _amount(pod, _MEMORY)) / leak * 60) if limits and leak else None


def _amount(pod: JsonObject, name: str) -> Decimal:
    annotations = pod["metadata"].get("annotations", {})
    return parse_quantity(annotations.get(name, _USUAL[name])).value
