"""Generated nodes, Deployments, Services, ConfigMaps and Secrets."""

import base64
import json

from hypothesis import strategies as st

from tests.conformance.kubectl.generated.atoms import (
    ANNOTATIONS,
    IP,
    LABEL_KEY,
    LABEL_VALUE,
    LABELS,
    MEMORY,
    MESSAGE,
    PORT,
    PROTOCOL,
    QUANTITY,
    REASON,
    TEXT,
    TIME,
    TRUTH,
    WORD,
    Json,
    Some,
    several,
    some,
)
from tests.conformance.kubectl.generated.specs import pod_spec

_METADATA = some({}, {"labels": LABELS, "annotations": ANNOTATIONS})
# Away from the nodes that others use: nothing may come here by itself.
_ALONE = {"key": "example.org/generated", "effect": "NoSchedule"}
_ROLES = st.dictionaries(
    st.sampled_from(
        [
            *("node-role.kubernetes.io/worker", "node-role.kubernetes.io/a-b"),
            *("kubernetes.io/role", "node-role.kubernetes.io/control-plane"),
        ]
    ),
    LABEL_VALUE,
    max_size=3,
)
_ROOM = some(
    {"cpu": QUANTITY, "memory": MEMORY},
    {
        "ephemeral-storage": MEMORY,
        "pods": st.integers(1, 500).map(str),
        "hugepages-2Mi": st.sampled_from(["0", "64Mi"]),
        "example.org/gpu": st.integers(0, 16).map(str),
    },
)
_NODE_CONDITION = some(
    {
        "type": st.sampled_from(["MemoryPressure", "DiskPressure", "NetworkUnavailable", "X"]),
        "status": st.sampled_from(["True", "False", "Unknown"]),
    },
    {"reason": REASON, "message": MESSAGE, "lastTransitionTime": TIME, "lastHeartbeatTime": TIME},
)
_ADDRESS = some({"type": st.sampled_from(["InternalIP", "ExternalIP", "Hostname"]), "address": IP})
_INFO = {
    name: st.one_of(WORD, st.just(""), st.just("6.1.0 (x86_64)"))
    for name in (
        *("machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "architecture"),
        *("containerRuntimeVersion", "kubeletVersion", "kubeProxyVersion", "operatingSystem"),
    )
}
_TAINT = some(
    {"key": LABEL_KEY, "effect": st.sampled_from(["NoSchedule", "PreferNoSchedule"])},
    {"value": LABEL_VALUE},
)


@st.composite
def node(draw: st.DrawFn) -> Json:
    """Return a node without its name."""
    metadata = {"labels": {}, **draw(_METADATA)}
    metadata["labels"] |= draw(_ROLES)
    number = draw(st.integers(0, 255))
    spec = draw(
        some(
            {"taints": st.lists(_TAINT, max_size=3, unique_by=lambda t: (t["key"], t["effect"]))},
            {
                "unschedulable": TRUTH,
                "providerID": WORD.map(lambda word: f"example://{word}"),
                "podCIDRs": st.sampled_from(
                    [[f"10.244.{number}.0/24"], [f"10.244.{number}.0/24", "fd00:1::/64"]]
                ),
            },
        )
    )
    if "podCIDRs" in spec:
        spec["podCIDR"] = spec["podCIDRs"][0]
    spec["taints"].append(_ALONE)
    # A node that is not ready would be started.
    ready = draw(_NODE_CONDITION) | {"type": "Ready", "status": "True"}
    status = draw(
        some(
            {
                "conditions": st.lists(_NODE_CONDITION, max_size=4, unique_by=lambda c: c["type"]),
                "addresses": st.lists(
                    _ADDRESS, max_size=3, unique_by=lambda a: (a["type"], a["address"])
                ),
                "capacity": _ROOM,
                "nodeInfo": some(_INFO),
            },
            {"allocatable": _ROOM},
        )
    )
    status["conditions"].append(ready)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }


_ROLLING = some(
    {"maxUnavailable": st.sampled_from([1, 3, "25%", "1%"])},
    {"maxSurge": st.sampled_from([0, 2, "50%"])},
)
_STRATEGY = st.one_of(
    st.just({"type": "Recreate"}),
    some({"type": st.just("RollingUpdate"), "rollingUpdate": _ROLLING}),
)


@st.composite
def deployment(draw: st.DrawFn) -> Json:
    """Return a Deployment without its name, which makes no pods."""
    labels = {"app": draw(WORD), **draw(LABELS)}
    selector: Json = {"matchLabels": {"app": labels["app"]}}
    if draw(TRUTH):
        selector["matchExpressions"] = [
            {"key": "app", "operator": "Exists"},
            {"key": "other", "operator": "NotIn", "values": ["b", "a"]},
        ]
    paused = draw(TRUTH)
    spec = draw(
        some(
            {"replicas": st.integers(0, 5) if paused else st.just(0)},
            {
                "strategy": _STRATEGY,
                "minReadySeconds": st.integers(0, 60),
                "progressDeadlineSeconds": st.integers(61, 900),
                "revisionHistoryLimit": st.integers(1, 5),
            },
        )
    )
    template = {
        "metadata": {"labels": labels, **draw(some({}, {"annotations": ANNOTATIONS}))},
        "spec": draw(pod_spec()),
    }
    spec |= {"selector": selector, "paused": paused, "template": template}
    metadata = draw(_METADATA)
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


_SERVICE_PORT = some(
    {"name": WORD, "port": PORT, "protocol": PROTOCOL},
    {
        "targetPort": st.one_of(PORT, st.sampled_from(["http", "a-name-of-fifty"])),
        "appProtocol": st.sampled_from(["http", "example.org/x", "kubernetes.io/h2c"]),
    },
)
_TYPES: dict[str, Some] = {
    "ClusterIP": some(
        {},
        {
            "clusterIP": st.just("None"),
            "internalTrafficPolicy": st.sampled_from(["Cluster", "Local"]),
            "trafficDistribution": st.sampled_from(["PreferClose", "PreferSameNode"]),
            "sessionAffinity": st.just("ClientIP"),
            "externalIPs": st.lists(IP, min_size=1, max_size=2, unique=True),
        },
    ),
    "NodePort": some({}, {"externalTrafficPolicy": st.sampled_from(["Cluster", "Local"])}),
    "LoadBalancer": some(
        {},
        {
            "externalTrafficPolicy": st.sampled_from(["Cluster", "Local"]),
            "loadBalancerIP": IP,
            "loadBalancerSourceRanges": st.just(["10.0.0.0/8", "192.168.0.0/16"]),
            "loadBalancerClass": st.just("example.org/balancer"),
            "allocateLoadBalancerNodePorts": TRUTH,
        },
    ),
    "ExternalName": some({"externalName": st.just("db.example.org")}),
}
_POINT = st.one_of(
    some({"ip": IP}, {"ipMode": st.sampled_from(["VIP", "Proxy"])}),
    some({"hostname": st.just("lb.example.org")}),
)


@st.composite
def service(draw: st.DrawFn) -> Json:
    """Return a Service without its name."""
    kind = draw(
        st.sampled_from(["ClusterIP", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"])
    )
    ports = draw(several(_SERVICE_PORT, "name", least=1))
    ports = list({(port["port"], port["protocol"]): port for port in ports}.values())
    if len(ports) == 1 and draw(TRUTH):
        del ports[0]["name"]
    spec = {"type": kind, "ports": ports, **draw(_TYPES[kind])}
    if spec.get("clusterIP") == "None":
        spec.pop("externalIPs", None)
    if kind != "ExternalName" and draw(TRUTH):
        spec["ipFamilyPolicy"] = draw(st.sampled_from(["SingleStack", "PreferDualStack"]))
    if draw(TRUTH):
        spec["selector"] = draw(LABELS)
    status = {"loadBalancer": {"ingress": draw(st.lists(_POINT, max_size=2))}}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": draw(_METADATA),
        "spec": spec,
        "status": status if kind == "LoadBalancer" else {},
    }


@st.composite
def endpoints(draw: st.DrawFn) -> Json:
    """Return an EndpointSlice of a Service that is not said yet."""
    v6 = draw(TRUTH)
    address = st.integers(1, 60_000).map(lambda n: f"fd00::{n:x}") if v6 else IP
    one = some(
        {"addresses": st.lists(address, min_size=1, max_size=2, unique=True)},
        {"conditions": some({}, {"ready": TRUTH})},
    )
    port = some({"name": st.sampled_from(["", "a", "http"]), "port": PORT, "protocol": PROTOCOL})
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {},
        "addressType": "IPv6" if v6 else "IPv4",
        "endpoints": draw(st.lists(one, max_size=6)),
        "ports": draw(several(port, "name", most=2)),
    }


_DATA_KEY = st.sampled_from(
    [
        "a",
        "KEY",
        "app.properties",
        "_hidden",
        "-",
        ".env",
        "a-b_c.d",
        "a-key-that-is-longer-than-most",
    ]
)
_BYTES = st.binary(max_size=60).map(lambda held: base64.b64encode(held).decode())
_SOME_BYTES = st.binary(min_size=1, max_size=60).map(lambda held: base64.b64encode(held).decode())


@st.composite
def config_map(draw: st.DrawFn) -> Json:
    """Return a ConfigMap without its name."""
    data = draw(st.dictionaries(_DATA_KEY, TEXT, max_size=4))
    binary = draw(st.dictionaries(_DATA_KEY, _BYTES, max_size=2))
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": draw(_METADATA),
        "data": data,
        "binaryData": {key: value for key, value in binary.items() if key not in data},
        **draw(some({}, {"immutable": TRUTH})),
    }


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_LOGIN = _encoded(json.dumps({"auths": {"registry.example.org": {"auth": "YTpi"}}}))
_NEEDED = {
    "Opaque": [],
    "kubernetes.io/tls": ["tls.crt", "tls.key"],
    "kubernetes.io/basic-auth": ["username", "password"],
    "kubernetes.io/ssh-auth": ["ssh-privatekey"],
    "kubernetes.io/dockerconfigjson": [],
    "example.org/own": [],
}


@st.composite
def secret(draw: st.DrawFn) -> Json:
    """Return a Secret without its name."""
    kind = draw(st.sampled_from(sorted(_NEEDED)))
    data = draw(st.dictionaries(_DATA_KEY, _BYTES, max_size=4))
    data |= {key: draw(_SOME_BYTES) for key in _NEEDED[kind]}
    if kind == "kubernetes.io/dockerconfigjson":
        data[".dockerconfigjson"] = _LOGIN
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": draw(_METADATA),
        "type": kind,
        "data": data,
        **draw(some({}, {"immutable": TRUTH})),
    }


_MOMENT = st.just("2026-01-02T03:04:05.123456Z")
_EARLIER = st.sampled_from(["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"])


@st.composite
def event(draw: st.DrawFn) -> Json:
    """Return an event, of either API's fields, about an object that is not said yet."""
    found: Json = draw(
        some(
            {
                "type": st.sampled_from(["Normal", "Warning"]),
                "reason": REASON,
                "message": st.one_of(MESSAGE, TEXT),
            },
            {"count": st.integers(0, 40), "firstTimestamp": _EARLIER},
        )
    )
    if draw(TRUTH):
        source = draw(some({}, {"component": WORD, "host": WORD}))
        return found | {"source": source}
    series = {"count": draw(st.integers(1, 500)), "lastObservedTime": draw(_MOMENT)}
    return found | {
        "eventTime": draw(_MOMENT),
        "reportingComponent": "example.org/reporter",
        "reportingInstance": "one",
        "action": "Look",
        **({"series": series} if draw(TRUTH) else {}),
    }
