"""Who asks: bearer tokens, and acting as somebody else.

Whoever has no token is `system:anonymous`; client certificates are out of scope. Impersonation is
that of kube-apiserver 1.37 (endpoints/filters/impersonation): first the constrained form, then the
classic one. The constrained forms for nodes and ServiceAccounts are out of scope.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import unquote

from multidict import CIMultiDict, CIMultiDictProxy

from bot.demo.cluster.rbac import MASTERS, Attributes, Caller, authorize, forbidden
from bot.demo.cluster.refusals import ApiRefusalError, refusal
from bot.demo.cluster.registry import Registry, stamp
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, at

Headers: TypeAlias = CIMultiDict[str] | CIMultiDictProxy[str]

AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
ANONYMOUS = Caller("system:anonymous", (UNAUTHENTICATED,))
# Seconds that a token lives when nobody asks for more or less.
_USUAL = 3600
_CONSTRAINED, _CLASSIC = "impersonate:user-info", ""
_GROUP, _EXTRA = "authentication.k8s.io", "Impersonate-Extra-"


class Identities:
    """The tokens of one cluster."""

    def __init__(self, registry: Registry, people: Mapping[str, Caller] | None = None) -> None:
        """Take `people`: the callers of tokens that never expire."""
        self._registry = registry
        never = datetime.max.replace(tzinfo=UTC)
        self._tokens = {token: (caller, never) for token, caller in (people or {}).items()}
        self._usual: dict[str, str] = {}

    def caller(self, headers: Headers) -> Caller:
        """Return whose token a request carries. Raises: 401."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return ANONYMOUS
        now = self._registry.clock.now()
        caller, expires = self._tokens.get(token.strip(), (ANONYMOUS, now))
        # A ServiceAccount must still be the one that its token was made for.
        account = _account(caller.user)
        stored = account and self._registry.store.get(Key("serviceaccounts", *account))
        if now >= expires or (account and at(stored or {}, "metadata.uid") != caller.uid):
            raise refusal("unknown")
        return caller

    def token_request(self, key: Key, body: Json) -> Json:
        """Return a TokenRequest with a ServiceAccount's token. Raises: 404."""
        account = self._registry.get(key)
        spec = {"expirationSeconds": _USUAL, **(body.get("spec") or {})}
        expires = self._registry.clock.now() + timedelta(seconds=spec["expirationSeconds"])
        user = f"system:serviceaccount:{key.namespace}:{key.name}"
        token, caller = secrets.token_urlsafe(32), Caller(user, (), account["metadata"]["uid"])
        self._tokens[token] = _with_groups(caller), expires
        told = {"kind": "TokenRequest", "apiVersion": f"{_GROUP}/v1", "spec": spec}
        told |= {"metadata": {"name": key.name, "namespace": key.namespace}}
        return told | {"status": {"token": token, "expirationTimestamp": stamp(expires)}}

    def impersonation(
        self, caller: Caller, headers: Headers, asked: Attributes
    ) -> tuple[Caller, str] | None:
        """Return whom a request acts as and the constraint; None where it does not ask to.

        The form that last let this caller is tried first, and of several refusals the first is
        told, as on the API server. The classic form's constraint is empty. Raises ApiRefusalError:
        400 without a user, 403 without the right.
        """
        wanted = _wanted(headers)
        if wanted is None:
            return None
        special = _account(wanted.user) or wanted.user.startswith("system:node:")
        forms, refusals = (_CLASSIC,) if special else (_CONSTRAINED, _CLASSIC), []
        for form in sorted(forms, key=lambda each: each != self._usual.get(caller.user)):
            try:
                _check(form, caller, wanted, asked, self._registry)
            except ApiRefusalError as refused:
                refusals.append(refused)
            else:
                self._usual[caller.user] = form
                return _with_groups(wanted), form
        raise refusals[0]


def _wanted(headers: Headers) -> Caller | None:
    """Return the caller that the headers name, if they name one."""
    extra = {
        unquote(name.removeprefix(_EXTRA).lower()): tuple(headers.getall(name))
        for name in sorted({name.title() for name in headers})
        if name.startswith(_EXTRA)
    }
    user, uid = headers.get("Impersonate-User", ""), headers.get("Impersonate-Uid", "")
    wanted = Caller(user, tuple(headers.getall("Impersonate-Group", ())), uid, extra)
    if not user and wanted != Caller(""):
        raise refusal("bad", why="requested an impersonation without a user name")
    return wanted if user else None


def _account(user: str) -> tuple[str, str] | None:
    """Return the namespace and name of the ServiceAccount that a user is, if it is one."""
    found = re.fullmatch("system:serviceaccount:([^:]+):([^:]+)", user)
    return (found[1], found[2]) if found else None


def _check(form: str, caller: Caller, wanted: Caller, asked: Attributes, box: Registry) -> None:
    """Refuse what a form of impersonation does not let the caller be, each value by itself."""
    if form:
        authorize(caller, replace(asked, verb=f"impersonate-on:user-info:{asked.verb}"), box)
    for need in _needs(form, wanted):
        if form and (need.resource, need.name) == ("groups", MASTERS):
            raise forbidden(caller, need, f"impersonating the {MASTERS} group is not allowed")
        authorize(caller, need, box)


def _needs(form: str, wanted: Caller) -> Iterator[Attributes]:
    """Yield the rights to be each part of a caller."""
    told = Attributes(form or "impersonate", _GROUP)
    plain = told if form else replace(told, group="")
    if account := _account(wanted.user):
        yield replace(plain, resource="serviceaccounts", namespace=account[0], name=account[1])
    else:
        yield replace(plain, resource="users", name=wanted.user)
    if wanted.uid:
        yield replace(told, resource="uids", name=wanted.uid)
    yield from (replace(plain, resource="groups", name=group) for group in wanted.groups)
    for key, values in wanted.extra.items():
        extra = replace(told, resource="userextras", subresource=key)
        yield from (replace(extra, name=value) for value in values)


def _with_groups(wanted: Caller) -> Caller:
    """Return the caller in the groups that it is in without being put there."""
    account, groups = _account(wanted.user), wanted.groups
    if account and not groups:
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{account[0]}")
    added = UNAUTHENTICATED if wanted.user == ANONYMOUS.user else AUTHENTICATED
    if not {added, UNAUTHENTICATED} & {*groups}:
        groups = (*groups, added)
    return replace(wanted, groups=groups)
