"""Two hours of samples of several namespaces, whole or as far as a scope goes.

What is outside of a scope is made so that it would be seen: the same pods and jobs with other
values, metrics that exist nowhere else, names of namespaces that begin or end alike.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.prometheus.literals import quoted

START = 1_700_000_000
STEP = 60
COUNT = 121

NAMESPACES = ("shop", "web", "secret", "shop-2", "xshop", "shopweb")
NOWHERE = ""
"""Series without a label of the namespace."""
_EVERYWHERE = (*NAMESPACES, NOWHERE)

_POD = {"pod": "web-1", "job": "api"}
_PODS = tuple(
    {"pod": pod, "job": "api", "instance": "10.0.0.1:80"} for pod in ("web-1", "web-2", "db-1")
)
_PATHS = (
    'a"b',
    "back\\slash",
    "two\nlines",
    "} or only_secret{",
    "héllo ✓",
    "#",
    "'",
    "`",
    "plain",
)


@dataclass(frozen=True, slots=True)
class Family:
    """A metric, and what its series are told apart by in each of its namespaces."""

    name: str
    kind: str
    labels: Sequence[Mapping[str, str]]
    suffix: str = ""
    namespaces: Sequence[str] = _EVERYWHERE
    scale: int = 1


_FAMILIES = (
    Family("memory_bytes", "gauge", _PODS, scale=10),
    Family("limit_bytes", "gauge", (_PODS[0], _PODS[2]), scale=20),
    Family("requests", "counter", [{**_POD, "code": code} for code in ("200", "500")], "_total"),
    Family(
        *("latency_seconds", "histogram"),
        [{"job": "api", "le": le} for le in ("0.1", "0.5", "1", "+Inf")],
        "_bucket",
    ),
    Family("target_info", "gauge", [{"job": "api", "instance": "10.0.0.1:80", "version": "2"}]),
    Family("strange", "gauge", [{"path": path} for path in _PATHS]),
    Family('"dotted.name"', "gauge", [{**_POD, '"a.b"': "c"}]),
    Family("a:b:c", "gauge", [_POD]),
    Family("ALERTS", "gauge", [_POD]),
    Family("only_secret", "gauge", [{**_POD, "owner": "alice"}], namespaces=("secret",)),
    Family("nobody", "gauge", [_POD], namespaces=(NOWHERE,)),
)


def samples(scope: Collection[str] = _EVERYWHERE) -> str:
    """Return those of the namespaces in a scope, in OpenMetrics' text."""
    lines: list[str] = []
    for family in _FAMILIES:
        lines.append(f"# TYPE {family.name} {family.kind}")
        for namespace in family.namespaces:
            if namespace in scope:
                lines += _of_namespace(family, namespace)
    return "\n".join([*lines, "# EOF", ""])


def _of_namespace(family: Family, namespace: str) -> Iterator[str]:
    common = {"namespace": namespace} if namespace else {}
    place = _EVERYWHERE.index(namespace)
    base = family.scale * (1 + 3 * place)
    # No two values are equal, or which of them is the highest would be anybody's guess.
    mark = _FAMILIES.index(family) / 100 + place / 1000
    for number, own in enumerate(family.labels):
        labels = {**common, **own}
        written = ",".join(f"{label}={quoted(value)}" for label, value in labels.items())
        quoted_name = family.name.startswith('"')
        head = f"{{{family.name},{written}}}" if quoted_name else f"{{{written}}}"
        name = "" if quoted_name else f"{family.name}{family.suffix}"
        for index in range(COUNT):
            value = _value(family.kind, base + number, index) + mark + number / 100_000
            yield f"{name}{head} {value:.5f} {START + STEP * index}"


def _value(kind: str, base: int, index: int) -> int:
    if kind == "gauge":
        return base + index * (base + 3) % 17
    return base + index * base
