"""EndpointSlices: where the pods behind a Service are reached."""

from collections import defaultdict

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import age, ended, leaving, ready, reference
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_RESOURCE, _GROUP = "endpointslices.discovery.k8s.io", "kubernetes.io/service-name"
_MANAGED = "endpointslice.kubernetes.io/managed-by"
_CHANGED = "endpoints.kubernetes.io/last-change-trigger-time"
# Endpoints in one slice (max-endpoints-per-slice).
_MOST = 100


def reconcile(hands: Hands, key: Key) -> None:
    """Bring the slices of a Service in line with its pods."""
    service = hands.find(key)
    if service is None or leaving(service) or not service["spec"].get("selector"):
        return
    selector = service["spec"]["selector"].items()
    pods = [
        pod for pod in hands.every("pods", key.namespace)
        if selector <= pod["metadata"].get("labels", {}).items()
        and not ended(pod) and pod.get("status", {}).get("podIP")
    ]  # fmt: skip
    by_ports: dict[str, tuple[list[JsonObject], list[JsonObject]]] = {}
    for pod in sorted(pods, key=age):
        ports = _ports(service, pod)
        by_ports.setdefault(repr(ports), (ports, []))[1].append(_endpoint(hands, service, pod))
    wanted = [
        (ports, endpoints[start : start + _MOST])
        for ports, endpoints in by_ports.values() or [([], [])]
        for start in range(0, max(len(endpoints), 1), _MOST)
    ]
    slices = [each for each in hands.owned(service, _RESOURCE) if not leaving(each)]
    for ports, endpoints in wanted:
        _write(hands, service, slices.pop(0) if slices else None, ports, endpoints)
    for each in slices:
        hands.delete(each)


def _write(
    hands: Hands, service: JsonObject, old: JsonObject | None, ports: list[JsonObject],
    endpoints: list[JsonObject],
) -> None:  # fmt: skip
    metadata = service["metadata"]
    labels = metadata.get("labels", {}) | {_GROUP: metadata["name"]}
    labels |= {_MANAGED: "endpointslice-controller.k8s.io"}
    if service["spec"].get("clusterIP") == "None":
        labels["service.kubernetes.io/headless"] = ""
    content = {"ports": ports or None, "endpoints": endpoints}
    changed = {_CHANGED: hands.registry.stamp()}
    if old is None:
        about = {"generateName": f"{metadata['name']}-", "labels": labels, "annotations": changed}
        about["ownerReferences"] = [reference(service)]
        item = {"metadata": about, "addressType": "IPv4"} | content
        hands.create(_RESOURCE, metadata["namespace"], item)
    elif (old.get("ports"), old["endpoints"], old["metadata"]["labels"]) != (
        *content.values(),
        labels,
    ):
        about = old["metadata"] | {"labels": labels, "annotations": changed}
        hands.change(old, lambda x: x | {"metadata": about} | content)


def _ports(service: JsonObject, pod: JsonObject) -> list[JsonObject]:
    named: dict[object, int] = defaultdict(int)
    for container in pod["spec"]["containers"]:
        for each in container.get("ports", ()):
            named[each.get("name")] = each["containerPort"]
    found = []
    for each in service["spec"].get("ports", ()):
        target = each.get("targetPort", each["port"])
        if number := target if isinstance(target, int) else named[target]:
            protocol = each.get("protocol", "TCP")
            found.append({"name": each.get("name", ""), "port": number, "protocol": protocol})
    return found


def _endpoint(hands: Hands, service: JsonObject, pod: JsonObject) -> JsonObject:
    spec, metadata, serving = pod["spec"], pod["metadata"], ready(pod)
    always = service["spec"].get("publishNotReadyAddresses", False)
    conditions = {
        "ready": always or (serving and not leaving(pod)),
        "serving": serving,
        "terminating": leaving(pod),
    }
    found: JsonObject = {"addresses": [pod["status"]["podIP"]], "conditions": conditions}
    if spec.get("hostname") and spec.get("subdomain") == service["metadata"]["name"]:
        found["hostname"] = spec["hostname"]
    node = hands.find(Key("nodes", "", spec["nodeName"])) or {"metadata": {}}
    zone = node["metadata"].get("labels", {}).get("topology.kubernetes.io/zone")
    target = {"kind": "Pod"} | {key: metadata[key] for key in ("name", "namespace", "uid")}
    found |= {"nodeName": spec["nodeName"], "targetRef": target}
    return found | ({"zone": zone} if zone else {})
