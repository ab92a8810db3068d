"""Alerts, notices and silences as rows: the worst first, and no more of a label than one line.

Pure. Labels and annotations are anybody's text: what a terminal or Slack would act upon is
replaced, and a cell has an end.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.alerting import Notice, Silence
from bot.core.metrics import Alert, Reach
from bot.core.reply import Row, Table
from bot.core.units import human_duration

NOTICES = ("STATE", "ALERT", "SEVERITY", "LABELS", "SINCE")
ALERTS = ("STATE", "ALERT", "SEVERITY", "LABELS", "VALUE", "SINCE", "NOTE")
NAME, SEVERITY = "alertname", "severity"
_CELL, _LABELS, _TEXT = 60, 80, 160
# What nobody knows a thing by, where anything else tells it from others.
_UNTOLD = frozenset({"uid", "instance", "endpoint", "container_id", "image_id"})
# As people name them, the worst first; what is none of them comes before what is harmless.
_RANKS = (
    ("critical", "page", "emergency", "fatal", "disaster", "p1", "sev1"),
    ("error", "high", "major", "p2", "sev2"),
    ("warning", "warn", "medium", "minor", "p3", "sev3"),
)
_HARMLESS = ("info", "informational", "low", "none", "debug", "p4", "p5")
_BY_WORD = {word: rank for rank, words in enumerate(_RANKS) for word in words}
Order = tuple[int, datetime, list[tuple[str, str]]]


def line(text: str, room: int = _TEXT) -> str:
    """Return the text on one line of at most `room` characters that nothing acts upon."""
    # What is far beyond the room is not even looked at.
    words = " ".join(text[: 4 * room].split())
    shown = "".join(one if one.isprintable() else "\ufffd" for one in words)
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"


def lines(text: str, most: int = 40, room: int = 200) -> str:
    """Return at most so many lines of the text, as `line` returns one, with their indentation."""
    found = text.splitlines()
    shown = [" " * (len(one) - len(one.lstrip())) + line(one, room) for one in found[:most]]
    return "\n".join([*shown, *(["…"] if len(found) > most else [])])


def where(reach: Reach, every: str = "all namespaces") -> str:
    """Return whose series and alerts are meant, as the end of a sentence."""
    return f"in {every if reach.namespaces is None else ', '.join(reach.namespaces)}"


def nowhere(reach: Reach) -> str:
    """Return the same for a sentence that says that there is nothing."""
    return where(reach, "any namespace")


def count(number: int, word: str) -> str:
    """Return `1 alert` or `3 alerts`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def told_only(table: Table, dull: Sequence[str]) -> Table:
    """Return the table without those of these columns that tell nothing: all cells are alike."""
    kept = [
        at
        for at, name in enumerate(table.columns)
        if name not in dull or len({row[at] for row in table.rows}) > 1
    ]
    rows = [tuple(row[at] for at in kept) for row in table.rows]
    return replace(table, columns=tuple(table.columns[at] for at in kept), rows=rows)


def severity_rank(labels: Mapping[str, str]) -> int:
    """Return a number that is the smaller, the worse an alert calls itself."""
    word = labels.get(SEVERITY, "").lower()
    return _BY_WORD.get(word, len(_RANKS) + (word in _HARMLESS))


def worst_first(labels: Mapping[str, str], since: datetime) -> Order:
    """Return a key that puts the worst first, and of these the one that began first.

    Labels decide where alerts of one rule began together: Prometheus tells them in any order.
    """
    return severity_rank(labels), since, sorted(labels.items())


def differing(labels: Sequence[Mapping[str, str]]) -> list[str]:
    """Return for each alert the labels that tell it from the others, on one line."""
    alike: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for one in labels:
        alike[one.get(NAME, "")].append(one)
    everywhere = _common(labels) if len(labels) > 1 else {}
    common = {
        name: _common(group) if len(group) > 1 else everywhere for name, group in alike.items()
    }
    return [_written(one, common[one.get(NAME, "")]) for one in labels]


def notice_rows(notices: Sequence[Notice], now: datetime) -> list[Row]:
    """Return a row for each notice in the columns of `NOTICES`, the worst first."""
    ordered = sorted(notices, key=lambda one: worst_first(one.labels, one.starts_at))
    told = differing([one.labels for one in ordered])
    return [
        (
            line(state_of(one), _CELL),
            *_names(one.labels),
            labels,
            human_duration((now - one.starts_at).total_seconds()),
        )
        for one, labels in zip(ordered, told, strict=True)
    ]


def state_of(notice: Notice) -> str:
    """Return whether anybody hears of it."""
    if notice.silenced_by:
        return "silenced"
    return "inhibited" if notice.inhibited_by else notice.state


def alert_rows(
    alerts: Sequence[Alert], values: Sequence[str], notes: Sequence[str], now: datetime
) -> list[Row]:
    """Return a row for each alert in the columns of `ALERTS`, with its value and what is noted."""
    told = differing([one.labels for one in alerts])
    return [
        (
            one.state,
            *_names(one.labels),
            labels,
            line(value, _CELL),
            human_duration((now - one.active_at).total_seconds()),
            note,
        )
        for one, labels, value, note in zip(alerts, told, values, notes, strict=True)
    ]


def counted(alerts: Sequence[Mapping[str, str]], shown: int = 5) -> str:
    """Return how many alerts there are of each name, the most frequent first, on one line."""
    counts = Counter(one.get(NAME, "?") for one in alerts).most_common()
    said = [f"{line(name, _CELL)}{f' x{count}' if count > 1 else ''}" for name, count in counts]
    left = len(said) - shown
    return ", ".join([*said[:shown], *([f"{left} more"] if left > 0 else [])])


def silence_state(silence: Silence, now: datetime) -> str:
    """Return when a silence ends, or that it has not begun."""
    if silence.starts_at > now:
        return f"begins in {human_duration((silence.starts_at - now).total_seconds())}"
    return human_duration((silence.ends_at - now).total_seconds())


def _names(labels: Mapping[str, str]) -> tuple[str, str]:
    return line(labels.get(NAME, "?"), _CELL), line(labels.get(SEVERITY, ""), _CELL)


def _common(labels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *others = labels
    return {
        name: value
        for name, value in first.items()
        if all(one.get(name) == value for one in others)
    }


def _written(labels: Mapping[str, str], common: Mapping[str, str]) -> str:
    told = {
        name: value
        for name, value in sorted(labels.items())
        if name not in (NAME, SEVERITY) and common.get(name) != value
    }
    known = [name for name in told if name not in _UNTOLD] or list(told)
    pairs = (f"{line(name, _CELL)}={line(told[name], _CELL)}" for name in known)
    return line(", ".join(pairs), _LABELS)
