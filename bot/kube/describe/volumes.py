"""Where a volume's files come from: one row a kind of source."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.ports import JsonObject
from bot.core.units import parse_quantity
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.jsonpath.values import general

Show = Callable[[Any], str]


def _text(value: Any) -> str:
    return "" if value is None else general(value)


def _flag(value: Any) -> str:
    return blocks.on(value)


def _number(value: Any) -> str:
    return general(value or 0)


def _list(value: Any) -> str:
    return general(value or [])


def _map(value: Any) -> str:
    return general(value or {})


def _or_none(value: Any) -> str:
    return blocks.NONE if value is None else general(value)


def _or_unset(value: Any) -> str:
    return "<unset>" if value is None else general(value)


def _joined(value: Any) -> str:
    return ", ".join(value or ())


def _limit(value: Any) -> str:
    quantity = parse_quantity(str(value)) if value is not None else None
    return str(quantity) if quantity is not None and quantity.value > 0 else "<unset>"


# Go prints a pointer to its own struct.
def _local(value: Any) -> str:
    return "nil" if value is None else f"&LocalObjectReference{{Name:{value.get('name', '')},}}"


def _reference(value: Any) -> str:
    if value is None:
        return "nil"
    name, namespace = value.get("name", ""), value.get("namespace", "")
    return f"&SecretReference{{Name:{name},Namespace:{namespace},}}"


def _name(value: Any) -> str:
    return str((value or {}).get("name", ""))


def _namespace(value: Any) -> str:
    return str((value or {}).get("namespace", ""))


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source: what it is called, and its lines as `(label, field, form)`."""

    type: str
    lines: Sequence[tuple[str, str, Show]]


_READ_ONLY = ("ReadOnly:", "readOnly", _flag)
_FS = ("FSType:", "fsType", _text)
_OPTIONAL = ("Optional:", "optional", _flag)
_SECRET_REF = ("SecretRef:", "secretRef", _local)
# In the order in which kubectl looks for them.
SOURCES: Mapping[str, Source] = {
    "hostPath": Source(
        "HostPath (bare host directory volume)",
        (("Path:", "path", _text), ("HostPathType:", "type", _or_none)),
    ),
    "emptyDir": Source(
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        (("Medium:", "medium", _text), ("SizeLimit:", "sizeLimit", _limit)),
    ),
    "gcePersistentDisk": Source(
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        (("PDName:", "pdName", _text), _FS, ("Partition:", "partition", _number), _READ_ONLY),
    ),
    "awsElasticBlockStore": Source(
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        (("VolumeID:", "volumeID", _text), _FS, ("Partition:", "partition", _number), _READ_ONLY),
    ),
    "gitRepo": Source(
        "GitRepo (a volume that is pulled from git when the pod is created)",
        (("Repository:", "repository", _text), ("Revision:", "revision", _text)),
    ),
    "secret": Source(
        "Secret (a volume populated by a Secret)",
        (("SecretName:", "secretName", _text), _OPTIONAL),
    ),
    "configMap": Source(
        "ConfigMap (a volume populated by a ConfigMap)", (("Name:", "name", _text), _OPTIONAL)
    ),
    "nfs": Source(
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        (("Server:", "server", _text), ("Path:", "path", _text), _READ_ONLY),
    ),
    "iscsi": Source(
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then"
        " exposed to the pod)",
        (
            ("TargetPortal:", "targetPortal", _text),
            ("IQN:", "iqn", _text),
            ("Lun:", "lun", _number),
            ("ISCSIInterface", "iscsiInterface", _text),
            _FS,
            _READ_ONLY,
            ("Portals:", "portals", _list),
            ("DiscoveryCHAPAuth:", "chapAuthDiscovery", _flag),
            ("SessionCHAPAuth:", "chapAuthSession", _flag),
            _SECRET_REF,
            ("InitiatorName:", "initiatorName", _or_none),
        ),
    ),
    "glusterfs": Source(
        "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        (("EndpointsName:", "endpoints", _text), ("Path:", "path", _text), _READ_ONLY),
    ),
    "persistentVolumeClaim": Source(
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        (("ClaimName:", "claimName", _text), _READ_ONLY),
    ),
    "rbd": Source(
        "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        (
            ("CephMonitors:", "monitors", _list),
            ("RBDImage:", "image", _text),
            _FS,
            ("RBDPool:", "pool", _text),
            ("RadosUser:", "user", _text),
            ("Keyring:", "keyring", _text),
            _SECRET_REF,
            _READ_ONLY,
        ),
    ),
    "quobyte": Source(
        "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
        (("Registry:", "registry", _text), ("Volume:", "volume", _text), _READ_ONLY),
    ),
    "azureDisk": Source(
        "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
        (
            ("DiskName:", "diskName", _text),
            ("DiskURI:", "diskURI", _text),
            ("Kind: ", "kind", _text),
            _FS,
            ("CachingMode:", "cachingMode", _text),
            _READ_ONLY,
        ),
    ),
    "vsphereVolume": Source(
        "vSphereVolume (a Persistent Disk resource in vSphere)",
        (
            ("VolumePath:", "volumePath", _text),
            _FS,
            ("StoragePolicyName:", "storagePolicyName", _text),
        ),
    ),
    "cinder": Source(
        "Cinder (a Persistent Disk resource in OpenStack)",
        (("VolumeID:", "volumeID", _text), _FS, _READ_ONLY, _SECRET_REF),
    ),
    "photonPersistentDisk": Source(
        "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
        (("PdID:", "pdID", _text), _FS),
    ),
    "portworxVolume": Source(
        "PortworxVolume (a Portworx Volume resource)", (("VolumeID:", "volumeID", _text),)
    ),
    "scaleIO": Source(
        "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
        (
            ("Gateway:", "gateway", _text),
            ("System:", "system", _text),
            ("Protection Domain:", "protectionDomain", _text),
            ("Storage Pool:", "storagePool", _text),
            ("Storage Mode:", "storageMode", _text),
            ("VolumeName:", "volumeName", _text),
            _FS,
            _READ_ONLY,
        ),
    ),
    "cephfs": Source(
        "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        (
            ("Monitors:", "monitors", _list),
            ("Path:", "path", _text),
            ("User:", "user", _text),
            ("SecretFile:", "secretFile", _text),
            _SECRET_REF,
            _READ_ONLY,
        ),
    ),
    "storageos": Source(
        "StorageOS (a StorageOS Persistent Disk resource)",
        (
            ("VolumeName:", "volumeName", _text),
            ("VolumeNamespace:", "volumeNamespace", _text),
            _FS,
            _READ_ONLY,
        ),
    ),
    "fc": Source(
        "FC (a Fibre Channel disk)",
        (("TargetWWNs:", "targetWWNs", _joined), ("LUN:", "lun", _or_none), _FS, _READ_ONLY),
    ),
    "azureFile": Source(
        "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
        (("SecretName:", "secretName", _text), ("ShareName:", "shareName", _text), _READ_ONLY),
    ),
    "flexVolume": Source(
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based"
        " plugin)",
        (
            ("Driver:", "driver", _text),
            _FS,
            _SECRET_REF,
            _READ_ONLY,
            ("Options:", "options", _map),
        ),
    ),
    "flocker": Source(
        "Flocker (a Flocker volume mounted by the Flocker agent)",
        (("DatasetName:", "datasetName", _text), ("DatasetUUID:", "datasetUUID", _text)),
    ),
    "image": Source(
        "Image (a container image or OCI artifact)",
        (("Reference:", "reference", _text), ("PullPolicy:", "pullPolicy", _text)),
    ),
}
_CSI = "CSI (a Container Storage Interface (CSI) volume source)"
_SCALE_IO = SOURCES["scaleIO"]


def _of_volume(source: Source) -> Source:
    """Return a source whose secret may stand in another namespace, as a PersistentVolume's."""
    lines = [(*line[:2], _reference) if line is _SECRET_REF else line for line in source.lines]
    return Source(source.type, lines)


PERSISTENT: Mapping[str, Source] = {
    **{kind: _of_volume(source) for kind, source in SOURCES.items()},
    "scaleIO": Source(
        _SCALE_IO.type,
        (
            *_SCALE_IO.lines[:-2],
            ("SecretName:", "secretRef", _name),
            ("SecretNamespace:", "secretRef", _namespace),
            *_SCALE_IO.lines[-2:],
        ),
    ),
    "local": Source(
        "LocalVolume (a persistent volume backed by local storage on a node)",
        (("Path:", "path", _text),),
    ),
    "glusterfs": Source(
        SOURCES["glusterfs"].type,
        (
            ("EndpointsName:", "endpoints", _text),
            ("EndpointsNamespace:", "endpointsNamespace", _or_unset),
            ("Path:", "path", _text),
            _READ_ONLY,
        ),
    ),
    "azureFile": Source(
        SOURCES["azureFile"].type,
        (
            ("SecretName:", "secretName", _text),
            ("SecretNamespace:", "secretNamespace", _text),
            ("ShareName:", "shareName", _text),
            _READ_ONLY,
        ),
    ),
}
"""The sources that a PersistentVolume may have."""
_ATTRIBUTE = 140


def volumes(w: Lines, found: Sequence[JsonObject] | None, space: str = "") -> None:
    """Write a pod's volumes; `space` is what stands before the lines of a pod template."""
    if not found:
        w.put(0, f"{space}Volumes:\t{blocks.NONE}\n")
        return
    w.put(0, f"{space}Volumes:\n")
    for volume in found:
        w.put(1, f"{' ' if space else ''}{volume['name']}:\n")
        _volume(w, volume)


def _volume(w: Lines, volume: JsonObject) -> None:
    for kind, source in SOURCES.items():
        if volume.get(kind) is not None:
            lines(w, source, volume[kind])
            return
    for kind, write in _WRITTEN.items():
        if volume.get(kind) is not None:
            write(w, volume[kind])
            return
    w.put(1, "<unknown>\n")


def lines(w: Lines, source: Source, value: JsonObject) -> None:
    """Write a source by its row."""
    w.line(2, "Type:", source.type)
    for label, field, show in source.lines:
        w.line(2, label, show(value.get(field)))


def _ephemeral(w: Lines, value: JsonObject) -> None:
    from bot.kube.describe.storage import claim  # noqa: PLC0415 - a claim has volumes of its own

    w.line(
        2,
        "Type:",
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with"
        " the pod)",
    )
    template = value.get("volumeClaimTemplate")
    if template is not None:
        claim(w.nested(2), {"metadata": {}, **template})


def _downward(w: Lines, value: JsonObject) -> None:
    w.line(2, "Type:", "DownwardAPI (a volume populated by information about the pod)")
    w.put(2, "Items:\n")
    for item in value.get("items") or ():
        if "fieldRef" in item:
            w.put(3, f"{item['fieldRef'].get('fieldPath', '')} -> {item.get('path', '')}\n")
        if "resourceFieldRef" in item:
            w.put(3, f"{item['resourceFieldRef'].get('resource', '')} -> {item.get('path', '')}\n")


def _projected(w: Lines, value: JsonObject) -> None:
    w.line(2, "Type:", "Projected (a volume that contains injected data from multiple sources)")
    for source in value.get("sources") or ():
        if "secret" in source:
            w.line(2, "SecretName:", source["secret"].get("name", ""))
            w.line(2, "Optional:", _flag(source["secret"].get("optional")))
        elif "downwardAPI" in source:
            w.line(2, "DownwardAPI:", "true")
        elif "configMap" in source:
            w.line(2, "ConfigMapName:", source["configMap"].get("name", ""))
            w.line(2, "Optional:", _flag(source["configMap"].get("optional")))
        elif "serviceAccountToken" in source:
            seconds = source["serviceAccountToken"].get("expirationSeconds", 0)
            w.line(2, "TokenExpirationSeconds:", seconds)


def csi(w: Lines, value: JsonObject) -> None:
    """Write a CSI source, of a pod's volume or (with its handle) of a PersistentVolume."""
    w.line(2, "Type:", _CSI)
    w.line(2, "Driver:", value.get("driver", ""))
    w.line(2, "FSType:", value.get("fsType", ""))
    if "volumeHandle" in value:
        w.line(2, "VolumeHandle:", value["volumeHandle"])
    w.line(2, "ReadOnly:", _flag(value.get("readOnly")))
    found = sorted((value.get("volumeAttributes") or {}).items())
    if not found:
        w.line(2, "VolumeAttributes:", blocks.NONE)
    for at, (key, attribute) in enumerate(found):
        # Behind the first one kubectl indents twice: before the empty cell and before the text.
        start = "VolumeAttributes:\t    " if at == 0 else "    \t    "
        w.put(2, f"{start}{blocks.shortened(f'{key}={attribute}', _ATTRIBUTE)}\n")


_WRITTEN: Mapping[str, Callable[[Lines, JsonObject], None]] = {
    "ephemeral": _ephemeral,
    "downwardAPI": _downward,
    "projected": _projected,
    "csi": csi,
}
