"""Moments as people type them: so long ago, a date and time, seconds since 1970. Pure."""

import re
from datetime import UTC, datetime, timedelta

import promql_parser as promql

from bot.core.errors import UsageError

_SECONDS = re.compile(r"\d{9,11}(\.\d+)?")
_AGO = re.compile(r"-?(?P<span>(\d+(ms|[smhdwy]))+)(\s+ago)?")
_FORMS = "10m (ago), 2026-11-29T08:00:00Z, 08:00, or seconds since 1970"


def read_moment(typed: str, now: datetime) -> datetime:
    """Return the moment that was typed; a time without a zone is UTC, one without a date today's.

    Raises:
        UsageError: it is none.
    """
    text = typed.strip()
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    if match := _AGO.fullmatch(text):
        return now - read_span(match["span"])
    if re.fullmatch(r"\d\d?:\d\d(:\d\d)?", text):
        text = f"{now:%Y-%m-%d} {text.zfill(len(text) + (text.index(':') == 1))}"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"error: {typed!r} is no moment", next_step=f"Type {_FORMS}.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def read_span(typed: str) -> timedelta:
    """Return the duration that was typed as PromQL writes it, such as `1h30m` or `7d`.

    Raises:
        UsageError: it is none.
    """
    try:
        return promql.parse_duration(typed.strip())
    except (ValueError, OverflowError):
        raise UsageError(
            f"error: {typed!r} is no duration", next_step="Type it such as 30m, 6h or 7d."
        ) from None


def said(moment: datetime) -> str:
    """Return a moment as it is said in an answer."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
