"""Whose request it is, as headers, and the refusal of a request that is nobody's.

Fails closed: what cannot be sent exactly as it was meant is not sent at all. The API server
reads repeated headers one by one and never splits a value at commas, so each group is a header
of its own.
"""

import re
from functools import lru_cache
from urllib.parse import quote

from multidict import CIMultiDict

from bot.core.errors import RefusedError
from bot.core.request import Identity, Impersonated, KubeconfigUser

# Paths that any authenticated client may read, and that say nothing of a person: the bot may
# ask for them as itself.
OPEN_PATHS = frozenset({"/api", "/apis", "/version"})
# What the bot asks about its own rights, as itself; nothing is stored by it, and everybody may.
OPEN_REVIEWS = frozenset(
    f"/apis/authorization.k8s.io/v1/{review}"
    for review in ("selfsubjectaccessreviews", "selfsubjectrulesreviews")
)
_OPEN = {"GET": OPEN_PATHS, "POST": OPEN_REVIEWS}

_SAFE = " @.:/-_"
# What quoting would leave as it is; nearly every value.
_PLAIN = re.compile(rf"[A-Za-z0-9{re.escape(_SAFE)}]*")


def identity_headers(
    identity: Identity | None, path: str, *, method: str = "GET", terminal: bool
) -> CIMultiDict[str]:
    """Return the impersonation headers of one request.

    `terminal` says whether the cluster was opened for a terminal, the only place where the
    kubeconfig's own user may act.

    Raises:
        RefusedError: the request has no identity, or one that may not be sent.
    """
    if identity is None:
        if path not in _OPEN.get(method, ()):
            raise RefusedError(f"error: a request to {path} has no identity and was not sent")
        return CIMultiDict()
    if isinstance(identity, KubeconfigUser):
        if not terminal:
            raise RefusedError("error: the kubeconfig's own user acts in a terminal only")
        return CIMultiDict()
    return _impersonation(identity)


def _impersonation(identity: Impersonated) -> CIMultiDict[str]:
    headers: CIMultiDict[str] = CIMultiDict()
    headers.add("Impersonate-User", _checked("user", identity.user))
    for group in identity.groups:
        headers.add("Impersonate-Group", _checked("group", group))
    for key, value in identity.extras:
        headers.add(_extra(key), value if _PLAIN.fullmatch(value) else quote(value, safe=_SAFE))
    return headers


@lru_cache(maxsize=16)  # each request has the same few
def _extra(key: str) -> str:
    # Extra keys are percent-encoded and lower-cased by the server (user impersonation,
    # Kubernetes documentation).
    return f"Impersonate-Extra-{quote(_checked('extra', key.lower()), safe='')}"


def _checked(what: str, value: str) -> str:
    # `system:` names are the cluster's own: system:masters passes every check there is. Spaces
    # around a header's value are lost on the way, so that ` system:masters` would arrive as it.
    if (
        not value
        or value != value.strip()
        or value.startswith("system:")
        or not (value.isascii() and value.isprintable())
    ):
        raise RefusedError(f"error: {what} {value!r} cannot be impersonated")
    return value
