"""A request in the words that the API server's audit log has for it.

Pure: method and path in, verb and resource out. The rules are those of the API server's
`pkg/endpoints/request/requestinfo.go`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_VERBS = {
    "GET": "get",
    "HEAD": "get",
    "POST": "create",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_OF_MANY = ("list", "watch", "deletecollection")
_NAME = re.compile(r"(?:^|,)metadata\.name==?([^,=!]+)")
# What hangs below a namespace itself, and is no type in it.
_OF_NAMESPACES = ("status", "finalize")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a request does, and to what."""

    verb: str
    resource: str
    """`deployments.apps/scale`, or the path itself where it is about no resource."""
    namespace: str = ""
    name: str = ""


def spoken(method: str, path: str, query: Mapping[str, str]) -> Spoken:
    """Return the words for one request; path and query are decoded."""
    return _spoken(method, path, query.get("watch") == "true", query.get("fieldSelector", ""))


@lru_cache(maxsize=1_000)  # people look at the same places again and again
def _spoken(method: str, path: str, watches: bool, selector: str) -> Spoken:
    group, parts = _split(path.strip("/").split("/"))
    if not parts:
        return Spoken(method.lower(), path)
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 1:
        namespace = parts[1]
        if len(parts) > 2 and parts[2] not in _OF_NAMESPACES:
            parts = parts[2:]
    plural, name, sub = (*parts, "", "")[:3]
    resource = f"{plural}.{group}" if group else plural
    verb = _verb(method, name, watches=watches)
    if verb in _OF_MANY:
        name = _selected(selector)
    return Spoken(verb, f"{resource}/{sub}" if sub else resource, namespace, name)


def _selected(field_selector: str) -> str:
    """Return the one name that a list is about; empty: it is about no single one."""
    found = _NAME.search(field_selector)
    return found[1] if found else ""


def _split(parts: list[str]) -> tuple[str, list[str]]:
    """Return the group, and what follows the version."""
    if parts[0] == "api":
        return "", parts[2:]
    if parts[0] == "apis" and len(parts) > 3:
        return parts[1], parts[3:]
    return "", []


def _verb(method: str, name: str, *, watches: bool) -> str:
    verb = _VERBS.get(method, method.lower())
    if name:
        return verb
    if verb == "get":
        return "watch" if watches else "list"
    return "deletecollection" if verb == "delete" else verb
