"""Access reviews: what somebody may do, and who somebody is. Nothing of them is stored.

The answers are those of kube-apiserver 1.37 (pkg/registry/authorization and authentication).
"""

from collections.abc import Iterator

from bot.demo.cluster.rbac import Attributes, Caller, decide, rules_of
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject, invalid
from bot.demo.cluster.registry import Registry

_AUTHORIZATION, _AUTHENTICATION = "authorization.k8s.io", "authentication.k8s.io"
_ATTRIBUTES = ("group", "version", "resource", "subresource", "namespace", "name")
_RULES = {
    "resourceRules": ("resources", "verbs", "apiGroups", "resourceNames"),
    "nonResourceRules": ("nonResourceURLs", "verbs"),
}
"""Of a rules review: the parts that a rule has there; without the first it is not there."""


def reviewed(
    resource: str, namespace: str, body: JsonObject, caller: Caller, registry: Registry
) -> JsonObject:
    """Return the answer to a review that somebody posts; `resource` as the store names it.

    Raises:
        ApiRefusalError: 400 or 422, the review asks for nothing, or for too much.
    """
    spec, kind = body.get("spec") or {}, body.get("kind", "")
    match resource.partition(".")[0]:
        case "selfsubjectreviews":
            answer = _answer(kind, _AUTHENTICATION, {"userInfo": caller.told()})
            return answer | {"metadata": {"creationTimestamp": registry.stamp()}}
        case "selfsubjectrulesreviews":
            status = _rules(spec.get("namespace"), caller, registry)
            return _answer(kind, _AUTHORIZATION, status) | {"spec": {}}
        case "selfsubjectaccessreviews":
            whose = caller
        case _:
            whose = Caller(spec.get("user", ""), tuple(spec.get("groups") or ()))
    if causes := list(_mistakes(spec, namespace, whose)):
        # The server's own review has no kind by now, so that nothing stands before the point.
        raise invalid("", _AUTHORIZATION, "", causes)
    decision = decide(whose, _attributes(spec), registry)
    reason = {"reason": decision.reason} if decision.reason else {}
    answer = _answer(kind, _AUTHORIZATION, {"allowed": decision.allowed, **reason})
    return answer | {"metadata": {"namespace": namespace} if namespace else {}, "spec": spec}


def _answer(kind: str, group: str, status: JsonObject) -> JsonObject:
    return {"kind": kind, "apiVersion": f"{group}/v1", "metadata": {}, "status": status}


def _rules(namespace: str | None, caller: Caller, registry: Registry) -> JsonObject:
    if not namespace:
        raise ApiRefusalError(400, "BadRequest", "no namespace on request")
    lost: list[str] = []
    rules = [rule for _, rule in rules_of(caller, namespace, registry, lost)]
    told: JsonObject = {
        name: [{part: rule[part] for part in parts if rule.get(part)} for rule in rules
               if rule.get(parts[0])]
        for name, parts in _RULES.items()
    }  # fmt: skip
    failed = {"evaluationError": ", ".join(lost)} if lost else {}
    return {**told, "incomplete": False, **failed}


def _attributes(spec: JsonObject) -> Attributes:
    if path := spec.get("nonResourceAttributes"):
        return Attributes(path.get("verb", ""), path=path.get("path", ""))
    asked = spec["resourceAttributes"]
    return Attributes(asked.get("verb", ""), **{part: asked.get(part, "") for part in _ATTRIBUTES})


def _mistakes(spec: JsonObject, namespace: str, whose: Caller) -> Iterator[Cause]:
    """Yield what is wrong with a review; one in a namespace must be about that namespace."""
    resource = spec.get("resourceAttributes")
    if (resource is None) == (spec.get("nonResourceAttributes") is None):
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        yield Cause("spec", "FieldValueInvalid", f"Invalid value: null: {why}")
        return
    if not (whose.user or whose.groups):
        why = 'Invalid value: "": at least one of user or group must be specified'
        yield Cause("spec.user", "FieldValueInvalid", why)
    if namespace and (asked := (resource or {}).get("namespace", "")) != namespace:
        why = f'Invalid value: "{asked}": must match metadata.namespace'
        yield Cause("spec.resourceAttributes.namespace", "FieldValueInvalid", why)
