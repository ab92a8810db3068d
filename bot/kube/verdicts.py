"""What the rows of a table come to: which are in trouble, and which of them is worst.

Pure, and from the rows alone, so that nothing is asked for it. A table is known by its columns
(kubectl's of pods, deployments and nodes); any other has no verdict.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from bot.core.reply import Row

_NAMED = 3
"""So many rows are named in a verdict."""
# `3/5`, and `4 (12m ago)` or `4`.
_READY, _RESTARTS = re.compile(r"(\d+)/(\d+)"), re.compile(r"(\d+)(?: \((\w+) ago\))?")
_DONE = frozenset({"Completed", "Succeeded"})
# What a pod waits in before its first container ran; later it may be there for a shorter time
# than it is old. Init containers are told of by `Init:` and the same words.
_NEVER_RAN = re.compile(
    r"(Init:)?(ContainerCreating|PodInitializing|Pending|SchedulingGated|\d+/\d+"
    r"|ImagePullBackOff|ErrImage\w*|InvalidImageName|CreateContainer\w*)"
)
_STARTING = re.compile(r"ContainerCreating|PodInitializing|Init:\d+/\d+|Terminating")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one row."""

    rank: tuple[float, ...]
    """The smaller, the worse."""
    text: str
    """Such as `ImagePullBackOff for 6m`."""


Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One sort of table: the columns it is known by, and how its rows are judged."""

    columns: frozenset[str]
    one: str
    many: str
    judge: Callable[[Cells], Trouble | None]
    decisive: tuple[str, ...]
    """The columns that decide whether a row is in trouble; the others only tell more of it."""


def _pod(cells: Cells) -> Trouble | None:
    status, ready = cells["STATUS"], _READY.fullmatch(cells["READY"])
    if status in _DONE or ready is None:
        return None
    running, wanted = int(ready[1]), int(ready[2])
    if status == "Running":
        text = f"{running}/{wanted} ready"
        return None if running >= wanted else _restarted(cells, (2.0,), text)
    if _STARTING.fullmatch(status):
        rank = 3.0
    else:
        rank = 1.0 if status in ("Pending", "SchedulingGated") else 0.0
    return _restarted(cells, (rank,), status)


def _restarted(cells: Cells, rank: tuple[float, ...], text: str) -> Trouble:
    found = _RESTARTS.fullmatch(cells["RESTARTS"])
    count = int(found[1]) if found else 0
    if found and count:
        times = "1 restart" if count == 1 else f"{count} restarts"
        last = f", the last {found[2]} ago" if found[2] else ""
        text = f"{text} ({times}{last})"
    elif _NEVER_RAN.fullmatch(cells["STATUS"]):
        text = f"{text} for {cells.get('AGE', '')}"
    return Trouble((*rank, -count), text)


def _deployment(cells: Cells) -> Trouble | None:
    ready = _READY.fullmatch(cells["READY"])
    if ready is None or int(ready[1]) >= int(ready[2]):
        return None
    return Trouble((int(ready[1]) / int(ready[2]),), f"{ready[0]} ready")


def _node(cells: Cells) -> Trouble | None:
    words = cells["STATUS"].split(",")
    wrong = [word for word in words if word != "Ready"]
    return Trouble((float("Ready" in words),), ", ".join(wrong)) if wrong else None


_KINDS = (
    _Kind(
        frozenset({"READY", "STATUS", "RESTARTS"}),
        "pods is not ready",
        "pods are not ready",
        _pod,
        ("READY", "STATUS"),
    ),
    _Kind(
        frozenset({"READY", "UP-TO-DATE", "AVAILABLE"}),
        "deployments is not ready",
        "deployments are not ready",
        _deployment,
        ("READY",),
    ),
    _Kind(
        frozenset({"STATUS", "ROLES", "VERSION"}),
        "nodes takes no new pods",
        "nodes take no new pods",
        _node,
        ("STATUS",),
    ),
)


@lru_cache(maxsize=64)  # the same few tables are asked for again and again
def _kind_of(columns: tuple[str, ...]) -> _Kind | None:
    names = frozenset(columns)
    return next((kind for kind in _KINDS if kind.columns | {"NAME"} <= names), None)


def known(columns: Sequence[str]) -> bool:
    """Tell whether rows of these columns can be judged."""
    return _kind_of(tuple(columns)) is not None


def worst_first(columns: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """Return the rows with the worst first; those that are well, and all others, as they came."""
    kind = _kind_of(tuple(columns))
    if kind is None:
        return list(rows)
    judge = kind.judge

    def key(row: Row) -> tuple[float, ...]:
        trouble = judge(dict(zip(columns, row, strict=False)))
        return (1.0,) if trouble is None else (0.0, *trouble.rank)

    return sorted(rows, key=key)


@dataclass(slots=True)
class Tally:
    """The rows of one table, counted page by page."""

    total: int = 0
    _kind: _Kind | None = None
    _found: list[tuple[Trouble, str]] = field(default_factory=list)

    def add(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Count one more page."""
        self._kind = kind = _kind_of(tuple(columns))
        self.total += len(rows)
        if kind is None:
            return
        decisive = itemgetter(*map(columns.index, kind.decisive))
        well = set()  # most rows of a long table are like many before them
        for row in rows:
            if (key := decisive(row)) in well:
                continue
            cells = dict(zip(columns, row, strict=False))
            if trouble := kind.judge(cells):
                self._found.append((trouble, _name(cells)))
            else:
                well.add(key)

    def verdict(self) -> str:
        """Return one line about the rows; empty where all are well, or there is but one."""
        count = len(self._found)
        if self._kind is None or not count or self.total < 2:
            return ""
        self._found.sort(key=lambda found: found[0].rank)
        named = [f"{name} {trouble.text}" for trouble, name in self._found[:_NAMED]]
        more = f", and {count - _NAMED:,} more" if count > _NAMED else ""
        words = self._kind.one if count == 1 else self._kind.many
        return f"{count:,} of {self.total:,} {words}: {', '.join(named)}{more}"


def _name(cells: Cells) -> str:
    # Several types in one answer have their type before the name.
    name = cells["NAME"].rpartition("/")[2]
    namespace = cells.get("NAMESPACE", "")
    return f"{namespace}/{name}" if namespace else name
