"""ConfigMaps and Secrets."""

import base64
import binascii

from bot.core.ports import JsonObject
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Subject


def _config_map(w: Lines, subject: Subject) -> None:
    _top(w, subject)
    w.put(0, "\nData\n====\n")
    for key, value in sorted((subject.item.get("data") or {}).items()):
        w.put(0, f"{key}:\n----\n")
        w.put(0, f"{value}\n\n")
    w.put(0, "\nBinaryData\n====\n")
    for key, value in sorted((subject.item.get("binaryData") or {}).items()):
        w.put(0, f"{key}: {_size(value)} bytes\n")
    w.put(0, "\n")
    blocks.events(w, subject.events, subject.now)


def _secret(w: Lines, subject: Subject) -> None:
    _top(w, subject)
    w.put(0, f"\nType:\t{subject.item.get('type', '')}\n\nData\n====\n")
    # The values were replaced by their sizes when they arrived: `<12 bytes>`.
    for key, size in sorted((subject.item.get("data") or {}).items()):
        w.line(0, f"{key}:", str(size).strip("<>"))


def _top(w: Lines, subject: Subject) -> None:
    metadata: JsonObject = subject.metadata
    blocks.head(w, subject.item)
    blocks.labels(w, "Labels", metadata.get("labels"))
    blocks.annotations(w, "Annotations", metadata.get("annotations"))


def _size(value: str) -> int:
    try:
        return len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        return len(value)


CONFIG_MAP = Description(_config_map)
SECRET = Description(_secret, events=None)
