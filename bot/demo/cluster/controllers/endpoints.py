"""EndpointSlices: where the pods behind a Service are reached."""

from collections.abc import Iterator

from bot.demo.cluster.controllers.hands import Hands, age, ended, leaving, ready, reference
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, at, found, without_empty

_SLICES, _OWN = "endpointslices.discovery.k8s.io", "endpointslice.kubernetes.io/managed-by"
_CHANGED = "endpoints.kubernetes.io/last-change-trigger-time"


def reconcile(hands: Hands, it: Json) -> None:
    """Bring the slice of a Service in line with its pods."""
    metadata, spec = it["metadata"], it["spec"]
    if leaving(it) or not spec.get("selector"):
        return
    meant = hands.selected(metadata["namespace"], {"matchLabels": spec["selector"]})
    pods = sorted((x for x in meant if not ended(x) and at(x, "status.podIP")), key=age)
    labels = metadata.get("labels", {}) | {"kubernetes.io/service-name": metadata["name"]}
    labels |= {_OWN: "endpointslice-controller.k8s.io"}
    labels |= {"service.kubernetes.io/headless": ""} if spec.get("clusterIP") == "None" else {}
    ports = list(_ports(it, pods[0])) if pods else None
    content = {"ports": ports, "endpoints": [_endpoint(hands, it, pod) for pod in pods]}
    changed = {"labels": labels, "annotations": {_CHANGED: hands.now()}}
    old = next(iter(hands.owned(it, _SLICES)), None)
    if old is None:
        about = {"generateName": f"{metadata['name']}-", "ownerReferences": [reference(it)]}
        item = {"metadata": about | changed, "addressType": "IPv4"} | content
        hands.create(_SLICES, metadata["namespace"], item)
    elif content != {k: old.get(k) for k in content} or labels != old["metadata"]["labels"]:
        gone = dict.fromkeys(old["metadata"]["labels"])
        hands.patch(old, {"metadata": changed | {"labels": gone | labels}} | content)


def _ports(service: Json, pod: Json) -> Iterator[Json]:
    ports = found(pod, "spec.containers[*].ports[*]")
    named = {port.get("name"): port["containerPort"] for port in ports}
    for each in service["spec"].get("ports", ()):
        target = each.get("targetPort", each["port"])
        if number := target if isinstance(target, int) else named.get(target):
            protocol = each.get("protocol", "TCP")
            yield {"name": each.get("name", ""), "port": number, "protocol": protocol}


def _endpoint(hands: Hands, service: Json, pod: Json) -> Json:
    spec, metadata, ends = pod["spec"], pod["metadata"], leaving(pod)
    node = hands.find(Key("nodes", "", spec["nodeName"])) or {"metadata": {}}
    zone = node["metadata"].get("labels", {}).get("topology.kubernetes.io/zone")
    conditions = {"ready": ready(pod) and not ends, "serving": ready(pod), "terminating": ends}
    target = {"kind": "Pod"} | {key: metadata[key] for key in ("name", "namespace", "uid")}
    told = {"addresses": [pod["status"]["podIP"]], "conditions": conditions, "targetRef": target}
    name = spec.get("hostname") if spec.get("subdomain") == service["metadata"]["name"] else None
    return told | without_empty({"nodeName": spec["nodeName"], "zone": zone, "hostname": name})


CONTROLLERS = [("services", reconcile, {"pods": Hands.near})]
