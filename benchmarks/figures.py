"""What was measured beside what it may be, and the table of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    bot: str
    beside: str
    found: str
    budget: str
    holds: bool


def no_more_than_over(what: str, bot: float, raw: float, extra: float) -> Figure:
    """Compare with a raw request; all in seconds, `extra` is what may come on top of it."""
    found = f"raw {'-' if bot < raw else '+'} {_time(abs(bot - raw))}"
    budget = f"≤ raw + {_time(extra)}"
    return Figure(what, _time(bot), f"raw {_time(raw)}", found, budget, bot - raw <= extra)


def no_more_than_times(what: str, bot: float, name: str, other: float, times: float) -> Figure:
    """Compare with another way; both in seconds, `times` is what the bot may take of it."""
    ratio = bot / other
    beside, budget = f"{name} {_time(other)}", f"≤ {_times(times)} {name}"
    return Figure(what, _time(bot), beside, f"{_times(ratio)} {name}", budget, ratio <= times)


def no_more_than_times_over(
    what: str, bot: float, raw: float, times: float, extra: float
) -> Figure:
    """Compare with a raw request, of which it may take so many times, and `extra` seconds."""
    found = f"{_times(bot / raw)} raw, raw + {_time(max(bot - raw, 0))}"
    budget = f"≤ {_times(times)} raw + {_time(extra)}"
    return Figure(what, _time(bot), f"raw {_time(raw)}", found, budget, bot <= times * raw + extra)


def no_more_time_than(what: str, seconds: float, limit: float, beside: str = "") -> Figure:
    """Compare with a limit in seconds."""
    found = _time(seconds)
    return Figure(what, found, beside, found, f"≤ {_time(limit)}", seconds <= limit)


def no_more_memory_than(what: str, mebibytes: float, limit: float) -> Figure:
    """Compare with a limit in MiB."""
    found = f"{mebibytes:.0f} MiB"
    return Figure(what, found, "", found, f"≤ {limit:.0f} MiB", mebibytes <= limit)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table in Markdown, which is read well as text too."""
    head = ("what", "bot", "beside", "found", "budget", "holds")
    rows = [head, *((*_texts(f), "yes" if f.holds else "**no**") for f in figures)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(head))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(tuple("-" * width for width in widths), widths), *lines[1:]])


def _texts(figure: Figure) -> tuple[str, ...]:
    return (figure.what, figure.bot, figure.beside, figure.found, figure.budget)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.2 else f"{seconds * 1000:.1f} ms"


def _times(ratio: float) -> str:
    return f"{ratio:.2f} ×" if ratio >= 0.5 else f"1/{1 / ratio:.3g}"
