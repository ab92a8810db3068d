"""What an object that was applied on the client's side keeps of it, once it is applied here.

kubectl's older apply left its fields to a manager of its own and a copy of the manifest in an
annotation. As `kubectl apply --server-side` does, the fields go over to the new manager, so that
what a manifest no longer names is removed; the annotation stays, and the API server keeps it. None
of it is fatal: the object has been applied by then, and the next apply tries again.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from bot.core.errors import ConflictError, QuarterdeckError
from bot.core.plan import Apply
from bot.core.ports import JsonObject
from bot.kube.masking import LAST_APPLIED
from bot.kube.messages import Message, message, reading, subject_of
from bot.kube.paths import path_of_target
from bot.kube.writing import Exchange

_MANAGER, _KEEPER = "kubectl", "kubectl-last-applied"
_ANNOTATION = ("f:metadata", "f:annotations", f"f:{LAST_APPLIED}")
_TRIES = 5
_AGAIN = "This is non-fatal and will be retried next time you apply. Error: "
_NOT_KEPT = f"failed to migrate {LAST_APPLIED} for Server-Side Apply. {_AGAIN}"
_NOT_MOVED = f"server rejected managed fields migration to Server-Side Apply. {_AGAIN}"
_NOT_REPEATED = (
    f"failed to re-apply configuration after performing Server-Side Apply migration. {_AGAIN}"
)


async def migrate(
    exchange: Exchange, step: Apply, applied: JsonObject, warn: Callable[[str], None]
) -> JsonObject:
    """Return the object once nothing of the client's side is left, or with a warning as it is.

    Rules: kubectl 1.37 `pkg/cmd/apply/apply.go` and client-go `util/csaupgrade`.
    """
    if step.dry_run:
        return applied
    failing = _NOT_KEPT
    try:
        applied = await _kept(exchange, step, applied)
        failing = _NOT_MOVED
        if not await _moved(exchange, step, applied) and not _remembers(step, applied):
            return applied
        failing = _NOT_REPEATED
        # What only the client's side had kept alive goes now, and the annotation gets the manifest
        # as it was written: by the API server it is what was sent, bound to a uid and a version.
        return await exchange(message(replace(step, target=replace(step.target, uid=""))))
    except QuarterdeckError as error:
        warn(failing + getattr(error, "message", error.text))
        return applied


def _remembers(step: Apply, applied: JsonObject) -> bool:
    """Tell whether the API server has put what was sent into the annotation."""
    kept = LAST_APPLIED in (applied["metadata"].get("annotations") or {})
    return step.manager == _MANAGER and kept and bool(step.target.uid)


async def _kept(exchange: Exchange, step: Apply, applied: JsonObject) -> JsonObject:
    """Give the annotation a manager of its own, so that the next change does not orphan it."""
    metadata = applied["metadata"]
    annotation = (metadata.get("annotations") or {}).get(LAST_APPLIED)
    owned = owners(metadata.get("managedFields") or (), "Apply")
    if step.manager != _MANAGER or annotation is None or owned:
        return applied
    names = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
    only = {
        "apiVersion": applied["apiVersion"],
        "kind": applied["kind"],
        "metadata": {"annotations": {LAST_APPLIED: annotation}, **names},
    }
    return await exchange(_patch(step, only, "application/apply-patch+yaml", _KEEPER))


async def _moved(exchange: Exchange, step: Apply, applied: JsonObject) -> bool:
    """Hand the fields over; return whether there were any."""
    names = owners(applied["metadata"].get("managedFields") or (), "Update")
    for left in reversed(range(_TRIES)):
        before = applied["metadata"].get("managedFields") or []
        after = handed_over(before, names, step.manager)
        if after == before:
            return False
        version = applied["metadata"]["resourceVersion"]
        operations = [
            {"op": "replace", "path": "/metadata/managedFields", "value": after},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        ]
        try:
            kind = "application/json-patch+json"
            await exchange(_patch(step, operations, kind, step.manager))
        except ConflictError:
            if not left:
                raise
            applied = await exchange(reading(step))
        else:
            return True
    raise AssertionError("the last try ends it")


def owners(entries: Sequence[JsonObject], operation: str) -> tuple[str, ...]:
    """Return the managers that have the annotation by that operation."""
    return tuple(
        dict.fromkeys(
            entry["manager"]
            for entry in entries
            if entry.get("operation") == operation and _has_annotation(entry)
        )
    )


def handed_over(
    entries: Sequence[JsonObject], updaters: Collection[str], applier: str
) -> list[JsonObject]:
    """Return managedFields with what the updaters have in the hands of the applier."""
    found = [dict(entry) for entry in entries]
    for updater in updaters:
        found = _handed_over(found, updater, applier)
    return found


def _handed_over(entries: list[JsonObject], updater: str, applier: str) -> list[JsonObject]:
    theirs = [entry for entry in entries if _is(entry, updater, "Update")]
    if not theirs:
        return entries
    ours = next((entry for entry in entries if _is(entry, applier, "Apply")), None)
    if ours is None:
        ours = theirs[0]
        ours |= {"manager": applier, "operation": "Apply"}
    alike = [each for each in theirs if each.get("apiVersion") == ours.get("apiVersion")]
    if alike:
        ours["fieldsV1"] = _united(ours.get("fieldsV1") or {}, alike[0].get("fieldsV1") or {})
    return [entry for entry in entries if not _is(entry, updater, "Update")]


def _is(entry: JsonObject, manager: str, operation: str) -> bool:
    named = (entry.get("manager"), entry.get("operation"), entry.get("subresource", ""))
    return named == (manager, operation, "")


def _united(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _united(one.get(key) or {}, other.get(key) or {})
        for key in dict.fromkeys((*one, *other))
    }


def _has_annotation(entry: JsonObject) -> bool:
    fields = entry.get("fieldsV1") or {}
    for step in _ANNOTATION:
        if step not in fields:
            return False
        fields = fields[step]
    return True


def _patch(step: Apply, content: object, content_type: str, manager: str) -> Message:
    parameters = {"fieldManager": manager, "fieldValidation": step.validation}
    path, body = path_of_target(step.target), orjson.dumps(content)
    subject = subject_of(step.target)
    return Message("PATCH", path, subject, body, content_type, parameters)
