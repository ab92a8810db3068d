"""What is said of a watch: in a sentence, and as lines of the series that it is true of.

Pure. The words are the same in Slack, where blocks are made of them, and in a terminal.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from bot.core.measures import Unit, written
from bot.core.metrics import Histogram, Series, Value
from bot.core.units import human_duration
from bot.core.watching import News, Watch, Word
from bot.render.alerts import line

_SHOWN, _LABELS, _NAME = 5, 120, "__name__"
_STATES = {True: "true", False: "false", None: "unknown"}


def state_of(watch: Watch, now: datetime) -> str:
    """Return how a watch stands, and since when, such as `true for 5m`."""
    standing = watch.standing
    if standing.since is None:
        return "no data"
    return f"{_STATES[standing.holds]} for {_age(now - standing.since)}"


def sentence(news: News) -> str:
    """Return what there is to say, on one line that begins with its sign."""
    match news.word:
        case Word.TRUE:
            return f"🔔 True now{_turned(news)}"
        case Word.FALSE:
            return f"🔕 False now{_turned(news)}"
        case Word.NOTHING:
            return "⚪ No data, so neither true nor false; this is said once, and the watch goes on"
        case Word.BLIND:
            return f"⚪ Not known for now: {line(news.reason)}. The watch goes on"
        case Word.OVER:
            return f"⏹ The watch is over: {_summary(news.watch)}"
        case Word.STOPPED:
            return f"⏹ The watch ends: {line(news.reason, 300)}"
        case _:
            assert_never(news.word)


def series_lines(series: Sequence[Series], unit: Unit) -> list[str]:
    """Return a line for each of the first few series, and how many there are more."""
    shown = [f"{_labels(one)}  {_value(one, unit)}" for one in series[:_SHOWN]]
    left = len(series) - len(shown)
    return [*shown, *([f"… and {left} more series"] if left > 0 else [])]


def _turned(news: News) -> str:
    if news.turns > 1:
        return f"; it has turned {news.turns} times since the last message"
    if news.before is None:
        return ""
    return f", after {_age(news.before)} of being {'false' if news.word is Word.TRUE else 'true'}"


def _summary(watch: Watch) -> str:
    standing = watch.standing
    times = "once" if standing.trues == 1 else f"{standing.trues} times"
    became = f"it became true {times}" if standing.trues else "it never became true"
    if standing.holds is None:
        return f"{became}, and there was no data"
    return f"{became}, and is {_STATES[standing.holds]} at its end"


def _labels(series: Series) -> str:
    name = series.labels.get(_NAME, "")
    pairs = (f"{key}={value}" for key, value in sorted(series.labels.items()) if key != _NAME)
    return line(f"{name}{{{', '.join(pairs)}}}", _LABELS)


def _value(series: Series, unit: Unit) -> str:
    value: Value = series.points[-1][1] if series.points else float("nan")
    if isinstance(value, Histogram):
        return f"{written(value.count)} observations"
    return written(value, unit)


def _age(span: timedelta) -> str:
    return human_duration(span.total_seconds())
