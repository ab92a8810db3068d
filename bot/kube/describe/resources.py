"""What pods ask for and are limited to, summed as the scheduler does.

Rules: component-helpers 1.37 `resource/helpers.go`, kubectl `pkg/util/resource`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Literal, TypeAlias

from bot.core.ports import JsonObject
from bot.core.units import Quantity, parse_quantity

Amounts: TypeAlias = dict[str, Quantity]
Which: TypeAlias = Literal["requests", "limits"]
View: TypeAlias = Callable[[JsonObject], Amounts]
"""From a container to what one part of its pod says of it."""

NOTHING = Quantity(Decimal(0))
_MILLI, _ONE = Decimal("0.001"), Decimal(1)
_HUGE_PAGES = "hugepages-"
_STANDARD = frozenset({"cpu", "memory", "ephemeral-storage"})
# What the conversion of Go's infinity to an integer gives.
_GO_OVERFLOW = -(2**63)


def amounts(found: Mapping[str, object] | None) -> Amounts:
    """Return a resource list as quantities."""
    return {name: parse_quantity(str(text)) for name, text in (found or {}).items()}


def pod_total(pod: JsonObject, which: Which, *, from_status: bool = False) -> Amounts:
    """Return what a pod requests, or its limits, init containers and overhead included.

    With `from_status` the pod counts with the most of what its containers ask for, have, and were
    promised, as while they are being resized.
    """
    spec = pod.get("spec") or {}
    total = _of_containers(pod, which, from_status=from_status)
    own = amounts((spec.get("resources") or {}).get(which))
    total |= {name: amount for name, amount in own.items() if _of_pods(name)}
    overhead = amounts(spec.get("overhead"))
    for name, amount in overhead.items():
        if which == "requests" or total.get(name, NOTHING).value:
            _add(total, {name: amount})
    return total


def totals(pods: Iterable[JsonObject], which: Which) -> Amounts:
    """Return the sum over pods."""
    total: Amounts = {}
    for pod in pods:
        _add(total, pod_total(pod, which))
    return total


def _of_containers(pod: JsonObject, which: Which, *, from_status: bool) -> Amounts:
    if not from_status:
        return _at_its_peak(pod, lambda container: _asked(container, which))
    most: Amounts = {}
    for view in _views(pod, which):
        _raise(most, _at_its_peak(pod, view))
    return most


def _views(pod: JsonObject, which: Which) -> Sequence[View]:
    """Return what a container asks for, what it has, and what it was promised."""
    status = pod.get("status") or {}
    states = {
        each["name"]: each
        for kind in ("initContainerStatuses", "containerStatuses")
        for each in status.get(kind) or ()
    }
    refused = _refused(status.get("conditions") or ())

    def asked(container: JsonObject) -> Amounts:
        # A resize that the node has no room for is not counted.
        return {} if refused else _asked(container, which)

    def promised(container: JsonObject) -> Amounts:
        state = states.get(container["name"]) or {}
        found = state.get("allocatedResources") if which == "requests" else None
        return asked(container) if found is None else amounts(found)

    def held(container: JsonObject) -> Amounts:
        state = states.get(container["name"]) or {}
        found = (state.get("resources") or {}).get(which)
        return promised(container) if found is None else amounts(found)

    return asked, held, promised


def _refused(conditions: Iterable[JsonObject]) -> bool:
    pending = (one for one in conditions if one["type"] == "PodResizePending")
    return next(pending, {}).get("reason") == "Infeasible"


def _at_its_peak(pod: JsonObject, view: View) -> Amounts:
    spec = pod.get("spec") or {}
    total: Amounts = {}
    for container in spec.get("containers") or ():
        _add(total, view(container))
    peak: Amounts = {}
    running: Amounts = {}
    for container in spec.get("initContainers") or ():
        need = view(container)
        if container.get("restartPolicy") == "Always":
            _add(total, need)
            _add(running, need)
            need = running
        else:
            need = dict(need)
            _add(need, running)
        _raise(peak, need)
    _raise(total, peak)
    return total


def _asked(container: JsonObject, which: Which) -> Amounts:
    return amounts((container.get("resources") or {}).get(which))


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = added(total.get(name, NOTHING), amount)


def added(left: Quantity, right: Quantity) -> Quantity:
    """Return the sum, written in the family of suffixes of the first that is not zero."""
    return Quantity(left.value + right.value, left.family if left.value else right.family)


def _raise(total: Amounts, least: Amounts) -> None:
    for name, amount in least.items():
        if name not in total or total[name].value < amount.value:
            total[name] = amount


def _of_pods(name: str) -> bool:
    return name in ("cpu", "memory") or name.startswith(_HUGE_PAGES)


def huge_pages(name: str) -> bool:
    """Tell whether a resource is huge pages of some size."""
    return name.startswith(_HUGE_PAGES)


def extended(name: str) -> bool:
    """Tell whether a resource is none of Kubernetes' own."""
    return name not in _STANDARD and not huge_pages(name) and name != "pods"


def percent(part: Quantity, whole: Quantity, resource: str) -> int:
    """Return the whole per cent of a node's room; cpu counts in thousandths."""
    step = _MILLI if resource == "cpu" else _ONE
    total = _ceiling(whole.value / step)
    return int(_ceiling(part.value / step) / total * 100) if total else _GO_OVERFLOW


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


def container_resource(reference: JsonObject, container: JsonObject) -> str:
    """Return what a `resourceFieldRef` stands for, in its divisor and rounded up; "": nothing."""
    which, _, name = str(reference["resource"]).partition(".")
    if which not in ("requests", "limits") or not (name in _STANDARD or huge_pages(name)):
        return ""
    found = amounts((container.get("resources") or {}).get(which))
    divisor = parse_quantity(str(reference.get("divisor") or "0")).value or _ONE
    return str(_ceiling(found.get(name, NOTHING).value / divisor))
