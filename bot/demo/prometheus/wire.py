"""What a request to Prometheus's API says, and the envelope of an answer; pure.

The rules and texts are those of Prometheus's `web/api/v1/api.go`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from multidict import MultiMapping

from bot.demo.prometheus import parsing
from bot.demo.prometheus.evaluation import LOOKBACK
from bot.demo.prometheus.queries import Query
from bot.demo.prometheus.refusals import QueryRefusedError, bad
from bot.demo.prometheus.samples import Matcher

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_DURATION = re.compile("".join(rf"(?:(\d+){unit})?" for unit in _UNITS))
_SELECTOR = re.compile(r"\s*[\w:]*\s*(?:\{(?:[^}\"]|\"(?:[^\"\\]|\\.)*\")*\})?\s*")
_MOST_POINTS = 11_000
TRUNCATED = "results truncated due to limit"
_ENDLESS = 2**62
"""Milliseconds; after all that can be asked for."""
Parameters = MultiMapping[str]


def instant_query(asked: Parameters, now: int) -> Query:
    """Return what a request to /query asks for. Raises: QueryRefusedError."""
    moment = _moment_or(asked, "time", now)
    return Query(asked.get("query", ""), moment, moment, lookback=_lookback(asked))


def range_query(asked: Parameters) -> Query:
    """Return what a request to /query_range asks for. Raises: QueryRefusedError."""
    start, end = (_moment(asked.get(name, ""), name) for name in ("start", "end"))
    if end < start:
        raise bad("end timestamp must not be before start time", "end")
    step = seconds(asked.get("step", ""), "step")
    if step <= 0:
        why = "zero or negative query resolution step widths are not accepted"
        raise bad(f"{why}. Try a positive integer", "step")
    if (end - start) // (step * 1000) > _MOST_POINTS:
        why = "exceeded maximum resolution of 11,000 points per timeseries"
        raise bad(f"{why}. Try decreasing the query resolution (?step=XX)")
    return Query(asked.get("query", ""), start, end, round(step * 1000), _lookback(asked))


def _lookback(asked: Parameters) -> int:
    text = asked.get("lookback_delta", "")
    return round(_seconds(text) * 1000) if text else LOOKBACK


def span(asked: Parameters) -> tuple[int, int]:
    """Return the time that a request about series is about, in milliseconds."""
    return _moment_or(asked, "start", 0), _moment_or(asked, "end", _ENDLESS)


def limit(asked: Parameters) -> int:
    """Return how many are wanted at most; 0: all. Raises: QueryRefusedError."""
    text = asked.get("limit", "")
    if text and not re.fullmatch(r"[+-]?\d+", text):
        raise bad(f'strconv.Atoi: parsing "{text}": invalid syntax', "limit")
    if (wanted := int(text or "0")) < 0:
        raise bad("limit must be non-negative", "limit")
    return wanted


def selectors(asked: Parameters, parameter: str = "") -> list[list[Matcher]]:
    """Return the conditions of each `match[]`. Raises: QueryRefusedError."""
    try:
        return [_selector(text) for text in asked.getall("match[]", [])]
    except QueryRefusedError as error:
        raise bad(error.text, parameter) from error


def _selector(text: str) -> list[Matcher]:
    whole = _SELECTOR.match(text)
    if whole and whole.end() < len(text):
        raise bad(f'1:{whole.end() + 1}: parse error: unexpected "{text[whole.end()]}"')
    try:
        return parsing.matchers(parsing.parsed(text))
    except QueryRefusedError as error:
        if error.text.endswith("at least one non-empty matcher"):
            raise bad("match[] must contain at least one non-empty matcher") from error
        raise


def seconds(text: str, parameter: str) -> float:
    """Return a duration: a number of seconds, or `1h30m`. Raises: QueryRefusedError."""
    try:
        return _seconds(text)
    except ValueError as error:
        raise bad(str(error), parameter) from error


def _seconds(text: str) -> float:
    if _NUMBER.fullmatch(text):
        return float(text)
    parts = _DURATION.fullmatch(text)
    if not text or parts is None:
        raise ValueError(f'cannot parse "{text}" to a valid duration')
    amounts = zip(parts.groups(), _UNITS.values(), strict=True)
    return float(sum(int(amount or 0) * unit for amount, unit in amounts))


def _moment_or(asked: Parameters, name: str, usual: int) -> int:
    text = asked.get(name, "")
    return _moment(text, name, f"invalid time value for '{name}': ") if text else usual


def _moment(text: str, name: str, why: str = "") -> int:
    """Return a moment in milliseconds: a number of seconds, or RFC 3339."""
    if _NUMBER.fullmatch(text):
        return round(float(text) * 1000)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text:
        raise bad(f'{why}cannot parse "{text}" to a valid timestamp', name)
    return milliseconds(moment)


def milliseconds(moment: datetime) -> int:
    """Return a moment in milliseconds since 1970."""
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def stamp(moment: int) -> str:
    """Return a moment as Go writes it in JSON."""
    found = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")
    whole, _, fraction = found.removesuffix("+00:00").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def success(data: Any, warnings: Sequence[str] = ()) -> bytes:
    """Return the body of an answer."""
    told = {"warnings": list(warnings)} if warnings else {}
    return orjson.dumps({"status": "success", "data": data} | told)


def failure(refused: QueryRefusedError) -> bytes:
    """Return the body of a refusal."""
    told: Mapping[str, str] = {"errorType": refused.kind, "error": refused.text}
    return orjson.dumps({"status": "error", **told})
