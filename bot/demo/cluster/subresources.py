"""What stands below an object's path and is no part of it: its scale, its eviction.

The rules and sentences are those of kube-apiserver's `pkg/registry` (apps and core/pod/storage).
"""

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.options import deletion
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject, invalid
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.selectors import requirements_of, selector_matches

SCALE = Kind("Scale", "scales", "autoscaling")
_OF_SCALE = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(item: JsonObject) -> JsonObject:
    """Return the scale of a workload."""
    status = item.get("status") or {}
    selector = ",".join(map(str, requirements_of(item["spec"].get("selector") or {})))
    replicas = item["spec"].get("replicas")
    return {
        "kind": SCALE.kind,
        "apiVersion": SCALE.api_version,
        "metadata": {k: v for k, v in item["metadata"].items() if k in _OF_SCALE},
        "spec": {"replicas": replicas} if replicas else {},
        "status": {"replicas": status.get("replicas", 0), "selector": selector},
    }


def scaled(item: JsonObject, scale: JsonObject) -> JsonObject:
    """Return the workload with the scale's replicas, at the version that the scale names.

    Raises:
        ApiRefusalError: 422, fewer than none.
    """
    metadata, replicas = scale.get("metadata") or {}, (scale.get("spec") or {}).get("replicas", 0)
    if replicas < 0:
        why = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = Cause("spec.replicas", "FieldValueInvalid", why)
        raise invalid(SCALE.kind, SCALE.group, item["metadata"]["name"], [cause])
    version = metadata.get("resourceVersion") or item["metadata"]["resourceVersion"]
    return {
        **item,
        "metadata": item["metadata"] | {"resourceVersion": version},
        "spec": item["spec"] | {"replicas": replicas},
    }


def evict(registry: Registry, namespace: str, name: str, body: JsonObject) -> JsonObject:
    """Delete a pod as far as its disruption budget lets it go; return the `Status`.

    Raises:
        ApiRefusalError: 400, 404, 409, 429 the budget would be broken, 500 it has several.
    """
    if (body.get("metadata") or {}).get("name") != name:
        message = "name in URL does not match name in Eviction object"
        raise ApiRefusalError(400, "BadRequest", message)
    pods, budgets = _kind(registry, "pods"), _kind(registry, "poddisruptionbudgets.policy")
    pod = registry.get(pods, namespace, name)
    wanted = deletion({}, body.get("deleteOptions") or {})
    dry = wanted["dry_run"]
    if budget := _budget(registry, budgets, namespace, pod):
        left = _spent(budget, pod)
        registry.change(
            budgets,
            namespace,
            budget["metadata"]["name"],
            lambda item: {**item, "status": left},
            subresource="status",
            dry_run=dry,
        )
    registry.change(pods, namespace, name, _disrupted, subresource="status", dry_run=dry)
    registry.delete(pods, namespace, name, **wanted)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _kind(registry: Registry, resource: str) -> Kind:
    found = registry.kinds.find(resource)
    assert found is not None  # noqa: S101 (kinds.yaml has it)
    return found


def _budget(
    registry: Registry, budgets: Kind, namespace: str, pod: JsonObject
) -> JsonObject | None:
    """Return the budget that an eviction of the pod draws from, if it needs one."""
    metadata, status = pod["metadata"], pod.get("status") or {}
    if status.get("phase") in ("Succeeded", "Failed", "Pending") or "deletionTimestamp" in metadata:
        return None
    labels = metadata.get("labels") or {}
    found = [
        each
        for each in registry.store.list(budgets.resource, namespace)
        if (selector := each["spec"].get("selector")) is not None
        and selector_matches(selector, labels)
    ]
    if len(found) > 1:
        message = (
            "This pod has more than one PodDisruptionBudget, which the eviction subresource "
            "does not support."
        )
        raise ApiRefusalError(500, "", message)
    return found[0] if found and _counts(found[0], status) else None


def _counts(budget: JsonObject, status: JsonObject) -> bool:
    """Tell whether a pod is one of those that its budget protects now."""
    ready = {c["type"]: c["status"] for c in status.get("conditions", ())}.get("Ready") == "True"
    of_budget = budget.get("status") or {}
    always = budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow"
    enough = of_budget.get("currentHealthy", 0) >= of_budget.get("desiredHealthy", 0) > 0
    return ready or not (always or enough)


def _spent(budget: JsonObject, pod: JsonObject) -> JsonObject:
    """Return the budget's status after one more eviction."""
    status, metadata = budget.get("status") or {}, budget["metadata"]
    name = metadata["name"]
    if status.get("observedGeneration", 0) < metadata.get("generation", 0):
        raise _too_many(f"The disruption budget {name} is still being processed by the server.", 10)
    if status.get("disruptionsAllowed", 0) <= 0:
        needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
        raise _too_many(
            f"The disruption budget {name} needs {needs} healthy pods and has {has} currently"
        )
    evicted = (status.get("disruptedPods") or {}) | {
        pod["metadata"]["name"]: pod["metadata"]["creationTimestamp"]
    }
    allowed = status["disruptionsAllowed"] - 1
    return {**status, "disruptionsAllowed": allowed, "disruptedPods": evicted}


def _too_many(why: str, seconds: int = 0) -> ApiRefusalError:
    message = "Cannot evict pod as it would violate the pod's disruption budget."
    details = {"retryAfterSeconds": seconds} if seconds else {}
    causes = [Cause("", "DisruptionBudget", why)]
    return ApiRefusalError(429, "TooManyRequests", message, details, causes)


def _disrupted(pod: JsonObject) -> JsonObject:
    status = pod.get("status") or {}
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    others = [c for c in status.get("conditions", ()) if c["type"] != "DisruptionTarget"]
    return {**pod, "status": {**status, "conditions": [*others, condition]}}
