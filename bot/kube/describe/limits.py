"""What bounds a namespace: quotas and limit ranges; and the namespace itself."""

from collections.abc import Mapping, Sequence

from bot.core.errors import NotFoundError
from bot.core.ports import JsonObject
from bot.core.units import Family, Quantity
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.resources import NOTHING, amounts
from bot.kube.describe.subject import Description, Found, Need, Subject

_SCOPES: Mapping[str, str] = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited"
    " lifespan on a node before being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually"
    " include long running pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a"
    " best effort quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods"
    " have a burstable or guaranteed quality of service.",
}
_LIMITS = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
_HEADERS = (
    "Type",
    "Resource",
    "Min",
    "Max",
    "Default Request",
    "Default Limit",
    "Max Limit/Request Ratio",
)


def _namespace(w: Lines, subject: Subject) -> None:
    blocks.head(w, subject.item, namespaced=False)
    blocks.labels(w, "Labels", subject.metadata.get("labels"))
    blocks.annotations(w, "Annotations", subject.metadata.get("annotations"))
    w.line(0, "Status:", subject.status.get("phase", ""))
    if conditions := subject.status.get("conditions"):
        blocks.conditions(w, conditions)
    if _there(quotas := subject.found["quotas"]):
        w.put(0, "\n")
        _quotas(w, quotas.items)
    if _there(ranges := subject.found["ranges"]):
        w.put(0, "\n")
        _ranges(w, ranges.items)


def _there(found: Found) -> bool:
    if found.error is not None and not isinstance(found.error, NotFoundError):
        raise found.error
    return found.error is None


def _quotas(w: Lines, quotas: Sequence[JsonObject]) -> None:
    if not quotas:
        w.put(0, "No resource quota.\n")
        return
    w.put(0, "Resource Quotas\n")
    for quota in sorted(quotas, key=blocks.name):
        w.line(1, "Name:", blocks.name(quota))
        _scopes(w, quota, 1, "* ")
        w.line(1, "Resource", "Used", "Hard")
        w.line(1, "--------", "---", "---")
        for name, used, hard in _counted(quota):
            w.line(1, name, used, hard)


def _quota(w: Lines, subject: Subject) -> None:
    blocks.head(w, subject.item)
    _scopes(w, subject.item, 0, " * ")
    w.line(0, "Resource", "Used", "Hard")
    w.line(0, "--------", "----", "----")
    for name, used, hard in _counted(subject.item):
        w.line(0, name, _in_family(used, hard.family), hard)


def _in_family(amount: Quantity, family: Family) -> Quantity:
    # Another family holds whole numbers only.
    if amount.family is family:
        return amount
    return Quantity(amount.value.to_integral_value("ROUND_CEILING"), family)


def _counted(quota: JsonObject) -> list[tuple[str, Quantity, Quantity]]:
    status = quota.get("status") or {}
    hard, used = amounts(status.get("hard")), amounts(status.get("used"))
    return [(name, used.get(name, NOTHING), hard[name]) for name in sorted(hard)]


def _scopes(w: Lines, quota: JsonObject, level: int, bullet: str) -> None:
    scopes = sorted((quota.get("spec") or {}).get("scopes") or ())
    if scopes:
        w.line(level, "Scopes:", ", ".join(scopes))
    for scope in scopes:
        if scope in _SCOPES:
            w.put(level, f"{bullet}{_SCOPES[scope]}\n")


def _ranges(w: Lines, ranges: Sequence[JsonObject]) -> None:
    if not ranges:
        w.put(0, "No LimitRange resource.\n")
        return
    w.put(0, "Resource Limits\n")
    _limit_lines(w, ranges, " ")


def _range(w: Lines, subject: Subject) -> None:
    blocks.head(w, subject.item)
    _limit_lines(w, [subject.item], "")


def _limit_lines(w: Lines, ranges: Sequence[JsonObject], indent: str) -> None:
    w.line(0, f"{indent}{_HEADERS[0]}", *_HEADERS[1:])
    rulers = ["-" * len(header) for header in _HEADERS]
    w.line(0, f"{indent}{rulers[0]}", *rulers[1:])
    for limit in (one for each in ranges for one in each["spec"].get("limits") or ()):
        held = [amounts(limit.get(field)) for field in _LIMITS]
        # Go walks through the resources in an order of chance.
        for name in sorted(set().union(*held)):
            w.line(0, f"{indent}{limit['type']}", name, *(each.get(name, "-") for each in held))


def _needs(item: JsonObject) -> Mapping[str, Need]:
    name = blocks.name(item)
    return {
        "quotas": Need("resourcequotas", namespace=name),
        "ranges": Need("limitranges", namespace=name),
    }


NAMESPACE = Description(_namespace, _needs, events=None)
QUOTA = Description(_quota, events=None)
RANGE = Description(_range, events=None)
