"""What goes over the wire for each step of a plan: method, path, parameters, exact bytes.

Pure. Parameters and bodies are those of kubectl 1.37 (`-v=8`); what binds a request to the object
that was seen is added: its uid, and the resource version at which it was compared last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

import orjson

from bot.core.plan import Apply, Create, Delete, Evict, Merge, Patch, Step, Target, subresource_of
from bot.kube.paths import path_of_target

JSON = "application/json"
_MEDIA = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One request about one object, without the identity that sends it."""

    method: str
    path: str
    subject: str
    """What it is about, such as `deployments.apps web`."""
    body: bytes | None = None
    content_type: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def reading(step: Step) -> Message:
    """Return the request that reads what the step is about, or its subresource."""
    part = "" if isinstance(step, Evict) else subresource_of(step)
    return Message("GET", path_of_target(step.target, part), subject_of(step.target))


def message(step: Step, version: str = "") -> Message:
    """Return the request that carries out the step.

    `version` is the resource version at which the object was compared with what the plan saw;
    empty where it needs no comparison, or carries it itself.
    """
    match step:
        case Patch():
            return _patch(step, step.body(), "application/json-patch+json")
        case Merge():
            return _patch(step, _bound(step.document, step.target, version), _MEDIA[step.media])
        case Apply():
            # JSON is YAML; there is no other name for the type.
            body = _bound(step.document, step.target, version)
            return _patch(step, body, "application/apply-patch+yaml")
        case Create():
            return _create(step)
        case Delete():
            return _delete(step, version, step.propagation)
        case Evict():
            return _delete(step, version) if step.delete else _evict(step)
    assert_never(step)


def subject_of(target: Target) -> str:
    """Return the object as client-go names it in errors."""
    group = f".{target.group}" if target.group else ""
    return f"{target.resource}{group} {target.name}".strip()


def _patch(step: Patch | Merge | Apply, body: bytes, content_type: str) -> Message:
    parameters = _parameters(step)
    if isinstance(step, Apply):
        parameters |= {"fieldValidation": step.validation, "force": str(step.force).lower()}
    path = path_of_target(step.target, subresource_of(step))
    return Message("PATCH", path, subject_of(step.target), body, content_type, parameters)


def _create(step: Create) -> Message:
    # The list takes new objects; a subresource, such as a token, is created in an object.
    path = path_of_target(step.target, step.subresource, named=bool(step.subresource))
    parameters = _parameters(step) | {"fieldValidation": step.validation}
    body = step.document.encode()
    return Message("POST", path, subject_of(step.target), body, JSON, parameters)


def _parameters(step: Patch | Merge | Apply | Create) -> dict[str, str]:
    parameters = {"fieldManager": step.manager} if step.manager else {}
    return parameters | ({"dryRun": "All"} if step.dry_run else {})


def _delete(step: Delete | Evict, version: str, propagation: str = "") -> Message:
    options = _deletion(step, version)
    if propagation:
        options["propagationPolicy"] = propagation
    path, body = path_of_target(step.target), orjson.dumps(options)
    return Message("DELETE", path, subject_of(step.target), body, JSON)


def _evict(step: Evict) -> Message:
    names = {"name": step.target.name, "namespace": step.target.namespace}
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": names,
        "deleteOptions": _deletion(step),
    }
    path, body = path_of_target(step.target, "eviction"), orjson.dumps(eviction)
    return Message("POST", path, subject_of(step.target), body, JSON)


def _deletion(step: Delete | Evict, version: str = "") -> dict[str, Any]:
    conditions = _bonds(step.target, version)
    options: dict[str, Any] = {"preconditions": conditions} if conditions else {}
    if step.grace_seconds is not None:
        options["gracePeriodSeconds"] = step.grace_seconds
    # The API server reads the query's options only where there is no body.
    return options | ({"dryRun": ["All"]} if step.dry_run else {})


def _bound(document: str, target: Target, version: str) -> bytes:
    """Return the document with the uid and the version; one that names its own keeps them."""
    bonds = _bonds(target, version)
    if not bonds:
        return document.encode()
    content = orjson.loads(document)
    metadata = content.get("metadata", {})
    if not isinstance(metadata, dict):
        return document.encode()  # the API server says what is wrong with it
    return orjson.dumps({**content, "metadata": {**bonds, **metadata}})


def _bonds(target: Target, version: str) -> dict[str, str]:
    bonds = {"uid": target.uid, "resourceVersion": version}
    return {name: value for name, value in bonds.items() if value}
