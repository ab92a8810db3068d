"""Where an object is in the API: URL paths, each part percent-encoded."""

from functools import lru_cache
from urllib.parse import quote

from bot.core.errors import UsageError
from bot.core.plan import Target
from bot.core.ports import Query


def path_of(query: Query) -> str:
    """Return the URL path of what the query names.

    Raises:
        UsageError: the name cannot be a part of a path; the text is kubectl's.
    """
    resource = query.resource
    return _path(
        resource.group,
        resource.version,
        query.namespace if resource.namespaced else "",
        resource.plural,
        query.name,
        query.subresource,
    )


def path_of_target(target: Target, subresource: str = "", *, named: bool = True) -> str:
    """Return the URL path of an object or its subresource; not `named`: of its list."""
    return _path(
        target.group,
        target.version,
        target.namespace,
        target.resource,
        target.name if named else "",
        subresource,
    )


@lru_cache(maxsize=1_000)  # people look at the same places again and again
def _path(group: str, version: str, namespace: str, plural: str, name: str, sub: str) -> str:
    root = ("apis", group) if group else ("api",)
    scope = ("namespaces", namespace) if namespace else ()
    parts = [*root, version, *scope, plural, *((name,) if name else ()), *((sub,) if sub else ())]
    _check_segment(namespace, "namespace")
    _check_segment(name, "resource name")
    _check_segment(sub, "subresource")
    return "/" + "/".join(quote(part, safe=":") for part in parts)


def _check_segment(part: str, what: str) -> None:
    # Rules and texts: apimachinery `pkg/api/validation/path`.
    if part in (".", ".."):
        raise UsageError(f"error: invalid {what} \"{part}\": [may not be '{part}']")
    marks = ", ".join(f"may not contain '{mark}'" for mark in ("/", "%") if mark in part)
    if marks:
        raise UsageError(f'error: invalid {what} "{part}": [{marks}]')
