"""What a request asks for, and what its body holds; pure.

The rules are apiserver's `pkg/endpoints/request/requestinfo.go` and `pkg/endpoints/handlers`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import orjson

from bot.demo.cluster import protobuf
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.rbac import Attributes
from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.values import Json, data

JSON, APPLY = "application/json", "application/apply-patch+yaml"
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
# aiohttp calls a body without a type a stream of octets; what is applied is read as JSON, too.
_READERS = {
    protobuf.MEDIA_TYPE: protobuf.loads,
    **dict.fromkeys((JSON, APPLY, "application/octet-stream"), orjson.loads),
}


def read(method: str, raw_path: str, query: Mapping[str, str]) -> Attributes:
    """Return what is asked for; `resource` is empty where it is nothing about objects."""
    match [unquote(part) for part in raw_path.split("/") if part]:
        case ["api", version, *rest] if rest:
            group = ""
        case ["apis", group, version, *rest] if rest:
            pass
        case _:
            return Attributes(method.lower(), path=raw_path)
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
    allowed = _verbs(kind, asked.subresource) if kind and kind.version == asked.version else ()
    astray = asked.namespace and kind and not kind.namespaced and kind.kind != "Namespace"
    if kind is None or not allowed or astray:
        raise refusal("unserved")
    placed = bool(asked.name) or asked.verb in ("list", "watch")
    if asked.verb == "create":
        placed = bool(asked.name) == bool(asked.subresource)
        placed = placed and (bool(asked.namespace) or not kind.namespaced)
    if asked.verb not in allowed or not placed:
        raise refusal("misplaced")
    return kind


def _verbs(kind: Kind, subresource: str) -> Sequence[str]:
    if not subresource or subresource not in kind.subresources:
        return () if subresource else kind.verbs
    return [*data("subresources")[subresource]["verbs"]]


def decoded(content_type: str, body: bytes) -> Json:
    """Return the object that a body holds. Raises: 415, 400."""
    if (reader := _READERS.get(content_type)) is None:
        raise refusal("unreadable", known=f"{JSON}, {protobuf.MEDIA_TYPE}")
    try:
        found: Any = reader(body)
    except ValueError as error:
        raise refusal("no_object", why=error) from error
    if isinstance(found, dict):
        return found
    raise refusal("no_object", why="it is none")
