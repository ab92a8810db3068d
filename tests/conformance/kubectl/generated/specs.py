"""Generated pod specs: every part of one that a description shows."""

from hypothesis import strategies as st

from tests.conformance.kubectl.generated.atoms import (
    LABEL_KEY,
    LABEL_VALUE,
    LABELS,
    MEMORY,
    PORT,
    PROTOCOL,
    QUANTITY,
    REFERENCE,
    TEXT,
    TRUTH,
    WORD,
    Json,
    Some,
    several,
    some,
)

_FIELD_PATHS = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "status.podIP"),
    *("spec.serviceAccountName", "status.hostIP", "metadata.labels['app']", "status.hostIPs"),
    *("metadata.annotations['example.org/note']", "status.podIPs"),
)
_RESOURCES = (
    *("limits.cpu", "requests.memory", "limits.memory", "requests.cpu"),
    *("limits.ephemeral-storage", "requests.ephemeral-storage"),
)
_KEY = some({"name": WORD, "key": WORD}, {"optional": TRUTH})
_DIVISOR = st.sampled_from(["0", "1m", "1", "1Mi", "1Ki"])
_PRINTED = st.text(st.sampled_from("abc/.XY-_ $()é\n\t\"'"), max_size=25)
_PATH = st.lists(WORD, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
_FIELD = some({"fieldPath": st.sampled_from(_FIELD_PATHS)})


def _divided(found: Json) -> Json:
    memory_only = "cpu" not in found["resource"] and found.get("divisor") == "1m"
    cpu_only = "cpu" in found["resource"] and found.get("divisor") in ("1Mi", "1Ki")
    return {"resource": found["resource"]} if memory_only or cpu_only else found


_RESOURCE = some({"resource": st.sampled_from(_RESOURCES)}, {"divisor": _DIVISOR}).map(_divided)
_SOURCE = st.one_of(
    some({"fieldRef": _FIELD}),
    some({"resourceFieldRef": _RESOURCE}),
    some({"secretKeyRef": _KEY}),
    some({"configMapKeyRef": _KEY}),
)
_VARIABLE = st.one_of(
    some({"name": WORD}, {"value": TEXT}), some({"name": WORD, "valueFrom": _SOURCE})
)
_SHARED = some({"name": WORD}, {"optional": TRUTH})
_FROM = st.one_of(
    some({"configMapRef": _SHARED}, {"prefix": WORD}),
    some({"secretRef": _SHARED}, {"prefix": WORD}),
)
_NAMED_PORT = st.one_of(PORT, st.sampled_from(["http", "metrics"]))
_HANDLER = st.one_of(
    some({"exec": some({"command": st.lists(_PRINTED, min_size=1, max_size=3)})}),
    some(
        {
            "httpGet": some(
                {"port": _NAMED_PORT},
                {
                    "path": st.sampled_from(
                        ["", "/", "*", "live", "/a b?c=d", "/é#x!'()*", "/%41"]
                    ),
                    "host": st.sampled_from(
                        ["127.0.0.1", "example.org", "::1", "a b.é", "fe80::1%eth0"]
                    ),
                    "scheme": st.sampled_from(["HTTP", "HTTPS"]),
                },
            )
        }
    ),
    some({"tcpSocket": some({"port": _NAMED_PORT}, {"host": st.just("db.example.org")})}),
    some({"grpc": some({"port": PORT}, {"service": WORD})}),
)
_TIMES = {
    name: st.integers(1, 300)
    for name in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold")
}
_PROBE = st.tuples(_HANDLER, some({}, _TIMES)).map(lambda parts: {**parts[0], **parts[1]})
_HARDENED = some(
    {
        "seccompProfile": st.one_of(
            some({"type": st.sampled_from(["RuntimeDefault", "Unconfined"])}),
            some({"type": st.just("Localhost"), "localhostProfile": st.just("profiles/a.json")}),
        )
    }
)
_AMOUNTS: dict[str, Some] = {"cpu": QUANTITY, "memory": MEMORY, "ephemeral-storage": MEMORY}


_ROOM = {"cpu": "900M", "memory": "9Ti", "ephemeral-storage": "9Ti"}


def _amounts(asked: Json, whole: Json, mode: str) -> Json:
    """Return requests and limits that the API server takes together."""
    match mode:
        case "limits":
            return {"limits": {**asked, **whole}}
        case "requests":
            return {"requests": {**asked, **whole}, "limits": whole}
        case "same":
            return {"requests": {**asked, **whole}, "limits": {**asked, **whole}}
        case _:
            room = {name: _ROOM[name] for name in asked}
            return {"requests": {**asked, **whole}, "limits": {**room, **whole}}


RESOURCES = st.builds(
    _amounts,
    some({}, _AMOUNTS),
    some({}, {"example.org/gpu": st.integers(1, 8).map(str)}),
    st.sampled_from(["limits", "requests", "same", "room"]),
)
_CONTAINER: dict[str, Some] = {
    "name": WORD,
    "image": st.sampled_from(["registry.example.org/app:1", "nginx", "app@sha256:" + "a1" * 32]),
}
_EXTRAS: dict[str, Some] = {
    "command": st.lists(_PRINTED, max_size=3),
    "args": st.lists(_PRINTED, max_size=3),
    "env": several(_VARIABLE, "name"),
    "envFrom": st.lists(_FROM, max_size=2),
    "resources": RESOURCES,
    "securityContext": _HARDENED,
    "ports": several(
        some(
            {"containerPort": PORT},
            {"protocol": PROTOCOL, "name": st.sampled_from(["http", "metrics", "admin"])},
        ).map(lambda port: {"protocol": "TCP", **port}),
        "containerPort",
    ).filter(lambda ports: _unique([port["name"] for port in ports if "name" in port])),
}
_PROBES: dict[str, Some] = {
    "livenessProbe": _PROBE,
    "startupProbe": _PROBE,
    "readinessProbe": st.tuples(_PROBE, some({}, {"successThreshold": st.integers(1, 5)})).map(
        lambda parts: {**parts[0], **parts[1]}
    ),
}
CONTAINER = some(_CONTAINER, _EXTRAS | _PROBES)
_INIT = some(_CONTAINER, _EXTRAS)
_SIDECAR = some({**_CONTAINER, "restartPolicy": st.just("Always")}, _EXTRAS | _PROBES)


def _unique(values: list[object]) -> bool:
    return len(values) == len(set(values))


_ITEMS = st.lists(
    st.one_of(
        some({"path": WORD, "fieldRef": some({"fieldPath": st.just("metadata.labels")})}),
        some(
            {
                "path": WORD,
                "resourceFieldRef": some(
                    {"containerName": st.just("first"), "resource": st.sampled_from(_RESOURCES)}
                ),
            }
        ),
    ),
    max_size=2,
    unique_by=lambda item: item["path"],
)
_READ_ONLY = {"readOnly": TRUTH}
_FS: dict[str, Some] = {"fsType": st.sampled_from(["ext4", "xfs"])}
_SECRET = {"secretRef": REFERENCE}
_PROJECTED = st.one_of(
    some({"secret": some({"name": WORD}, {"optional": TRUTH})}),
    some({"configMap": some({"name": WORD}, {"optional": TRUTH})}),
    some({"downwardAPI": some({"items": _ITEMS})}),
    some(
        {
            "serviceAccountToken": some(
                {"path": WORD}, {"expirationSeconds": st.integers(600, 90_000)}
            )
        }
    ),
)
_CLAIM = some(
    {
        "spec": some(
            {
                "accessModes": st.just(["ReadWriteOnce"]),
                "resources": st.just({"requests": {"storage": "1Gi"}}),
            },
            {"storageClassName": WORD, "volumeMode": st.just("Filesystem")},
        )
    },
    {"metadata": some({}, {"labels": LABELS})},
)
_SOURCES: dict[str, Some] = {
    "hostPath": some({"path": _PATH}, {"type": st.sampled_from(["", "Directory", "File"])}),
    "emptyDir": some({}, {"medium": st.just("Memory"), "sizeLimit": MEMORY}),
    "secret": some({"secretName": WORD}, {"optional": TRUTH}),
    "configMap": some({"name": WORD}, {"optional": TRUTH}),
    "nfs": some({"server": WORD, "path": _PATH}, _READ_ONLY),
    "persistentVolumeClaim": some({"claimName": WORD}, _READ_ONLY),
    "downwardAPI": some({"items": _ITEMS}),
    "projected": some({"sources": st.lists(_PROJECTED, max_size=3)}),
    "csi": some(
        {"driver": st.just("csi.example.org")},
        {
            **_READ_ONLY,
            **_FS,
            "volumeAttributes": st.dictionaries(WORD, _PRINTED, max_size=3),
        },
    ),
    "ephemeral": some({"volumeClaimTemplate": _CLAIM}),
    "image": some(
        {"reference": st.just("registry.example.org/files:1")}, {"pullPolicy": st.just("Always")}
    ),
    "iscsi": some(
        {
            "targetPortal": st.just("10.0.0.9:3260"),
            "iqn": st.just("iqn.2001-04.com.example:storage.disk1"),
            "lun": st.integers(0, 255),
        },
        {**_READ_ONLY, **_FS, "portals": st.just(["10.0.0.8:3260", "10.0.0.7:3260"])},
    ),
    "rbd": some(
        {"monitors": st.just(["10.0.0.1:6789"]), "image": WORD}, {**_READ_ONLY, **_FS, **_SECRET}
    ),
    "cephfs": some(
        {"monitors": st.just(["10.0.0.1:6789", "10.0.0.2"])},
        {"path": _PATH, **_READ_ONLY, **_SECRET},
    ),
    "cinder": some({"volumeID": WORD}, {**_READ_ONLY, **_FS, **_SECRET}),
    "fc": some(
        {"targetWWNs": st.just(["50060e801049cfd1", "50060e80"]), "lun": st.integers(0, 9)}, _FS
    ),
    "flexVolume": some(
        {"driver": st.just("example.org/lvm")},
        {**_READ_ONLY, **_FS, **_SECRET, "options": st.dictionaries(WORD, WORD, max_size=3)},
    ),
    "glusterfs": some({"endpoints": WORD, "path": _PATH}, _READ_ONLY),
    "azureFile": some({"secretName": WORD, "shareName": WORD}, _READ_ONLY),
    "azureDisk": some(
        {"diskName": WORD, "diskURI": st.just("https://x.example.org/vhd")}, _READ_ONLY
    ),
    "awsElasticBlockStore": some({"volumeID": WORD}, {**_FS, "partition": st.integers(0, 3)}),
    "gcePersistentDisk": some({"pdName": WORD}, {**_FS, "partition": st.integers(0, 3)}),
    "vsphereVolume": some({"volumePath": WORD}, {**_FS, "storagePolicyName": WORD}),
    "portworxVolume": some({"volumeID": WORD}, _READ_ONLY),
    "quobyte": some({"registry": st.just("reg:1"), "volume": WORD}, _READ_ONLY),
    "storageos": some({"volumeName": WORD}, {**_FS, **_READ_ONLY}),
    "scaleIO": some(
        {
            "gateway": st.just("https://g.example.org"),
            "system": WORD,
            "volumeName": WORD,
            "secretRef": REFERENCE,
        },
        {"protectionDomain": WORD, "storagePool": WORD},
    ),
}
_VOLUME = st.sampled_from(sorted(_SOURCES)).flatmap(
    lambda kind: some({"name": WORD, kind: _SOURCES[kind]})
)
TOLERATION = st.one_of(
    some(
        {"key": LABEL_KEY, "operator": st.just("Exists")},
        {"effect": st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"])},
    ),
    some(
        {"key": LABEL_KEY, "operator": st.just("Equal"), "effect": st.just("NoExecute")},
        {"value": LABEL_VALUE, "tolerationSeconds": st.integers(0, 9999)},
    ),
    some({"key": LABEL_KEY, "value": LABEL_VALUE}),
    st.just({"operator": "Exists"}),
)
SELECTOR = some(
    {"matchLabels": LABELS},
    {
        "matchExpressions": st.lists(
            st.one_of(
                some(
                    {
                        "key": LABEL_KEY,
                        "operator": st.sampled_from(["In", "NotIn"]),
                        "values": st.lists(LABEL_VALUE, min_size=1, max_size=3),
                    }
                ),
                some({"key": LABEL_KEY, "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
            ),
            max_size=2,
        )
    },
)
_SPREAD = several(
    some(
        {
            "maxSkew": st.integers(1, 5),
            "topologyKey": LABEL_KEY,
            "whenUnsatisfiable": st.sampled_from(["DoNotSchedule", "ScheduleAnyway"]),
        },
        {"labelSelector": SELECTOR},
    ),
    "topologyKey",
)
_PARTS: dict[str, Some] = {
    "containers": several(CONTAINER, "name", least=1),
    "volumes": several(_VOLUME, "name"),
}
_MAYBE: dict[str, Some] = {
    "initContainers": several(st.one_of(_INIT, _SIDECAR), "name"),
    "nodeSelector": LABELS,
    "tolerations": st.lists(TOLERATION, max_size=3),
    "topologySpreadConstraints": _SPREAD,
    "priorityClassName": st.sampled_from(["system-node-critical", "system-cluster-critical"]),
    "automountServiceAccountToken": TRUTH,
    "securityContext": _HARDENED,
    "serviceAccountName": st.just("default"),
}
_MOUNT = some({}, {"readOnly": TRUTH, "subPath": st.sampled_from(["a", "a/b", "é"])})


@st.composite
def pod_spec(draw: st.DrawFn) -> Json:
    """Return the spec of a pod, or of a pod template."""
    spec: Json = draw(some(_PARTS, _MAYBE))
    spec["containers"][0]["name"] = "first"
    for at, container in enumerate(spec.get("initContainers") or ()):
        container["name"] = f"init-{at}"
    for at, container in enumerate(spec["containers"][1:]):
        container["name"] = f"more-{at}"
    for container in (*spec["containers"], *(spec.get("initContainers") or ())):
        chosen = draw(
            st.sets(st.sampled_from(spec["volumes"] or [{}]).map(lambda v: v.get("name")))
        )
        container["volumeMounts"] = [
            {"name": name, "mountPath": f"/mnt/{name}", **draw(_MOUNT)}
            for name in sorted(chosen - {None})
        ]
    return spec
