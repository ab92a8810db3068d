"""Who may do what, by the stored roles and bindings.

The rules and sentences are those of kube-apiserver's RBAC authorizer (1.37). Several bindings may
allow a request: the one whose name comes first is the reason.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.demo.cluster.refusals import ApiRefusalError, JsonObject, without_empty
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key

GROUP = "rbac.authorization.k8s.io"
MASTERS = "system:masters"
"""Its members may do everything, and no role is asked."""
# What is answered to anybody (`--authorization-always-allow-paths`).
_OPEN_PATHS = frozenset({"/healthz", "/livez", "/readyz"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from, or whom it acts as."""

    user: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self) -> JsonObject:
        """Return the caller as reviews and the audit log tell of one (`UserInfo`)."""
        extra = {key: list(values) for key, values in self.extra.items()}
        told = {"username": self.user, "uid": self.uid, "groups": list(self.groups)}
        return without_empty(told | {"extra": extra})


@dataclass(frozen=True, slots=True)
class Attributes:
    """A request as authorization sees it."""

    verb: str
    group: str = ""
    version: str = ""
    resource: str = ""
    """The plural alone; empty: a request for a path."""
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
    """Refuse a request that its caller has no right to. Raises ApiRefusalError: 403."""
    decision = decide(caller, asked, registry)
    if not decision.allowed:
        raise forbidden(caller, asked, decision.reason)


def decide(caller: Caller, asked: Attributes, registry: Registry) -> Decision:
    """Return the decision on a request, as an access review tells it."""
    if MASTERS in caller.groups or (not asked.resource and asked.path in _OPEN_PATHS):
        return Decision(True)
    lost: list[str] = []
    for source, rule in rules_of(caller, asked.namespace, registry, lost):
        if _allows(rule, asked):
            return Decision(True, f"RBAC: allowed by {source}")
    return Decision(False, f"rbac: RBAC: {', '.join(lost)}" if lost else "")


def forbidden(caller: Caller, asked: Attributes, reason: str = "") -> ApiRefusalError:
    """Return the refusal of a request, in the API server's sentence."""
    what = f'path "{asked.path}"'
    if asked.resource:
        scope = (
            f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
        )
        what = f'resource "{asked.whole}" in API group "{asked.group}" {scope}'
    told = f"User {json.dumps(caller.user, ensure_ascii=False)} cannot {asked.verb} {what}"
    told = told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return refused(asked, f"{told}: {reason}" if reason else told)


def refused(asked: Attributes, why: str) -> ApiRefusalError:
    """Return a 403 that names what was asked for, and why it is refused."""
    resource = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    subject = f'{resource} "{asked.name}" is ' if asked.name else f"{resource} is "
    details = {"name": asked.name, "group": asked.group, "kind": asked.resource}
    message = f"{subject if resource else ''}forbidden: {why}"
    return ApiRefusalError(403, "Forbidden", message, without_empty(details))


def rules_of(
    caller: Caller, namespace: str, registry: Registry, lost: list[str]
) -> Iterator[tuple[str, JsonObject]]:
    """Yield each rule that a caller holds in a namespace, after where it comes from.

    What a binding refers to in vain is added to `lost`.
    """
    for binding, subject in _bindings(caller, namespace, registry):
        home, reference = binding["metadata"].get("namespace", ""), binding["roleRef"]
        kind, name = reference["kind"], reference["name"]
        resource = f"{kind.lower()}s.{GROUP}"
        role = registry.store.get(Key(resource, home if kind == "Role" else "", name))
        if role is None:
            lost.append(f'{kind.lower()}.{GROUP} "{name}" not found')
            continue
        of = f"{binding['metadata']['name']}{'/' + home if home else ''}"
        bound = f'{"RoleBinding" if home else "ClusterRoleBinding"} "{of}" of {kind} "{name}"'
        for rule in role.get("rules") or ():
            yield f'{bound} to {subject["kind"]} "{_named(subject, home)}"', rule


def _bindings(
    caller: Caller, namespace: str, registry: Registry
) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Yield each binding that counts in a namespace, with the subject that is the caller."""
    stored = registry.store.list(f"clusterrolebindings.{GROUP}")
    if namespace:
        stored = stored + registry.store.list(f"rolebindings.{GROUP}", namespace)
    for binding in stored:
        home = binding["metadata"].get("namespace", "")
        for subject in binding.get("subjects") or ():
            if _is(caller, subject, home):
                yield binding, subject
                break


def _is(caller: Caller, subject: JsonObject, home: str) -> bool:
    match subject["kind"]:
        case "User":
            return bool(subject["name"] == caller.user)
        case "Group":
            return subject["name"] in caller.groups
        case _:
            name, _, namespace = _named(subject, home).partition("/")
            return caller.user == f"system:serviceaccount:{namespace}:{name}"


def _named(subject: JsonObject, home: str) -> str:
    name = str(subject["name"])
    of = subject.get("namespace") or home
    return f"{name}/{of}" if subject["kind"] == "ServiceAccount" else name


def _allows(rule: JsonObject, asked: Attributes) -> bool:
    if not _has(rule, "verbs", asked.verb):
        return False
    if not asked.resource:
        return any(_covers(each, asked.path) for each in rule.get("nonResourceURLs", ()))
    return (
        _has(rule, "apiGroups", asked.group)
        and _has(rule, "resources", asked.whole, f"*/{asked.subresource}")
        and asked.name in (rule.get("resourceNames") or (asked.name,))
    )


def _has(rule: JsonObject, part: str, *words: str) -> bool:
    return any(word in (rule.get(part) or ()) for word in ("*", *words))


def _covers(pattern: str, path: str) -> bool:
    return pattern == path or (pattern.endswith("*") and path.startswith(pattern.rstrip("*")))
