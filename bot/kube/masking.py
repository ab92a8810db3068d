"""Where Secret values end: nothing above this room ever sees one in clear.

Applied to every object as it arrives, whatever will be made of it: a document, a sorted table,
a difference.
"""

import base64
import binascii
import contextlib
import json
from collections.abc import Iterator
from typing import Any

from bot.core.ports import JsonObject

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
MASKED = "<masked>"
"""Stands for a text that may hold a value, and for a value that has no size."""
# Where kubectl's client-side apply, kapp and Rancher keep the whole manifest, values included.
_MANIFESTS = (LAST_APPLIED, "kapp.k14s.io/original", "objectset.rio.cattle.io/applied")
# So many bytes of a value do not stand elsewhere by chance, as `default` does.
_TELLING = 8


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
    _mask_copies(secret)
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
    if isinstance(annotations, dict):
        annotations |= {key: MASKED for key in _MANIFESTS if key in annotations}


def _mask_copies(secret: dict[str, Any]) -> None:
    """Mask what repeats a value among the Secret's own labels and annotations."""
    metadata = secret.get("metadata")
    if not isinstance(metadata, dict):
        return
    # A manifest may hold values that are no longer the Secret's.
    held = [*_spellings(secret), '"data":', '"stringData":']
    for marks in (metadata.get("annotations"), metadata.get("labels")):
        if isinstance(marks, dict):
            told = [key for key, text in marks.items() if any(v in str(text) for v in held)]
            marks.update(dict.fromkeys(told, MASKED))


def _spellings(secret: dict[str, Any]) -> Iterator[str]:
    """Yield the values that say too much to stand by chance in another text.

    Each in base64, in clear, and as JSON writes it.
    """
    for field in ("data", "stringData"):
        values = secret.get(field)
        for value in values.values() if isinstance(values, dict) else ():
            if not isinstance(value, str):
                continue
            raw = _decoded(value) if field == "data" else value.encode()
            if raw is None or len(raw) < _TELLING:
                continue
            yield base64.b64encode(raw).decode().rstrip("=")
            with contextlib.suppress(UnicodeDecodeError):
                yield (clear := raw.decode())
                yield json.dumps(clear)[1:-1]
                yield json.dumps(clear, ensure_ascii=False)[1:-1]


def _decoded(value: str) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def _size(value: object) -> str:
    if not isinstance(value, str):
        return MASKED
    raw = _decoded(value)
    return MASKED if raw is None else _bytes(len(raw))


def _bytes(count: int) -> str:
    return f"<{count} bytes>"
