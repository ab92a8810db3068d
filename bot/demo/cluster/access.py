"""Who asks, and whether they may: tokens, acting as somebody else, roles, bindings and reviews.

Rules and sentences are those of kube-apiserver 1.37. Whoever has no token is `system:anonymous`;
client certificates are out of scope. Impersonation is tried in its constrained form and in the
classic one (endpoints/filters/impersonation); the constrained forms for nodes and ServiceAccounts
are out of scope. Several bindings may allow a request: the one whose name comes first is the
reason. Roles that a binding refers to in vain are passed over without a word. Nothing of a review
is stored.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import unquote

from multidict import CIMultiDict, CIMultiDictProxy

from bot.demo.cluster.admission import understood
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import ApiRefusalError, refusal
from bot.demo.cluster.registry import Registry, stamp
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, at, without_empty

Headers: TypeAlias = CIMultiDict[str] | CIMultiDictProxy[str]
_GROUP = "rbac.authorization.k8s.io"
MASTERS = "system:masters"
"""Its members may do everything, and no role is asked."""
# What is answered to anybody (`--authorization-always-allow-paths`).
_OPEN_PATHS = frozenset({"/healthz", "/livez", "/readyz"})
AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
_CONSTRAINED, _CLASSIC = "impersonate:user-info", ""
_AUTHENTICATION, _EXTRA = "authentication.k8s.io", "Impersonate-Extra-"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from, or whom it acts as."""

    user: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self) -> Json:
        """Return the caller as reviews and the audit log tell of one (`UserInfo`)."""
        extra = {key: list(values) for key, values in self.extra.items()}
        told = {"username": self.user, "uid": self.uid, "groups": list(self.groups)}
        return without_empty(told | {"extra": extra})


ANONYMOUS = Caller("system:anonymous", (UNAUTHENTICATED,))


@dataclass(frozen=True, slots=True)
class Attributes:
    """A request as authorization sees it; without a resource it is one for a path."""

    verb: str
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    """Empty: cluster-scoped, or all namespaces."""
    name: str = ""
    path: str = ""

    @property
    def whole(self) -> str:
        """Return the resource with its subresource: `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a request is allowed, and what RBAC says of it."""

    allowed: bool
    reason: str = ""


def authorize(caller: Caller, asked: Attributes, registry: Registry) -> None:
    """Refuse what the caller has no right to. Raises: 403."""
    if not decide(caller, asked, registry).allowed:
        raise forbidden(caller, asked)


def decide(caller: Caller, asked: Attributes, registry: Registry) -> Decision:
    """Return the decision on a request, as an access review tells it."""
    if MASTERS in caller.groups or (not asked.resource and asked.path in _OPEN_PATHS):
        return Decision(True)
    rules = rules_of(caller, asked.namespace, registry)
    source = next((source for source, rule in rules if _allows(rule, asked)), "")
    return Decision(bool(source), f"RBAC: allowed by {source}" if source else "")


def forbidden(caller: Caller, asked: Attributes, reason: str = "") -> ApiRefusalError:
    """Return the refusal of a request, in the API server's sentence."""
    resource = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    what, subject = f'path "{asked.path}"', ""
    if asked.resource:
        scope = f'in the namespace "{asked.namespace}"'
        what = f'resource "{asked.whole}" in API group "{asked.group}" '
        what += scope if asked.namespace else "at the cluster scope"
        subject = f'{resource} "{asked.name}" is ' if asked.name else f"{resource} is "
    told = f"User {json.dumps(caller.user, ensure_ascii=False)} cannot {asked.verb} {what}"
    told = told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    message = f"{subject}forbidden: {told}{f': {reason}' if reason else ''}"
    details = {"name": asked.name, "group": asked.group, "kind": asked.resource}
    return ApiRefusalError(403, "Forbidden", message, without_empty(details))


def rules_of(caller: Caller, namespace: str, registry: Registry) -> Iterator[tuple[str, Json]]:
    """Yield each rule that a caller holds in a namespace, after where it comes from."""
    stored = registry.store.list(f"clusterrolebindings.{_GROUP}")
    if namespace:
        stored = stored + registry.store.list(f"rolebindings.{_GROUP}", namespace)
    for binding in stored:
        reference, home = binding["roleRef"], binding["metadata"].get("namespace", "")
        subject = next((s for s in binding.get("subjects") or () if _is(caller, s, home)), None)
        if subject is None:
            continue
        resource = f"{reference['kind'].lower()}s.{_GROUP}"
        place = home if reference["kind"] == "Role" else ""
        role = registry.store.get(Key(resource, place, reference["name"])) or {}
        for rule in role.get("rules") or ():
            yield _source(binding, subject), rule


def _is(caller: Caller, subject: Json, home: str) -> bool:
    kind, name = subject["kind"], subject["name"]
    if kind == "Group":
        return name in caller.groups
    account = f"system:serviceaccount:{subject.get('namespace') or home}:{name}"
    return caller.user == (name if kind == "User" else account)


def _source(binding: Json, subject: Json) -> str:
    metadata, role, who = binding["metadata"], binding["roleRef"], subject["name"]
    home = metadata.get("namespace", "")
    if subject["kind"] == "ServiceAccount":
        who += f"/{subject.get('namespace') or home}"
    name, to = f"{metadata['name']}/{home}".rstrip("/"), f'{subject["kind"]} "{who}"'
    return f'{binding["kind"]} "{name}" of {role["kind"]} "{role["name"]}" to {to}'


def _allows(rule: Json, asked: Attributes) -> bool:
    if not _has(rule, "verbs", asked.verb):
        return False
    if not asked.resource:
        urls, path = rule.get("nonResourceURLs", ()), asked.path
        return path in urls or any(u[-1:] == "*" and path.startswith(u.rstrip("*")) for u in urls)
    return (
        _has(rule, "apiGroups", asked.group)
        and _has(rule, "resources", asked.whole, f"*/{asked.subresource}")
        and asked.name in (rule.get("resourceNames") or (asked.name,))
    )


def _has(rule: Json, part: str, *words: str) -> bool:
    return any(word in (rule.get(part) or ()) for word in ("*", *words))


# The parts that a rule has in a list of a rules review; without the first it is not there.
_RULES = {
    "resourceRules": ("resources", "verbs", "apiGroups", "resourceNames"),
    "nonResourceRules": ("nonResourceURLs", "verbs"),
}


def reviewed(kind: Kind, namespace: str, body: Json, caller: Caller, registry: Registry) -> Json:
    """Return the answer to a review. Raises: 400, 422."""
    told: Json = {**kind.typed, "metadata": without_empty({"namespace": namespace})}
    # The server's own review has no kind by now, so that nothing stands before the point.
    spec = understood(kind, body | told, f".{kind.group}").get("spec") or {}
    if kind.kind == "SelfSubjectReview":
        told["metadata"] = {"creationTimestamp": registry.stamp()}
        return told | {"status": {"userInfo": caller.told()}}
    if kind.kind == "SelfSubjectRulesReview":
        return told | {"spec": {}, "status": _rules(spec.get("namespace"), caller, registry)}
    if kind.kind != "SelfSubjectAccessReview":
        caller = Caller(spec["user"], tuple(spec.get("groups") or ()))
    asked = spec.get("resourceAttributes") or spec.get("nonResourceAttributes") or {}
    parts = {part: asked.get(part, "") for part in Attributes.__slots__}
    decision = decide(caller, Attributes(**parts), registry)
    status = {"allowed": decision.allowed, **without_empty({"reason": decision.reason})}
    return told | {"spec": body["spec"], "status": status}


def _rules(namespace: str | None, caller: Caller, registry: Registry) -> Json:
    if not namespace:
        raise refusal("bad", why="no namespace on request")
    rules, told = [rule for _, rule in rules_of(caller, namespace, registry)], Json()
    for name, parts in _RULES.items():
        there = [rule for rule in rules if rule.get(parts[0])]
        told[name] = [{part: rule[part] for part in parts if rule.get(part)} for rule in there]
    return {**told, "incomplete": False}


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
        account, spec = self._registry.get(key), body["spec"]
        expires = self._registry.clock.now() + timedelta(seconds=spec["expirationSeconds"])
        user = f"system:serviceaccount:{key.namespace}:{key.name}"
        token, caller = secrets.token_urlsafe(32), Caller(user, (), account["metadata"]["uid"])
        self._tokens[token] = _with_groups(caller), expires
        told = {"kind": "TokenRequest", "apiVersion": f"{_AUTHENTICATION}/v1", "spec": spec}
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
    names = sorted(filter(lambda name: name.startswith(_EXTRA), {name.title() for name in headers}))
    extra = {unquote(n.removeprefix(_EXTRA).lower()): tuple(headers.getall(n)) for n in names}
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
    told = Attributes(form or "impersonate", _AUTHENTICATION)
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
