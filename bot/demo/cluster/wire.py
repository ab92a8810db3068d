"""What a request asks for, and what its body holds; pure.

The rules are apiserver's `pkg/endpoints/request/requestinfo.go` and `pkg/endpoints/handlers`. A
body is JSON, or the protobuf that kubectl's typed clients send, of the kinds in protobuf.yaml; they
ask for JSON as a second choice, so that nothing is ever written in it.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

import orjson

from bot.demo.cluster.access import Attributes
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.values import Json, data

JSON, APPLY = "application/json", "application/apply-patch+yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
_SCALARS: dict[str, Callable[[Any], Any]] = {
    "string": bytes.decode, "int": int, "bool": bool, "-": lambda _: "",
    "count": lambda number: number or "", "flag": lambda number: bool(number) or "",
    "bytes": lambda raw: base64.b64encode(raw).decode(),
    "quantity": lambda raw: dict(_fields(raw))[1].decode(),
    # IntOrString: which of the two it is, and both.
    "intstr": lambda raw: _value(dict(_fields(raw))[3], "string") or dict(_fields(raw))[2],
}  # fmt: skip
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def read(method: str, raw_path: str, query: Mapping[str, str]) -> Attributes:
    """Return what is asked for; `resource` is empty where it is nothing about objects."""
    found = re.fullmatch("/(?:api|apis/([^/]+))/([^/]+)/([^/].*)", raw_path)
    if found is None:
        return Attributes(method.lower(), path=raw_path)
    group, version, rest = found[1] or "", found[2], found[3].rstrip("/").split("/")
    rest = [unquote(part) for part in rest]
    namespace = rest[1] if rest[0] == "namespaces" and len(rest) > 1 else ""
    if namespace and rest[2:] not in ([], ["status"]):
        rest = rest[2:]
    resource, name, subresource = (*rest, "", "")[:3]
    verb = _VERBS.get(method, "")
    if verb == "get" and not name:
        verb = "watch" if query.get("watch") in ("true", "1") else "list"
        only = re.search(r"metadata\.name=+([^,]+)", query.get("fieldSelector", ""))
        name = only[1] if only else ""
    return Attributes(verb, group, version, resource, subresource, namespace, name, raw_path)


def kind_of(asked: Attributes, kinds: Kinds) -> Kind | None:
    """Return the kind that is meant; None: not even its group is known. Raises: 404, 405."""
    kind = kinds.get(f"{asked.resource}.{asked.group}" if asked.group else asked.resource)
    if kind is None and all(each.group != asked.group for each in kinds.values()):
        return None
    below = asked.subresource
    astray = asked.namespace and kind and not kind.namespaced and kind.kind != "Namespace"
    if not kind or kind.version != asked.version or astray or below not in ("", *kind.subresources):
        raise refusal("unserved")
    allowed = data("subresources")[below]["verbs"] if below else kind.verbs
    placed = bool(asked.name) or asked.verb in ("list", "watch")
    if asked.verb == "create":
        placed = bool(asked.name) == bool(asked.subresource)
        placed = placed and (bool(asked.namespace) or not kind.namespaced)
    if asked.verb not in allowed or not placed:
        raise refusal("misplaced")
    return kind


def decoded(content_type: str, body: bytes) -> Json:
    """Return the object that a body holds. Raises: 415, 400, 501."""
    # aiohttp calls a body without a type a stream of octets; what is applied is read as JSON, too.
    if content_type not in (JSON, APPLY, PROTOBUF, "application/octet-stream"):
        raise refusal("unreadable", known=f"{JSON}, {PROTOBUF}")
    try:
        found: Any = _unpacked(body) if content_type == PROTOBUF else orjson.loads(body)
    except ValueError as error:
        raise refusal("no_object", why=error) from error
    if isinstance(found, dict):
        return found
    raise refusal("no_object", why="it is none")


def _unpacked(body: bytes) -> Json:
    """Return the object in protobuf. Raises ValueError, or 501: a field of it is not known."""
    # runtime.Unknown: its type's apiVersion and kind, and the object itself.
    envelope = dict(_fields(body.removeprefix(b"k8s\x00")))
    if not body.startswith(b"k8s\x00") or 1 not in envelope:
        raise ValueError("it is no protobuf of Kubernetes")
    version, kind = (value.decode() for _, value in _fields(envelope[1]))
    return {"apiVersion": version, "kind": kind} | _message(envelope.get(2, b""), kind)


def _message(raw: bytes, name: str) -> Json:
    known, found = data("protobuf").get(name, {}), Json()
    for number, value in _fields(raw):
        if number not in known:
            raise refusal("out_of_scope", what=f"{name} (field {number}) in protobuf")
        field, type_ = known[number].split()
        if type_.startswith("{}"):
            entry = dict(_fields(value))
            found.setdefault(field, {})[entry[1].decode()] = _value(entry.get(2, b""), type_[2:])
        elif type_.startswith("*"):
            found.setdefault(field, []).append(_value(value, type_[1:]))
        # What has no value is written as an empty text all the same.
        elif (one := _value(value, type_)) not in ("", {}):
            found[field] = one
    return found


def _value(raw: Any, type_: str) -> Any:
    return _SCALARS.get(type_, partial(_message, name=type_))(raw)


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
