"""Which lists are merged element by element, and what names an element.

By the name of the field, which is enough for the kinds that are served: of their schema (1.37:
`x-kubernetes-list-map-keys`, `patchMergeKey`) it is the table. Everything else is replaced whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any

KEYS: Mapping[str, tuple[str, ...]] = {
    "addresses": ("type",),
    "conditions": ("type",),
    "containers": ("name",),
    "env": ("name",),
    "ephemeralContainers": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "ownerReferences": ("uid",),
    "podIPs": ("ip",),
    "schedulingGates": ("name",),
    "secrets": ("name",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
PORTS = {"containers": ("containerPort", "protocol"), "spec": ("port", "protocol")}
"""`ports` of a container and of a Service; those of an EndpointSlice have no key."""
SETS = (("metadata", "finalizers"), ("spec", "podCIDRs"))
WHOLE = frozenset({
    "configMapKeyRef", "fieldRef", "involvedObject", "labelSelector", "nodeSelector", "related",
    "requiredDuringSchedulingIgnoredDuringExecution", "resourceFieldRef", "roleRef",
    "scaleTargetRef", "secretKeyRef", "secretRef", "selector",
})  # fmt: skip
"""Maps that server-side apply owns as one value."""
KEY_DEFAULTS = {"protocol": "TCP"}

Place = Sequence[str]
"""The names of the fields that lead to a value, without the elements of lists on the way."""


def keys_of(place: Place) -> tuple[str, ...] | None:
    """Return what names an element of the list there: nothing in a set; None: it is one value."""
    name, parent = place[-1], place[-2] if len(place) > 1 else ""
    if name == "ports":
        return PORTS["containers"] if parent.endswith("ontainers") else PORTS.get(parent)
    if tuple(place) in SETS:
        return ()
    # A ServiceAccount's own are replaced whole.
    return None if tuple(place) == ("imagePullSecrets",) else KEYS.get(name)


def key_of(element: Any, keys: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the values that name an element; a set's element names itself."""
    if not keys:
        return (element,)
    return tuple(element.get(key, KEY_DEFAULTS.get(key)) for key in keys)
