"""Records for people and for spreadsheets.

Pure: takes records as they are read, returns cells.
"""

from collections.abc import Callable

import orjson

from bot.audit.record import Record

COLUMNS = ("AT", "EVENT", "WHO", "WHERE", "WHAT", "RESULT", "REQUEST")
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULAS = ("=", "+", "-", "@")


def row(record: Record) -> tuple[str, ...]:
    """Return the cells of one record below `COLUMNS`."""
    where, who = record.get("where", {}), record.get("who", {})
    place = "/".join(filter(None, (where.get("context"), where.get("namespace"))))
    cells = (
        _second(record),
        record["event"],
        who.get("person", ""),
        place,
        record.get("canonical") or record.get("phrase") or _of_chain(record),
        _result(record),
        record.get("request", ""),
    )
    return tuple(cell or "-" for cell in cells)


def _second(record: Record) -> str:
    return str(record["at"])[:19] + "Z"


def _of_chain(record: Record) -> str:
    return str(record.get("swept") or record["chain"])


def _result(record: Record) -> str:
    result = record.get("result")
    if not result:
        return ""
    code = result.get("code") or ""
    if not result["exit_code"]:
        return f"ok {code}".strip()
    return f"failed {code} {result.get('reason', '')}".strip()


_Cell = Callable[[Record], object]


def _at(*path: str) -> _Cell:
    def find(record: Record) -> object:
        found: object = record
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    return find


SHEET: dict[str, _Cell] = {
    "at": _at("at"),
    "event": _at("event"),
    "request": _at("request"),
    "person": _at("who", "person"),
    "user": _at("who", "user"),
    "groups": _at("who", "groups"),
    "surface": _at("where", "surface"),
    "channel": _at("where", "channel"),
    "link": _at("where", "link"),
    "context": _at("where", "context"),
    "namespace": _at("where", "namespace"),
    "phrase": _at("phrase"),
    "canonical": _at("canonical"),
    "plan": _at("plan", "digest"),
    "targets": _at("plan", "targets"),
    "exit_code": _at("result", "exit_code"),
    "code": _at("result", "code"),
    "reason": _at("result", "reason"),
    "text": _at("result", "text"),
    "seconds": _at("result", "seconds"),
    "audit_ids": lambda record: [call["audit_id"] for call in record.get("calls", [])],
    "chain": _at("chain"),
    "seq": _at("seq"),
    "replica": _at("replica"),
    "version": _at("version"),
}
"""The columns of a spreadsheet, and where each stands in a record."""


def sheet(record: Record) -> list[str]:
    """Return the cells of one record below the names of `SHEET`; none of them is a formula."""
    return [_cell(find(record)) for find in SHEET.values()]


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(_FORMULAS) else text
