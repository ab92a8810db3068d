"""Pods, and the pod templates of what makes them."""

from collections.abc import Sequence

from bot.core.ports import JsonObject
from bot.kube.describe import blocks
from bot.kube.describe.containers import containers, resources, seccomp
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Subject
from bot.kube.describe.volumes import volumes
from bot.kube.pods import label_selector

_MIRROR = "kubernetes.io/config.mirror"
_OVER = frozenset({"Succeeded", "Failed"})
# kubectl resolves these alone, where a kubelet resolves every `fieldRef`.
_FIELDS = ("metadata.name", "metadata.namespace")


def _write(w: Lines, subject: Subject) -> None:
    pod, spec, status = subject.item, subject.spec, subject.status
    metadata = subject.metadata
    blocks.head(w, pod)
    _placement(w, spec, status)
    blocks.labels(w, "Labels", metadata.get("labels"))
    blocks.annotations(w, "Annotations", metadata.get("annotations"))
    _phase(w, subject)
    profile = (spec.get("securityContext") or {}).get("seccompProfile")
    if profile is not None:
        seccomp(w, 0, profile)
    w.line(0, "IP:", status.get("podIP", ""))
    _addresses(w, status.get("podIPs") or ())
    if owner := blocks.controller(pod):
        w.line(0, "Controlled By:", owner)
    if status.get("nominatedNodeName"):
        w.line(0, "NominatedNodeName:", status["nominatedNodeName"])
    if spec.get("resources") is not None:
        w.put(0, "Resources:\n")
        resources(w, 1, spec["resources"])
    _containers(w, pod)
    _conditions(w, spec, status)
    volumes(w, spec.get("volumes"))
    w.line(0, "QoS Class:", status.get("qosClass") or "BestEffort")
    blocks.labels(w, "Node-Selectors", spec.get("nodeSelector"))
    blocks.tolerations(w, "Tolerations", spec.get("tolerations"))
    _spread(w, spec.get("topologySpreadConstraints"))
    _group(w, spec.get("schedulingGroup"))
    blocks.events(w, subject.events, subject.now)


def _placement(w: Lines, spec: JsonObject, status: JsonObject) -> None:
    if spec.get("priority") is not None:
        w.line(0, "Priority:", spec["priority"])
    for title, field in (
        ("Priority Class Name", "priorityClassName"),
        ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ):
        if spec.get(field):
            w.line(0, f"{title}:", spec[field])
    node = spec.get("nodeName")
    w.line(0, "Node:", f"{node}/{status.get('hostIP', '')}" if node else blocks.NONE)
    if status.get("startTime"):
        w.line(0, "Start Time:", blocks.when(status["startTime"]))


def _phase(w: Lines, subject: Subject) -> None:
    metadata, status = subject.metadata, subject.status
    phase = status.get("phase", "")
    if metadata.get("deletionTimestamp") and phase not in _OVER:
        lasts = blocks.since(metadata["deletionTimestamp"], subject.now)
        w.line(0, "Status:", f"Terminating (lasts {lasts})")
        w.line(0, "Termination Grace Period:", f"{metadata['deletionGracePeriodSeconds']}s")
    else:
        w.line(0, "Status:", phase)
    for title in ("reason", "message"):
        if status.get(title):
            w.line(0, f"{title.capitalize()}:", status[title])


def _addresses(w: Lines, addresses: Sequence[JsonObject]) -> None:
    if not addresses:
        w.line(0, "IPs:", blocks.NONE)
        return
    w.put(0, "IPs:\n")
    for address in addresses:
        w.line(1, "IP:", address.get("ip", ""))


def _containers(w: Lines, pod: JsonObject) -> None:
    spec, status = pod.get("spec") or {}, pod.get("status") or {}

    def resolve(path: str) -> str:
        return field_value(pod, path)

    for title, kind, states, always in (
        ("Init Containers", "initContainers", "initContainerStatuses", False),
        ("Containers", "containers", "containerStatuses", True),
        ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses", False),
    ):
        if found := spec.get(kind) or (() if always else None):
            containers(w, title, found, status.get(states), resolve)
        elif always:
            containers(w, title, ())


def _conditions(w: Lines, spec: JsonObject, status: JsonObject) -> None:
    conditions = status.get("conditions") or ()
    if gates := spec.get("readinessGates"):
        state = {each["type"]: each["status"] for each in reversed(conditions)}
        w.put(0, "Readiness Gates:\n  Type\tStatus\n")
        for gate in gates:
            name = gate["conditionType"]
            w.put(1, f"{name} \t{state.get(name, blocks.NONE)} \n")
    if conditions:
        w.put(0, "Conditions:\n  Type\tStatus\n")
        for condition in conditions:
            w.put(1, f"{condition['type']} \t{condition['status']} \n")


def _spread(w: Lines, found: Sequence[JsonObject] | None, space: str = "") -> None:
    if found:
        ordered = sorted(found, key=lambda each: each["topologyKey"])
        title = f"{space}Topology Spread Constraints"
        w.put(0, f"{title}:\t{_constraint(ordered[0])}\n")
        for constraint in ordered[1:]:
            w.put(0, f"{space}\t{_constraint(constraint)}\n")


def _constraint(one: JsonObject) -> str:
    text = f"{one['topologyKey']}:{one['whenUnsatisfiable']}"
    text += f" when max skew {one['maxSkew']} is exceeded"
    if one.get("labelSelector") is not None:
        text += f" for selector {selector_text(one['labelSelector'])}"
    return text


def _group(w: Lines, group: JsonObject | None, space: str = "") -> None:
    if group is not None:
        w.put(0, f"{space}SchedulingGroup:\n")
        w.line(1, "PodGroupName:", group.get("podGroupName", ""))


def selector_text(selector: JsonObject | None) -> str:
    """Return a label selector as text, or that there is none."""
    return label_selector(selector or {}) or blocks.NONE


def field_value(pod: JsonObject, path: str) -> str:
    """Return what kubectl shows of a pod's `fieldRef`; empty for most."""
    return str(pod["metadata"].get(path.removeprefix("metadata."), "")) if path in _FIELDS else ""


def template(w: Lines, found: JsonObject | None) -> None:
    """Write a pod template."""
    w.put(0, "Pod Template:\n")
    if found is None:
        w.put(1, "<unset>")
        return
    metadata, spec = found.get("metadata") or {}, found.get("spec") or {}
    blocks.labels(w, "  Labels", metadata.get("labels"))
    if metadata.get("annotations"):
        blocks.annotations(w, "  Annotations", metadata["annotations"])
    if spec.get("serviceAccountName"):
        w.line(1, "Service Account:", spec["serviceAccountName"])
    if spec.get("initContainers"):
        containers(w, "Init Containers", spec["initContainers"], space="  ")
    containers(w, "Containers", spec.get("containers") or (), space="  ")
    volumes(w, spec.get("volumes"), "  ")
    _spread(w, spec.get("topologySpreadConstraints"), "  ")
    if spec.get("priorityClassName"):
        w.line(1, "Priority Class Name:", spec["priorityClassName"])
    blocks.labels(w, "  Node-Selectors", spec.get("nodeSelector"))
    blocks.tolerations(w, "  Tolerations", spec.get("tolerations"))
    _group(w, spec.get("schedulingGroup"), "  ")


def _events(pod: JsonObject) -> Sequence[str]:
    metadata = pod["metadata"]
    return [(metadata.get("annotations") or {}).get(_MIRROR) or metadata.get("uid", "")]


POD = Description(_write, events=_events, of_any_kind=True)
