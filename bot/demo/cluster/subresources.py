"""What stands below an object's path and is no part of it: its scale, its eviction.

The rules and sentences are those of kube-apiserver's `pkg/registry` (apps and core/pod/storage).
"""

from collections.abc import Mapping
from typing import Any

from bot.demo.cluster.controllers.objects import ended, leaving, phase, ready
from bot.demo.cluster.kinds import KINDS
from bot.demo.cluster.refusals import Cause, JsonObject, invalid, refusal
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.selectors import requirements_of, selector_matches

_BUDGETS = "poddisruptionbudgets.policy"
_KINDS = {kind.resource: kind for kind in KINDS}
_OF_SCALE = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(item: JsonObject) -> JsonObject:
    """Return the scale of a workload."""
    spec, status = item["spec"], item.get("status") or {}
    selector = ",".join(map(str, requirements_of(spec.get("selector") or {})))
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {k: v for k, v in item["metadata"].items() if k in _OF_SCALE},
        "spec": {"replicas": spec["replicas"]} if spec.get("replicas") else {},
        "status": {"replicas": status.get("replicas", 0), "selector": selector},
    }


def scaled(item: JsonObject, scale: JsonObject) -> JsonObject:
    """Return the workload with the scale's replicas, at its version. Raises: 422."""
    metadata, replicas = scale.get("metadata") or {}, (scale.get("spec") or {}).get("replicas", 0)
    if replicas < 0:
        why = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = Cause("spec.replicas", "FieldValueInvalid", why)
        raise invalid("Scale", "autoscaling", item["metadata"]["name"], [cause])
    version = metadata.get("resourceVersion") or item["metadata"]["resourceVersion"]
    metadata = {**item["metadata"], "resourceVersion": version}
    return {**item, "metadata": metadata, "spec": {**item["spec"], "replicas": replicas}}


def deletion_of(query: Mapping[str, str], body: JsonObject) -> dict[str, Any]:
    """Return the options of `Registry.delete`: those of the body come before the query's."""
    wanted = {**query, **body}
    grace = wanted.get("gracePeriodSeconds")
    return {
        "propagation": wanted.get("propagationPolicy") or "",
        "grace": None if grace is None else int(grace),
        "preconditions": body.get("preconditions") or {},
        "dry_run": bool(wanted.get("dryRun")),
    }


def evict(registry: Registry, namespace: str, name: str, body: JsonObject) -> JsonObject:
    """Delete a pod as far as its disruption budget lets it go; return the `Status`.

    Raises:
        ApiRefusalError: 400, 404, 409, 429 the budget would be broken, 500 it has several.
    """
    if (body.get("metadata") or {}).get("name") != name:
        raise refusal("other_pod")
    options, place = (
        deletion_of({}, body.get("deleteOptions") or {}),
        (_KINDS["pods"], namespace, name),
    )
    pod, budgets = registry.get(*place), registry.store.list(_BUDGETS, namespace)
    budgets = [each for each in budgets if _counts(each, pod)]
    if len(budgets) > 1:
        raise refusal("two_budgets")
    for each in budgets:
        of = _KINDS[_BUDGETS], namespace, each["metadata"]["name"]
        registry.change(*of, _spent, subresource="status", dry_run=options["dry_run"])
    registry.delete(*place, **options)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _counts(budget: JsonObject, pod: JsonObject) -> bool:
    """Tell whether a budget protects the pod, unless it can spare what is not ready."""
    selector, labels = budget["spec"].get("selector"), pod["metadata"].get("labels") or {}
    if ended(pod) or leaving(pod) or phase(pod) == "Pending" or selector is None:
        return False
    status = budget.get("status") or {}
    enough = status.get("currentHealthy", 0) >= status.get("desiredHealthy", 0) > 0
    return (ready(pod) or not enough) and selector_matches(selector, labels)


def _spent(budget: JsonObject) -> JsonObject:
    """Return the budget after one more eviction. Raises ApiRefusalError: 429."""
    status, name = budget.get("status") or {}, budget["metadata"]["name"]
    if (allowed := status.get("disruptionsAllowed", 0)) <= 0:
        needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
        why = f"The disruption budget {name} needs {needs} healthy pods and has {has} currently"
        raise refusal("disruption", causes=[Cause("", "DisruptionBudget", why)])
    return {**budget, "status": {**status, "disruptionsAllowed": allowed - 1}}
