"""What a request asks for, as its method and its address say it; pure.

The rules are apiserver's `pkg/endpoints/request/requestinfo.go`, which authorization, audit and
the answer all go by.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from bot.demo.cluster.discovery import verbs
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.rbac import Attributes
from bot.demo.cluster.refusals import ApiRefusalError, not_found

_VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch"}
_OF_LISTS = ("list", "watch", "deletecollection")
# What stands below a namespace's own name and is no type of object.
_OF_NAMESPACE = ("status", "finalize")


def read(method: str, raw_path: str, query: Mapping[str, str]) -> Attributes:
    """Return what is asked for; `resource` is empty where it is nothing about objects."""
    match [unquote(part) for part in raw_path.split("/") if part]:
        case ["api", version, *rest] if rest:
            group = ""
        case ["apis", group, version, *rest] if rest:
            pass
        case _:
            return Attributes(verb=method.lower(), path=raw_path)
    namespace, (resource, name, subresource) = _placed(rest)
    verb = _verb(method, name, query)
    if not name and verb in _OF_LISTS:
        name = _selected_name(query.get("fieldSelector", ""))
    return Attributes(verb, group, version, resource, subresource, namespace, name, raw_path)


def kind_of(asked: Attributes, kinds: Kinds) -> Kind | None:
    """Return the kind that is meant; None: not even its group is known.

    Raises:
        ApiRefusalError: 404 no such resource in the group, 405 not with this method.
    """
    whole = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    kind = kinds.find(whole)
    if kind is None and all(each.group != asked.group for each in kinds):
        return None
    allowed = verbs(kind, asked.subresource) if kind else None
    if kind and kind.custom and allowed is None:
        raise not_found(kind.plural, kind.group, asked.name)
    if kind is None or allowed is None or kind.version != asked.version or _astray(kind, asked):
        message = "the server could not find the requested resource"
        raise ApiRefusalError(404, "NotFound", message, {})
    if asked.verb not in allowed or not _placed_right(kind, asked):
        raise not_allowed()
    return kind


def not_allowed() -> ApiRefusalError:
    """Return the refusal of a method that a path does not have."""
    message = "the server does not allow this method on the requested resource"
    return ApiRefusalError(405, "MethodNotAllowed", message, {})


def _placed(parts: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the namespace, and the resource, name and subresource."""
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 1:
        namespace = parts[1]
        parts = parts if len(parts) == 2 or parts[2] in _OF_NAMESPACE else parts[2:]
    return namespace, (*parts, "", "")[:3]


def _astray(kind: Kind, asked: Attributes) -> bool:
    return bool(asked.namespace) and not kind.namespaced and kind.kind != "Namespace"


def _placed_right(kind: Kind, asked: Attributes) -> bool:
    """Tell whether the path has a name, and a namespace, where the verb takes one."""
    if asked.verb == "create":
        named = bool(asked.name) == bool(asked.subresource)
        return named and (bool(asked.namespace) or not kind.namespaced)
    return bool(asked.name) or asked.verb in _OF_LISTS


def _verb(method: str, name: str, query: Mapping[str, str]) -> str:
    if method == "DELETE":
        return "delete" if name else "deletecollection"
    verb = _VERBS.get(method, "")
    if verb != "get" or name:
        return verb
    return "watch" if query.get("watch", "false").lower() in ("true", "1", "") else "list"


def _selected_name(selector: str) -> str:
    """Return the one name that a field selector asks for, if it does."""
    for term in selector.split(","):
        field, _, value = term.partition("=")
        if field == "metadata.name":
            return value.removeprefix("=")
    return ""
