"""Who may do what, by the stored roles and bindings, and the reviews that tell it.

The rules and sentences are those of kube-apiserver's RBAC authorizer (1.37). Several bindings may
allow a request: the one whose name comes first is the reason. Roles that a binding refers to in
vain are passed over without a word. Nothing of a review is stored.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.demo.cluster.refusals import ApiRefusalError, Cause, invalid, refusal
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, without_empty

_GROUP = "rbac.authorization.k8s.io"
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

    def told(self) -> Json:
        """Return the caller as reviews and the audit log tell of one (`UserInfo`)."""
        extra = {key: list(values) for key, values in self.extra.items()}
        told = {"username": self.user, "uid": self.uid, "groups": list(self.groups)}
        return without_empty(told | {"extra": extra})


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
    for source, rule in rules_of(caller, asked.namespace, registry):
        if _allows(rule, asked):
            return Decision(True, f"RBAC: allowed by {source}")
    return Decision(False)


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


_AUTHORIZATION = "authorization.k8s.io"
_ATTRIBUTES = ("group", "version", "resource", "subresource", "namespace", "name")
# The parts that a rule has in a list of a rules review; without the first it is not there.
_RULES = {
    "resourceRules": ("resources", "verbs", "apiGroups", "resourceNames"),
    "nonResourceRules": ("nonResourceURLs", "verbs"),
}


def reviewed(resource: str, namespace: str, body: Json, caller: Caller, registry: Registry) -> Json:
    """Return the answer to a review of a resource. Raises: 400, 422."""
    spec, metadata, group = body.get("spec") or {}, {}, resource.partition(".")[2]
    told: Json = {"kind": body.get("kind", ""), "apiVersion": f"{group}/v1"}
    match resource.partition(".")[0]:
        case "selfsubjectreviews":
            metadata = {"creationTimestamp": registry.stamp()}
            return told | {"metadata": metadata, "status": {"userInfo": caller.told()}}
        case "selfsubjectrulesreviews":
            spec, status = {}, _rules(spec.get("namespace"), caller, registry)
        case "selfsubjectaccessreviews":
            status = _access(spec, namespace, caller, registry)
        case _:
            metadata = {"namespace": namespace} if namespace else {}
            whose = Caller(spec.get("user", ""), tuple(spec.get("groups") or ()))
            status = _access(spec, namespace, whose, registry)
    return told | {"metadata": metadata, "spec": spec, "status": status}


def _access(spec: Json, namespace: str, whose: Caller, registry: Registry) -> Json:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    where = (resource or {}).get("namespace", "")
    one = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
    nobody = "at least one of user or group must be specified"
    other = "must match metadata.namespace"
    mistakes = (
        ("spec", (resource is None) == (path is None), "null", one),
        ("spec.user", not (whose.user or whose.groups), '""', nobody),
        ("spec.resourceAttributes.namespace", namespace not in ("", where), f'"{where}"', other),
    )
    for place, wrong, value, why in mistakes:
        if wrong:
            cause = Cause(place, "FieldValueInvalid", f"Invalid value: {value}: {why}")
            # The server's own review has no kind by now, so that nothing stands before the point.
            raise invalid(f".{_AUTHORIZATION}", "", [cause])
    asked = resource or path or {}
    told = {part: asked.get(part, "") for part in (_ATTRIBUTES if resource else ("path",))}
    decision = decide(whose, Attributes(asked.get("verb", ""), **told), registry)
    return {"allowed": decision.allowed, **without_empty({"reason": decision.reason})}


def _rules(namespace: str | None, caller: Caller, registry: Registry) -> Json:
    if not namespace:
        raise refusal("bad", why="no namespace on request")
    rules, told = [rule for _, rule in rules_of(caller, namespace, registry)], Json()
    for name, parts in _RULES.items():
        there = [rule for rule in rules if rule.get(parts[0])]
        told[name] = [{part: rule[part] for part in parts if rule.get(part)} for rule in there]
    return {**told, "incomplete": False}
