"""Reads the protobuf that kubectl's typed clients send, of the kinds in protobuf.yaml; pure.

They ask for JSON as a second choice, so that nothing is ever written in it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.values import Json, data

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "string": bytes.decode, "int": int, "-": lambda _: "",
}  # fmt: skip


def loads(body: bytes) -> Json:
    """Return the object. Raises ValueError: it is none, ApiRefusalError: 501, it is not known."""
    # runtime.Unknown: its type's apiVersion and kind, and the object itself.
    envelope = dict(_fields(body.removeprefix(_MAGIC)))
    if not body.startswith(_MAGIC) or 1 not in envelope:
        raise ValueError("it is no protobuf of Kubernetes")
    version, kind = (value.decode() for _, value in _fields(envelope[1]))
    return {"apiVersion": version, "kind": kind} | _message(envelope.get(2, b""), kind)


def _message(raw: bytes, name: str) -> Json:
    known, found = data("protobuf").get(name, {}), Json()
    for number, value in _fields(raw):
        if number not in known:
            raise refusal("out_of_scope", what=f"{name} (field {number}) in protobuf")
        field, of = known[number].split()
        one = _READERS.get(of.strip("*"), partial(_message, name=of.strip("*")))(value)
        if of == "Entry":
            found.setdefault(field, {})[one["key"]] = one.get("value", "")
        elif of.startswith("*"):
            found.setdefault(field, []).append(one)
        # What has no value is written as an empty text all the same.
        elif one not in ("", {}):
            found[field] = one
    return found


def _fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the number and value of each field: an int, or bytes."""
    place = 0
    while place < len(raw):
        tag, place = _varint(raw, place)
        value, place = _varint(raw, place)
        if tag & 7 == 2:
            yield tag >> 3, raw[place : place + value]
            place += value
        else:
            yield tag >> 3, value


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    value = 0
    for length, byte in enumerate(raw[place:]):
        value |= (byte & 0x7F) << 7 * length
        if byte < 0x80:
            return value, place + length + 1
    raise ValueError("it is no protobuf of Kubernetes")
