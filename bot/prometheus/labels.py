"""Which labels of series are columns, and which are said once because they never differ. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.prometheus.literals import quoted

NAME = "__name__"
Labels = Mapping[str, str]
# What people know things by, before what machines do; the rest by how short its values are.
_KNOWN = (
    *(NAME, "alertname", "namespace", "deployment", "statefulset", "daemonset", "workload"),
    *("pod", "container", "node", "job", "service", "instance", "handler", "path", "route"),
    *("method", "code", "status", "le", "quantile", "mode", "device", "mountpoint", "phase"),
    *("reason", "condition", "resource"),
)
_RANKS = {name: rank for rank, name in enumerate(_KNOWN)}
# A phone shows so many beside a value.
_MOST = 5
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_METRIC = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the labels of some series are shown."""

    columns: tuple[str, ...]
    same: Labels
    """What every series has, and is no column."""
    hidden: tuple[str, ...] = ()
    """Those that differ and are not shown, since the columns tell every two series apart as far as
    so few can."""


def layout(series: Sequence[Labels], *, everything: bool = False) -> Layout:
    """Return how the labels of these series are shown; with `everything` each is a column."""
    names = sorted({name for labels in series for name in labels}, key=_order)
    if everything:
        return Layout(tuple(names), {})
    first = series[0] if series else {}
    same = {
        name: first[name]
        for name in names
        if name in first and all(labels.get(name) == first[name] for labels in series)
    }
    differing = [name for name in names if name not in same] if len(series) > 1 else names
    ranked = sorted(differing, key=lambda name: (*_rank(name), _length(name, series), name))
    chosen = set(_enough(ranked, series))
    columns = tuple(name for name in names if name in chosen)
    left = {name: value for name, value in same.items() if name not in chosen}
    hidden = tuple(name for name in differing if name not in chosen and name not in same)
    return Layout(columns, left, hidden)


def _enough(ranked: Sequence[str], series: Sequence[Labels]) -> Sequence[str]:
    """Return the first labels, and of the others those that tell more series apart."""
    chosen = list(ranked[:_MOST])
    told = _distinct(chosen, series)
    for name in ranked[_MOST:]:
        if told == len(series):
            break
        if (more := _distinct([*chosen, name], series)) > told:
            chosen.append(name)
            told = more
    return chosen


def _distinct(names: Sequence[str], series: Sequence[Labels]) -> int:
    return len({tuple(labels.get(name) for name in names) for labels in series})


def _order(name: str) -> tuple[int, str]:
    return ({NAME: 0, "namespace": 1}.get(name, 2), name)


def _rank(name: str) -> tuple[int]:
    return (_RANKS.get(name, len(_RANKS)),)


def _length(name: str, series: Sequence[Labels]) -> int:
    return sum(len(labels.get(name, "")) for labels in series)


def title(name: str) -> str:
    """Return a label as the title of a column."""
    return "METRIC" if name == NAME else name.upper()


def listed(labels: Labels) -> str:
    """Return labels as a person reads them: `up, job=api, namespace=shop`."""
    name = [labels[NAME]] if labels.get(NAME) else []
    return ", ".join([*name, *(f"{key}={labels[key]}" for key in _others(labels))])


def selector(labels: Labels) -> str:
    """Return the selector of a series: `up{job="api"}`, of any name and values."""
    name = labels.get(NAME, "")
    plain = _PLAIN_METRIC.fullmatch(name) is not None
    inside = [quoted(name)] if name and not plain else []
    inside += [f"{label(key)}={quoted(labels[key])}" for key in _others(labels)]
    return (name if plain else "") + (f"{{{', '.join(inside)}}}" if inside or not plain else "")


def label(name: str) -> str:
    """Return a label's name as PromQL takes it, in quotes where it needs them."""
    return name if _PLAIN_NAME.fullmatch(name) else quoted(name)


def _others(labels: Labels) -> Iterable[str]:
    return sorted((key for key in labels if key != NAME), key=_order)
