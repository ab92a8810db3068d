"""`expose`: a Service for what is there already.

Pure. The selector and the ports come from the exposed object where no flag names them. kubectl
walks through Go maps, in any order; here they are sorted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import JsonObject, Resource
from bot.kube.generators.objects import SERVICE, Generated, generated, metadata

_EXPOSABLE = frozenset(
    {
        ("", "ReplicationController"),
        ("", "Service"),
        ("", "Pod"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
    }
)
# DNS labels of RFC 1035, as names of services are.
_LONGEST_NAME = 63
_NUMBER = re.compile(r"[+-]?[0-9]+")
_AFFINITIES = ("None", "ClientIP")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the flags of `expose` say; empty: nothing."""

    name: str = ""
    selector: str = ""
    labels: str = ""
    port: str = ""
    protocol: str = ""
    target_port: str = ""
    type: str = ""
    external_ip: str = ""
    load_balancer_ip: str = ""
    session_affinity: str = ""
    cluster_ip: str = ""


def check_exposable(resource: Resource) -> None:
    """Refuse a type that has no pods to send anything to.

    Raises:
        UsageError: it is such a type.
    """
    if (resource.group, resource.kind) not in _EXPOSABLE:
        kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
        raise UsageError(
            f"error: cannot expose a {kind}",
            next_step="Expose a pod, service, deployment, replica set or replication controller.",
        )


def exposed(item: JsonObject, wishes: Wishes) -> Generated:
    """Return the Service.

    Raises:
        UsageError: a flag cannot be read.
        QuarterdeckError: the object has no selector or no port, and no flag names one.
    """
    selector = wishes.selector or _selector(item)
    ports = wishes.port or ",".join(_ports(item))
    if not ports and wishes.cluster_ip != "None":
        raise QuarterdeckError(
            "error: couldn't find port via --port flag or introspection",
            next_step="Add --port=80",
        )
    if not selector:
        raise UsageError("error: selector must be specified", next_step="Add --selector=app=web")
    labels = _read_labels(wishes.labels) if wishes.labels else item["metadata"].get("labels") or {}
    name = wishes.name or item["metadata"]["name"][:_LONGEST_NAME]
    spec = _spec(wishes, _service_ports(ports, item, wishes), _read_labels(selector))
    return generated(SERVICE, metadata(name, labels=labels), spec=spec, status={"loadBalancer": {}})


def _spec(wishes: Wishes, ports: list[JsonObject], selector: Mapping[str, str]) -> JsonObject:
    affinity = wishes.session_affinity
    if affinity and affinity not in _AFFINITIES:
        raise UsageError(
            f"error: unknown session affinity: {affinity}", next_step="It is None or ClientIP."
        )
    balancer = wishes.load_balancer_ip if wishes.type == "LoadBalancer" else ""
    found = {
        "ports": ports,
        "selector": dict(sorted(selector.items())),
        "clusterIP": wishes.cluster_ip,
        "type": wishes.type,
        "externalIPs": [wishes.external_ip] if wishes.external_ip else [],
        "sessionAffinity": affinity,
        "loadBalancerIP": balancer,
    }
    return {key: value for key, value in found.items() if value}


def _selector(item: JsonObject) -> str:
    fault, labels = _pod_labels(item)
    if fault:
        raise QuarterdeckError(
            f"error: couldn't retrieve selectors via --selector flag or introspection: {fault}",
            next_step="Name the pods with --selector=app=web",
        )
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def _pod_labels(item: JsonObject) -> tuple[str, Mapping[str, str]]:
    """Return what is wrong with the object's selector, or nothing, and the labels in it."""
    kind, spec = item["kind"], item.get("spec") or {}
    if kind == "Pod":
        labels = item["metadata"].get("labels") or {}
        return ("" if labels else "the pod has no labels and cannot be exposed"), labels
    selector: dict[str, Any] = spec.get("selector") or {}
    if kind == "Service":
        return ("" if selector else "the service has no pod selector set"), selector
    if kind == "ReplicationController":
        return "", selector
    labels = selector.get("matchLabels") or {}
    if not labels:
        return f"invalid {kind.lower()}: no selectors, therefore cannot be exposed", {}
    if expressions := selector.get("matchExpressions"):
        said = " ".join(map(_expression, expressions))
        return f'couldn\'t convert expressions - "[{said}]" to map-based selector format', {}
    return "", labels


def _expression(one: JsonObject) -> str:
    # As Go prints the struct.
    values = " ".join(one.get("values") or ())
    return f"{{Key:{one['key']} Operator:{one['operator']} Values:[{values}]}}"


def _declared(item: JsonObject) -> Iterable[tuple[str, str]]:
    """Yield the ports that the object declares, each with its protocol."""
    spec = item.get("spec") or {}
    if item["kind"] == "Service":
        for port in spec.get("ports") or ():
            yield str(port["port"]), port.get("protocol") or "TCP"
        return
    pod = spec if item["kind"] == "Pod" else (spec.get("template") or {}).get("spec") or {}
    for container in pod.get("containers") or ():
        for port in container.get("ports") or ():
            yield str(port["containerPort"]), port.get("protocol") or "TCP"


def _ports(item: JsonObject) -> list[str]:
    return list(dict.fromkeys(port for port, _ in _declared(item)))


def _service_ports(typed: str, item: JsonObject, wishes: Wishes) -> list[JsonObject]:
    protocols: dict[str, list[str]] = {}
    for port, protocol in _declared(item):
        protocols.setdefault(port, []).append(protocol)
    found = []
    several = "," in typed
    for position, port in enumerate(typed.split(",") if typed else (), start=1):
        name = f"port-{position}" if several else ""
        of_port = [wishes.protocol] if wishes.protocol else protocols.get(port, ["TCP"])
        for protocol in of_port:
            called = f"port-{position}-{protocol.lower()}" if len(of_port) > 1 else name
            found.append(_service_port(called, protocol, port, wishes.target_port))
    return found


def _service_port(name: str, protocol: str, port: str, target: str) -> JsonObject:
    if not _NUMBER.fullmatch(port):
        raise UsageError(
            f'error: strconv.Atoi: parsing "{port}": invalid syntax',
            next_step="A port is a number, such as --port=80",
        )
    number = int(port)
    head = {"name": name} if name else {}
    return {
        **head,
        "protocol": protocol,
        "port": number,
        "targetPort": _int_or_text(target) if target else number,
    }


def _int_or_text(text: str) -> int | str:
    is_number = _NUMBER.fullmatch(text) and -(2**31) <= int(text) < 2**31
    return int(text) if is_number else text


def _read_labels(text: str) -> dict[str, str]:
    found = {}
    for pair in text.split(","):
        if pair.count("=") != 1:
            raise UsageError(f"error: unexpected label spec: {pair}", next_step="Such as app=web")
        key, _, value = pair.partition("=")
        if not key:
            raise UsageError("error: unexpected empty label key", next_step="Such as app=web")
        found[key] = value
    return found
