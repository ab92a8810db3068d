"""Services, Ingresses, the endpoints behind them, and the addresses that they have."""

from collections.abc import Mapping, Sequence

from bot.core.ports import JsonObject
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Found, Need, Subject

_SERVICE_OF_SLICE = "kubernetes.io/service-name"
# More endpoints than these are counted.
_ENDPOINTS = 3


def _service(w: Lines, subject: Subject) -> None:
    spec = subject.spec
    blocks.head(w, subject.item)
    _marks(w, subject)
    w.line(0, "Selector:", blocks.joined(spec.get("selector")))
    w.line(0, "Type:", spec.get("type", ""))
    _addresses(w, spec)
    if ingress := ((subject.status.get("loadBalancer")) or {}).get("ingress"):
        w.line(0, "LoadBalancer Ingress:", ", ".join(map(_ingress_point, ingress)))
    slices = subject.found["slices"].items
    for port in spec.get("ports") or ():
        _port(w, port, slices)
    _traffic(w, spec)
    blocks.events(w, subject.events, subject.now)


def _addresses(w: Lines, spec: JsonObject) -> None:
    if spec.get("ipFamilyPolicy") is not None:
        w.line(0, "IP Family Policy:", spec["ipFamilyPolicy"])
    w.line(0, "IP Families:", ",".join(spec.get("ipFamilies") or ()) or blocks.NONE)
    w.line(0, "IP:", spec.get("clusterIP", ""))
    w.line(0, "IPs:", ",".join(spec.get("clusterIPs") or ()) or blocks.NONE)
    if spec.get("externalIPs"):
        w.line(0, "External IPs:", ",".join(spec["externalIPs"]))
    for title, field in (
        ("Desired LoadBalancer IP", "loadBalancerIP"),
        ("External Name", "externalName"),
    ):
        if spec.get(field):
            w.line(0, f"{title}:", spec[field])


def _ingress_point(point: JsonObject) -> str:
    if not point.get("ip"):
        return str(point.get("hostname", ""))
    return f"{point['ip']} ({point['ipMode']})" if point.get("ipMode") else str(point["ip"])


def _port(w: Lines, port: JsonObject, slices: Sequence[JsonObject]) -> None:
    name, protocol = port.get("name") or "<unset>", port.get("protocol", "TCP")
    w.line(0, "Port:", name, f"{port['port']}/{protocol}")
    w.line(0, "TargetPort:", f"{port.get('targetPort', 0)}/{protocol}")
    if port.get("appProtocol") is not None:
        w.line(0, "AppProtocol:", port["appProtocol"])
    if port.get("nodePort"):
        w.line(0, "NodePort:", name, f"{port['nodePort']}/{protocol}")
    w.line(0, "Endpoints:", endpoints(slices, port.get("name", "")))


def _traffic(w: Lines, spec: JsonObject) -> None:
    w.line(0, "Session Affinity:", spec.get("sessionAffinity", ""))
    for title, field in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("HealthCheck NodePort", "healthCheckNodePort"),
    ):
        if spec.get(field):
            w.line(0, f"{title}:", spec[field])
    if spec.get("loadBalancerSourceRanges"):
        w.line(0, "LoadBalancer Source Ranges:", ",".join(spec["loadBalancerSourceRanges"]))
    if spec.get("trafficDistribution") is not None:
        w.line(0, "Traffic Distribution:", spec["trafficDistribution"])


def endpoints(slices: Sequence[JsonObject], port: str) -> str:
    """Return the addresses that are ready behind a port: a few of them, and how many more."""
    if not slices:
        return blocks.NONE
    # kubectl speaks of more as soon as there is another endpoint, ready or not.
    found = [entry for each in slices for entry in _entries(each, port)]
    ready = [address for address, is_ready in found if is_ready]
    seen = more = 0
    for _, is_ready in found:
        more |= seen == _ENDPOINTS
        seen = min(seen + is_ready, _ENDPOINTS)
    text = ",".join(ready[:_ENDPOINTS])
    return f"{text} + {len(ready) - _ENDPOINTS} more..." if more else text


def _entries(one: JsonObject, port: str) -> list[tuple[str, bool]]:
    held = [
        (str(each["addresses"][0]), (each.get("conditions") or {}).get("ready") is not False)
        for each in one.get("endpoints") or ()
    ]
    ports = one.get("ports") or ()
    if not ports:
        return held
    chosen = [each.get("port", 0) for each in ports if each.get("name", "") == port]
    return [
        (f"[{address}]:{number}" if ":" in address else f"{address}:{number}", ready)
        for number in chosen
        for address, ready in held
    ]


def _slices(item: JsonObject) -> Mapping[str, Need]:
    return {"slices": _slices_of(blocks.name(item))}


def _slices_of(service: str) -> Need:
    return Need("endpointslices.discovery.k8s.io", labels=f"{_SERVICE_OF_SLICE}={service}")


def _ingress(w: Lines, subject: Subject) -> None:
    spec, metadata = subject.spec, subject.metadata
    w.line(0, "Name:", blocks.name(subject.item))
    blocks.labels(w, "Labels", metadata.get("labels"))
    w.line(0, "Namespace:", metadata.get("namespace", ""))
    points = ((subject.status.get("loadBalancer")) or {}).get("ingress") or ()
    known = {point.get("ip") or point.get("hostname") or "" for point in points} - {""}
    w.line(0, "Address:", ",".join(sorted(known)))
    class_name = spec.get("ingressClassName")
    w.line(0, "Ingress Class:", blocks.NONE if class_name is None else class_name)
    default = spec.get("defaultBackend")
    backend = "<default>" if default is None else _backend(default, subject)
    w.line(0, "Default backend:", backend)
    _tls(w, spec.get("tls"))
    w.put(0, "Rules:\n  Host\tPath\tBackends\n")
    w.put(1, "----\t----\t--------\n")
    rules = [rule for rule in spec.get("rules") or () if rule.get("http") is not None]
    for rule in rules:
        w.put(1, f"{rule.get('host') or '*'}\t\n")
        for path in rule["http"].get("paths") or ():
            w.put(2, f"\t{path.get('path', '')} \t{_backend(path['backend'], subject)}\n")
    if not rules:
        w.line(1, "*", "*", backend)
    blocks.annotations(w, "Annotations", metadata.get("annotations"))
    blocks.events(w, subject.events, subject.now)


def _tls(w: Lines, found: Sequence[JsonObject] | None) -> None:
    if found:
        w.put(0, "TLS:\n")
    for one in found or ():
        hosts = ",".join(one.get("hosts") or ())
        name = one.get("secretName")
        w.put(1, f"{name} terminates {hosts}\n" if name else f"SNI routes {hosts}\n")


def _backend(backend: JsonObject, subject: Subject) -> str:
    if (service := backend.get("service")) is not None:
        port = service.get("port") or {}
        shown = f"{service['name']}:{port.get('number') or port.get('name', '')}"
        return f"{shown} ({_behind(service['name'], port, subject)})"
    if (other := backend.get("resource")) is not None:
        group = other.get("apiGroup")
        group = blocks.NONE if group is None else group
        return f"APIGroup: {group}, Kind: {other['kind']}, Name: {other['name']}"
    return ""


def _behind(service: str, port: JsonObject, subject: Subject) -> str:
    slices, found = subject.found[f"slices of {service}"], subject.found[f"service {service}"]
    for each in (slices, found):
        if each.error is not None:
            return f"<error: {_bare(each)}>"
    ports = ((found.one or {}).get("spec") or {}).get("ports") or ()
    name = ""
    for one in ports:
        by_number = port.get("number") and port["number"] == one.get("port")
        if by_number or (port.get("name") and port["name"] == one.get("name")):
            name = one.get("name", "")
    return endpoints(slices.items, name)


def _bare(found: Found) -> str:
    return blocks.bare(found.error)


def _backends(item: JsonObject) -> Mapping[str, Need]:
    spec = item.get("spec") or {}
    backends = [spec.get("defaultBackend") or {}]
    backends += [
        path["backend"]
        for rule in spec.get("rules") or ()
        for path in (rule.get("http") or {}).get("paths") or ()
    ]
    needs: dict[str, Need] = {}
    for backend in backends:
        if (service := backend.get("service")) is not None:
            needs[f"slices of {service['name']}"] = _slices_of(service["name"])
            needs[f"service {service['name']}"] = Need("services", name=service["name"])
    return needs


def _endpoints(w: Lines, subject: Subject) -> None:
    blocks.head(w, subject.item)
    _marks(w, subject)
    w.put(0, "Subsets:\n")
    for subset in subject.item.get("subsets") or ():
        for title, field in (
            ("Addresses", "addresses"),
            ("NotReadyAddresses", "notReadyAddresses"),
        ):
            known = ",".join(each["ip"] for each in subset.get(field) or ())
            w.line(1, f"{title}:", known or blocks.NONE)
        if ports := subset.get("ports"):
            w.put(1, "Ports:\n")
            w.line(2, "Name", "Port", "Protocol")
            w.line(2, "----", "----", "--------")
            for port in ports:
                name = port.get("name") or "<unset>"
                w.line(2, name, port.get("port", 0), port.get("protocol", ""))
        w.put(0, "\n")
    blocks.events(w, subject.events, subject.now)


def _endpoint_slice(w: Lines, subject: Subject) -> None:
    item = subject.item
    blocks.head(w, item)
    _marks(w, subject)
    w.line(0, "AddressType:", item.get("addressType", ""))
    ports, held = item.get("ports") or (), item.get("endpoints") or ()
    if not ports:
        w.put(0, "Ports: <unset>\n")
    else:
        w.put(0, "Ports:\n")
        w.line(1, "Name", "Port", "Protocol")
        w.line(1, "----", "----", "--------")
    for port in ports:
        number = port.get("port")
        shown = "<unset>" if number is None else number
        w.line(1, port.get("name") or "<unset>", shown, port.get("protocol", ""))
    w.put(0, "Endpoints:\n" if held else "Endpoints: <none>\n")
    for endpoint in held:
        _endpoint(w, endpoint)
    blocks.events(w, subject.events, subject.now)


def _endpoint(w: Lines, endpoint: JsonObject) -> None:
    w.line(1, "- Addresses:", ", ".join(endpoint.get("addresses") or ()) or blocks.NONE)
    ready = (endpoint.get("conditions") or {}).get("ready")
    w.put(2, "Conditions:\n")
    w.line(3, "Ready:", "<unset>" if ready is None else blocks.on(ready))
    w.line(2, "Hostname:", _or_unset(endpoint.get("hostname")))
    if (target := endpoint.get("targetRef")) is not None:
        w.line(2, "TargetRef:", f"{target.get('kind', '')}/{target.get('name', '')}")
    w.line(2, "NodeName:", _or_unset(endpoint.get("nodeName")))
    w.line(2, "Zone:", _or_unset(endpoint.get("zone")))


def _or_unset(value: object) -> object:
    return "<unset>" if value is None else value


def _ingress_class(w: Lines, subject: Subject) -> None:
    spec = subject.spec
    blocks.head(w, subject.item, namespaced=False)
    _marks(w, subject)
    w.line(0, "Controller:", spec.get("controller", ""))
    if (parameters := spec.get("parameters")) is not None:
        w.put(0, "Parameters:\n")
        if parameters.get("apiGroup") is not None:
            w.line(1, "APIGroup:", parameters["apiGroup"])
        w.line(1, "Kind:", parameters.get("kind", ""))
        w.line(1, "Name:", parameters.get("name", ""))
    blocks.events(w, subject.events, subject.now)


def _service_range(w: Lines, subject: Subject) -> None:
    blocks.head(w, subject.item, namespaced=False)
    _marks(w, subject)
    w.line(0, "CIDRs:", ", ".join(subject.spec.get("cidrs") or ()))
    if conditions := subject.status.get("conditions"):
        w.put(0, "Status:\n")
        blocks.conditions(w, conditions)
    blocks.events(w, subject.events, subject.now)


def _address(w: Lines, subject: Subject) -> None:
    blocks.head(w, subject.item, namespaced=False)
    _marks(w, subject)
    if (parent := subject.spec.get("parentRef")) is not None:
        w.put(0, "Parent Reference:\n")
        for title in ("Group", "Resource", "Namespace", "Name"):
            w.line(1, f"{title}:", parent.get(title.lower(), ""))
    blocks.events(w, subject.events, subject.now)


def _marks(w: Lines, subject: Subject) -> None:
    blocks.labels(w, "Labels", subject.metadata.get("labels"))
    blocks.annotations(w, "Annotations", subject.metadata.get("annotations"))


SERVICE = Description(_service, _slices)
INGRESS = Description(_ingress, _backends)
INGRESS_CLASS = Description(_ingress_class)
SERVICE_RANGE = Description(_service_range)
ADDRESS = Description(_address)
ENDPOINTS = Description(_endpoints)
ENDPOINT_SLICE = Description(_endpoint_slice)
