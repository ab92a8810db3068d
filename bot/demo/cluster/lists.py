"""Lists: what is chosen of the stored objects, and in which pages; pure but for the store's state.

The words and rules are apimachinery's `ListOptions` and apiserver's `pkg/storage/continue.go`.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.options import Query, check_list
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject
from bot.demo.cluster.selectors import fields_match, labels_match
from bot.demo.cluster.store import Store

_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can "
    "start a new list without the continue parameter, or use the continue token in this response "
    "to retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list."
)


Match = Callable[[JsonObject], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and what its `metadata` says."""

    items: list[JsonObject]
    metadata: JsonObject


def chosen(kind: Kind, query: Query, name: str = "") -> Match:
    """Return what tells whether an object is meant.

    Raises:
        ApiRefusalError: 400, a selector cannot be read.
    """
    fields = query.get("fieldSelector") or (f"metadata.name={name}" if name else "")
    labels = query.get("labelSelector")
    tests = [labels_match(labels)] if labels else []
    tests += [fields_match(kind, fields)] if fields else []
    return lambda item: all(test(item) for test in tests)


def page(store: Store, kind: Kind, namespace: str, query: Query) -> Page:
    """Return the page that is asked for.

    Raises:
        ApiRefusalError: 400, 410 the pages' version is forgotten, 422, 504 it is yet to come.
    """
    check_list(query)
    limit, match = number(query, "limit"), chosen(kind, query)
    start, revision = _continued(query.get("continue", ""))
    if not start:
        _check_future(store, version(query))
        revision = version(query) if query.get("resourceVersionMatch") == "Exact" else 0
    try:
        keys, stored = store.snapshot(kind.resource, namespace, after=start, revision=revision)
    except ApiRefusalError as refusal:
        raise _expired(refusal, start) from refusal
    selective = query.get("labelSelector") or query.get("fieldSelector")
    found = [key for key in keys if match(stored[key])] if selective else keys
    metadata: JsonObject = {"resourceVersion": str(revision or store.revision)}
    if limit and len(found) > limit:
        last = found[limit - 1].path
        metadata["continue"] = _token(last, revision or store.revision)
        if not selective:
            metadata["remainingItemCount"] = len(found) - limit
        found = found[:limit]
    return Page([stored[key] for key in found], metadata)


def number(query: Query, name: str) -> int:
    """Return a whole number of the query, 0 where it is not given. Raises ApiRefusalError: 400."""
    text = query.get(name) or "0"
    try:
        return int(text)
    except ValueError as error:
        message = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise ApiRefusalError(400, "BadRequest", message) from error


def version(query: Query) -> int:
    """Return the resource version of the query, 0 where it is not given.

    Raises:
        ApiRefusalError: 400.
    """
    text = query.get("resourceVersion") or "0"
    if not text.isdecimal():
        why = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        told = f'invalid resource version: resourceVersion: Invalid value: "{text}": {why}'
        raise ApiRefusalError(400, "BadRequest", told)
    return int(text)


def _check_future(store: Store, wanted: int) -> None:
    """Refuse a version that the store has not come to."""
    if wanted > store.revision:
        told = "Too large resource version"
        message = f"{told}: {wanted}, current: {store.revision}"
        causes = [Cause("", "ResourceVersionTooLarge", told)]
        raise ApiRefusalError(504, "Timeout", message, {"retryAfterSeconds": 1}, causes)


def _token(last: str, revision: int) -> str:
    token = {"v": "meta.k8s.io/v1", "rv": revision, "start": f"{last}\0"}
    return base64.urlsafe_b64encode(orjson.dumps(token)).decode().rstrip("=")


def _continued(token: str) -> tuple[str, int]:
    """Return after which object to go on, and in which version."""
    if not token:
        return "", 0
    try:
        read = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        start, revision = str(read["start"]).removesuffix("\0"), int(read["rv"])
    except (ValueError, TypeError, KeyError) as error:
        message = f"continue key is not valid: {error}"
        raise ApiRefusalError(400, "BadRequest", message) from error
    # -1: what is there now, after a token that had expired.
    return start, max(revision, 0)


def _expired(refusal: ApiRefusalError, start: str) -> ApiRefusalError:
    if not start:
        return refusal
    return ApiRefusalError(410, "Expired", _EXPIRED, metadata={"continue": _token(start, -1)})
