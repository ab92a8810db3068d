"""Which container of a pod is meant by a log or an exec, and how it is."""

from bot.demo.cluster.refusals import ApiRefusalError, JsonObject, not_found
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key


def chosen(
    registry: Registry, namespace: str, name: str, wanted: str
) -> tuple[JsonObject, JsonObject]:
    """Return a pod and its container of that name, or its only one. Raises ApiRefusalError."""
    pod = registry.store.get(Key("pods", namespace, name))
    if pod is None:
        raise not_found("pods", "", name)
    spec = pod["spec"]
    everything = {c["name"]: c for c in (*(spec.get("initContainers") or ()), *spec["containers"])}
    wanted = wanted or (spec["containers"][0]["name"] if len(spec["containers"]) == 1 else "")
    if wanted in everything:
        return pod, everything[wanted]
    message = f"a container name must be specified for pod {name}, "
    message += f"choose one of: [{' '.join(everything)}]"
    if wanted:
        message = f"container {wanted} is not valid for pod {name}"
    raise ApiRefusalError(400, "BadRequest", message)


def state_of(pod: JsonObject, container: str, state: str = "state") -> JsonObject:
    """Return a container's `state` or `lastState`; nothing is known of it: an empty one."""
    status = pod.get("status") or {}
    for part in ("initContainerStatuses", "containerStatuses"):
        for each in status.get(part) or ():
            if each["name"] == container:
                return dict(each.get(state) or {})
    return {}
