"""Access reviews: what somebody may do, and who somebody is. Nothing of them is stored.

The answers are those of kube-apiserver 1.37 (pkg/registry/authorization and authentication).
"""

from bot.demo.cluster.rbac import Attributes, Caller, decide, rules_of
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject, invalid
from bot.demo.cluster.registry import Registry

_AUTHORIZATION, _AUTHENTICATION = "authorization.k8s.io", "authentication.k8s.io"
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
    spec, metadata, group = body.get("spec") or {}, {}, _AUTHORIZATION
    match resource.partition(".")[0]:
        case "selfsubjectreviews":
            metadata, group = {"creationTimestamp": registry.stamp()}, _AUTHENTICATION
            status: JsonObject = {"userInfo": caller.told()}
        case "selfsubjectrulesreviews":
            spec, status = {}, _rules(spec.get("namespace"), caller, registry)
        case "selfsubjectaccessreviews":
            status = _access(spec, namespace, caller, registry)
        case _:
            metadata = {"namespace": namespace} if namespace else {}
            whose = Caller(spec.get("user", ""), tuple(spec.get("groups") or ()))
            status = _access(spec, namespace, whose, registry)
    told = {"kind": body.get("kind", ""), "apiVersion": f"{group}/v1", "metadata": metadata}
    return {**told, **({} if group == _AUTHENTICATION else {"spec": spec}), "status": status}


def _access(spec: JsonObject, namespace: str, whose: Caller, registry: Registry) -> JsonObject:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    where = (resource or {}).get("namespace", "")
    one = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
    mistakes = (
        ("spec", (resource is None) == (path is None), "null", one),
        ("spec.user", not (whose.user or whose.groups), '""',
         "at least one of user or group must be specified"),
        ("spec.resourceAttributes.namespace", namespace not in ("", where), f'"{where}"',
         "must match metadata.namespace"),
    )  # fmt: skip
    for field, wrong, value, why in mistakes:
        if wrong:
            cause = Cause(field, "FieldValueInvalid", f"Invalid value: {value}: {why}")
            # The server's own review has no kind by now, so that nothing stands before the point.
            raise invalid("", _AUTHORIZATION, "", [cause])
    asked = resource or path or {}
    told = {part: asked.get(part, "") for part in (_ATTRIBUTES if resource else ("path",))}
    decision = decide(whose, Attributes(asked.get("verb", ""), **told), registry)
    reason = {"reason": decision.reason} if decision.reason else {}
    return {"allowed": decision.allowed, **reason}


def _rules(namespace: str | None, caller: Caller, registry: Registry) -> JsonObject:
    if not namespace:
        raise ApiRefusalError(400, "BadRequest", "no namespace on request")
    rules = [rule for _, rule in rules_of(caller, namespace, registry)]
    told = {
        name: [{part: rule[part] for part in parts if rule.get(part)} for rule in rules
               if rule.get(parts[0])]
        for name, parts in _RULES.items()
    }  # fmt: skip
    return {**told, "incomplete": False}
