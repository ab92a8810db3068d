"""Where Secret values end: nothing above this room ever sees one in clear.

Applied to every object as it arrives, whatever will be made of it: a document, a sorted table,
a difference.
"""

import base64
import binascii
from typing import Any

from bot.core.ports import JsonObject

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def is_secret(document: JsonObject) -> bool:
    """Tell whether the object holds values that nobody is shown."""
    return (document.get("apiVersion"), document.get("kind")) == ("v1", "Secret")


def mask(answer: JsonObject) -> JsonObject:
    """Return the answer with the values of every Secret in it replaced by their sizes.

    An object, a list or a Table; changed in place, since the caller has just parsed it.
    """
    kind = answer.get("kind")
    if kind == "Table":
        for row in answer.get("rows") or ():
            if item := row.get("object"):
                mask(item)
    elif kind == "PartialObjectMetadata":
        # It does not say whose metadata it is.
        _mask_manifest(answer)
    elif kind == "Secret":
        _mask_secret(answer)
    elif isinstance(kind, str) and kind.endswith("List"):
        _mask_items(answer)
    return answer


def _mask_items(answer: JsonObject) -> None:
    for item in answer.get("items") or ():
        # Items of a list come without their type.
        if answer["kind"] == "SecretList" or item.get("kind") == "Secret":
            _mask_secret(item)


def _mask_secret(secret: dict[str, Any]) -> None:
    data = secret.get("data")
    if isinstance(data, dict):
        secret["data"] = {key: _size(value) for key, value in data.items()}
    plain = secret.get("stringData")
    if isinstance(plain, dict):
        secret["stringData"] = {key: _bytes(len(str(v).encode())) for key, v in plain.items()}
    _mask_manifest(secret)


def _mask_manifest(item: dict[str, Any]) -> None:
    metadata = item.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    # kubectl's client-side apply keeps the whole manifest, values included.
    if isinstance(annotations, dict) and LAST_APPLIED in annotations:
        annotations[LAST_APPLIED] = "<masked>"


def _size(value: object) -> str:
    if not isinstance(value, str):
        return "<masked>"
    try:
        return _bytes(len(base64.b64decode(value, validate=True)))
    except (binascii.Error, ValueError):
        return "<masked>"


def _bytes(count: int) -> str:
    return f"<{count} bytes>"
