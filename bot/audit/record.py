"""One record: an entry, cleaned and put into its place, as canonical JSON.

Pure. Canonical is JSON in UTF-8 with sorted keys and without spaces; what is empty is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

from bot.audit.cleaning import cleaned, printable
from bot.core.audit import Entry, Link

Record: TypeAlias = dict[str, Any]
"""A record as it is read: JSON, whose keys are those of `told`."""

# A request that pages through a huge list makes more calls; the API server's log has them all
# under the request's id.
_MOST = 64


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a record stands, and who wrote it."""

    chain: str
    seq: int
    key: str
    """The id of the key that it is chained with."""
    replica: str
    version: str


def canonical(record: Record) -> bytes:
    """Return the bytes that are chained."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def told(entry: Entry) -> Record:
    """Return what the entry says, cleaned."""
    record: Record = {
        "event": entry.happening.value,
        "at": timestamp(entry.at),
        "request": entry.request,
        "who": entry.who,
        "where": entry.where,
        "phrase": entry.phrase,
        "canonical": entry.canonical,
        "files": entry.files,
        "plan": entry.plan,
        "result": entry.result,
        "calls": entry.calls[:_MOST],
        "calls_left_out": len(entry.calls[_MOST:]) or None,
    }
    # What is told of a chain comes from the bot alone, and must stay as it is.
    return _without_empty(record) | entry.details


def placed(record: Record, placing: Placing) -> Record:
    """Return the record with its place in the chain."""
    return record | {
        "chain": placing.chain,
        "seq": placing.seq,
        "key": placing.key,
        "replica": placing.replica,
        "version": placing.version,
    }


def link_of(entry: Entry, record: Record, digest: bytes) -> Link:
    """Return the record as a link, with what it is found by."""
    _, *columns = found_by(record)
    return Link(record["chain"], record["seq"], canonical(record), digest, entry.at, *columns)


def found_by(record: Record) -> tuple[str, ...]:
    """Return time, person, namespace, channel and request: the columns that find the record."""
    who, where = record.get("who", {}), record.get("where", {})
    return (
        record["at"],
        who.get("person", ""),
        where.get("namespace", ""),
        where.get("channel", ""),
        record.get("request", ""),
    )


def timestamp(moment: datetime) -> str:
    """Return the moment in UTC to the microsecond, as `2026-11-28T20:00:00.000000Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _without_empty(parts: Record) -> Record:
    # Numbers that are 0 are facts.
    clean = ((name, _clean(value)) for name, value in parts.items())
    return {name: value for name, value in clean if value not in ("", None, [], {})}


def _clean(value: Any) -> Any:
    match value:
        case str():
            return cleaned(value)
        case Sequence():
            kept = [_clean(item) for item in value[:_MOST]]
            return kept if len(value) <= _MOST else [*kept, f"… ({len(value) - _MOST} more)"]
        case int() | float() | None:
            return value
        case _:
            return _without_empty({one.name: getattr(value, one.name) for one in fields(value)})


def name_of(text: str) -> str:
    """Return a name of this machine as it may stand in a record."""
    return printable(text)[:100]
