"""Reads the protobuf that kubectl's typed clients send, of the kinds in protobuf.yaml; pure.

They ask for JSON as a second choice, so that nothing is ever written in it.
"""

import base64
from collections.abc import Iterator
from typing import Any

from bot.demo.cluster.formats import data
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
# runtime.Unknown: its type's apiVersion and kind, and the object itself.
_TYPE, _RAW = 1, 2


def loads(body: bytes) -> JsonObject:
    """Return the object.

    Raises:
        ValueError: it is none.
        ApiRefusalError: 501, it has something that protobuf.yaml does not know.
    """
    if not body.startswith(_MAGIC):
        raise ValueError("it is no protobuf of Kubernetes")
    envelope = dict(_fields(body[len(_MAGIC) :]))
    version, kind = (value.decode() for _, value in _fields(envelope[_TYPE]))
    if kind not in data("protobuf"):
        raise _out_of_scope(f"a {kind}")
    return {"apiVersion": version, "kind": kind} | _message(envelope.get(_RAW, b""), kind)


def _message(raw: bytes, name: str) -> JsonObject:
    known, found = data("protobuf")[name], JsonObject()
    for number, value in _fields(raw):
        if number not in known:
            raise _out_of_scope(f"field {number} of {name}")
        field, of = known[number].split()
        match of:
            case "-":
                continue
            case "map" | "bytesmap":
                key, entry = (part for _, part in _fields(value))
                text = base64.b64encode(entry) if of == "bytesmap" else entry
                found.setdefault(field, {})[key.decode()] = text.decode()
            case _ if of.startswith("*"):
                found.setdefault(field, []).append(_value(value, of[1:]))
            case _ if (one := _value(value, of)) not in ("", {}):
                # What has no value is written as an empty text all the same.
                found[field] = one
    return found


def _out_of_scope(what: str) -> ApiRefusalError:
    where = "in protobuf is out of scope of a simulated cluster"
    return ApiRefusalError(501, "", f"{what} {where}: send it as JSON, as kubectl apply does")


def _value(value: Any, of: str) -> Any:
    if of == "string":
        return value.decode()
    return {"int": int, "bool": bool}[of](value) if of in ("int", "bool") else _message(value, of)


def _fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the number and value of each field: an int, or bytes."""
    place = 0
    while place < len(raw):
        tag, place = _varint(raw, place)
        value, place = _varint(raw, place)
        match tag & 7:
            case 0:
                yield tag >> 3, value
            case 2 if place + value <= len(raw):
                yield tag >> 3, raw[place : place + value]
                place += value
            case _:
                raise ValueError("it is no protobuf of Kubernetes")


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(raw):
            raise ValueError("it is no protobuf of Kubernetes")
        value |= (raw[place] & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if raw[place - 1] < 0x80:
            return value, place
