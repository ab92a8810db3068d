"""How the signals of an app are shown: a table, and a line that says what is wrong. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence

from bot.core.measures import written
from bot.core.reply import Aside, Part, Table
from bot.core.signals import Signal
from bot.prometheus.surveying import Reading
from bot.render.sparkline import sparkline

NOTHING = "-"


def judged(name: str, readings: Sequence[Reading]) -> str:
    """Return the sentence that says how an app is doing, the worst first."""
    measured = [reading for reading in readings if reading.now is not None]
    if not measured:
        return f"⚪ Nothing of {name} is measured."
    wrong = [one for one in measured if _beyond(one, one.signal.critical)]
    doubtful = [one for one in measured if one not in wrong and _beyond(one, one.signal.warning)]
    if not wrong and not doubtful:
        return f"🟢 {name}: nothing is out of the ordinary in what is measured."
    said = "; ".join([*map(_critical, wrong), *map(_warning, doubtful)])
    return f"{'🔴' if wrong else '🟡'} {name}: {said}."


def table(readings: Sequence[Reading], span: str) -> Table:
    """Return a row for each signal that is measured; its small line comes last, as it is long."""
    rows = [
        (
            reading.signal.title,
            value(reading, reading.now),
            _share(reading, reading.request),
            _share(reading, reading.limit),
            sparkline(reading.points),
        )
        for reading in readings
        if reading.points
    ]
    return Table("signals", ("SIGNAL", "NOW", "REQUEST", "LIMIT", f"LAST {span}"), rows)


def remarks(readings: Sequence[Reading]) -> Iterator[Part]:
    """Yield what is not measured, and what could not be asked for."""
    missing = [one.signal.title for one in readings if not one.points and one.failure is None]
    if missing:
        yield Aside(f"Not measured here: {', '.join(missing)}.")
    idle = [one.signal.title for one in readings if one.points and one.now is None]
    if idle:
        yield Aside(f"Without a value now, as where nothing was asked: {', '.join(idle)}.")
    for one in readings:
        if one.failure is not None:
            yield Aside(f"{one.signal.title}: {one.failure.text.removeprefix('error: ')}")


def chosen(signals: Sequence[Signal], given: Mapping[str, str]) -> Iterator[Part]:
    """Yield which values the parameters of the signals have, and how others are typed."""
    parameters = {one.name: one for signal in signals for one in signal.parameters}
    values = ((name, given.get(name) or one.default) for name, one in parameters.items())
    if said := ", ".join(f"{name}={value}" for name, value in values if value):
        usage = " ".join(one.usage for one in parameters.values())
        yield Aside(f"With {said}. Others are typed behind it: {usage}")


def value(reading: Reading, number: float | None) -> str:
    """Return a number as the signal measures it."""
    if number is None or math.isnan(number):
        return NOTHING
    return written(number, reading.signal.unit)


def _share(reading: Reading, whole: float | None) -> str:
    if whole is None:
        return NOTHING
    part = f" ({reading.now / whole:.0%})" if whole and reading.now is not None else ""
    return f"{written(whole, reading.signal.unit)}{part}"


def _beyond(reading: Reading, bound: float | None) -> bool:
    return bound is not None and reading.now is not None and reading.now >= bound


def _critical(reading: Reading) -> str:
    return _said(reading, reading.signal.critical)


def _warning(reading: Reading) -> str:
    return _said(reading, reading.signal.warning)


def _said(reading: Reading, bound: float | None) -> str:
    from_on = written(bound, reading.signal.unit) if bound is not None else NOTHING
    return f"{reading.signal.title} {value(reading, reading.now)}, from {from_on} on it is too much"


def compared(before: Sequence[Reading], after: Sequence[Reading]) -> Table:
    """Return a row for each signal that is measured at one of two moments, in the same order."""
    rows = [
        (now.signal.title, value(then, then.now), value(now, now.now), _change(then.now, now.now))
        for then, now in zip(before, after, strict=True)
        if then.points or now.points
    ]
    return Table("compared", ("SIGNAL", "BEFORE", "AFTER", "CHANGE"), rows)


def side_by_side(columns: Sequence[tuple[str, Sequence[Reading]]]) -> Table:
    """Return a column for each template of the app, by its title, and a row for each signal."""
    rows = [
        (readings[0].signal.title, *(value(one, one.now) for one in readings))
        for readings in zip(*(readings for _, readings in columns), strict=True)
        if any(one.points for one in readings)
    ]
    return Table("templates", ("SIGNAL", *(title for title, _ in columns)), rows)


def turned(before: Sequence[Reading], after: Sequence[Reading], since: str, *, early: bool) -> str:
    """Return the sentence that says what is worse than before, the worst first.

    Early nothing is said to be well: rates still have the time before in them.
    """
    pairs = [(then, now) for then, now in zip(before, after, strict=True) if now.now is not None]
    if not any(then.now is not None for then, _ in pairs):
        return f"⚪ Nothing is measured of both sides of {since}."
    worse = [(then, now) for then, now in pairs if _is_worse(then, now)]
    if not worse and early:
        return f"⚪ Nothing is worse yet, and it is too early to tell: {since}."
    if not worse:
        return f"🟢 No signal is in trouble that was not before {since}."
    mark = "🔴" if any(_beyond(now, now.signal.critical) for _, now in worse) else "🟡"
    said = "; ".join(
        f"{now.signal.title} {value(then, then.now)} → {value(now, now.now)}" for then, now in worse
    )
    return f"{mark} Since {since}: {said}."


def _is_worse(then: Reading, now: Reading) -> bool:
    """Tell whether a signal is in trouble and was less so before: by a fifth, at least."""
    troubled = _beyond(now, now.signal.critical) or _beyond(now, now.signal.warning)
    return troubled and (then.now is None or (now.now or 0.0) > then.now * 1.2)


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return NOTHING
    if before == after:
        return "same"
    if before == 0 or after / before < 0:
        return "more" if after > before else "less"
    factor = after / before
    if abs(factor - 1) < 0.005:
        return "same"
    return f"×{factor:.3g}" if factor >= 2 else f"{factor - 1:+.0%}"
