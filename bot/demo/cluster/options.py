"""What a request's options may be: apimachinery's `ListOptions`, `DeleteOptions` and their rules.

Pure; each function reads a query (and a body) and raises 422 in the API server's sentences.
"""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from bot.demo.cluster.refusals import Cause, JsonObject, invalid
from bot.demo.cluster.registry import Preconditions

Query = Mapping[str, str]
_MATCH, _INITIAL = "resourceVersionMatch", "sendInitialEvents"
_PROPAGATIONS = ("Foreground", "Background", "Orphan", "nil")


class Deletion(TypedDict):
    """How an object is to be deleted: the options of `Registry.delete`."""

    propagation: str
    grace: int | None
    preconditions: Preconditions
    dry_run: bool


def check_list(query: Query) -> None:
    """Refuse options that make no sense for a list."""
    match, wanted = query.get(_MATCH, ""), query.get("resourceVersion", "")
    rules = (
        (match and not wanted, f"{_MATCH} is forbidden unless resourceVersion is provided"),
        (match and "continue" in query, f"{_MATCH} is forbidden when continue is provided"),
        (
            match == "Exact" and wanted == "0",
            f'{_MATCH} "exact" is forbidden for resourceVersion "0"',
        ),
    )
    causes = [_forbidden(_MATCH, why) for wrong, why in rules if wrong]
    if match not in ("", "Exact", "NotOlderThan"):
        causes.append(_unsupported(_MATCH, f'"{match}"', "Exact", "NotOlderThan", ""))
    if _INITIAL in query:
        causes.append(_forbidden(_INITIAL, f"{_INITIAL} is forbidden for list"))
    _refuse("ListOptions", causes)


def check_watch(query: Query) -> None:
    """Refuse options that make no sense for a watch."""
    match, initial = query.get(_MATCH, ""), _INITIAL in query
    causes = []
    if initial and match != "NotOlderThan":
        why = f"{_INITIAL} requires setting {_MATCH} to NotOlderThan"
        causes.append(_forbidden(_MATCH, why))
    if match and not initial:
        why = f"{_MATCH} is forbidden for watch unless {_INITIAL} is provided"
        causes.append(_forbidden(_MATCH, why))
    if match not in ("", "NotOlderThan"):
        causes.append(_unsupported(_MATCH, f'"{match}"', "NotOlderThan"))
    _refuse("ListOptions", causes)


def dry_run(query: Query, options: str) -> bool:
    """Return whether nothing is to be stored; `options` such as `CreateOptions`."""
    asked = query.get("dryRun", "")
    if asked not in ("", "All"):
        _refuse(options, [_unsupported("dryRun", f'["{asked}"]', "All")])
    return asked == "All"


def deletion(query: Query, body: JsonObject) -> Deletion:
    """Return how an object is to be deleted; the body's options come before the query's."""
    propagation = body.get("propagationPolicy") or query.get("propagationPolicy", "")
    if propagation not in ("", *_PROPAGATIONS):
        _refuse(
            "DeleteOptions", [_unsupported("propagationPolicy", f'"{propagation}"', *_PROPAGATIONS)]
        )
    if propagation and body.get("orphanDependents") is not None:
        why = "orphanDependents and deletionPropagation cannot be both set"
        told = f'Invalid value: "{propagation}": {why}'
        _refuse("DeleteOptions", [Cause("propagationPolicy", "FieldValueInvalid", told)])
    grace = body.get("gracePeriodSeconds", query.get("gracePeriodSeconds"))
    wanted = body.get("preconditions") or {}
    dry = (body.get("dryRun") or [query.get("dryRun", "")])[0]
    return {
        "propagation": propagation,
        "grace": None if grace is None else int(grace),
        "preconditions": Preconditions(wanted.get("uid"), wanted.get("resourceVersion")),
        "dry_run": dry_run({"dryRun": dry}, "DeleteOptions"),
    }


def _forbidden(field: str, why: str) -> Cause:
    return Cause(field, "FieldValueForbidden", f"Forbidden: {why}")


def _unsupported(field: str, value: str, *supported: str) -> Cause:
    known = ", ".join(f'"{each}"' for each in supported)
    told = f"Unsupported value: {value}: supported values: {known}"
    return Cause(field, "FieldValueNotSupported", told)


def _refuse(options: str, causes: Iterable[Cause]) -> None:
    if found := tuple(causes):
        raise invalid(options, "meta.k8s.io", "", found)
