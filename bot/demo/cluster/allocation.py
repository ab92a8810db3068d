"""The addresses and ports of Services: given, kept and given back."""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import chain

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Store

# Both ranges are the test bed's: its addresses are 10.96.0.0/16, without the first and the last.
_ADDRESSES, _NODE_PORTS = 2**16 - 2, range(30000, 32768)
_ON_NODES = ("NodePort", "LoadBalancer")
# What a Service of another type has no more: `dropTypeDependentFields`.
_ONLY_OF = {
    "allocateLoadBalancerNodePorts": ("LoadBalancer",),
    "externalTrafficPolicy": _ON_NODES,
    "clusterIP": ("ClusterIP", *_ON_NODES),
    "clusterIPs": ("ClusterIP", *_ON_NODES),
}


def allocated(asked: JsonObject, uid: str, store: Store) -> JsonObject:
    """Return a Service's spec with an address and ports that no other has."""
    spec, specs = dict(asked), [each["spec"] for each in store.list("services")]
    if spec["type"] != "ExternalName":
        taken = {each.get("clusterIP") for each in specs}
        spec.setdefault("clusterIP", next(ip for ip in _addresses(uid) if ip not in taken))
        spec.setdefault("clusterIPs", [spec["clusterIP"]])
    if spec["type"] == "NodePort" or spec.get("allocateLoadBalancerNodePorts"):
        used = {port.get("nodePort") for each in (*specs, spec) for port in each.get("ports", ())}
        numbers = (_NODE_PORTS[number] for number in _tries(uid, len(_NODE_PORTS)))
        free = (number for number in numbers if number not in used)
        ports = spec.get("ports", ())
        spec["ports"] = [p if "nodePort" in p else p | {"nodePort": next(free)} for p in ports]
    return spec


def reallocated(kind: Kind, item: JsonObject, before: JsonObject, store: Store) -> JsonObject:
    """Return the changed object with what is allocated to it: as before, anew, or given back."""
    if kind.resource != "services":
        return item
    type_, old = item["spec"]["type"], before["spec"]
    outside = "externalIPs" in item["spec"]
    spec = {
        name: value
        for name, value in item["spec"].items()
        if type_ in _ONLY_OF.get(name, (type_,)) or (outside and name == "externalTrafficPolicy")
    }
    if "ExternalName" not in (type_, old["type"]):
        spec = {name: old[name] for name in ("clusterIP", "clusterIPs")} | spec
    used = {each["port"]: each["nodePort"] for each in old.get("ports", ()) if "nodePort" in each}
    if "ports" in spec:
        spec["ports"] = [_ported(each, type_, used) for each in spec["ports"]]
    return {**item, "spec": allocated(spec, before["metadata"]["uid"], store)}


def _ported(port: JsonObject, type_: str, used: Mapping[int, int]) -> JsonObject:
    if type_ not in _ON_NODES:
        return {name: value for name, value in port.items() if name != "nodePort"}
    return {"nodePort": used[port["port"]]} | port if port["port"] in used else port


def _addresses(uid: str) -> Iterable[str]:
    """Return every address for Services, 10.96.0.0/16, beginning where the uid says."""
    return (f"10.96.{number // 256}.{number % 256}" for number in _tries(uid, _ADDRESSES, 1))


def _tries(uid: str, size: int, least: int = 0) -> Iterable[int]:
    """Return so many numbers, each once, from one that only the uid decides."""
    start = least + int.from_bytes(hashlib.sha256(uid.encode()).digest()) % size
    return chain(range(start, least + size), range(least, start))
