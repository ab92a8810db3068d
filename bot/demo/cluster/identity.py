"""Who asks: bearer tokens, and acting as somebody else.

Whoever has no token is `system:anonymous`; client certificates are out of scope. Impersonation is
that of kube-apiserver 1.37 (endpoints/filters/impersonation): first the constrained form, then the
classic one. The constrained form for nodes is out of scope.
"""

import secrets
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import unquote

from multidict import CIMultiDict, CIMultiDictProxy

from bot.demo.cluster.rbac import MASTERS, Attributes, Caller, authorize, forbidden
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject, not_found
from bot.demo.cluster.registry import Registry, stamp
from bot.demo.cluster.store import Key

Headers = CIMultiDict[str] | CIMultiDictProxy[str]

AUTHENTICATION = "authentication.k8s.io"
AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
ANONYMOUS = Caller("system:anonymous", (UNAUTHENTICATED,))
USUAL = 3600
"""Seconds that a token lives when nobody asks for more or less."""
_EXTRA = "Impersonate-Extra-"


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Whom a request acts as, and the right that let it."""

    caller: Caller
    constraint: str = ""
    """`impersonate:user-info`; empty: the classic right."""


@dataclass(frozen=True, slots=True)
class _Token:
    caller: Caller
    account: Key | None = None
    expires: datetime | None = None


class Identities:
    """The tokens of one cluster."""

    def __init__(self, registry: Registry, people: Mapping[str, Caller] | None = None) -> None:
        """Take `people`: the callers of tokens that never expire."""
        self._registry = registry
        self._tokens = {token: _Token(caller) for token, caller in (people or {}).items()}
        self._usual: dict[str, str] = {}

    def caller(self, headers: Headers) -> Caller:
        """Return whose token a request carries.

        Raises:
            ApiRefusalError: 401, the token is unknown, has expired, or its account is gone.
        """
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return ANONYMOUS
        found = self._tokens.get(token.strip())
        if found is None or not self._holds(found):
            raise ApiRefusalError(401, "Unauthorized", "Unauthorized")
        return found.caller

    def token_request(self, namespace: str, name: str, body: JsonObject) -> JsonObject:
        """Return a TokenRequest with a token for the ServiceAccount. Raises ApiRefusalError: 404."""
        key = Key("serviceaccounts", namespace, name)
        account = self._registry.store.get(key)
        if account is None:
            raise not_found("serviceaccounts", "", name)
        asked = body.get("spec") or {}
        seconds = asked.get("expirationSeconds") or USUAL
        expires = self._registry.clock.now() + timedelta(seconds=seconds)
        user, uid = f"system:serviceaccount:{namespace}:{name}", account["metadata"]["uid"]
        token = secrets.token_urlsafe(32)
        extra = {"authentication.kubernetes.io/credential-id": (f"JTI={uuid.uuid4()}",)}
        caller = Caller(user, (*account_groups(namespace), AUTHENTICATED), uid, extra)
        self._tokens[token] = _Token(caller, key, expires)
        return {
            "kind": "TokenRequest",
            "apiVersion": f"{AUTHENTICATION}/v1",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {**asked, "expirationSeconds": seconds},
            "status": {"token": token, "expirationTimestamp": stamp(expires)},
        }

    def impersonation(
        self, caller: Caller, headers: Headers, asked: Attributes
    ) -> Impersonation | None:
        """Return whom a request acts as, or None where it does not ask to.

        The form that last let this caller is tried first, and of several refusals the first is
        told: so the API server does, and its sentences depend on it.

        Raises:
            ApiRefusalError: 400 without a user, 403 without the right.
        """
        wanted = _wanted(headers)
        if wanted is None:
            return None
        usual, refusals = self._usual.get(caller.user), []
        for mode in sorted(_modes(wanted), key=lambda each: each != usual):
            try:
                _check(mode, caller, wanted, asked, self._registry)
            except ApiRefusalError as refusal:
                refusals.append(refusal)
                continue
            self._usual[caller.user] = mode
            return Impersonation(_with_groups(wanted), f"impersonate:{mode}" if mode else "")
        raise refusals[0]

    def _holds(self, token: _Token) -> bool:
        if token.account is None or token.expires is None:
            return True
        account = self._registry.store.get(token.account)
        alive = account is not None and account["metadata"]["uid"] == token.caller.uid
        return alive and self._registry.clock.now() < token.expires


def account_groups(namespace: str) -> tuple[str, ...]:
    """Return the groups of every ServiceAccount of a namespace."""
    return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")


def _wanted(headers: Headers) -> Caller | None:
    """Return the caller that the headers name, as far as they name one."""
    extra = {
        unquote(name.removeprefix(_EXTRA).lower()): tuple(headers.getall(name))
        for name in sorted({name.title() for name in headers})
        if name.startswith(_EXTRA)
    }
    user, uid = headers.get("Impersonate-User", ""), headers.get("Impersonate-Uid", "")
    wanted = Caller(user, tuple(headers.getall("Impersonate-Group", ())), uid, extra)
    if wanted == Caller(""):
        return None
    if not user:
        message = "requested an impersonation without impersonating a user name"
        raise ApiRefusalError(400, "BadRequest", message)
    return wanted


def _account(user: str) -> tuple[str, str] | None:
    """Return the namespace and name of the ServiceAccount that a user is, if it is one."""
    match user.split(":"):
        case ["system", "serviceaccount", namespace, name] if namespace and name:
            return namespace, name
        case _:
            return None


def _modes(wanted: Caller) -> list[str]:
    """Return the forms of impersonation for a caller: the constrained by name, the classic is ""."""
    if _account(wanted.user):
        return ["serviceaccount", ""] if wanted == Caller(wanted.user) else [""]
    return [""] if wanted.user.startswith("system:node:") else ["user-info", ""]


def _check(
    mode: str, caller: Caller, wanted: Caller, asked: Attributes, registry: Registry
) -> None:
    """Refuse what the mode does not let the caller be, each value by itself."""
    if mode:
        verb = f"impersonate-on:{mode}:{asked.verb}"
        authorize(caller, replace(asked, verb=verb), registry)
    for need in _needs(mode, wanted):
        if mode and (need.resource, need.name) == ("groups", MASTERS):
            raise forbidden(caller, need, f"impersonating the {MASTERS} group is not allowed")
        authorize(caller, need, registry)


def _needs(mode: str, wanted: Caller) -> Iterator[Attributes]:
    """Yield the rights to be each part of a caller."""
    told = Attributes(f"impersonate:{mode}" if mode else "impersonate", AUTHENTICATION)
    plain = told if mode else replace(told, group="")
    if account := _account(wanted.user):
        namespace, name = account
        yield replace(plain, resource="serviceaccounts", namespace=namespace, name=name)
    else:
        yield replace(plain, resource="users", name=wanted.user)
    if wanted.uid:
        yield replace(told, resource="uids", name=wanted.uid)
    for group in wanted.groups:
        yield replace(plain, resource="groups", name=group)
    for key, values in wanted.extra.items():
        for value in values:
            yield replace(told, resource="userextras", subresource=key, name=value)


def _with_groups(wanted: Caller) -> Caller:
    """Return the caller in the groups that it is in without being put there."""
    account, groups = _account(wanted.user), wanted.groups
    if account and not groups:
        groups = account_groups(account[0])
    added = UNAUTHENTICATED if wanted.user == ANONYMOUS.user else AUTHENTICATED
    known = added in groups or UNAUTHENTICATED in groups
    return replace(wanted, groups=groups if known else (*groups, added))
