"""Which container of a pod is meant by a log or an exec."""

from bot.demo.cluster.refusals import ApiRefusalError, JsonObject, not_found
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key


def pod_of(registry: Registry, namespace: str, name: str) -> JsonObject:
    """Return the pod.

    Raises:
        ApiRefusalError: 404.
    """
    found = registry.store.get(Key("pods", namespace, name))
    if found is None:
        raise not_found("pods", "", name)
    return found


def container_of(pod: JsonObject, wanted: str) -> JsonObject:
    """Return the pod's container of that name, or its only one.

    Raises:
        ApiRefusalError: 400, in the sentences of kube-apiserver's pod strategy (1.37).
    """
    spec, name = pod["spec"], pod["metadata"]["name"]
    everything = [
        each
        for part in ("initContainers", "containers", "ephemeralContainers")
        for each in spec.get(part) or ()
    ]
    if not wanted and len(spec["containers"]) == 1:
        only: JsonObject = spec["containers"][0]
        return only
    for each in everything:
        if each["name"] == wanted:
            return dict(each)
    if wanted:
        message = f"container {wanted} is not valid for pod {name}"
    else:
        names = " ".join(each["name"] for each in everything)
        message = f"a container name must be specified for pod {name}, choose one of: [{names}]"
    raise ApiRefusalError(400, "BadRequest", message, None)


def state_of(pod: JsonObject, container: str, state: str = "state") -> JsonObject:
    """Return a container's `state` or `lastState`; nothing is known of it: an empty one."""
    status = pod.get("status") or {}
    for part in ("initContainerStatuses", "containerStatuses"):
        for each in status.get(part) or ():
            if each["name"] == container:
                found: JsonObject = each.get(state) or {}
                return found
    return {}
