"""When a schedule such as `*/5 9-17 * * mon-fri` is due next. Pure.

The grammar is crontab's, with names of months and days and with `@daily` and its like.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_EVERY = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# First and last value of each field, and the names that stand for values from the first on.
_FIELDS: Sequence[tuple[int, int, Sequence[str]]] = (
    (0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 6, _DAYS),
)  # fmt: skip
# The 29th of February comes back within eight years at the latest.
_FARTHEST = timedelta(days=8 * 366)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The values of each field that it is due at."""

    either: bool
    """Whether one of day and weekday is enough: when both are given."""
    minutes: Collection[int]
    hours: Collection[int]
    days: Collection[int]
    months: Collection[int]
    weekdays: Collection[int]

    def after(self, moment: datetime, zone: tzinfo = UTC) -> datetime | None:
        """Return the first time after the moment, in UTC; None if there is none."""
        local = moment.astimezone(zone)
        day = local.date()
        while day <= local.date() + _FARTHEST:
            if self._on(day.month, day.day, day.isoweekday() % 7):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        due = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
                        if due > moment:
                            return due
            day += timedelta(days=1)
        return None

    def _on(self, month: int, day: int, weekday: int) -> bool:
        fits = (day in self.days, weekday in self.weekdays)
        return month in self.months and (any(fits) if self.either else all(fits))


def schedule(text: str) -> Schedule:
    """Return the schedule that the text means.

    Raises:
        ValueError: it means none.
    """
    words = _EVERY.get(text.strip(), text).split()
    if len(words) != len(_FIELDS):
        raise ValueError(f"expected exactly 5 fields, found {len(words)}: {words}")
    values = [_values(word, *field) for word, field in zip(words, _FIELDS, strict=True)]
    return Schedule("*" not in (words[2][0], words[4][0]), *values)


def _values(word: str, first: int, last: int, names: Sequence[str]) -> frozenset[int]:
    found: set[int] = set()
    for part in word.lower().split(","):
        span, _, step = part.partition("/")
        low, dash, high = span.partition("-")
        begin = first if low in ("*", "?") else _value(low, first, names)
        end = _value(high, first, names) if dash else last if low in "*?" or step else begin
        # Sunday is 0 and 7.
        allowed = end <= last + (last == 6) and begin >= first
        if not allowed or begin > end or (step and int(step) < 1):
            raise ValueError(f"out of range: {part}")
        found |= {
            value % 7 if last == 6 else value for value in range(begin, end + 1, int(step or 1))
        }
    return frozenset(found)


def _value(text: str, first: int, names: Sequence[str]) -> int:
    return names.index(text) + first if text in names else int(text)
