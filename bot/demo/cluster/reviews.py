"""Access reviews: what somebody may do, and who somebody is. Nothing of them is stored.

The answers are those of kube-apiserver 1.37 (pkg/registry/authorization and authentication).
"""

from bot.demo.cluster.rbac import Attributes, Caller, decide, rules_of
from bot.demo.cluster.refusals import Cause, invalid, refusal
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.values import JsonObject, without_empty

_AUTHORIZATION = "authorization.k8s.io"
_ATTRIBUTES = ("group", "version", "resource", "subresource", "namespace", "name")
# The parts that a rule has in a list of a rules review; without the first it is not there.
_RULES = {
    "resourceRules": ("resources", "verbs", "apiGroups", "resourceNames"),
    "nonResourceRules": ("nonResourceURLs", "verbs"),
}


def reviewed(
    resource: str, namespace: str, body: JsonObject, caller: Caller, registry: Registry
) -> JsonObject:
    """Return the answer to a review of a resource. Raises ApiRefusalError: 400, 422."""
    spec, metadata, group = body.get("spec") or {}, {}, resource.partition(".")[2]
    told: JsonObject = {"kind": body.get("kind", ""), "apiVersion": f"{group}/v1"}
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


def _access(spec: JsonObject, namespace: str, whose: Caller, registry: Registry) -> JsonObject:
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
    for field, wrong, value, why in mistakes:
        if wrong:
            cause = Cause(field, "FieldValueInvalid", f"Invalid value: {value}: {why}")
            # The server's own review has no kind by now, so that nothing stands before the point.
            raise invalid(f".{_AUTHORIZATION}", "", [cause])
    asked = resource or path or {}
    told = {part: asked.get(part, "") for part in (_ATTRIBUTES if resource else ("path",))}
    decision = decide(whose, Attributes(asked.get("verb", ""), **told), registry)
    return {"allowed": decision.allowed, **without_empty({"reason": decision.reason})}


def _rules(namespace: str | None, caller: Caller, registry: Registry) -> JsonObject:
    if not namespace:
        raise refusal("bad", why="no namespace on request")
    rules, told = [rule for _, rule in rules_of(caller, namespace, registry)], JsonObject()
    for name, parts in _RULES.items():
        there = [rule for rule in rules if rule.get(parts[0])]
        told[name] = [{part: rule[part] for part in parts if rule.get(part)} for rule in there]
    return {**told, "incomplete": False}
